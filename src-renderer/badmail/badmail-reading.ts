/** What the Badmail page reads of the engine. Causes lie below the list's key: they go stale together. */
import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { CauseGroup, MessageRow } from '../../src-main/api/contract';
import { keys, useClient } from '../client';
import { refresherOf } from '../client/refresher';
import { type PagedRows, usePagedRows } from '../ui/paged-rows';
import type { ChosenCause } from './cause-words';

export interface Causes {
  readonly groups: readonly CauseGroup[];
  readonly total: number;
  readonly counted: number;
}

/** While the engine counts half a million files, it gives no hint for each. */
const countingIntervalMs = 1500;

export function useCauses(serverId: number): UseQueryResult<Causes> {
  const client = useClient();
  const queryClient = useQueryClient();
  const key = [...keys.messages(serverId, 'badmail'), 'causes'];
  const causes = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => client.messages.causes({ serverId }, { signal }),
  });
  const isCounting = causes.data !== undefined && causes.data.counted < causes.data.total;
  useEffect(() => {
    if (!isCounting) return undefined;
    const timer = setInterval(
      () => refresherOf(queryClient).refresh([...keys.messages(serverId, 'badmail'), 'causes']),
      countingIntervalMs,
    );
    return () => clearInterval(timer);
  }, [queryClient, serverId, isCounting]);
  return causes;
}

interface PageAt {
  readonly offset: number;
  readonly limit: number;
  readonly signal?: AbortSignal;
}

export interface BadmailPages extends PagedRows<MessageRow> {
  readonly readPage: (
    at: PageAt,
  ) => Promise<{ readonly rows: readonly MessageRow[]; readonly total: number }>;
}

export function useBadmail(serverId: number, cause: ChosenCause | undefined): BadmailPages {
  const client = useClient();
  const readPage = ({ offset, limit, signal }: PageAt) =>
    client.messages.list(
      { serverId, folder: 'badmail', offset, limit, ...(cause !== undefined && { cause }) },
      signal ? { signal } : {},
    );
  const pages = usePagedRows<MessageRow>({
    queryKey: [...keys.messages(serverId, 'badmail'), cause ?? 'all'],
    readPage,
  });
  return { ...pages, readPage };
}
