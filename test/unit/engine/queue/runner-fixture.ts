/** A runner over a real Queue folder, with a delivery, a notifier and a Badmail that the test directs. */
import {
  type AttemptResult,
  type DeliveryJob,
  openSecurity,
  type Route,
} from '../../../../src-main/engine/core/delivery';
import type { ChosenWay, Envelope } from '../../../../src-main/engine/core/envelope';
import type { QueueId } from '../../../../src-main/engine/core/ids';
import type { BadmailRequest, NotificationRequest } from '../../../../src-main/engine/core/notification';
import { createStatus, type SmtpStatus } from '../../../../src-main/engine/core/smtp-status';
import type { TraceRecord } from '../../../../src-main/engine/core/trace';
import {
  createMessageReader,
  type DamagedPair,
  type ReadMessage,
} from '../../../../src-main/engine/queue/message-reader';
import type { QueueDirectory } from '../../../../src-main/engine/queue/resolution';
import { createRunner, type QueueRunner } from '../../../../src-main/engine/queue/runner';
import type { QueueStore } from '../../../../src-main/engine/queue/store';
import type { ServerSettings } from '../../../../src-main/settings/schema';
import { type FakeClock, until } from '../../../support/fake-clock';
import { readQueue } from '../../../support/queue-folder';
import { createServerSettings } from '../../../support/settings';
import { bytes, createQueueFixture, envelopeOf, type QueueFixture } from './fixture';

export const ok = createStatus(250, '2.0.0', 'Ok');
export const greylisted = createStatus(451, '4.7.1', 'Greylisted');
export const unknownUser = createStatus(550, '5.1.1', 'No such user');
export const refused = createStatus(451, '4.4.1', 'mx.remote.test: connection refused');

const dropRoute: Route = { kind: 'drop', destination: 'drop', rule: 'Default domain' };
export const mxRoute = (domain: string): Route => ({
  kind: 'mx',
  destination: `mx:${domain}:25`,
  rule: 'MX',
  domain,
  port: 25,
  hello: 'ehlo',
  security: openSecurity,
});

/** Of a domain whose mail waits to be asked for. */
export const heldRoute = (domain: string): Route => ({
  ...(mxRoute(domain) as Extract<Route, { kind: 'mx' }>),
  destination: `held:mx:${domain}:25`,
  hold: { host: domain, canTurn: false },
});

/** The same answer for each recipient of the job. */
export function all(job: DeliveryJob, status: SmtpStatus, isDestinationDown = false): AttemptResult {
  return { results: job.recipients.map(({ address }) => ({ address, status })), isDestinationDown };
}

export interface RunnerFixture {
  readonly queue: QueueFixture;
  readonly runner: QueueRunner;
  readonly jobs: DeliveryJob[];
  readonly notifications: NotificationRequest[];
  readonly badmail: BadmailRequest[];
  readonly damaged: DamagedPair[];
  readonly traced: TraceRecord[];
  settings: ServerSettings;
  route: (address: string, way?: ChosenWay) => Route;
  /** Asked before the first routing; undefined: LDAP routing is off. */
  directory: QueueDirectory | undefined;
  deliver: (job: DeliveryJob, signal: AbortSignal) => Promise<AttemptResult> | AttemptResult;
  notify: (request: NotificationRequest) => Promise<void>;
  moveToBadmail: (request: BadmailRequest) => Promise<void>;
  /** Puts a message into the folder and hands it over, as the door does. */
  accept(change?: Partial<Envelope>): Promise<QueueId>;
  /** Waits until nothing is active. */
  idle(): Promise<void>;
  /** Moves time, and waits until nothing is active. */
  advance(ms: number): Promise<void>;
  /** "outcome recipient" of all events so far. */
  outcomes(): string[];
  /** What a start after a crash would find. */
  recover(): Promise<readonly Envelope[]>;
  close(): Promise<void>;
}

/** Every claim holds wherever the envelopes of waiting mail are. */
export const memories = [
  { where: 'in memory', restingBytes: 1_000_000 },
  { where: 'in their files', restingBytes: 0 },
];

export interface FixtureOptions {
  readonly wrapStore?: (store: QueueStore) => QueueStore;
  readonly wrapRead?: (read: ReadMessage) => ReadMessage;
  readonly restingBytes?: number;
  /** Default: one that is never set. */
  readonly clock?: FakeClock;
  /** Another runner's folder. Default: a new one. */
  readonly queue?: QueueFixture;
}

/** Real time that a slow disk gets for one envelope. */
const longestWriteMs = 250;

export async function createRunnerFixture(
  change: Partial<ServerSettings> = {},
  { wrapStore, wrapRead = (read) => read, restingBytes, ...options }: FixtureOptions = {},
) {
  const queue = options.queue ?? (await createQueueFixture(options.clock));
  const store = wrapStore ? wrapStore(queue.store) : queue.store;
  let counter = 0;
  const fixture: RunnerFixture = {
    queue,
    jobs: [],
    notifications: [],
    badmail: [],
    damaged: [],
    traced: [],
    settings: createServerSettings(change),
    route: (address) =>
      address.endsWith('@corp.test') ? dropRoute : mxRoute(address.slice(address.lastIndexOf('@') + 1)),
    directory: undefined,
    deliver: (job) => all(job, ok),
    notify: async (request) => void fixture.notifications.push(request),
    moveToBadmail: async (request) => void fixture.badmail.push(request),
    runner: createRunner({
      serverId: 1,
      store,
      trace: {
        write: (record) => {
          fixture.traced.push(record);
          return undefined;
        },
      },
      read: wrapRead(
        createMessageReader({
          store,
          serverId: 1,
          emit: (event) => queue.events.push(event),
          quarantine: async (pair) => fixture.damaged.push(pair),
        }),
      ),
      ...(restingBytes !== undefined && { restingBytes }),
      settings: () => fixture.settings,
      clock: queue.clock,
      emit: (event) => queue.events.push(event),
      route: (address, _sender, way) => fixture.route(address, way),
      directory: {
        get route() {
          return fixture.directory?.route;
        },
        resolve: (question, signal) => (fixture.directory as QueueDirectory).resolve(question, signal),
      },
      deliver: async (job, signal) => {
        fixture.jobs.push(job);
        return fixture.deliver(job, signal);
      },
      notify: (request) => fixture.notify(request),
      moveToBadmail: (request) => fixture.moveToBadmail(request),
    }),
    async accept(of = {}) {
      const now = queue.clock.now();
      const queueId = (++counter).toString(16).padStart(24, '0');
      const base = envelopeOf({ queueId, arrivedAt: now, ...of });
      const envelope: Envelope = {
        ...base,
        recipients: base.recipients.map((recipient) => ({ ...recipient, nextAttemptAt: now })),
      };
      await queue.store.accept(envelope, [bytes('hello')]);
      fixture.runner.add(envelope);
      return queueId;
    },
    async idle() {
      await queue.clock.settle();
      await until(() => fixture.runner.stats().active === 0, 'the runner is idle');
    },
    async advance(ms) {
      // Timer by timer, each waited for: the disk may be slow, and its work belongs to the time it began at.
      const end = queue.clock.now() + ms;
      for (;;) {
        await queue.clock.settle();
        // What waits for a timer of its own is active until then; what writes a file is soon done.
        const isSettled = (): boolean => fixture.runner.stats().active === 0;
        await until(isSettled, 'settlements are written', longestWriteMs).catch(() => undefined);
        const next = queue.clock.nextTimerAt;
        if (next === undefined || next > end) break;
        await queue.clock.advance(Math.max(0, next - queue.clock.now()));
      }
      await queue.clock.advance(Math.max(0, end - queue.clock.now()));
      await fixture.idle();
    },
    outcomes: () =>
      queue.events.flatMap((event) =>
        event.type === 'recipient-outcome' ? [`${event.outcome} ${event.recipient}`] : [],
      ),
    recover: () => readQueue(queue.folder),
    async close() {
      const stopped = fixture.runner.stop(0);
      // Attempts that the test never ends are not waited for longer than the grace.
      await queue.clock.advance(3000);
      await stopped;
      if (!options.queue) await queue.remove();
    },
  };
  return fixture;
}
