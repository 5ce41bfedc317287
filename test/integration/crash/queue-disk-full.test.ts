/** A Queue folder on a volume that fills up: whole messages or nothing, and all is well when there is room again. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, type TestContext } from 'vitest';
import { systemClock } from '../../../src-main/engine/core/clock';
import type { EngineEvent } from '../../../src-main/engine/core/event';
import { createQueueIdGenerator } from '../../../src-main/engine/core/ids';
import { createStatus } from '../../../src-main/engine/core/smtp-status';
import { createIntake } from '../../../src-main/engine/queue/accept';
import { createMessageReader } from '../../../src-main/engine/queue/message-reader';
import { createRunner } from '../../../src-main/engine/queue/runner';
import { createQueueStore } from '../../../src-main/engine/queue/store';
import { until } from '../../support/fake-clock';
import { readQueue } from '../../support/queue-folder';
import { createServerSettings } from '../../support/settings';

const volumes: string[] = [];
afterEach(() => {
  for (const volume of volumes.splice(0)) {
    execFileSync('umount', [volume]);
    rmSync(volume, { recursive: true });
  }
});

/** A volume of 1 MiB; skips the test where none can be mounted. */
function mountSmallVolume(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    context.skip('needs root on Linux to mount a small tmpfs (package mount)');
  }
  volumes.push(folder);
  return folder;
}

function createQueue(folder: string) {
  const store = createQueueStore({ folder });
  const events: EngineEvent[] = [];
  const settings = createServerSettings({ maxMessageKb: null });
  const emit = (event: EngineEvent): void => void events.push(event);
  const runner = createRunner({
    serverId: 1,
    store,
    read: createMessageReader({
      store,
      serverId: 1,
      emit,
      quarantine: ({ reason }) => Promise.reject(new Error(reason)),
    }),
    settings: () => settings,
    clock: systemClock,
    emit,
    route: () => ({ kind: 'drop', destination: 'drop', rule: 'test' }),
    deliver: async ({ recipients }) => ({
      results: recipients.map(({ address }) => ({
        address,
        status: createStatus(451, '4.2.2', 'Mailbox full'),
      })),
      isDestinationDown: false,
    }),
    notify: async () => undefined,
    moveToBadmail: async () => undefined,
  });
  const intake = createIntake({
    serverId: 1,
    store,
    settings: () => settings,
    fqdn: () => 'relay.corp.test',
    productVersion: 'test',
    clock: systemClock,
    createQueueId: createQueueIdGenerator(() => Date.now(), 1),
    emit,
    onAccepted: (envelope) => runner.add(envelope),
    minFreeBytes: 0,
  });
  const accept = async (sizeBytes: number): Promise<string> => {
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
    for (let left = sizeBytes; left > 0; left -= 65_536) {
      await transaction.write(Buffer.alloc(Math.min(left, 65_536), 'x'));
    }
    return transaction.commit().then(
      ({ queueId }) => queueId,
      (error: { code?: string }) => `failed: ${error.code}`,
    );
  };
  return { store, runner, intake, events, accept };
}

describe('a full Queue volume', () => {
  it.for([50_000, 3_000_000])(
    'takes a message of %i bytes whole or not at all',
    async (sizeBytes, context) => {
      const folder = mountSmallVolume(context);
      const { accept, intake } = createQueue(folder);
      const accepted: string[] = [];
      let answer = '';
      while (!answer.startsWith('failed')) {
        answer = await accept(sizeBytes);
        if (!answer.startsWith('failed')) accepted.push(answer);
      }
      expect(answer).toBe('failed: disk-full');
      const whole = accepted.flatMap((queueId) => [`${queueId}.eml`, `${queueId}.json`]).sort();
      expect((await readdir(folder)).sort()).toEqual(whole);
      for (const name of whole) await rm(join(folder, name));
      expect(await accept(50_000)).not.toContain('failed');
      await intake.close();
    },
  );

  it('keeps the state of waiting mail in memory until it can be written', async (context) => {
    const folder = mountSmallVolume(context);
    const { accept, runner, events } = createQueue(folder);
    const queueId = await accept(50_000);
    // The rest of the volume, to the last byte.
    const filler = join(folder, 'filler');
    await writeFile(filler, Buffer.alloc(2 * 1024 * 1024)).catch(() => undefined);
    runner.start([]);
    await until(() => events.some(({ type }) => type === 'warning'), 'the warning');
    expect((await runner.get(queueId))?.isActive).toBe(true);
    await rm(filler);
    await until(() => runner.stats().active === 0, 'the state is written');
    expect(events.some(({ type }) => type === 'recipient-deferred')).toBe(true);
    await runner.stop(0);
    const [envelope] = await readQueue(folder);
    expect(envelope).toMatchObject({ queueId, recipients: [{ attempts: 1 }] });
  });
});
