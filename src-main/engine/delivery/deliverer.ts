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
import type { Keyring } from '../core/keyring';
import { Problem } from '../core/problem';
import { createStatus, isTemporary, type SmtpStatus } from '../core/smtp-status';
import { createConnectionPool } from './connection-pool';
import { type HostFailure, moreTelling, statusOfFailure } from './failure';
import { createOutgoingMessage, type OutgoingMessage } from './outgoing-message';
import { createTargetAttempts } from './target-attempt';
import { createTlsWarning } from './tls-warning';

export interface Deliverer {
  readonly deliver: Deliver;
  /** Idle ones included. */
  openConnections(): number;
  /** Ends all connections; attempts that are running come back with temporary results. */
  close(): Promise<void>;
}

export interface DelivererOptions {
  readonly settings: () => ServerSettings;
  readonly fqdn: () => string;
  /** Never rejects; see routing. */
  readonly resolveTargets: (route: Route) => Promise<TargetAnswer>;
  readonly clock: Clock;
  readonly emit?: Emit;
  readonly serverId: number;
  /** Opens the password for the smart host. Default: empty. */
  readonly keyring?: Keyring;
}

/** Long enough for the next message of a burst, too short to annoy the peer. */
const idleMs = 5_000;

type ConnectRoute = Extract<Route, { kind: 'mx' | 'smart-host' }>;

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
  const attemptTarget = createTargetAttempts({ pool, clock });
  const warnOfTls = createTlsWarning(options);
  const running = new Map<AbortController, Promise<unknown>>();
  let isClosed = false;

  const walk = async (run: {
    targets: readonly Target[];
    route: ConnectRoute;
    message: OutgoingMessage;
    recipients: readonly Recipient[];
    signal: AbortSignal;
  }): Promise<WalkResult> => {
    const { route, message, signal } = run;
    const { outboundTimeoutMinutes, maxMessagesPerConnection, maxRecipients } = settings();
    const limits = { timeoutMs: outboundTimeoutMinutes * 60_000, maxMessagesPerConnection, maxRecipients };
    const results = new Map<Recipient, RecipientResult>();
    let waiting = run.recipients;
    let isReached = false;
    let last: { failure: HostFailure; remote: RemoteHost } | undefined;
    for (const target of run.targets) {
      if (waiting.length === 0) break;
      const remote: RemoteHost = target;
      const { hello } = route;
      const outcome = await attemptTarget({
        target,
        hello,
        fqdn: fqdn(),
        message,
        recipients: waiting,
        limits,
        signal,
      });
      isReached ||= outcome.isReached;
      if (outcome.tlsFailure) warnOfTls(target, outcome.tlsFailure);
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
      // Our own trouble: another host would not help.
      if (outcome.failure.kind === 'local' || outcome.failure.kind === 'aborted') {
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

  const resolveAndWalk = async (run: {
    route: ConnectRoute;
    message: OutgoingMessage;
    recipients: readonly Recipient[];
    signal: AbortSignal;
  }): Promise<WalkResult> => {
    const answer = await orAborted(resolveTargets(run.route), run.signal);
    if (answer === undefined)
      return { results: new Map(), status: stopping, isReached: false, isAborted: true };
    if (answer.kind === 'none')
      return { results: new Map(), status: answer.status, isReached: false, isAborted: false };
    return walk({ ...run, targets: answer.targets });
  };

  const attempt = async (job: DeliveryJob, signal: AbortSignal): Promise<AttemptResult> => {
    const { route, envelope, recipients } = job;
    if (route.kind === 'refuse') return { results: all(recipients, route.status), isDestinationDown: false };
    if (route.kind === 'drop') throw new Problem('internal', 'Mail for the Drop folder is not sent');
    const message = createOutgoingMessage(envelope, job.content);
    const sendable = recipients.filter(({ address }) => isSendable(address));
    const first = isSendable(envelope.sender)
      ? await resolveAndWalk({ route, message, recipients: sendable, signal })
      : { results: new Map(), status: badSender, isReached: true, isAborted: false };
    const fallback = fallbackRouteOf(route, first);
    if (!fallback) return settle(recipients, first);

    const second = await resolveAndWalk({ route: fallback, message, recipients: sendable, signal });
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

  /** Both the caller and `close` may stop an attempt. */
  const deliver: Deliver = async (job, signal) => {
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    // One signal may stop thousands of attempts; that is no leak.
    setMaxListeners(0, signal);
    if (signal.aborted || isClosed) stop();
    signal.addEventListener('abort', stop, { once: true });
    const result = attempt(job, controller.signal);
    running.set(controller, result);
    try {
      return await result;
    } finally {
      running.delete(controller);
      signal.removeEventListener('abort', stop);
    }
  };

  return {
    deliver,
    openConnections: () => pool.size(),
    async close() {
      isClosed = true;
      for (const controller of running.keys()) controller.abort();
      await Promise.allSettled(running.values());
      pool.close();
    },
  };
}

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
function fallbackRouteOf(
  route: ConnectRoute,
  first: WalkResult,
): Extract<Route, { kind: 'smart-host' }> | undefined {
  if (route.kind !== 'mx' || !route.fallback) return undefined;
  if (first.isReached || first.isAborted || first.status === undefined || first.status.code === 556)
    return undefined;
  const { host, port, security } = route.fallback;
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
