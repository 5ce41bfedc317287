/** What is done with messages of a list: marks, deleting with undo. What was refused is told by the caller. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { MessageAddress } from '../../src-main/api/contract';
import { keys, useClient } from '../client';

/** The engine takes no more in one call. */
export const mostAtOnce = 10_000;

type Folder = 'drop' | 'badmail' | 'pickup';

export interface Marking {
  readonly isRead?: boolean;
  readonly isStarred?: boolean;
  readonly addTags?: string[];
  readonly removeTags?: string[];
}

export interface MailActs {
  mark(messages: readonly MessageAddress[], marking: Marking): Promise<void>;
  /** Answers how many there were, and how to bring them back. Mail in Queue is not deleted here. */
  remove(messages: readonly MessageAddress[]): Promise<{ count: number; undo: () => Promise<number> }>;
}

export function useMailActs(): MailActs {
  const client = useClient();
  const queryClient = useQueryClient();
  return {
    async mark(messages, marking) {
      if (messages.length === 0) return;
      await client.search.mark({ messages: messages.slice(0, mostAtOnce), ...marking });
      void queryClient.invalidateQueries({ queryKey: keys.search });
      void queryClient.invalidateQueries({ queryKey: ['messages'] });
    },
    async remove(messages) {
      const groups = groupByFolder(messages);
      let count = 0;
      for (const group of groups) count += (await client.messages.delete(group)).count;
      const undo = async (): Promise<number> => {
        let restored = 0;
        for (const group of groups) restored += (await client.messages.restore(group)).count;
        return restored;
      };
      return { count, undo };
    },
  };
}

interface FolderGroup {
  readonly serverId: number;
  readonly folder: Folder;
  readonly ids: string[];
}

/** One call for each folder. Exported for tests. */
export function groupByFolder(messages: readonly MessageAddress[]): FolderGroup[] {
  const groups = new Map<string, FolderGroup>();
  for (const { serverId, folder, id } of messages) {
    if (folder === 'queue') continue;
    const key = `${serverId}/${folder}`;
    const group = groups.get(key) ?? { serverId, folder, ids: [] };
    groups.set(key, group);
    group.ids.push(id);
  }
  return [...groups.values()];
}

export interface TagCount {
  readonly name: string;
  readonly count: number;
}

export function useTags(): readonly TagCount[] {
  const client = useClient();
  return useQuery({ queryKey: [...keys.search, 'tags'], queryFn: () => client.search.tags() }).data ?? [];
}

export interface SavedSearch {
  readonly name: string;
  readonly query: string;
}

export function useSavedSearches(): readonly SavedSearch[] {
  const client = useClient();
  return useQuery({ queryKey: [...keys.search, 'saved'], queryFn: () => client.search.saved() }).data ?? [];
}

export interface IndexStatus {
  readonly state: 'starting' | 'building' | 'ready' | 'failed';
  readonly done: number;
  readonly total: number;
  readonly text?: string | undefined;
}

/** Undefined while it is not known. */
export function useIndexStatus(): IndexStatus | undefined {
  const client = useClient();
  return useQuery({ queryKey: [...keys.search, 'status'], queryFn: () => client.search.status() }).data;
}
