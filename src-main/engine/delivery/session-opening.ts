/**
 * How an outgoing session comes about: connecting, and a second connection where that helps.
 *
 * Owns: the retry without TLS, and the one with a new token.
 * Promises: ends with a session or with why there is none, and leaves no connection open then; what has to be encrypted
 *   is never tried without.
 * Trusts: nothing the peer says.
 */
import type { Socket } from 'node:net';
import { isTlsRequired } from '../core/delivery';
import { describeRemote, type HostFailure, readFailure } from './failure';
import { createTokenSource } from './log-in';
import { openSocket } from './outbound-socket';
import { describeDemand } from './peer-security';
import { aborted, OutboundSession, type SessionOptions } from './session';

/** Opening may be refused; that is an answer, not an exception. */
export type OpenResult =
  | { readonly session: OutboundSession; readonly tlsFailure?: HostFailure }
  | { readonly failure: HostFailure };

/**
 * Connects, says hello and logs in. Where nothing asks for TLS it is used when it is offered, with any certificate: an
 * encrypted connection to whoever answers is still better than a clear one. When it fails then, the same host is tried
 * again without it, as RFC 7435 asks of opportunistic security; but not where a log-in would go over the wire (decision
 * 0005). Where TLS is asked for there is no second try.
 */
export async function openSession(options: SessionOptions, signal: AbortSignal): Promise<OpenResult> {
  const { security, keyring, target } = options;
  const { login, tls } = security;
  const requiresTls = isTlsRequired(security);
  const isStrict = requiresTls || login !== undefined;
  const isTlsTried = tls !== 'off' && (isStrict || options.isTlsTried);
  const tokens = login?.method === 'oauth2' ? createTokenSource(login, keyring) : undefined;
  const once = { ...options, isTlsTried, ...(tokens ? { tokens } : {}) };
  let first = await openOnce(once, signal);
  if ('failure' in first && tokens?.wantsConnection) {
    options.wire.note('Trying again with a new token');
    first = await openOnce(once, signal);
  }
  if (!('failure' in first) || first.failure.kind !== 'tls') return first;
  const { reason } = first.failure;
  if (isStrict) {
    const secret = login?.method === 'oauth2' ? 'token' : 'password';
    const why = requiresTls
      ? lowerFirst(describeDemand(security, target))
      : `the ${secret} is not sent without it`;
    return { failure: { kind: 'security', enhanced: '4.7.5', reason: `TLS failed (${reason}), and ${why}` } };
  }
  options.wire.note('Trying again without TLS');
  const second = await openOnce({ ...options, isTlsTried: false }, signal);
  return 'failure' in second ? second : { session: second.session, tlsFailure: first.failure };
}

/** "TLS" stays as it is. */
const lowerFirst = (text: string): string =>
  /^[A-Z][a-z]/.test(text) ? text.slice(0, 1).toLowerCase() + text.slice(1) : text;

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
