/**
 * One outgoing connection, from the greeting to QUIT. How it comes about is in session-opening.ts.
 *
 * Owns: socket, SMTP client, time-outs.
 * Promises: every operation ends, with a value or a failure, also when the peer trickles, falls silent or
 * closes at the wrong moment; replies are bounded (10 KB).
 * Trusts: nothing the peer says.
 */
import { isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { CancelTimer, Clock } from '../core/clock';
import { isTlsRequired, type RouteLogin, type Target } from '../core/delivery';
import { systemCodeOf } from '../core/problem';
import type { SmtpStatus } from '../core/smtp-status';
import type { TlsFacts } from '../core/tls-facts';
import { checkHostName, describeHandshakeFault } from '../tls/certificate-fault';
import { clientContext } from '../tls/trusted-authorities';
import { type HostFailure, readFailure, statusOfReply } from './failure';
import { chooseMechanism, type LoginKeyring, logIn, type TokenSource } from './log-in';
import { describeDemand, findShortcoming, type TargetSecurity } from './peer-security';
import type { SessionWire } from './session-wire';
import { OutboundConnection } from './smtp-connection';
import type { SmtpTransaction } from './smtp-transaction';
import { factsOfTurned } from './tls-judgement';
import { readTransaction, type TransactionResult } from './transaction-result';

export interface SessionOptions {
  readonly target: Target;
  readonly hello: 'ehlo' | 'helo';
  /** Own name for EHLO. */
  readonly fqdn: string;
  /** Silence that ends the connection. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly security: TargetSecurity;
  /** Opens the stored password, and fetches tokens. */
  readonly keyring: LoginKeyring;
  /** False for a host whose TLS is known not to work; counts only where TLS may be left out. */
  readonly isTlsTried: boolean;
  /** Hears what is said; both connections, when there is one more without TLS. */
  readonly wire: SessionWire;
  /** Over all connections of one opening. Default: its own. */
  readonly tokens?: TokenSource;
}

/** RFC 5321 section 4.5.3.2.1. */
const longestGreetingMs = 5 * 60_000;
const longestReplyBytes = 10 * 1024;
/** How long the peer may take to close its side after QUIT. */
const closeTimeoutMs = 1_000;
/** A peer that takes less than this per second is not receiving, it is holding us. */
const slowestBytesPerSecond = 1_024;

const isTimeout = (error: unknown): boolean =>
  (error as { timeoutType?: unknown }).timeoutType !== undefined || systemCodeOf(error) === 'ETIMEDOUT';

export const aborted: HostFailure = { kind: 'aborted', reason: 'interrupted' };

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
    const { target, security } = options;
    const isLiteral = isIP(target.name) !== 0 || target.name.startsWith('[');
    const host = isLiteral ? target.address : target.name;
    const policy = security.policy ?? (security.tls === 'verified' ? 'route' : undefined);
    this.connection = new OutboundConnection(
      {
        connection: socket,
        host: options.target.address,
        port: options.target.port,
        ...(isLiteral ? {} : { servername: target.name }),
        name: options.fqdn,
        secure: security.isImplicitTls,
        ignoreTLS: !options.isTlsTried,
        // A refused STARTTLS is then a failure, and not the begin of a clear session.
        opportunisticTLS: !isTlsRequired(security) && !security.login,
        ...(options.isTlsTried
          ? {
              tls: {
                // The connection judges, and ends itself before anything is said.
                rejectUnauthorized: false,
                checkServerIdentity: checkHostName,
                secureContext: clientContext(security.minimumTls),
              },
            }
          : {}),
        // nodemailer counts greeting and STARTTLS against connectionTimeout; connecting was ours.
        connectionTimeout: greetingMs,
        greetingTimeout: greetingMs,
        socketTimeout: options.timeoutMs,
        socketCloseTimeout: closeTimeoutMs,
        maxResponseSize: longestReplyBytes,
      },
      {
        startsWithHelo: options.hello === 'helo',
        observer: options.wire,
        ...(policy ? { verified: { host, policy } } : {}),
      },
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

  /** It answered to HELO, after a refused EHLO. */
  get isEhloRefused(): boolean {
    return this.connection.isEhloRefused;
  }

  get takesEightBit(): boolean {
    return this.connection.offers('8BITMIME');
  }

  get takesUtf8(): boolean {
    return this.connection.offers('SMTPUTF8');
  }

  get takesBinary(): boolean {
    return this.connection.offers('CHUNKING') && this.connection.offers('BINARYMIME');
  }

  /** The largest message the peer says it takes. */
  get peerMaxBytes(): number | undefined {
    return this.connection.peerMaxBytes;
  }

  get isEncrypted(): boolean {
    return this.connection.secure;
  }

  /** Undefined: it is not encrypted. */
  get tls(): TlsFacts | undefined {
    const socket = this.connection._socket;
    return this.connection.tlsFacts ?? (socket instanceof TLSSocket ? factsOfTurned(socket) : undefined);
  }

  /** Greeting, EHLO or HELO, STARTTLS, log-in. Undefined: ready. */
  async start(signal: AbortSignal): Promise<HostFailure | undefined> {
    const deadlineMs = 2 * this.options.timeoutMs;
    try {
      await this.run((done) => this.connection.connect((error) => done(error)), { signal, deadlineMs });
    } catch (error) {
      const isTls = this.connection.upgrading === true || (error as { code?: unknown }).code === 'ETLS';
      const isAtEhlo = this.connection.isEhloUnanswered && !isTimeout(error);
      this.close();
      if (signal.aborted) return aborted;
      const failure = isTls ? this.readTlsFailure(error) : readFailure(error, 'connect');
      return isAtEhlo ? { ...failure, isAtEhlo } : failure;
    }
    const { security, hello, target } = this.options;
    const { login } = security;
    const offered = this.connection.logInMechanisms;
    const failure =
      findShortcoming(security, { target, hello, isEncrypted: this.isEncrypted, offered }) ??
      (login && (await this.logIn(login, signal)));
    if (failure) this.quit();
    return signal.aborted && failure ? aborted : failure;
  }

  private readTlsFailure(error: unknown): HostFailure {
    const { security, target } = this.options;
    const { certificateFault } = this.connection;
    if (certificateFault !== undefined) {
      const asks = security.policy === 'mta-sts' ? ` (${describeDemand(security, target)})` : '';
      const reason = `Its certificate is not valid: ${certificateFault}${asks}`;
      return { kind: 'security', enhanced: '4.7.5', reason };
    }
    const failure = readFailure(error, 'tls');
    const { originalCode } = error as { originalCode?: unknown };
    const code = typeof originalCode === 'string' ? originalCode : (systemCodeOf(error) ?? '');
    const facts = { minimum: security.minimumTls, isImplicit: security.isImplicitTls };
    const reason = failure.reply ? undefined : describeHandshakeFault(code, facts);
    return reason === undefined ? failure : { ...failure, reason };
  }

  private async logIn(login: RouteLogin, signal: AbortSignal): Promise<HostFailure | undefined> {
    const { target, keyring, clock, tokens, timeoutMs: deadlineMs } = this.options;
    const mechanism = chooseMechanism(login, this.connection.logInMechanisms);
    // The shortcomings were looked for.
    if (!mechanism) return { kind: 'security', reason: 'It offers no way to log in' };
    return logIn(login, {
      mechanism,
      host: target,
      keyring,
      ...(tokens ? { tokens } : {}),
      clock,
      deadlineMs,
      signal,
      authenticate: (client) =>
        this.run((done) => this.connection.authenticate(client, done), { signal, deadlineMs }),
      isUsable: () => this.isUsable,
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

  /**
   * One command outside of mail, and what the peer says to it. Rejects when it says nothing; the session is to be
   * closed then.
   */
  async say(line: string, signal: AbortSignal): Promise<SmtpStatus> {
    const deadlineMs = this.options.timeoutMs;
    const reply = await this.run<string>((done) => this.connection.say(line, done), { signal, deadlineMs });
    return statusOfReply(reply);
  }

  /** Gives the connection away, open as it is. The session is over. */
  release(): Socket {
    const socket = this.connection.detach();
    this.end();
    return socket;
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
