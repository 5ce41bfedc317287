/**
 * One outgoing connection, from connecting to QUIT.
 *
 * Owns: socket, SMTP client, time-outs, the retry without TLS.
 * Promises: every operation ends, with a value or a failure, also when the peer trickles, falls silent or
 * closes at the wrong moment; replies are bounded (10 KB).
 * Trusts: nothing the peer says.
 */
import { connect as connectSocket, isIP, type Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { CancelTimer, Clock } from '../core/clock';
import { isTlsRequired, type RouteLogin, type RouteSecurity, type Target } from '../core/delivery';
import { describeRemote, type HostFailure, readFailure } from './failure';
import { findShortcoming, tryLogIn } from './peer-security';
import type { SessionWire } from './session-wire';
import { OutboundConnection, type SmtpTransaction } from './smtp-connection';
import { readTransaction, type TransactionResult } from './transaction-result';

export interface SessionOptions {
  readonly target: Target;
  readonly hello: 'ehlo' | 'helo';
  /** Own name for EHLO. */
  readonly fqdn: string;
  /** Silence that ends the connection. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly security: RouteSecurity;
  /** Opens the stored password; throws when it cannot. */
  readonly unseal: (secret: string) => string;
  /** False for a host whose TLS is known not to work; counts only where TLS may be left out. */
  readonly isTlsTried: boolean;
  /** Hears what is said; both connections, when there is one more without TLS. */
  readonly wire: SessionWire;
}

const longestConnectMs = 30_000;
/** RFC 5321 section 4.5.3.2.1. */
const longestGreetingMs = 5 * 60_000;
const longestReplyBytes = 10 * 1024;
/** How long the peer may take to close its side after QUIT. */
const closeTimeoutMs = 1_000;
/** A peer that takes less than this per second is not receiving, it is holding us. */
const slowestBytesPerSecond = 1_024;

/** Opening may be refused; that is an answer, not an exception. */
export type OpenResult =
  | { readonly session: OutboundSession; readonly tlsFailure?: HostFailure }
  | { readonly failure: HostFailure };

let sharedContext: SecureContext | undefined;
/** One for all connections: making one reads the system's certificates each time. */
const secureContext = (): SecureContext => {
  sharedContext ??= createSecureContext();
  return sharedContext;
};

/**
 * Connects, says hello and logs in. STARTTLS is used when it is offered, with any certificate: without a policy
 * for the peer, an encrypted connection to whoever answers is still better than a clear one. When TLS fails the
 * same host is tried again without it, as RFC 7435 asks of opportunistic security; but not where TLS is required
 * or a password would go over the wire (decision 0005).
 */
export async function openSession(options: SessionOptions, signal: AbortSignal): Promise<OpenResult> {
  const { security } = options;
  const requiresTls = isTlsRequired(security);
  const isStrict = requiresTls || security.login !== undefined;
  const first = await openOnce(isStrict ? { ...options, isTlsTried: true } : options, signal);
  if (!('failure' in first) || first.failure.kind !== 'tls') return first;
  const { reason } = first.failure;
  if (isStrict) {
    const why = requiresTls ? 'TLS is required' : 'the password is not sent without it';
    return { failure: { kind: 'security', enhanced: '4.7.5', reason: `TLS failed (${reason}), and ${why}` } };
  }
  options.wire.note('Trying again without TLS');
  const second = await openOnce({ ...options, isTlsTried: false }, signal);
  return 'failure' in second ? second : { session: second.session, tlsFailure: first.failure };
}

async function openOnce(options: SessionOptions, signal: AbortSignal): Promise<OpenResult> {
  if (signal.aborted) return { failure: aborted };
  const { wire, target } = options;
  const fail = (failure: HostFailure): OpenResult => {
    wire.note(`Not usable: ${failure.reason}`);
    return { failure };
  };
  let socket: Socket;
  wire.note(`Connecting to ${describeRemote(target)}, port ${target.port}`);
  try {
    socket = await openSocket(options, signal);
  } catch (error) {
    return fail(signal.aborted ? aborted : readFailure(error, 'connect'));
  }
  wire.connected();
  const session = new OutboundSession(options, socket);
  const failure = await session.start(signal);
  return failure ? fail(failure) : { session };
}

const aborted: HostFailure = { kind: 'aborted', reason: 'interrupted' };

function openSocket({ target, timeoutMs, clock }: SessionOptions, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host: target.address, port: target.port, noDelay: true });
    const settle = (error?: unknown): void => {
      cancelTimer();
      signal.removeEventListener('abort', stop);
      socket.removeListener('error', settle);
      if (error === undefined) {
        resolve(socket);
        return;
      }
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const stop = (): void => settle(new Error('interrupted'));
    const cancelTimer = clock.startTimer(
      () => settle(Object.assign(new Error('connection timed out'), { code: 'ETIMEDOUT' })),
      Math.min(longestConnectMs, timeoutMs),
    );
    signal.addEventListener('abort', stop, { once: true });
    socket.once('error', settle);
    socket.once('connect', () => settle());
  });
}

export class OutboundSession {
  readonly target: Target;
  readonly wire: SessionWire;
  /** Transactions that were begun. */
  messageCount = 0;
  private readonly options: SessionOptions;
  private readonly connection: OutboundConnection;
  private needsReset = false;
  /** Ends the operation that is running. */
  private fail: ((error: unknown) => void) | undefined;
  private isOver = false;
  private readonly onOver = new Set<() => void>();

  constructor(options: SessionOptions, socket: Socket) {
    this.target = options.target;
    this.wire = options.wire;
    this.options = options;
    const greetingMs = Math.min(longestGreetingMs, options.timeoutMs);
    this.connection = new OutboundConnection(
      {
        connection: socket,
        host: options.target.address,
        port: options.target.port,
        ...(isIP(options.target.name) || options.target.name.startsWith('[')
          ? {}
          : { servername: options.target.name }),
        name: options.fqdn,
        secure: options.security.isImplicitTls,
        ignoreTLS: !options.isTlsTried,
        // A refused STARTTLS is then a failure, and not the begin of a clear session.
        opportunisticTLS: !isTlsRequired(options.security) && !options.security.login,
        ...(options.isTlsTried ? { tls: { rejectUnauthorized: false, secureContext: secureContext() } } : {}),
        // nodemailer counts greeting and STARTTLS against connectionTimeout; connecting was ours.
        connectionTimeout: greetingMs,
        greetingTimeout: greetingMs,
        socketTimeout: options.timeoutMs,
        socketCloseTimeout: closeTimeoutMs,
        maxResponseSize: longestReplyBytes,
      },
      { startsWithHelo: options.hello === 'helo', observer: options.wire },
    );
    this.connection.on('error', (error) => this.fail?.(error));
    this.connection.once('end', () => this.end());
  }

  private end(): void {
    this.isOver = true;
    for (const run of this.onOver) run();
    this.onOver.clear();
    const fail = this.fail;
    // After a 421 nodemailer ends the connection first and hands out the reply next; the reply tells more.
    if (fail) setImmediate(() => fail(new Error('connection closed by the remote server')));
  }

  /** Runs `run` once the connection is over, whoever ended it. */
  whenOver(run: () => void): void {
    if (this.isOver) run();
    else this.onOver.add(run);
  }

  get isUsable(): boolean {
    const socket = this.connection._socket;
    return !this.isOver && !!socket && socket.writable && !socket.readableEnded;
  }

  get offersDsn(): boolean {
    return this.connection.offers('DSN');
  }

  get takesEightBit(): boolean {
    return this.connection.offers('8BITMIME');
  }

  get takesUtf8(): boolean {
    return this.connection.offers('SMTPUTF8');
  }

  /** The largest message the peer says it takes. */
  get peerMaxBytes(): number | undefined {
    return this.connection.peerMaxBytes;
  }

  get isEncrypted(): boolean {
    return this.connection.secure;
  }

  /** Greeting, EHLO or HELO, STARTTLS, log-in. Undefined: ready. */
  async start(signal: AbortSignal): Promise<HostFailure | undefined> {
    const deadlineMs = 2 * this.options.timeoutMs;
    try {
      await this.run((done) => this.connection.connect((error) => done(error)), { signal, deadlineMs });
    } catch (error) {
      const isTls = this.connection.upgrading === true || (error as { code?: unknown }).code === 'ETLS';
      this.close();
      return signal.aborted ? aborted : readFailure(error, isTls ? 'tls' : 'connect');
    }
    const { security, hello } = this.options;
    const { login } = security;
    const hasLogIn = this.connection.loginMethod !== undefined;
    const failure =
      findShortcoming(security, { hello, isEncrypted: this.isEncrypted, hasLogIn }) ??
      (login && (await this.logIn(login, signal)));
    if (failure) this.quit();
    return signal.aborted && failure ? aborted : failure;
  }

  private logIn(login: RouteLogin, signal: AbortSignal): Promise<HostFailure | undefined> {
    if (login.method === 'oauth2')
      return Promise.resolve({ kind: 'login', reason: 'OAuth2 is not supported yet' });
    const { user, password: sealed } = login;
    const { timeoutMs: deadlineMs, unseal } = this.options;
    return tryLogIn(sealed, {
      unseal,
      logIn: (password) =>
        this.run((done) => this.connection.logIn({ user, password }, done), { signal, deadlineMs }),
    });
  }

  /** One message to some recipients. Never rejects. After a `failure` the session is closed. */
  async send(transaction: SmtpTransaction, signal: AbortSignal): Promise<TransactionResult> {
    const { connection } = this;
    this.messageCount++;
    let outcome: { finalReply: string } | { error: unknown };
    try {
      if (this.needsReset) await this.reset(signal);
      const info = await this.run<{ response: string }>(
        (done) => connection.sendTransaction(transaction, (error, result) => done(error, result)),
        { signal, deadlineMs: this.deadlineOf(transaction) },
      );
      outcome = { finalReply: info.response };
    } catch (error) {
      outcome = { error };
    }
    // RFC 5321 section 3.3: after anything but success a transaction may still be open at the peer.
    this.needsReset = !('finalReply' in outcome);
    const result = readTransaction({
      recipientCount: transaction.recipients.length,
      mailReply: connection.mailReply,
      rcptReplies: connection.rcptReplies,
      contentProgress: connection.contentProgress,
      ...outcome,
    });
    if (result.failure) {
      this.options.wire.note(`The session is over: ${result.failure.reason}`);
      this.close();
    }
    return signal.aborted && result.failure ? { ...result, failure: aborted } : result;
  }

  /** True when nothing of the last message's content was sent: it can be offered again without a doubt. */
  get isContentUntouched(): boolean {
    return this.connection.contentProgress === 'not-started';
  }

  /** True when the last MAIL FROM got a 4xx, as some hosts answer after too many messages on a connection. */
  get isSenderDeferred(): boolean {
    return this.connection.mailReply?.startsWith('4') ?? false;
  }

  private async reset(signal: AbortSignal): Promise<void> {
    this.connection.forgetTransaction();
    const deadlineMs = this.options.timeoutMs;
    await this.run((done) => this.connection.reset((error) => done(error)), { signal, deadlineMs });
  }

  /** Above the silence time-outs: bounds a peer that always says a little. */
  private deadlineOf(transaction: SmtpTransaction): number {
    const contentMs = (transaction.sizeBytes / slowestBytesPerSecond) * 1_000;
    const deadlineMs = 3 * this.options.timeoutMs + transaction.recipients.length * 1_000 + contentMs;
    // Whole minutes: timers of equal length share one list in the event loop.
    return Math.ceil(deadlineMs / 60_000) * 60_000;
  }

  private async run<T>(
    start: (done: (error: unknown, value?: T) => void) => void,
    { signal, deadlineMs }: { signal: AbortSignal; deadlineMs: number },
  ): Promise<T> {
    let cancelTimer: CancelTimer | undefined;
    const stop = (): void => this.fail?.(new Error('interrupted'));
    try {
      return await new Promise<T>((resolve, reject) => {
        this.fail = reject;
        if (signal.aborted) {
          reject(new Error('interrupted'));
          return;
        }
        signal.addEventListener('abort', stop, { once: true });
        cancelTimer = this.options.clock.startTimer(
          () => reject(Object.assign(new Error('too slow'), { timeoutType: 'SOCKET_TIMEOUT' })),
          deadlineMs,
        );
        start((error, value) => (error ? reject(error) : resolve(value as T)));
      });
    } finally {
      this.fail = undefined;
      cancelTimer?.();
      signal.removeEventListener('abort', stop);
    }
  }

  /** Says QUIT and closes; the reply is not waited for (nobody acts on it). */
  quit(): void {
    if (this.isUsable) this.connection.quit();
    this.close();
  }

  /** Ends the connection and the operation that is running. */
  close(): void {
    this.connection.close();
  }
}
