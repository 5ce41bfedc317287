/**
 * One attempt to bring a message to one next hop.
 *
 * Owns: the outgoing connections of one virtual server.
 * Promises: every recipient of the job gets exactly one result; a host that cannot be used is followed by
 * the next one; what is not known for certain is temporary; nothing is sent twice within one attempt unless
 * the first host certainly does not have it.
 * Trusts: the targets (checked by routing) and the envelope (checked when it was read).
 * Fails: rejects only for a route that is not ours to deliver.
 */
import { setMaxListeners } from 'node:events';
import type { ServerSettings } from '../../settings/schema';
import type { Clock } from '../core/clock';
import {
  type AttemptResult,
  type Deliver,
  type DeliveryJob,
  destinationName,
  type RecipientResult,
  type Route,
  type TargetAnswer,
} from '../core/delivery';
import type { Recipient } from '../core/envelope';
import type { Emit } from '../core/event';
import { emptyKeyring, type Keyring } from '../core/keyring';
import { Problem } from '../core/problem';
import type { LogProtocol } from '../core/protocol-entry';
import { createStatus, isTemporary, type SmtpStatus } from '../core/smtp-status';
import type { Trace } from '../core/trace';
import type { TurnedConnection } from '../core/trigger';
import { type AttemptReader, createAttemptReader } from './attempt-reader';
import { createConnectionPool } from './connection-pool';
import type { DeliveryWatch } from './delivery-watch';
import { createSigner } from './dkim-signer';
import type { HostFailure } from './failure';
import { createHopWalk, type Run, stopping, type WalkResult } from './hop-walk';
import type { ConnectRoute } from './hops';
import { masqueradeOf } from './masquerade';
import { createOutgoingMessage, type OutgoingChanges } from './outgoing-message';
import { openReversedSession, type ReversedSessionOptions } from './reversed-session';
import type { OutboundSession } from './session';
import { createTargetAttempts } from './target-attempt';
import { createDeliveryWarnings } from './warnings';

export interface Deliverer {
  readonly deliver: Deliver;
  /** Takes over a connection that the other side turned around; see reversed-session. */
  reverse(
    options: Pick<ReversedSessionOptions, 'socket' | 'target' | 'sessionId'>,
    signal: AbortSignal,
  ): Promise<ReversedDelivery | { readonly failure: HostFailure }>;
  /** Idle ones included. */
  openConnections(): number;
  /** Ends all connections; attempts that are running come back with temporary results. */
  close(): Promise<void>;
}

/** Sends over one connection alone. */
export interface ReversedDelivery extends TurnedConnection {
  /** Says QUIT and closes. */
  quit(): void;
  /** Closes at once; the message under way has no answer. */
  close(): void;
}

export interface DelivererOptions {
  readonly settings: () => ServerSettings;
  readonly fqdn: () => string;
  /** Never rejects; see routing. */
  readonly resolveTargets: (route: Route) => Promise<TargetAnswer>;
  readonly clock: Clock;
  readonly emit?: Emit;
  readonly serverId: number;
  /** Opens stored passwords, and hands out tokens. Default: empty. */
  readonly keyring?: Pick<Keyring, 'unseal' | 'accessToken'>;
  /** Whose attempts are read along with. Default: nobody's. */
  readonly watch?: Pick<DeliveryWatch, 'isWatched' | 'tell'>;
  /** Gets each attempt with what was said in it. Default: no trace. */
  readonly trace?: Trace;
  /** Gets each outgoing command and response. Default: no log, at no cost. */
  readonly logProtocol?: LogProtocol;
}

/** Long enough for the next message of a burst, too short to annoy the peer. */
const idleMs = 5_000;

export function createDeliverer(options: DelivererOptions): Deliverer {
  const { settings, fqdn, resolveTargets, clock } = options;
  const pool = createConnectionPool({ clock, idleMs });
  const { keyring = emptyKeyring, logProtocol } = options;
  const attemptTarget = createTargetAttempts({
    pool,
    clock,
    keyring,
    ...(logProtocol ? { logProtocol } : {}),
  });
  const warnings = createDeliveryWarnings(options);
  const sign = createSigner({ ...options, unseal: (secret) => keyring.unseal(secret) });
  const hopWalk = createHopWalk({ settings, fqdn, resolveTargets, attemptTarget, warnings, clock });
  const running = new Map<AbortController, Promise<unknown>>();
  let isClosed = false;

  const runOf = (
    job: DeliveryJob,
    route: ConnectRoute,
    signal: AbortSignal,
  ): Run & { readonly reader: AttemptReader } => ({
    route,
    messageFor: (hop) =>
      createOutgoingMessage(job.envelope, job.content, { ...changesOf(settings(), hop), sign }),
    recipients: isSendable(job.envelope.sender)
      ? job.recipients.filter(({ address }) => isSendable(address))
      : [],
    signal,
    reader: createAttemptReader(
      job.envelope.queueId,
      options.watch,
      options.trace !== undefined && settings().tracesDialogues,
    ),
  });

  /** Before the queue hears what came of it, so that the trace has both in this order. */
  const tellTrace = (job: DeliveryJob, reader: AttemptReader, startedAt: number): void => {
    const { envelope, recipients, route } = job;
    void options.trace?.write({
      at: clock.now(),
      kind: 'attempt',
      queueId: envelope.queueId,
      recipients: recipients.map(({ address }) => address),
      rule: route.rule,
      destination: destinationName(route),
      startedAt,
      lines: reader.kept,
    });
  };

  const attempt = async (job: DeliveryJob, signal: AbortSignal): Promise<AttemptResult> => {
    const { route, envelope, recipients } = job;
    if (route.kind === 'refuse') return { results: all(recipients, route.status), isDestinationDown: false };
    if (route.kind === 'drop') throw new Problem('internal', 'Mail for the Drop folder is not sent');
    if (!isSendable(envelope.sender)) return settle(recipients, unsendable);
    const run = runOf(job, route, signal);
    const startedAt = clock.now();
    const walked = await hopWalk.walk(run);
    tellTrace(job, run.reader, startedAt);
    return settle(recipients, walked);
  };

  /** Recipients for whom nothing was heard are left out. */
  const attemptOver = async (
    session: OutboundSession,
    job: DeliveryJob,
    signal: AbortSignal,
  ): Promise<AttemptResult> => {
    const { route, recipients } = job;
    if (route.kind === 'refuse' || route.kind === 'drop')
      throw new Problem('internal', 'Only mail that is sent can be held');
    const run = runOf(job, route, signal);
    const startedAt = clock.now();
    const { results } = await hopWalk.walkSession(run, session);
    tellTrace(job, run.reader, startedAt);
    const refused = recipients
      .filter((recipient) => !run.recipients.includes(recipient))
      .map(({ address }) => ({ address, status: isSendable(address) ? badSender : badRecipient }));
    return { results: [...results.values(), ...refused], isDestinationDown: false };
  };

  /** Both the caller and `close` may stop an attempt. */
  const stoppable =
    (run: Deliver): Deliver =>
    async (job, signal) => {
      const controller = new AbortController();
      const stop = (): void => controller.abort();
      // One signal may stop thousands of attempts; that is no leak.
      setMaxListeners(0, signal);
      if (signal.aborted || isClosed) stop();
      signal.addEventListener('abort', stop, { once: true });
      const result = run(job, controller.signal);
      running.set(controller, result);
      try {
        return await result;
      } finally {
        running.delete(controller);
        signal.removeEventListener('abort', stop);
      }
    };

  return {
    deliver: stoppable(attempt),
    async reverse(connection, signal) {
      const timeoutMs = settings().outboundTimeoutMinutes * 60_000;
      const opened = await openReversedSession(
        { ...connection, fqdn: fqdn(), timeoutMs, clock, ...(logProtocol ? { logProtocol } : {}) },
        signal,
      );
      if ('failure' in opened) return opened;
      const { session } = opened;
      pool.add(session);
      return {
        deliver: stoppable((job, stop) => attemptOver(session, job, stop)),
        get isUsable() {
          return session.isUsable;
        },
        quit: () => session.quit(),
        close: () => session.close(),
      };
    },
    openConnections: () => pool.size(),
    async close() {
      isClosed = true;
      for (const controller of running.keys()) controller.abort();
      await Promise.allSettled(running.values());
      pool.close();
    },
  };
}

/** What of a message changes on its way to a host with this "Send as" address. */
function changesOf(settings: ServerSettings, { sendAs }: { readonly sendAs?: string }): OutgoingChanges {
  const masquerade = masqueradeOf(settings);
  return { ...(masquerade ? { masquerade } : {}), ...(sendAs === undefined ? {} : { sendAs }) };
}

const badSender = createStatus(553, '5.1.7', 'Bad sender address syntax');
const badRecipient = createStatus(553, '5.1.3', 'Bad recipient address syntax');
const unsendable: WalkResult = {
  results: new Map(),
  status: badSender,
  isReached: true,
  isAborted: false,
};

/** What would break the command line; a quoted local part may hold angle brackets, which no client sends right. */
const isSendable = (address: string): boolean => !/[\r\n<>]/.test(address);

const all = (recipients: readonly Recipient[], status: SmtpStatus): RecipientResult[] =>
  recipients.map(({ address }) => ({ address, status }));

/** One result for each recipient of the job, in its order. */
function settle(recipients: readonly Recipient[], walked: WalkResult): AttemptResult {
  // A status is missing only where nobody is left who needs one.
  const { status = stopping, remote } = walked;
  const results = recipients.map((recipient): RecipientResult => {
    const { address } = recipient;
    if (!isSendable(address)) return { address, status: badRecipient };
    return walked.results.get(recipient) ?? { address, status, ...(remote ? { remote } : {}) };
  });
  const isDown = !walked.isReached && !walked.isAborted && walked.status !== undefined;
  return { results, isDestinationDown: isDown && isTemporary(status) };
}
