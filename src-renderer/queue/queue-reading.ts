/** What the queue's page reads of the engine, and how often: on each hint, and while the engine still counts. */
import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { QueueDestination, QueueFilter, QueueGroupRow, QueueRow } from '../../src-main/api/contract';
import { keys, useClient } from '../client';
import { refresherOf } from '../client/refresher';
import type { SortOrder } from '../ui/list-movement';
import { type PagedRows, usePagedRows } from '../ui/paged-rows';
import { sortColumns } from './group-columns';

export interface QueueTotals {
  readonly destinations: readonly QueueDestination[];
  readonly others: number;
  readonly messages: number;
  readonly counted: number;
  readonly frozen: readonly string[];
}

export function useTotals(serverId: number): UseQueryResult<QueueTotals> {
  const client = useClient();
  return useQuery({
    queryKey: [...keys.queue(serverId), 'totals'],
    queryFn: ({ signal }) => client.queue.totals({ serverId }, { signal }),
  });
}

/** While the engine counts, it gives no hint for each file that it has read. */
const countingIntervalMs = 1000;

export function useRefreshWhileCounting(serverId: number, totals: QueueTotals | undefined): void {
  const queryClient = useQueryClient();
  const isCounting = totals !== undefined && totals.counted < totals.messages;
  useEffect(() => {
    if (!isCounting) return undefined;
    const timer = setInterval(
      () => refresherOf(queryClient).refresh(keys.queue(serverId)),
      countingIntervalMs,
    );
    return () => clearInterval(timer);
  }, [queryClient, serverId, isCounting]);
}

export interface GroupsAsked {
  readonly serverId: number;
  readonly filter: QueueFilter;
  readonly sort: SortOrder | undefined;
}

interface PageAt {
  readonly offset: number;
  readonly limit: number;
  readonly signal?: AbortSignal;
}

export interface Groups extends PagedRows<QueueGroupRow> {
  readonly readPage: (
    at: PageAt,
  ) => Promise<{ readonly rows: readonly QueueGroupRow[]; readonly total: number }>;
}

export function useGroups({ serverId, filter, sort }: GroupsAsked): Groups {
  const client = useClient();
  const order = engineSort(sort);
  const readPage = ({ offset, limit, signal }: PageAt) =>
    client.queue.groups(
      { serverId, offset, limit, filter, ...(order !== undefined && { sort: order }) },
      signal ? { signal } : {},
    );
  const pages = usePagedRows<QueueGroupRow>({
    queryKey: [...keys.queue(serverId), 'groups', filter, order ?? null],
    readPage,
  });
  return { ...pages, readPage };
}

type EngineColumn = (typeof sortColumns)[keyof typeof sortColumns];

/** The oldest message has the greatest age: the two orders are each other's opposite. Pure. */
function engineSort(
  sort: SortOrder | undefined,
): { column: EngineColumn; isDescending: boolean } | undefined {
  if (sort === undefined || !Object.hasOwn(sortColumns, sort.columnId)) return undefined;
  const column = sortColumns[sort.columnId as keyof typeof sortColumns];
  return { column, isDescending: column === 'arrivedAt' ? !sort.isDescending : sort.isDescending };
}

/** The whole message, for the detail; undefined data once it no longer waits. */
export function useQueued(serverId: number, queueId: string | undefined): UseQueryResult<QueueRow> {
  const client = useClient();
  return useQuery({
    queryKey: [...keys.queue(serverId), 'show', queueId ?? ''],
    queryFn: ({ signal }) => client.queue.show({ serverId, queueId: queueId ?? '' }, { signal }),
    enabled: queueId !== undefined,
  });
}
