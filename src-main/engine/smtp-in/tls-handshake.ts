/**
 * The server's side of one TLS handshake: on a socket that was in clear until now, or on a new one.
 *
 * Promises: exactly one of `done` and `failed`, or neither after `cancel`; a handshake that does not end is
 * ended; no renegotiation later.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../core/clock';
import { systemCodeOf } from '../core/problem';
import { readServerName } from './server-name';
import type { HandshakeTerms } from './tls';
import { keyBitsOf, type TlsFacts } from './tls-facts';
import { isCancelled, reasonOfHandshake } from './tls-failure';

/** Slow devices need seconds for their keys; nobody needs this long. */
const handshakeTimeoutMs = 30_000;

/** The client went away, which needs no explanation. */
const goneCodes: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

export interface Handshake {
  /** Ends it without a word. */
  cancel(): void;
}

export function acceptHandshake(
  socket: Socket,
  options: {
    readonly terms: HandshakeTerms;
    readonly clock: Clock;
    done(encrypted: TLSSocket, facts: TlsFacts): void;
    /** `reason` is undefined when the client just went away. */
    failed(reason: string | undefined): void;
  },
): Handshake {
  const { context, contextFor } = options.terms;
  const encrypted = new TLSSocket(socket, {
    isServer: true,
    secureContext: context,
    ...(contextFor && {
      SNICallback: (serverName, answer) => answer(null, contextFor(serverName)),
    }),
  });
  let isSettled = false;
  const settle = (): boolean => {
    if (isSettled) return false;
    isSettled = true;
    cancelTimer();
    return true;
  };
  const fail = (reason: string | undefined): void => {
    if (!settle()) return;
    encrypted.destroy();
    socket.destroy();
    options.failed(reason);
  };
  const cancelTimer = options.clock.startTimer(
    () => fail(`not finished within ${handshakeTimeoutMs / 1000} seconds`),
    handshakeTimeoutMs,
  );
  const leave = (): void => fail(undefined);
  encrypted.once('secure', () => {
    if (!settle()) return;
    encrypted.off('end', leave);
    encrypted.off('close', leave);
    encrypted.disableRenegotiation();
    // A socket that belongs to no tls.Server keeps errors behind its handshake to itself, and hangs.
    encrypted.on('_tlsError', (error: Error) => encrypted.destroy(error));
    const { standardName, version } = encrypted.getCipher();
    const protocol = encrypted.getProtocol() ?? version;
    const serverName = readServerName((encrypted as { servername?: unknown }).servername);
    options.done(encrypted, {
      protocol,
      cipher: standardName,
      keyBits: keyBitsOf(standardName),
      ...(serverName === undefined ? {} : { serverName }),
    });
  });
  encrypted.on('error', (error) => {
    const reason = reasonOfHandshake(error);
    fail(goneCodes.has(systemCodeOf(error) ?? '') || isCancelled(reason) ? undefined : reason);
  });
  encrypted.on('end', leave);
  encrypted.on('close', leave);
  return {
    cancel() {
      if (!settle()) return;
      encrypted.destroy();
      socket.destroy();
    },
  };
}
