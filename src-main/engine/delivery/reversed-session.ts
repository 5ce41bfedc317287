/**
 * A session over a connection that the other side opened and then turned around (TURN, ATRN): it has logged in as a
 * client, and from now on it plays the server. It greets, we say EHLO and send.
 *
 * Promises: opening ends in bounded time, also when the peer never greets; TLS that is on stays on, and none is begun.
 * Trusts: that nobody else reads or writes on the socket any more.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../core/clock';
import { openSecurity, type Target } from '../core/delivery';
import { emptyKeyring } from '../core/keyring';
import type { LogProtocol } from '../core/protocol-entry';
import type { HostFailure } from './failure';
import { OutboundSession } from './session';
import { SessionWire } from './session-wire';

export interface ReversedSessionOptions {
  readonly socket: Socket;
  readonly target: Target;
  /** Own name for EHLO. */
  readonly fqdn: string;
  /** Silence that ends the connection. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** For the protocol log. */
  readonly sessionId: string;
  readonly logProtocol?: LogProtocol;
}

/** The session, or why there is none; the socket is closed then. */
export async function openReversedSession(
  options: ReversedSessionOptions,
  signal: AbortSignal,
): Promise<{ readonly session: OutboundSession } | { readonly failure: HostFailure }> {
  const { socket, target, fqdn, timeoutMs, clock, sessionId, logProtocol } = options;
  const wire = new SessionWire({ target, clock, sessionId, ...(logProtocol ? { logProtocol } : {}) });
  wire.note('The connection was turned around by the client');
  wire.connected();
  const session = new OutboundSession(
    {
      target,
      // Whoever knows AUTH knows EHLO; HELO follows when it is refused.
      hello: 'ehlo',
      fqdn,
      timeoutMs,
      clock,
      // Encryption was decided before the connection was turned, and who it is, was shown by the log-in.
      security: openSecurity,
      keyring: emptyKeyring,
      isTlsTried: false,
      wire,
    },
    socket,
  );
  const failure = await session.start(signal);
  if (failure) return { failure };
  wire.opened();
  return { session };
}
