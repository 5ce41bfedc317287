/** The connection below an outgoing session. */
import { connect, type Socket } from 'node:net';
import type { Clock } from '../core/clock';
import type { Target } from '../core/delivery';

export interface SocketOptions {
  readonly target: Target;
  /** Waiting for longer is given up; half a minute is the most. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

const longestConnectMs = 30_000;

/** Rejects with the system's error, ETIMEDOUT, or when the signal says stop; nothing is left open then. */
export function openSocket(
  { target, timeoutMs, clock }: SocketOptions,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: target.address, port: target.port, noDelay: true });
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
