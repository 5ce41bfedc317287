/** Open messages: read and taken apart once, closed soon after nobody looks at them. */
import {
  type Query,
  type QueryClient,
  type UseQueryResult,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { create } from 'zustand';
import type { MessageAddress, MessageRow } from '../../src-main/api/contract';
import { type ConsoleClient, useClient } from '../client';
import { type OpenMail, openMail, type ReadProgress } from './mail-reader';
import { folderSource } from './mail-sources';

export type { MessageAddress } from '../../src-main/api/contract';

export interface LoadedMessage {
  readonly row: MessageRow;
  readonly mail: OpenMail;
}

/** Enough to go back to the one before. */
const keptMs = 60_000;
/** Of messages that nobody looks at. */
const mostKeptBytes = 64 * 1024 * 1024;

const contentKey = 'message-content';
const keyOf = ({ serverId, folder, id }: MessageAddress) => [contentKey, serverId, folder, id] as const;

const useProgressStore = create<{ readonly byKey: Readonly<Record<string, ReadProgress>> }>(() => ({
  byKey: {},
}));

function noteProgress(key: string, progress: ReadProgress | undefined): void {
  useProgressStore.setState(({ byKey }) => {
    const { [key]: _, ...others } = byKey;
    return { byKey: progress ? { ...others, [key]: progress } : others };
  });
}

/** How much of a message was read, while it is being read and does not come in one piece. */
export function useReadProgress(address: MessageAddress): ReadProgress | undefined {
  const key = keyOf(address).join('/');
  return useProgressStore((state) => state.byKey[key]);
}

function contentQuery(client: ConsoleClient, queryClient: QueryClient, address: MessageAddress) {
  return {
    // Not below the list's key: a message never changes, only the list does.
    queryKey: keyOf(address),
    gcTime: keptMs,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<LoadedMessage> => {
      closeWhatIsRemoved(queryClient);
      makeRoom(queryClient);
      const key = keyOf(address).join('/');
      const source = folderSource(client, address);
      try {
        const mail = await openMail(source, {
          signal,
          onProgress: (progress) => {
            if (progress.doneBytes < progress.totalBytes) noteProgress(key, progress);
          },
        });
        return { row: source.row as MessageRow, mail };
      } finally {
        noteProgress(key, undefined);
      }
    },
  };
}

const watched = new WeakSet<QueryClient>();

function closeWhatIsRemoved(queryClient: QueryClient): void {
  if (watched.has(queryClient)) return;
  watched.add(queryClient);
  queryClient.getQueryCache().subscribe((event) => {
    if (event.type === 'removed' && event.query.queryKey[0] === contentKey)
      loadedBy(event.query)?.mail.close();
  });
}

/** Closes messages that nobody looks at, the oldest first, until few bytes are kept. */
function makeRoom(queryClient: QueryClient): void {
  const cache = queryClient.getQueryCache();
  let bytes = 0;
  const unused = cache
    .findAll({ queryKey: [contentKey], type: 'inactive' })
    .sort((one, other) => other.state.dataUpdatedAt - one.state.dataUpdatedAt);
  for (const query of unused) {
    bytes += loadedBy(query)?.mail.sizeBytes ?? 0;
    if (bytes > mostKeptBytes) cache.remove(query);
  }
}

const loadedBy = (query: Query): LoadedMessage | undefined => query.state.data as LoadedMessage | undefined;

export function useMessageContent(address: MessageAddress): UseQueryResult<LoadedMessage> {
  return useQuery(contentQuery(useClient(), useQueryClient(), address));
}
