/** Stop and start, to bring into force what only a start reads. */
import { useQueryClient } from '@tanstack/react-query';
import type { ServerSummary } from '../../src-main/api/contract';
import { readFault, useClient, useServers } from '../client';
import { addNotice, dismissNoticesNamed, useConsole } from './console-store';

/** Title of the notice that a restart makes obsolete. */
const savedTitle = (name: string): string => `Saved: ${name}.`;

export function useRestart(): (server: ServerSummary) => void {
  const client = useClient();
  const queryClient = useQueryClient();
  return ({ id: serverId, name }) => {
    client.servers
      .restart({ serverId })
      .then(() => dismissNoticesNamed(savedTitle(name)))
      .catch((error: unknown) =>
        addNotice({
          intent: 'error',
          title: `Restart: ${name}`,
          text: readFault(error).text,
          untilRunning: serverId,
        }),
      )
      .finally(() => void queryClient.invalidateQueries());
  };
}

export interface RestartOffer {
  /** Says that a change waits, and offers the restart. */
  readonly offer: () => void;
  readonly restart: () => void;
}

export function useRestartOffer(serverId: number): RestartOffer {
  const server = useServers().data?.find((each) => each.id === serverId);
  const restartServer = useRestart();
  const restart = (): void => {
    if (server) restartServer(server);
  };
  return {
    restart,
    offer: () => {
      const { place } = useConsole.getState();
      // The page of the virtual server offers it by itself as long as a change waits.
      if (place.kind === 'server' && place.serverId === serverId) return;
      addNotice({
        intent: 'info',
        title: savedTitle(server?.name ?? 'virtual server'),
        text: 'A change comes into force with a restart. Open sessions get 421 then; waiting mail stays in Queue.',
        action: { label: 'Restart now', run: restart },
      });
    },
  };
}
