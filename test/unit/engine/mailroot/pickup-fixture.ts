/** A mailroot in a temporary folder, a clock that is set by hand, and an intake that keeps what it was given. */
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../../src-main/engine/core/clock';
import type { EnvelopeDraft } from '../../../../src-main/engine/core/envelope';
import type { EngineEvent } from '../../../../src-main/engine/core/event';
import { createQueueIdGenerator } from '../../../../src-main/engine/core/ids';
import type { IntakeOptions, MessageIntake } from '../../../../src-main/engine/core/intake';
import type { SmtpStatus } from '../../../../src-main/engine/core/smtp-status';
import { createBadmail } from '../../../../src-main/engine/mailroot/badmail';
import { createPickup, type PickupOptions } from '../../../../src-main/engine/mailroot/pickup';
import type { ServerSettingsInput } from '../../../../src-main/settings/schema';
import { createServerSettings } from '../../../support/settings';

interface TakenMessage {
  readonly queueId: string;
  readonly draft: EnvelopeDraft;
  readonly options: IntakeOptions;
  readonly content: string;
}

export interface PickupFixture {
  readonly home: string;
  readonly folder: string;
  readonly taken: TakenMessage[];
  readonly events: EngineEvent[];
  /** Warnings that were emitted, by code. */
  warnings(code: string): string[];
  readonly pickup: ReturnType<typeof createPickup>;
  /** A further engine on the same folders, as after a restart. */
  restart(change?: Partial<PickupOptions>): ReturnType<typeof createPickup>;
  /** Writes a file that was finished long ago. */
  lay(name: string, content: string | Uint8Array): Promise<string>;
  advance(ms: number): void;
  now(): number;
  /** Runs at the commit, before it resolves; may throw. */
  onCommit: (queueId: string) => Promise<void> | void;
  /** Runs at each write. */
  onWrite: (queueId: string) => void;
  refusal: SmtpStatus | undefined;
  files(name: string): Promise<string[]>;
}

export async function createPickupFixture(
  change: Partial<ServerSettingsInput> = {},
  onEnd?: (run: () => Promise<void>) => void,
): Promise<PickupFixture> {
  const home = await mkdtemp(join(tmpdir(), 'mailroot-pickup-'));
  const folder = join(home, 'Pickup');
  for (const name of ['Pickup', 'Queue', 'Badmail']) await mkdir(join(home, name));
  const settings = createServerSettings({ homeDirectory: home, ...change });
  let aheadMs = 0;
  const now = (): number => Date.now() + aheadMs;
  // Timers never fire: each test sweeps by itself.
  const clock: Clock = { now, startTimer: () => () => undefined };
  const events: EngineEvent[] = [];
  const taken: TakenMessage[] = [];
  const createQueueId = createQueueIdGenerator(now, 7);
  const emit = (event: EngineEvent): void => void events.push(event);
  const badmail = createBadmail({ folder: join(home, 'Badmail'), serverId: 1, emit, clock });
  const pickups: ReturnType<typeof createPickup>[] = [];

  const intake: MessageIntake = {
    refusal: () => fixture.refusal,
    open(draft, options) {
      const queueId = createQueueId();
      const chunks: Buffer[] = [];
      return {
        queueId,
        write(chunk) {
          chunks.push(Buffer.from(chunk));
          fixture.onWrite(queueId);
          return undefined;
        },
        async commit() {
          await fixture.onCommit(queueId);
          const content = Buffer.concat(chunks).toString('latin1');
          await writeFile(join(home, 'Queue', `${queueId}.json`), '{}');
          taken.push({ queueId, draft, options, content });
          return { queueId, messageId: '<x@y>', sizeBytes: content.length };
        },
        abort: () => Promise.resolve(),
      };
    },
  };

  function restart(more: Partial<PickupOptions> = {}): ReturnType<typeof createPickup> {
    const pickup = createPickup({
      folder,
      settings: () => settings,
      intake,
      serverId: 1,
      clock,
      emit,
      moveToBadmail: (request) => badmail.putFile(request),
      ...more,
    });
    pickups.push(pickup);
    return pickup;
  }

  const fixture: PickupFixture = {
    home,
    folder,
    taken,
    events,
    warnings: (code) =>
      events.flatMap((event) => (event.type === 'warning' && event.code === code ? [event.text] : [])),
    pickup: restart(),
    restart,
    async lay(name, content) {
      const path = join(folder, name);
      await writeFile(path, content);
      await utimes(path, now() / 1000 - 60, now() / 1000 - 60);
      return path;
    },
    advance(ms) {
      aheadMs += ms;
    },
    now,
    onCommit: () => undefined,
    onWrite: () => undefined,
    refusal: undefined,
    files: async (name) => (await readdir(join(home, name)).catch(() => [])).sort(),
  };
  onEnd?.(async () => {
    for (const pickup of pickups) await pickup.stop();
    await rm(home, { recursive: true, force: true });
  });
  return fixture;
}
