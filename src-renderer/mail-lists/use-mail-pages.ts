/**
 * The rows of a list of mail. A folder as it is comes from the folder, so that it is whole whatever the index does; what
 * is searched, sorted or grouped comes from the index.
 */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { MessageFolder, searchFault } from '../../src-main/api/contract';
import { type ConsoleClient, keys, useClient } from '../client';
import type { SortOrder } from '../ui/list-movement';
import { type Page, type PagedRows, usePagedRows } from '../ui/paged-rows';
import { type ListQuery, needsIndex, queryText, searchSort } from './list-query';
import {
  createDayTable,
  type DayTable,
  foundMail,
  type ListedMail,
  type ListRow,
  listedMail,
} from './listed-mail';

/** What a list is of: one folder, or whatever is found. */
export type ListScope =
  | { readonly kind: 'folder'; readonly serverId: number; readonly folder: 'drop' | 'badmail' | 'pickup' }
  | { readonly kind: 'everything'; readonly folders?: readonly MessageFolder[] };

export type SearchFault = (typeof searchFault)['_output'];

export interface FoundPage extends Page<ListedMail> {
  readonly isComplete: boolean;
  readonly faults: readonly SearchFault[];
}

export interface MailPages extends PagedRows<ListRow> {
  /** Messages, without the lines between days. */
  readonly messages: number;
  /** False while the index is being made: there may be more. */
  readonly isComplete: boolean;
  readonly faults: readonly SearchFault[];
  /** Reads a piece of the list, for exporting. */
  readonly readPage: ReadPage;
}

type ReadPage = (at: {
  readonly offset: number;
  readonly limit: number;
  readonly signal?: AbortSignal;
}) => Promise<FoundPage>;

type SearchInput = Parameters<ConsoleClient['search']['addresses']>[0];

/** The search behind a list. */
export function searchInput(scope: ListScope, query: ListQuery, sort: SortOrder | undefined): SearchInput {
  const order = searchSort(sort);
  return {
    query: queryText(query),
    ...(scope.kind === 'folder' && { serverId: scope.serverId, folders: [scope.folder] }),
    ...(scope.kind === 'everything' && scope.folders !== undefined && { folders: [...scope.folders] }),
    ...(order !== undefined && { sort: order }),
    group: query.grouping === 'conversation' ? 'conversation' : 'none',
  };
}

export function useMailPages(scope: ListScope, query: ListQuery, sort: SortOrder | undefined): MailPages {
  const client = useClient();
  const isSearched = scope.kind === 'everything' || needsIndex(query, sort);
  const input = searchInput(scope, query, sort);
  const readPage: ReadPage = async ({ offset, limit, signal }) => {
    const options = signal ? { signal } : {};
    if (!isSearched && scope.kind === 'folder') {
      const { serverId, folder } = scope;
      const { rows, total } = await client.messages.list({ serverId, folder, offset, limit }, options);
      const mail = rows.map((row) => listedMail({ serverId, folder, id: row.id }, row));
      return { rows: mail, total, isComplete: true, faults: [] };
    }
    const found = await client.search.find({ ...input, offset, limit }, options);
    return { ...found, rows: found.rows.map(foundMail) };
  };
  const queryKey = isSearched
    ? [...keys.search, input]
    : scope.kind === 'folder'
      ? keys.messages(scope.serverId, scope.folder)
      : keys.search;
  const pages = usePagedRows<ListedMail>({ queryKey, readPage });
  // Each page brings them: asking for them alone would search once more.
  const facts = useQueryClient()
    .getQueriesData<FoundPage>({ queryKey })
    .findLast(([, page]) => page !== undefined)?.[1];
  const table = useDayTable(query.grouping === 'day' ? input : undefined);
  return {
    ...useDayLines(pages, table),
    messages: pages.total,
    isComplete: facts?.isComplete ?? true,
    faults: isSearched ? (facts?.faults ?? []) : [],
    readPage,
  };
}

/** undefined: the list is not parted by days, or the days are not known yet. */
function useDayTable(input: SearchInput | undefined): DayTable | undefined {
  const client = useClient();
  const days = useQuery({
    queryKey: [...keys.search, 'days', input],
    queryFn: async () => {
      if (input === undefined) return [];
      const { days } = await client.search.days({
        ...input,
        offsetMinutes: -new Date().getTimezoneOffset(),
      });
      return days;
    },
    enabled: input !== undefined,
    placeholderData: keepPreviousData,
  }).data;
  const isParted = input !== undefined;
  return useMemo(() => (isParted && days ? createDayTable(days) : undefined), [isParted, days]);
}

/** The rows with a line above each day; steady while neither changes. */
function useDayLines(pages: PagedRows<ListedMail>, table: DayTable | undefined): PagedRows<ListRow> {
  const { rowAt, onVisible, total } = pages;
  const parts = useMemo(() => {
    if (table === undefined) return undefined;
    const messageAt = (index: number): number => {
      const at = table.at(index);
      if ('messageIndex' in at) return at.messageIndex;
      const next = table.at(index + 1);
      return 'messageIndex' in next ? next.messageIndex : 0;
    };
    return {
      rowAt: (index: number): ListRow | undefined => {
        const at = table.at(index);
        return 'messageIndex' in at ? rowAt(at.messageIndex) : at;
      },
      onVisible: (first: number, last: number) => onVisible(messageAt(first), messageAt(last)),
    };
  }, [table, rowAt, onVisible]);
  return parts === undefined || table === undefined
    ? pages
    : { ...pages, ...parts, total: total === 0 ? 0 : table.total };
}
