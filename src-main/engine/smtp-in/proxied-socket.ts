/**
 * Where a new connection really comes from: takes a trusted proxy's header off the socket before anything else
 * reads from it, a TLS handshake included.
 *
 * Promises: from everybody else nothing is read and nothing is believed; what stands behind the header in the same
 *   piece is put back; a header that does not come, or is not one, ends the connection without a word.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../core/clock';
import { plainAddress } from './access-list';
import { type ProxiedAddresses, parseProxyHeader } from './proxy-protocol';

export interface SocketOrigin {
  /** The client's IP address; IPv4-mapped addresses are IPv4. */
  readonly peerAddress: string;
  /** Where the client connected to, as the proxy says; undefined: the socket knows. */
  readonly localAddress?: string;
  readonly localPort?: number;
  /** The connection is the proxy's own. */
  readonly isProxy: boolean;
}

export type HeaderProblem = 'missing' | 'malformed';

/** A proxy sends its header with the first packet. */
const headerTimeoutMs = 10_000;

/**
 * At once for a client that comes directly; undefined when a proxy's connection was ended, or went away.
 *
 * @param options.isProxy whether the header of this address is awaited
 */
export function prepareSocket(
  socket: Socket,
  options: {
    readonly isProxy: (address: string) => boolean;
    readonly clock: Clock;
    /** Called before a proxy's connection is ended for its header; not for one that closes without a byte. */
    readonly onBadHeader?: (problem: HeaderProblem) => void;
  },
): SocketOrigin | Promise<SocketOrigin | undefined> {
  const peerAddress = plainAddress(socket.remoteAddress ?? '');
  if (!options.isProxy(peerAddress)) return { peerAddress, isProxy: false };
  return readHeader(socket, options).then(
    (header) =>
      header && (header.addresses ? { ...header.addresses, isProxy: false } : { peerAddress, isProxy: true }),
  );
}

function readHeader(
  socket: Socket,
  { clock, onBadHeader }: Parameters<typeof prepareSocket>[1],
): Promise<{ readonly addresses: ProxiedAddresses | undefined } | undefined> {
  return new Promise((resolve) => {
    let held: Buffer = Buffer.alloc(0);
    const finish = (header: { readonly addresses: ProxiedAddresses | undefined } | undefined): void => {
      cancel();
      socket.off('readable', read).off('close', giveUp).off('end', giveUp);
      if (!header) socket.destroy();
      resolve(header);
    };
    const fail = (problem: HeaderProblem): void => {
      onBadHeader?.(problem);
      finish(undefined);
    };
    // Load balancers look whether the port is open.
    const giveUp = (): void => (held.length === 0 ? finish(undefined) : fail('missing'));
    const read = (): void => {
      for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read()) {
        held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
        const header = parseProxyHeader(held);
        if (header.kind === 'incomplete') continue;
        if (header.kind === 'complete') {
          const rest = held.subarray(header.lengthBytes);
          if (rest.length > 0) socket.unshift(rest);
          finish(header);
        } else fail('malformed');
        return;
      }
    };
    const cancel = clock.startTimer(() => fail('missing'), headerTimeoutMs);
    // Stays: until somebody else listens, a reset would be an error that nobody hears of. Its close follows.
    socket.on('error', () => undefined);
    socket.on('close', giveUp).on('end', giveUp).on('readable', read);
  });
}
