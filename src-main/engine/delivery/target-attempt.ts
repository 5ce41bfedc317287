/**
 * One attempt at one host: take or open a connection, send to the recipients in as many transactions as
 * they need, lay the connection back.
 *
 * Promises: a recipient is offered again in the same attempt only when the host cannot have the message.
 */
import { type Clock, steadyNow } from '../core/clock';
import type { RouteSecurity, Target } from '../core/delivery';
import type { Recipient } from '../core/envelope';
import { reasonOf } from '../core/problem';
import type { LogProtocol } from '../core/protocol-entry';
import { createStatus, isSuccess, type SmtpStatus } from '../core/smtp-status';
import type { TlsFacts } from '../core/tls-facts';
import type { ConnectionPool } from './connection-pool';
import { CannotSign } from './dkim-keys';
import type { HostFailure } from './failure';
import type { LoginKeyring } from './log-in';
import { needsUtf8, type OutgoingMessage, utf8Refusal } from './outgoing-message';
import { findTestedFault, securityFor, type TargetSecurity } from './peer-security';
import type { OutboundSession } from './session';
import { openSession } from './session-opening';
import { SessionWire, type WireReader } from './session-wire';
import type { SmtpTransaction } from './smtp-transaction';
import { isTooManyRecipients } from './transaction-result';

export interface TargetAttempt {
  readonly target: Target;
  readonly hello: 'ehlo' | 'helo';
  readonly fqdn: string;
  readonly security: RouteSecurity;
  readonly reader: WireReader;
  readonly message: OutgoingMessage;
  readonly recipients: readonly Recipient[];
  readonly limits: {
    readonly timeoutMs: number;
    readonly maxMessagesPerConnection: number | null;
    readonly maxRecipients: number | null;
  };
  readonly signal: AbortSignal;
  /** The one connection to use; there is no other, and it stays with the caller. Default: one of the pool. */
  readonly session?: OutboundSession;
}

export interface TargetAttemptResult {
  /** For each recipient that got one. */
  readonly answers: ReadonlyMap<Recipient, SmtpStatus>;
  /** Why the others are still waiting. */
  readonly failure?: HostFailure;
  /** A session came about, whatever was said in it. */
  readonly isReached: boolean;
  readonly isDsnRelayed: boolean;
  /** TLS failed with this host and the message went without. */
  readonly tlsFailure?: HostFailure;
  /** A connection was opened and the password went over it in clear text. */
  readonly isPasswordInClear?: boolean;
  /** How the connection of the answers was encrypted. */
  readonly tls?: TlsFacts;
  /** What an MTA-STS policy in its time of testing has against this host. */
  readonly testedFault?: string;
  /** A connection was opened, EHLO was refused, and HELO was taken. */
  readonly isEhloRefused?: boolean;
}

export interface TargetAttemptsOptions {
  readonly pool: ConnectionPool;
  readonly clock: Clock;
  readonly keyring: LoginKeyring;
  readonly logProtocol?: LogProtocol;
}

/** Replies to pipelined commands pile up; a host that takes more in one transaction is not known. */
const mostRecipientsAtOnce = 1_000;

/** A host whose TLS failed is used without for this long: each failure costs a connection, or a time-out. */
const tlsRestMs = 10 * 60_000;
/** Hosts come from other people's DNS; the list must not grow with them. */
const mostTlsRests = 1_000;

/** Makes the function that runs such attempts over the connections of `pool`. Its promise never rejects. */
export function createTargetAttempts({ pool, clock, keyring, logProtocol }: TargetAttemptsOptions) {
  const tlsRestUntil = new Map<string, number>();
  let connectionCount = 0;
  return async (attempt: TargetAttempt): Promise<TargetAttemptResult> => {
    const { target, hello, fqdn, message, signal, limits, reader } = attempt;
    const security = securityFor(target, attempt.security);
    const key = keyOf(attempt, security);
    const mostMessages = limits.maxMessagesPerConnection ?? Number.POSITIVE_INFINITY;
    const chunkSize = Math.min(limits.maxRecipients ?? mostRecipientsAtOnce, mostRecipientsAtOnce);
    const answers = new Map<Recipient, SmtpStatus>();
    let waiting = attempt.recipients;
    let session = attempt.session?.isUsable ? attempt.session : undefined;
    session?.wire.begin(reader);
    let tlsFailure: HostFailure | undefined;
    let isReached = false;
    let isDsnRelayed = false;
    let isPasswordInClear = false;
    let tls: TlsFacts | undefined;
    let testedFault: string | undefined;
    let isEhloRefused = false;

    const finish = (failure?: HostFailure): TargetAttemptResult => {
      if (session) layBack(session);
      return {
        answers,
        isReached,
        isDsnRelayed,
        ...(failure ? { failure } : {}),
        ...(tlsFailure ? { tlsFailure } : {}),
        ...(isPasswordInClear ? { isPasswordInClear } : {}),
        ...(tls ? { tls } : {}),
        ...(testedFault === undefined ? {} : { testedFault }),
        ...(isEhloRefused ? { isEhloRefused } : {}),
      };
    };
    const layBack = (used: OutboundSession): void => {
      used.wire.end();
      if (attempt.session) return;
      if (used.messageCount >= mostMessages) used.quit();
      else pool.giveBack(key, used);
      session = undefined;
    };
    const open = async (): Promise<HostFailure | undefined> => {
      if (attempt.session) return { kind: 'session', reason: 'the remote server closed the connection' };
      const isTlsTried = (tlsRestUntil.get(key) ?? 0) <= steadyNow(clock);
      const { timeoutMs } = limits;
      const sessionId = `out-${(++connectionCount).toString(36)}`;
      const wire = new SessionWire({ target, clock, sessionId, ...(logProtocol ? { logProtocol } : {}) });
      wire.begin(reader);
      const opened = await openSession(
        { target, hello, fqdn, timeoutMs, clock, security, keyring, isTlsTried, wire },
        signal,
      );
      if ('failure' in opened) return opened.failure;
      session = opened.session;
      wire.opened();
      isPasswordInClear = security.login?.method === 'basic' && !session.isEncrypted;
      isEhloRefused = session.isEhloRefused;
      if (opened.tlsFailure) {
        tlsFailure = opened.tlsFailure;
        if (tlsRestUntil.size >= mostTlsRests) tlsRestUntil.clear();
        tlsRestUntil.set(key, steadyNow(clock) + tlsRestMs);
      }
      pool.add(session);
      return undefined;
    };

    let isFreshOnly = false;
    while (waiting.length > 0) {
      if (!session) {
        session = isFreshOnly || attempt.session ? undefined : pool.take(key);
        session?.wire.begin(reader);
        const failure = session ? undefined : await open();
        if (failure || !session) return finish(failure);
      }
      const active: OutboundSession = session;
      const wasUsed = active.messageCount > 0;
      if (!active.takesUtf8) {
        waiting = waiting.filter((recipient) => {
          if (needsUtf8(recipient.address)) answers.set(recipient, utf8Refusal);
          return !answers.has(recipient);
        });
        if (waiting.length === 0) {
          isReached = true;
          break;
        }
      }
      const chunk = waiting.slice(0, chunkSize);
      const prepared = await prepare({ session: active, message, recipients: chunk });
      if ('failure' in prepared) return finish(prepared.failure);
      if ('refusal' in prepared) {
        isReached = true;
        for (const recipient of waiting) answers.set(recipient, prepared.refusal);
        return finish();
      }
      const result = await active.send(prepared.transaction, signal);
      if (!active.isUsable) session = undefined;

      // The peer had closed the idle connection, or has enough of it: nothing of the content was sent, so a
      // fresh connection may say it all again. Once.
      const isWornOut = result.failure?.kind === 'session' || active.isSenderDeferred;
      if (wasUsed && !isFreshOnly && isWornOut && active.isContentUntouched && !attempt.session) {
        active.quit();
        session = undefined;
        isFreshOnly = true;
        continue;
      }

      isReached = true;
      isDsnRelayed = active.offersDsn && message.isAnswerable;
      tls = active.tls;
      testedFault = findTestedFault(target, tls);
      const rest = waiting.slice(chunk.length);
      const isSomeDelivered = result.answers.some((status) => status !== undefined && isSuccess(status));
      const again: Recipient[] = [];
      chunk.forEach((recipient, at) => {
        const status = result.answers[at];
        if (status === undefined || (isSomeDelivered && isTooManyRecipients(status))) again.push(recipient);
        else answers.set(recipient, status);
      });
      waiting = [...again, ...rest];
      if (result.failure) return finish(result.failure);
      if (active.messageCount >= mostMessages && session && !attempt.session) layBack(session);
    }
    return finish();
  };
}

/**
 * Connections are shared by what would have come about the same way. The name too: the certificate was judged for it,
 * and whoever has one for a name of their own can lead other names to the same address.
 */
const keyOf = (
  { target: { name, address, port }, hello, fqdn }: TargetAttempt,
  security: TargetSecurity,
): string => JSON.stringify([name, address, port, hello, fqdn, security]);

type Prepared =
  | { readonly transaction: SmtpTransaction }
  /** Holds for every recipient. */
  | { readonly refusal: SmtpStatus }
  | { readonly failure: HostFailure };

async function prepare(options: {
  session: OutboundSession;
  message: OutgoingMessage;
  recipients: readonly Recipient[];
}): Promise<Prepared> {
  const { session, message, recipients } = options;
  try {
    const form = await message.formFor(session);
    if ('refusal' in form) return form;
    const refusal = refusalOfSize(form.sizeBytes, session.peerMaxBytes);
    if (refusal) return { refusal };
    for (const note of form.notes) session.wire.note(note);
    return { transaction: await form.transactionFor(recipients) };
  } catch (error) {
    // RFC 3463 X.7.5.
    const enhanced = error instanceof CannotSign ? { enhanced: '4.7.5' } : {};
    return { failure: { kind: 'local', reason: reasonOf(error), ...enhanced } };
  }
}

/** By what would really be sent; it holds for every recipient. */
function refusalOfSize(sizeBytes: number, most: number | undefined): SmtpStatus | undefined {
  if (most === undefined || sizeBytes <= most) return undefined;
  return createStatus(
    552,
    '5.3.4',
    `The message (${sizeBytes} bytes) is larger than the remote server accepts (${most} bytes)`,
  );
}
