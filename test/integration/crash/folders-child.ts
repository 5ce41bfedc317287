/**
 * The program that test/integration/crash/folders-kill.test.ts kills: lists of Drop and Badmail, retention, and the door
 * of a Queue folder, and nothing around them.
 *
 *   node folders-child.cjs HOME delete   fills Badmail, deletes and brings back; prints "put IDS", "deleted IDS",
 *                                        "restored IDS" after each act
 *   node folders-child.cjs HOME retain   fills Badmail, and keeps it within 20 messages; prints "put IDS" and "swept"
 *   node folders-child.cjs HOME resend   fills Drop, sends each message again and puts it away; prints "put IDS" and
 *                                        "sent IDS"
 */
import { renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src-main/engine/core/clock';
import { createQueueIdGenerator } from '../../../src-main/engine/core/ids';
import type { Engine } from '../../../src-main/engine/engine';
import { createBadmail } from '../../../src-main/engine/mailroot/badmail';
import { sweepUnfinished } from '../../../src-main/engine/mailroot/folders';
import { createMessageList } from '../../../src-main/engine/mailroot/message-list';
import { createRetention } from '../../../src-main/engine/mailroot/retention';
import { createIntake } from '../../../src-main/engine/queue/accept';
import { recoverQueue } from '../../../src-main/engine/queue/recovery';
import { createQueueStore } from '../../../src-main/engine/queue/store';
import { resend } from '../../../src-main/engine/resend';
import { createServerSettings } from '../../support/settings';
import { contentOf, createEnvelope } from '../../unit/engine/mailroot/content';

const [home = '', mode = ''] = process.argv.slice(2);
const folders = { drop: join(home, 'Drop'), badmail: join(home, 'Badmail'), pickup: join(home, 'Pickup') };
const settings = createServerSettings({ homeDirectory: home, badmailKeepMessages: 20 });
const emit = (): void => undefined;
const listOf = (kind: keyof typeof folders) =>
  createMessageList({ folder: folders[kind], kind, onOutdated: () => undefined });
const lists = { drop: listOf('drop'), badmail: listOf('badmail'), pickup: listOf('pickup') };
const badmail = createBadmail({ folder: folders.badmail, serverId: 1, emit, clock: systemClock });
const createId = createQueueIdGenerator(Date.now, process.pid);

/** Synchronous: a line that is out was true before. */
const say = (act: string, ids: readonly string[]): void => void writeSync(1, `${[act, ...ids].join(' ')}\n`);

async function fillBadmail(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const envelope = createEnvelope({ queueId: createId() });
    const content = contentOf('Subject: dead\r\n\r\nBody\r\n');
    const { recipients } = envelope;
    ids.push(await badmail.put({ envelope, content, recipients, cause: 'general-failure', reason: 'No.' }));
  }
  say('put', ids);
  return ids;
}

async function deleteAndRestore(): Promise<void> {
  const ids = await fillBadmail(10);
  await lists.badmail.delete(ids);
  say('deleted', ids);
  await lists.badmail.restore(ids.slice(0, 5));
  say('restored', ids.slice(0, 5));
}

async function retain(): Promise<void> {
  await fillBadmail(15);
  await retention.sweepNow();
  say('swept', []);
}
const retention = createRetention({
  serverId: 1,
  settings: () => settings,
  lists: () => lists,
  folders,
  clock: systemClock,
  emit,
});

const store = createQueueStore({ folder: join(home, 'Queue') });
const intake = createIntake({
  serverId: 1,
  store,
  settings: () => settings,
  fqdn: () => 'relay.corp.test',
  productVersion: 'test',
  clock: systemClock,
  createQueueId: createId,
  emit,
  onAccepted: () => undefined,
  minFreeBytes: 0,
});
const server = { id: 1, settings, lists, running: { intake }, defaultDomain: 'corp.test' };
const engine = { server: () => server } as unknown as Engine;

async function resendAll(): Promise<void> {
  const ids = Array.from({ length: 15 }, () => createId() as string);
  for (const id of ids) {
    const path = join(folders.drop, `${id}.eml`);
    writeFileSync(
      `${path}.tmp`,
      `x-sender: a@corp.test\r\nx-receiver: b@corp.test\r\nSubject: ${id}\r\n\r\n${'x'.repeat(2000)}\r\nend\r\n`,
    );
    renameSync(`${path}.tmp`, path);
  }
  say('put', ids);
  const messages = ids.map((id) => ({ serverId: 1, folder: 'drop' as const, id }));
  const { refused } = await resend(engine, { messages, delayMs: 0, by: 'test', isRemovedAfter: true });
  if (refused.length > 0) throw new Error(JSON.stringify(refused));
  say('sent', ids);
}

async function main(): Promise<void> {
  await recoverQueue({ store, serverId: 1, emit });
  for (const folder of [folders.drop, folders.badmail]) await sweepUnfinished(folder);
  const act = { delete: deleteAndRestore, retain, resend: resendAll }[mode];
  while (act) await act();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
