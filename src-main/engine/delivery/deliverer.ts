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
import type {
  AttemptResult,
  Deliver,
  DeliveryJob,
  RecipientResult,
  Route,
  Target,
  TargetAnswer,
} from '../core/delivery';
import type { Recipient, RemoteHost } from '../core/envelope';
import type { Emit } from '../core/event';
import { emptyKeyring, type Keyring } from '../core/keyring';
import { Problem } from '../core/problem';
import type { LogProtocol } from '../core/protocol-entry';
import { createStatus, isTemporary, type SmtpStatus } from '../core/smtp-status';
import type { TurnedConnection } from '../core/trigger';
import { createAttemptReader } from './attempt-reader';
import { createConnectionPool } from './connection-pool';
import type { DeliveryWatch } from './delivery-watch';
import { describeRemote, type HostFailure, moreTelling, statusOfFailure } from './failure';
import { masqueradeOf } from './masquerade';
import { createOutgoingMessage, type OutgoingChanges, type OutgoingMessage } from './outgoing-message';
import { openReversedSession, type ReversedSessionOptions } from './reversed-session';
import type { OutboundSession } from './session';
import type { WireReader } from './session-wire';
import { createTargetAttempts, type TargetAttemptResult } from './target-attempt';
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
  /** Opens stored passwords. Default: empty. */
  readonly keyring?: Pick<Keyring, 'unseal'>;
  /** Whose attempts are read along with. Default: nobody's. */
  readonly watch?: Pick<DeliveryWatch, 'isWatched' | 'tell'>;
  /** Gets each outgoing command and response. Default: no log, at no cost. */
  readonly logProtocol?: LogProtocol;
}

/** Long enough for the next message of a burst, too short to annoy the peer. */
const idleMs = 5_000;

type ConnectRoute = Extract<Route, { kind: 'mx' | 'smart-host' }>;

/** One message on one route. */
interface Run {
  readonly route: ConnectRoute;
  readonly message: OutgoingMessage;
  readonly recipients: readonly Recipient[];
  readonly signal: AbortSignal;
  readonly reader: WireReader;
  /** The one connection to use. */
  readonly session?: OutboundSession;
}

/** What one walk over the targets of a route came to. */
interface WalkResult {
  readonly results: ReadonlyMap<Recipient, RecipientResult>;
  /** For the recipients without a result. */
  readonly status?: SmtpStatus;
  readonly remote?: RemoteHost;
  readonly isReached: boolean;
  readonly isAborted: boolean;
}

export function createDeliverer(options: DelivererOptions): Deliverer {
  const { settings, fqdn, resolveTargets, clock } = options;
  const pool = createConnectionPool({ clock, idleMs });
  const { keyring = emptyKeyring, logProtocol } = options;
  const attemptTarget = createTargetAttempts({
    pool,
    clock,
    unseal: (secret) => keyring.unseal(secret),
    ...(logProtocol ? { logProtocol } : {}),
  });
  const warnings = createDeliveryWarnings(options);
  const running = new Map<AbortController, Promise<unknown>>();
  let isClosed = false;

  const warn = (
    target: Target,
    { security: { login } }: ConnectRoute,
    outcome: TargetAttemptResult,
  ): void => {
    const { failure, tlsFailure, isPasswordInClear, isReached } = outcome;
    if (tlsFailure) warnings.tlsFailed(target, tlsFailure);
    if (isPasswordInClear) warnings.passwordInClear(target);
    if (failure?.kind === 'login') warnings.loginRefused(target, login, failure);
    else if (login && isReached) warnings.loginWorked(target, login);
  };

  const walk = async (run: Run, targets: readonly Target[]): Promise<WalkResult> => {
    const { route, message, signal, reader } = run;
    const { outboundTimeoutMinutes, maxMessagesPerConnection, maxRecipients } = settings();
    const limits = { timeoutMs: outboundTimeoutMinutes * 60_000, maxMessagesPerConnection, maxRecipients };
    const results = new Map<Recipient, RecipientResult>();
    let waiting = run.recipients;
    let isReached = false;
    let last: { failure: HostFailure; remote: RemoteHost } | undefined;
    for (const target of targets) {
      if (waiting.length === 0) break;
      const remote: RemoteHost = target;
      const { hello, security } = route;
      const outcome = await attemptTarget({
        target,
        hello,
        fqdn: fqdn(),
        security,
        reader,
        message,
        recipients: waiting,
        limits,
        signal,
        ...(run.session ? { session: run.session } : {}),
      });
      isReached ||= outcome.isReached;
      warn(target, route, outcome);
      for (const [recipient, status] of outcome.answers) {
        const isDsnRelayed = outcome.isDsnRelayed && status.code < 300;
        results.set(recipient, {
          address: recipient.address,
          status,
          remote,
          ...(isDsnRelayed ? { isDsnRelayed } : {}),
        });
      }
      waiting = waiting.filter((recipient) => !results.has(recipient));
      if (!outcome.failure) continue;
      last = moreTelling(last, { failure: outcome.failure, remote });
      // Our own trouble: another host would not help, and each refused password brings the account nearer to
      // being locked.
      if (isOurs(outcome.failure)) {
        last = { failure: outcome.failure, remote };
        break;
      }
    }
    const kind = last?.failure.kind;
    return {
      results,
      isReached: isReached || kind === 'local',
      isAborted: kind === 'aborted',
      ...(last ? { status: statusOfFailure(last.failure, last.remote) } : {}),
      ...(last && kind !== 'local' && kind !== 'aborted' ? { remote: last.remote } : {}),
    };
  };

  const resolveAndWalk = async (run: Run): Promise<WalkResult> => {
    const { route, reader } = run;
    const answer = await orAborted(resolveTargets(route), run.signal);
    if (answer === undefined)
      return { results: new Map(), status: stopping, isReached: false, isAborted: true };
    if (answer.kind === 'none') {
      note(reader, answer.status.text);
      return { results: new Map(), status: answer.status, isReached: false, isAborted: false };
    }
    if (reader.isReading()) note(reader, `${route.rule}: ${answer.targets.map(describeRemote).join(', ')}`);
    return walk(run, answer.targets);
  };

  const note = (reader: WireReader, text: string): void => {
    if (reader.isReading()) reader.tell({ at: clock.now(), side: 'note', text });
  };

  const attempt = async (job: DeliveryJob, signal: AbortSignal): Promise<AttemptResult> => {
    const { route, envelope, recipients } = job;
    if (route.kind === 'refuse') return { results: all(recipients, route.status), isDestinationDown: false };
    if (route.kind === 'drop') throw new Problem('internal', 'Mail for the Drop folder is not sent');
    const message = createOutgoingMessage(envelope, job.content, changesOf(settings(), route));
    const reader = createAttemptReader(envelope.queueId, options.watch);
    const sendable = recipients.filter(({ address }) => isSendable(address));
    const first = isSendable(envelope.sender)
      ? await resolveAndWalk({ route, message, recipients: sendable, signal, reader })
      : { results: new Map(), status: badSender, isReached: true, isAborted: false };
    const fallback = fallbackRouteOf(route, first);
    if (!fallback) return settle(recipients, first);

    note(reader, `Direct delivery failed; smart host ${fallback.host} is tried`);
    const second = await resolveAndWalk({ route: fallback, message, recipients: sendable, signal, reader });
    const cause = `Direct delivery failed (${first.status?.text ?? 'unknown'}); smart host ${fallback.host} was used`;
    const results = new Map(
      [...second.results].map(([recipient, result]) => [
        recipient,
        { ...result, status: { ...result.status, cause } },
      ]),
    );
    const status = second.status && { ...second.status, cause };
    return settle(recipients, { ...second, results, ...(status ? { status } : {}) });
  };

  /** Recipients for whom nothing was heard are left out. */
  const attemptOver = async (
    session: OutboundSession,
    job: DeliveryJob,
    signal: AbortSignal,
  ): Promise<AttemptResult> => {
    const { route, envelope, recipients } = job;
    if (route.kind === 'refuse' || route.kind === 'drop')
      throw new Problem('internal', 'Only mail that is sent can be held');
    const reader = createAttemptReader(envelope.queueId, options.watch);
    const message = createOutgoingMessage(envelope, job.content, changesOf(settings(), route));
    const sendable = isSendable(envelope.sender)
      ? recipients.filter(({ address }) => isSendable(address))
      : [];
    const run = { route, message, recipients: sendable, signal, reader, session };
    const { results } = await walk(run, [session.target]);
    const refused = recipients
      .filter((recipient) => !sendable.includes(recipient))
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

const isOurs = ({ kind }: HostFailure): boolean => kind === 'local' || kind === 'aborted' || kind === 'login';

const stopping = statusOfFailure({ kind: 'aborted', reason: 'interrupted' }, { name: '' });
const badSender = createStatus(553, '5.1.7', 'Bad sender address syntax');
const badRecipient = createStatus(553, '5.1.3', 'Bad recipient address syntax');

/** What would break the command line; a quoted local part may hold angle brackets, which no client sends right. */
const isSendable = (address: string): boolean => !/[\r\n<>]/.test(address);

const all = (recipients: readonly Recipient[], status: SmtpStatus): RecipientResult[] =>
  recipients.map(({ address }) => ({ address, status }));

/**
 * "Attempt direct delivery before sending to smart host": when DNS does not know the domain or no host of it
 * could be reached. Not when the domain says that it takes no mail (null MX): that answer is final.
 */
export function fallbackRouteOf(
  route: ConnectRoute,
  first: Pick<WalkResult, 'isReached' | 'isAborted' | 'status'>,
): Extract<Route, { kind: 'smart-host' }> | undefined {
  const [fallback] = route.fallbacks ?? [];
  if (route.kind !== 'mx' || !fallback) return undefined;
  if (first.isReached || first.isAborted || first.status === undefined || first.status.code === 556)
    return undefined;
  const { host, port, security } = fallback;
  const { destination, rule } = route;
  return { kind: 'smart-host', destination, rule, host, port, hello: 'ehlo', security };
}

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

/** The value, or undefined as soon as the signal says stop. */
function orAborted<T>(value: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
