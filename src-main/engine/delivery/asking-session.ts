/**
 * Asks a host for mail that it holds for us: ETRN (RFC 1985), ATRN (RFC 2645) and TURN (RFC 5321 appendix F.1).
 *
 * Promises: ends in bounded time; a connection that the host turned around is given away as it is, and nobody here
 *   reads or writes on it any more; every other one is closed.
 * Trusts: nothing that the host says.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../core/clock';
import type { CollectionResult } from '../core/collection';
import type { RouteSecurity, Target } from '../core/delivery';
import type { Keyring } from '../core/keyring';
import type { LogProtocol } from '../core/protocol-entry';
import { formatStatus, isSuccess, type SmtpStatus } from '../core/smtp-status';
import { describeRemote, statusOfFailure } from './failure';
import type { OutboundSession } from './session';
import { type OpenResult, openSession } from './session-opening';
import { SessionWire } from './session-wire';

export interface AskingRequest {
  readonly command: 'etrn' | 'atrn' | 'turn';
  readonly domains: readonly string[];
  readonly security: RouteSecurity;
  /** In the order of trying. */
  readonly targets: readonly Target[];
}

export interface AskingOptions {
  readonly fqdn: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly keyring: Pick<Keyring, 'unseal' | 'accessToken'>;
  readonly sessionId: string;
  readonly logProtocol?: LogProtocol;
  /** Hears that the password went over the wire in clear. Default: nobody. */
  readonly warnOfClearPassword?: (target: Target) => void;
}

/** A connection that we opened and on which the host plays the client from now on. */
export interface TurnedSocket {
  readonly socket: Socket;
  readonly target: Target;
  readonly tls?: { readonly protocol: string; readonly cipher: string };
}

export type AskingAnswer = CollectionResult & { readonly turned?: TurnedSocket };

/** Never rejects. */
export async function askForMail(
  request: AskingRequest,
  options: AskingOptions,
  signal: AbortSignal,
): Promise<AskingAnswer> {
  let text = 'there is no host to connect to';
  for (const target of request.targets) {
    const opened = await open(request, target, options, signal);
    if ('failure' in opened) {
      text = formatStatus(statusOfFailure(opened.failure, target));
      // Each refused password brings the account nearer to being locked.
      if (opened.failure.kind === 'login') break;
      continue;
    }
    const { session } = opened;
    if (request.security.login?.method === 'basic' && !session.isEncrypted)
      options.warnOfClearPassword?.(target);
    try {
      return request.command === 'etrn'
        ? await askToDeliver(session, request, signal)
        : await askToTurn(session, request, signal);
    } catch (error) {
      text = `${describeRemote(target)}: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      session.quit();
    }
  }
  return { isOk: false, text };
}

async function open(
  { security }: AskingRequest,
  target: Target,
  { fqdn, timeoutMs, clock, keyring, sessionId, logProtocol }: AskingOptions,
  signal: AbortSignal,
): Promise<OpenResult> {
  const wire = new SessionWire({ target, clock, sessionId, ...(logProtocol ? { logProtocol } : {}) });
  const opened = await openSession(
    { target, hello: 'ehlo', fqdn, timeoutMs, clock, security, keyring, isTlsTried: true, wire },
    signal,
  );
  if ('session' in opened) wire.opened();
  return opened;
}

/** ETRN: the host opens connections of its own to us; each domain has an answer of its own. */
async function askToDeliver(
  session: OutboundSession,
  { domains }: AskingRequest,
  signal: AbortSignal,
): Promise<AskingAnswer> {
  const answers: string[] = [];
  let isOk = true;
  for (const domain of domains) {
    const status = await session.say(`ETRN ${domain}`, signal);
    // 458 and 459 are refusals of this domain alone; the others may be served.
    isOk &&= isSuccess(status);
    answers.push(`${domain}: ${describe(status)}`);
    if (status.code === 421 || !session.isUsable) break;
  }
  return { isOk, text: answers.join('; ') };
}

async function askToTurn(
  session: OutboundSession,
  { command, domains }: AskingRequest,
  signal: AbortSignal,
): Promise<AskingAnswer> {
  const line = command === 'atrn' ? `ATRN ${domains.join(',')}` : 'TURN';
  const status = await session.say(line, signal);
  // RFC 2645 section 5.2.1: 453 is "you have no mail".
  if (status.code === 453) return { isOk: true, text: describe(status) };
  if (!isSuccess(status)) return { isOk: false, text: describe(status) };
  const { target } = session;
  const socket = session.release();
  const tls =
    socket instanceof TLSSocket
      ? { protocol: socket.getProtocol() ?? 'TLS', cipher: socket.getCipher().standardName }
      : undefined;
  return { isOk: true, text: describe(status), turned: { socket, target, ...(tls ? { tls } : {}) } };
}

const describe = (status: SmtpStatus): string => formatStatus(status);
