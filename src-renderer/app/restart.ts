/** Stop and start, to bring into force what only a start reads. */
import { useQueryClient } from '@tanstack/react-query';
import type { ServerSummary } from '../../src-main/api/contract';
import { readFault, useClient } from '../client';
import { addNotice, dismissNoticesNamed } from './console-store';

/** Title of the notice that a restart makes obsolete. */
export const savedTitle = 'Saved.';

export function useRestart(): (server: ServerSummary) => void {
  const client = useClient();
  const queryClient = useQueryClient();
  return ({ id: serverId, name }) => {
    client.servers
      .stop({ serverId })
      .then(() => client.servers.start({ serverId }))
      .then(() => dismissNoticesNamed(savedTitle))
      .catch((error: unknown) =>
        addNotice({ intent: 'error', title: `Restart: ${name}`, text: readFault(error).text }),
      )
      .finally(() => void queryClient.invalidateQueries());
  };
}
