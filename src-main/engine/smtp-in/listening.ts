/** Listening sockets, one for each binding. Knows nothing of SMTP; a failure is told so that a person can act. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Binding, Endpoint } from '../../settings/schema';
import { Problem, reasonOf, systemCodeOf } from '../core/problem';
import { findPortOwner } from './port-owner';

/** Whom clients of one address and port meet. */
export interface Identity {
  /** As it is now: its encryption may change under an open socket. */
  readonly binding: Binding;
}

export interface ListeningSocket extends Identity {
  /** The real port; differs from the binding's when that is 0. */
  readonly port: number;
  /** Takes no further connections. Connections made before live on. */
  close(): Promise<void>;
  /** Takes over the encryption of a binding of the same address and port, for connections from now on. */
  follow(binding: Binding): void;
}

export interface SocketHandlers {
  connection(socket: Socket, identity: Identity): void;
  /** Accepting failed for now (out of file descriptors); the socket listens on. */
  acceptError(error: Error): void;
}

/** A binding as it is opened. What is left out is as in the settings' defaults. */
export type ListenerBinding = Endpoint & Partial<Binding>;

export const bindingOf = (binding: ListenerBinding): Binding => ({
  encryption: 'starttls',
  certificate: '',
  minimumTls: '',
  ...binding,
});

/** What the system answers when IPv6 is switched off. */
const noIpv6Codes = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL', 'EPROTONOSUPPORT']);

/** Opens all bindings, or none: when one fails, those already open are closed again. */
export async function openSockets(
  bindings: readonly Binding[],
  handlers: SocketHandlers,
): Promise<readonly ListeningSocket[]> {
  const sockets: ListeningSocket[] = [];
  try {
    for (const binding of bindings) sockets.push(await openSocket(binding, handlers));
    return sockets;
  } catch (error) {
    await Promise.all(sockets.map((socket) => socket.close()));
    throw error;
  }
}

async function openSocket(binding: Binding, handlers: SocketHandlers): Promise<ListeningSocket> {
  try {
    if (binding.address !== '') return await listen(binding, binding.address, handlers);
    try {
      return await listen(binding, '::', handlers);
    } catch (error) {
      if (!noIpv6Codes.has(systemCodeOf(error) ?? '')) throw error;
      return await listen(binding, '0.0.0.0', handlers);
    }
  } catch (error) {
    throw await explainFailure(binding, error);
  }
}

function listen(first: Binding, host: string, handlers: SocketHandlers): Promise<ListeningSocket> {
  let binding = first;
  const identity: Identity = {
    get binding() {
      return binding;
    },
  };
  return new Promise((resolve, reject) => {
    // Half-open: a client may close its side behind its last command and still wants the replies.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      handlers.connection(socket, identity),
    );
    server.once('error', reject);
    server.listen({ host, port: binding.port, ipv6Only: false, exclusive: true }, () => {
      server.off('error', reject);
      server.on('error', (error) => handlers.acceptError(error));
      const bound = server.address();
      const port = bound !== null && typeof bound === 'object' ? bound.port : binding.port;
      resolve({
        get binding() {
          return binding;
        },
        port,
        close: () => closeServer(server),
        follow(next) {
          binding = next;
        },
      });
    });
  });
}

/** The handle is closed when this returns; only the event comes later, behind the last connection. */
function closeServer(server: Server): Promise<void> {
  server.close();
  return Promise.resolve();
}

/** Why nothing could listen on the binding now; undefined when something could. Opens it for a moment. */
export async function explainTakenPort(binding: Endpoint): Promise<string | undefined> {
  try {
    const socket = await openSocket(bindingOf(binding), {
      connection: (peer) => peer.destroy(),
      acceptError: () => undefined,
    });
    await socket.close();
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** The Problem that a failed listen is told as: what, where, and what to do. */
export async function explainFailure(binding: Endpoint, error: unknown): Promise<Problem> {
  const name = nameOf(binding);
  const options = { cause: error };
  switch (systemCodeOf(error)) {
    case 'EADDRINUSE': {
      const owner = await findPortOwner(binding);
      const user =
        owner === undefined
          ? 'in use by another program. Stop it,'
          : owner.processId === process.pid
            ? 'used by Mailroot itself, by another virtual server or identity. Stop that,'
            : `used by ${owner.name} (process ${owner.processId}). Stop it,`;
      return new Problem(
        'port-in-use',
        `Port ${name} is ${user} or choose another port.`,
        undefined,
        options,
      );
    }
    case 'EACCES':
    case 'EPERM':
      return new Problem(
        'port-forbidden',
        `Port ${name} may not be opened without administrator rights. Start Mailroot with them, or choose a port above 1023.`,
        undefined,
        options,
      );
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return new Problem(
        'address-unavailable',
        `Port ${name} cannot be opened: this computer does not have the address ${binding.address}.`,
        undefined,
        options,
      );
    default:
      return new Problem(
        'unavailable',
        `Port ${name} cannot be opened: ${reasonOf(error)}.`,
        undefined,
        options,
      );
  }
}

/** "25" for all addresses, "192.0.2.1:25", "[2001:db8::1]:25". */
function nameOf({ address, port }: Endpoint): string {
  if (address === '') return String(port);
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
