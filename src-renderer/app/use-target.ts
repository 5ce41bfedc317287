/** What the verbs act on now, put together from the selection and the engine's answers. */
import { useDomains, useHost, useServers, useSessions } from '../client';
import { findExisting, type Place, serverIdOf } from '../console-tree/places';
import { useConsole } from './console-store';
import type { SelectedItem, VerbTarget } from './verbs';

/** The place selected; while a remembered or deleted server does not exist, the place above it. */
export function usePlace(): Place {
  const place = useConsole((state) => state.place);
  const servers = useServers().data;
  return servers === undefined
    ? place
    : findExisting(
        place,
        servers.map((server) => server.id),
      );
}

/** A server selected in the computer's list is meant as if it were selected in the tree. */
export function useVerbTarget(): VerbTarget {
  const shown = usePlace();
  const selectedKeys = useConsole((state) => state.selectedKeys);
  const [key] = selectedKeys;
  const chosen = useServerOf({ kind: 'server', serverId: Number(key ?? 0) });
  const place: Place =
    shown.kind === 'computer' && chosen !== undefined ? { kind: 'server', serverId: chosen.id } : shown;
  const server = useServerOf(place);
  const isOnlyServer = useServers().data?.length === 1;
  return { place, server, item: useSelectedItem(place), hasHost: useHost() !== undefined, isOnlyServer };
}

/** A target for a place as a whole, for its context menu in the tree. */
export function usePlaceTarget(place: Place): VerbTarget {
  const server = useServerOf(place);
  const isOnlyServer = useServers().data?.length === 1;
  return { place, server, item: undefined, hasHost: useHost() !== undefined, isOnlyServer };
}

function useServerOf(place: Place): VerbTarget['server'] {
  const servers = useServers().data;
  const serverId = serverIdOf(place);
  return servers?.find((each) => each.id === serverId);
}

function useSelectedItem(place: Place): SelectedItem | undefined {
  const selectedKeys = useConsole((state) => state.selectedKeys);
  const folder = place.kind === 'folder' ? place.folder : undefined;
  const serverId = serverIdOf(place);
  const domains = useDomains(folder === 'domains' ? serverId : undefined).data;
  const sessions = useSessions(folder === 'sessions' ? serverId : undefined).data;
  if (selectedKeys.size === 0) return undefined;
  if (folder === 'domains') {
    const domain = domains?.find((each) => selectedKeys.has(each.name));
    return domain === undefined ? undefined : { kind: 'domain', domain };
  }
  if (folder === 'sessions') {
    const chosen = sessions?.rows.filter((each) => selectedKeys.has(each.id)) ?? [];
    return chosen.length === 0 ? undefined : { kind: 'sessions', sessions: chosen };
  }
  return undefined;
}
