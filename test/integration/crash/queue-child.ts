/**
 * The program that test/integration/crash/queue-kill.test.ts kills: a Queue folder with its door and its
 * runner, and nothing around it.
 *
 *   node queue-child.cjs FOLDER accept    accepts messages, prints "accepted ID" after each commit
 *   node queue-child.cjs FOLDER deliver   the same, and the runner delivers: each delivered message is a file
 *                                         FOLDER/../delivered/ID, written before delivery says so
 *   node queue-child.cjs FOLDER expand    the same with a directory that puts three members in each recipient's
 *                                         place; the files are FOLDER/../delivered/ID ADDRESS
 *   node queue-child.cjs FOLDER operate   no attempt succeeds: each message is held, readdressed or given back instead,
 *                                         and "held ID", "readdressed ID" or "returned ID" printed; each report to a
 *                                         sender is a file FOLDER/../delivered/ID
 */
import { writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src-main/engine/core/clock';
import { createQueueIdGenerator } from '../../../src-main/engine/core/ids';
import { createStatus } from '../../../src-main/engine/core/smtp-status';
import { createIntake } from '../../../src-main/engine/queue/accept';
import { createMessageReader } from '../../../src-main/engine/queue/message-reader';
import { recoverQueue } from '../../../src-main/engine/queue/recovery';
import { createRunner } from '../../../src-main/engine/queue/runner';
import { createQueueStore } from '../../../src-main/engine/queue/store';
import { createTraceJournal } from '../../../src-main/engine/trace/journal';
import { acceptedRecord } from '../../../src-main/engine/trace-records';
import { createServerSettings } from '../../support/settings';

const [folder = '', mode = ''] = process.argv.slice(2);
const settings = createServerSettings({ firstRetryMinutes: 0.05, secondRetryMinutes: 0.05 });
const store = createQueueStore({ folder });
const emit = (): void => undefined;
const trace = createTraceJournal({
  serverId: 1,
  folder: join(folder, '..', 'Trace'),
  settings: () => settings,
  clock: systemClock,
  emit,
});
const members = ['m1@corp.test', 'm2@corp.test', 'm3@corp.test'];
const delivered = createStatus(250, '2.0.0', 'Ok');
const later = createStatus(451, '4.7.1', 'Later');

const read = createMessageReader({
  store,
  serverId: 1,
  emit,
  quarantine: ({ reason }) => Promise.reject(new Error(`nothing should be damaged: ${reason}`)),
});

const runner = createRunner({
  serverId: 1,
  store,
  trace,
  read,
  // The hardest case: whatever waits is read anew from its file.
  restingBytes: 0,
  settings: () => settings,
  clock: systemClock,
  emit,
  route: () => ({ kind: 'drop', destination: 'drop', rule: 'test' }),
  ...(mode === 'expand' && {
    directory: {
      route: { kind: 'directory', destination: 'directory test', rule: 'test' },
      resolve: async ({ sender, recipients }) => ({
        kind: 'resolved',
        sender,
        recipients: recipients.map(() => ({
          kind: 'expanded',
          members: members.map((address) => ({ address })),
        })),
      }),
    },
  }),
  deliver: async ({ envelope, recipients }) => {
    if (mode === 'operate')
      return {
        results: recipients.map(({ address }) => ({ address, status: later })),
        isDestinationDown: false,
      };
    // Every third message waits once, so that envelopes are rewritten too.
    const isLater =
      Number.parseInt(envelope.queueId.slice(12, 16), 16) % 3 === 0 && recipients[0]?.attempts === 0;
    const names =
      mode === 'expand'
        ? recipients.map(({ address }) => `${envelope.queueId} ${address}`)
        : [envelope.queueId];
    if (!isLater) for (const name of names) writeFileSync(join(folder, '..', 'delivered', name), '');
    const status = isLater ? later : delivered;
    return { results: recipients.map(({ address }) => ({ address, status })), isDestinationDown: false };
  },
  notify: async ({ envelope }) => {
    if (mode !== 'operate') throw new Error('no notification is expected');
    writeFileSync(join(folder, '..', 'delivered', envelope.queueId), '');
  },
  moveToBadmail: () => Promise.reject(new Error('no Badmail is expected')),
});
const intake = createIntake({
  serverId: 1,
  store,
  settings: () => settings,
  fqdn: () => 'relay.corp.test',
  productVersion: 'test',
  clock: systemClock,
  createQueueId: createQueueIdGenerator(() => Date.now(), process.pid),
  emit,
  onAccepted: (envelope) => {
    const isTraced = trace.write(acceptedRecord(envelope, Date.now()));
    if (mode !== 'accept') runner.add(envelope);
    return isTraced;
  },
  minFreeBytes: 0,
});

async function acceptForEver(lane: number): Promise<void> {
  for (let n = 0; ; n++) {
    const transaction = intake.open(
      {
        serverId: 1,
        sender: 'a@corp.test',
        recipients: [{ address: 'b@corp.test' }],
        body: '7bit',
        source: { kind: 'test' },
      },
      {},
    );
    // One in twenty is large, and goes to the folder as it comes.
    const lines = n % 20 === 0 ? 30_000 : 100;
    await transaction.write(Buffer.from(`Subject: ${lane}-${n}\r\n\r\n`));
    for (let left = lines; left > 0; left -= 1000) {
      await transaction.write(Buffer.from(`${'x'.repeat(48)}\r\n`.repeat(Math.min(left, 1000))));
    }
    const { queueId } = await transaction.commit();
    // Synchronous: a line that is out was true before.
    if (mode !== 'operate') writeSync(1, `accepted ${queueId}\n`);
    else await operate(queueId, n);
  }
}

async function operate(queueId: string, n: number): Promise<void> {
  const acts = [
    ['held', { kind: 'hold', by: 'test' }],
    ['readdressed', { kind: 'readdress', from: 'b@corp.test', to: 'c@corp.test', by: 'test' }],
    ['returned', { kind: 'delete', isReturned: true, by: 'test' }],
  ] as const;
  const [name, act] = acts[n % acts.length] ?? acts[0];
  await runner.act({ queueIds: [queueId] }, act);
  writeSync(1, `${name} ${queueId}\n`);
}

async function main(): Promise<void> {
  const waiting = await recoverQueue({ store, serverId: 1, emit });
  if (mode !== 'accept') runner.start(waiting);
  await Promise.all([1, 2, 3, 4].map(acceptForEver));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
