/** What the queue's tests share: a real folder, a store in it, envelopes and a door. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope, Recipient } from '../../../../src-main/engine/core/envelope';
import type { EngineEvent } from '../../../../src-main/engine/core/event';
import { createQueueIdGenerator } from '../../../../src-main/engine/core/ids';
import { createIntake, type Intake, type IntakeSetup } from '../../../../src-main/engine/queue/accept';
import { createQueueStore, type QueueStore } from '../../../../src-main/engine/queue/store';
import { createFakeClock, type FakeClock, fakeStart } from '../../../support/fake-clock';
import { createServerSettings } from '../../../support/settings';

export const someId = '0195d3f0a1b2000012345678';
export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
export const bytes = (value: string): Uint8Array => Buffer.from(value, 'latin1');

export function recipientOf(change: Partial<Recipient> = {}): Recipient {
  return { address: 'b@remote.test', attempts: 0, nextAttemptAt: fakeStart, ...change };
}

export function envelopeOf(change: Partial<Envelope> = {}): Envelope {
  return {
    version: 1,
    queueId: someId,
    serverId: 1,
    sender: 'a@corp.test',
    recipients: [recipientOf()],
    body: '7bit',
    source: { kind: 'test' },
    arrivedAt: fakeStart,
    sizeBytes: 5,
    hopCount: 0,
    messageId: '<1@corp.test>',
    subject: 'Hello',
    ...change,
  };
}

export interface QueueFixture {
  readonly folder: string;
  readonly clock: FakeClock;
  readonly store: QueueStore;
  readonly events: EngineEvent[];
  readonly accepted: Envelope[];
  /** File names in the folder, sorted. */
  files(): Promise<string[]>;
  read(name: string): Promise<string>;
  createIntake(change?: Partial<IntakeSetup>): Intake;
  remove(): Promise<void>;
}

export async function createQueueFixture(clock: FakeClock = createFakeClock()): Promise<QueueFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'mailroot-queue-'));
  const store = createQueueStore({ folder, clock });
  const events: EngineEvent[] = [];
  const accepted: Envelope[] = [];
  const createQueueId = createQueueIdGenerator(() => clock.now(), 0x12345678);
  return {
    folder,
    clock,
    store,
    events,
    accepted,
    files: async () => (await readdir(folder)).sort(),
    read: (name) => readFile(join(folder, name), 'latin1'),
    createIntake: (change = {}) =>
      createIntake({
        serverId: 1,
        store,
        settings: () => createServerSettings(),
        fqdn: () => 'relay.corp.test',
        productVersion: '0.1.0',
        clock,
        createQueueId,
        emit: (event) => events.push(event),
        onAccepted: (envelope) => void accepted.push(envelope),
        ...change,
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
