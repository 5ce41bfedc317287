/** What the verbs act on now, put together from the selection and the engine's answers. */
import { useHost, useIsReachable, useMe, useServers } from '../client';
import { findExisting, type Place, serverIdOf } from '../console-tree/places';
import { type ListOnPage, useListOnPage } from '../ui/list-on-page';
import { type SelectedRows, useConsole } from './console-store';
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
  const [key] = useConsole((state) => state.selectedKeys);
  const chosen = useServerOf({ kind: 'server', serverId: Number(key ?? 0) });
  const place: Place =
    shown.kind === 'computer' && chosen !== undefined ? { kind: 'server', serverId: chosen.id } : shown;
  const list = useListOf(shown);
  return { ...useFacts(place), place, list, item: useSelectedItem(shown, list) };
}

/** A target for a place as a whole, for its context menu in the tree. */
export function usePlaceTarget(place: Place): VerbTarget {
  return { ...useFacts(place), place, list: useListOf(place), item: undefined };
}

function useFacts(place: Place): Omit<VerbTarget, 'place' | 'item' | 'list'> {
  return {
    server: useServerOf(place),
    hasHost: useHost() !== undefined,
    isOnlyServer: useServers().data?.length === 1,
    role: useMe().data?.role,
    isReachable: useIsReachable(),
  };
}

function useServerOf(place: Place): VerbTarget['server'] {
  const servers = useServers().data;
  const serverId = serverIdOf(place);
  return servers?.find((each) => each.id === serverId);
}

/** The list on the page, where it is that of the place: a page that goes may register a moment longer. */
function useListOf(place: Place): ListOnPage | undefined {
  const list = useListOnPage((state) => state.list);
  const listId = place.kind === 'folder' ? place.folder : place.kind === 'computer' ? 'servers' : place.kind;
  // "sessions-ended" is a list of the place "sessions".
  return listId !== undefined && (list?.listId === listId || list?.listId.startsWith(`${listId}-`) === true)
    ? list
    : undefined;
}

function useSelectedItem(place: Place, list: ListOnPage | undefined): SelectedItem | undefined {
  const selectedKeys = useConsole((state) => state.selectedKeys);
  const selectedRows = useConsole((state) => state.selectedRows);
  if (place.kind !== 'folder') return undefined;
  if (place.folder === 'domains' || place.folder === 'sessions')
    return itemOf(place.folder, selectedKeys, selectedRows);
  const count = list?.selectedCount ?? 0;
  return count === 0 ? undefined : { kind: 'messages', count };
}

/** What of the rows kept is still selected. Pure. */
export function itemOf(
  folder: 'domains' | 'sessions',
  selectedKeys: ReadonlySet<string>,
  selectedRows: SelectedRows | undefined,
): SelectedItem | undefined {
  if (folder === 'domains' && selectedRows?.kind === 'domains') {
    const domain = selectedRows.rows.find((each) => selectedKeys.has(each.name));
    return domain === undefined ? undefined : { kind: 'domain', domain };
  }
  if (folder === 'sessions' && selectedRows?.kind === 'sessions') {
    const sessions = selectedRows.rows.filter((each) => selectedKeys.has(each.id));
    return sessions.length === 0 ? undefined : { kind: 'sessions', sessions };
  }
  return undefined;
}
