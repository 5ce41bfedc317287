/**
 * The server's side of one TLS handshake on a socket that was in clear until now.
 *
 * Promises: exactly one of `done` and `failed`, or neither after `cancel`; a handshake that does not end is
 * ended; no renegotiation later.
 */
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { Clock } from '../core/clock';
import { systemCodeOf } from '../core/problem';
import { keyBitsOf, type TlsFacts } from './tls-facts';

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
    readonly context: SecureContext;
    readonly clock: Clock;
    done(encrypted: TLSSocket, facts: TlsFacts): void;
    /** `reason` is undefined when the client just went away. */
    failed(reason: string | undefined): void;
  },
): Handshake {
  const encrypted = new TLSSocket(socket, { isServer: true, secureContext: options.context });
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
    const { standardName, version } = encrypted.getCipher();
    const protocol = encrypted.getProtocol() ?? version;
    options.done(encrypted, { protocol, cipher: standardName, keyBits: keyBitsOf(standardName) });
  });
  encrypted.on('error', (error) =>
    fail(goneCodes.has(systemCodeOf(error) ?? '') ? undefined : explain(error)),
  );
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

/** "wrong version number" from what the TLS library says with thread number, file and line. */
function explain(error: Error): string {
  const { reason } = error as { reason?: unknown };
  return typeof reason === 'string' ? reason : error.message;
}
