/** A server that had to be made on another port goes to the port that mail uses. */
import { useQueryClient } from '@tanstack/react-query';
import type { Binding, ServerSummary } from '../../src-main/api/contract';
import { readFault, useClient } from '../client';
import { addNotice } from './console-store';

const smtpPort = 25;

/** The bindings with port 25 in place of the others; what then stands twice is left out. TLS keeps its port. Pure. */
export function bindingsOnPort25(bindings: readonly Binding[]): Binding[] {
  const moved = bindings.map((binding) =>
    binding.encryption === 'implicit' ? binding : { ...binding, port: smtpPort },
  );
  const keyOf = ({ address, port }: Binding): string => `${address}|${port}`;
  return moved.filter((binding, at) => moved.findIndex((other) => keyOf(other) === keyOf(binding)) === at);
}

export function useMoveToPort25(): (server: ServerSummary) => void {
  const client = useClient();
  const queryClient = useQueryClient();
  return (server) => {
    client.servers
      .get({ serverId: server.id })
      .then(({ settings }) =>
        client.servers.set({ serverId: server.id, patch: { bindings: bindingsOnPort25(settings.bindings) } }),
      )
      // One that could not start on its old port is not waiting for another click.
      .then(() => (server.state === 'failed' ? client.servers.start({ serverId: server.id }) : undefined))
      .catch((error: unknown) =>
        addNotice({
          intent: 'error',
          title: `Move to port 25: ${server.name}`,
          text: readFault(error).text,
          untilRunning: server.id,
        }),
      )
      .finally(() => void queryClient.invalidateQueries());
  };
}
