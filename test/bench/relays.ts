/**
 * The two relays that are measured, each started afresh with an empty queue.
 *
 * Both flush every message to the disk before they say 250, both log as they do by default, both listen on
 * loopback. Where mail is to stay, neither spends work on delivering it: Postfix puts it on hold, Mailroot is
 * given a next hop that never answers and one connection to wait on.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { startPostfix } from '../support/postfix';
import { measureMemory } from '../support/process-memory';
import { findFreePort, startService } from '../support/service';

export interface Relay {
  readonly port: number;
  memoryBytes(): number;
  stop(): Promise<void>;
}

/** A port: mail goes there. 'stays': mail is stored and that is all. */
export type NextHop = number | 'stays';

export type RelayName = 'Postfix' | 'Mailroot';

export function startRelay(name: RelayName, nextHop: NextHop): Promise<Relay> {
  return name === 'Postfix' ? startMeasuredPostfix(nextHop) : startMeasuredMailroot(nextHop);
}

function startMeasuredPostfix(nextHop: NextHop): Promise<Relay> {
  return startPostfix({
    ...(nextHop === 'stays' ? { isHolding: true } : { relayHost: `[127.0.0.1]:${nextHop}` }),
    // Else it slows its clients down when mail comes in faster than it goes out.
    settings: { in_flow_delay: '0' },
  });
}

async function startMeasuredMailroot(nextHop: NextHop): Promise<Relay> {
  const silent = nextHop === 'stays' ? await startSilentHost() : undefined;
  const service = await startService({
    server: {
      relayList: ['127.0.0.1'],
      // Else a connection that is used again and again ends after 10 MB.
      maxSessionKb: null,
      smartHost: '[127.0.0.1]',
      outboundPort: silent?.port ?? (nextHop as number),
      ...(silent ? { maxOutboundConnections: 1, maxOutboundConnectionsPerDomain: 1 } : {}),
    },
  });
  return {
    port: service.port,
    memoryBytes: () => measureMemory(service.process.pid as number),
    async stop() {
      await service.remove();
      silent?.close();
    },
  };
}

/** Takes connections and never says a word. */
async function startSilentHost(): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  const port = await findFreePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
