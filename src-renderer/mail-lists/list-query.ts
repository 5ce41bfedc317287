/** What a list of mail shows: the words of its search field, what was clicked beside it, order and grouping. Pure. */
import type { SortOrder } from '../ui/list-movement';

export const groupings = ['none', 'day', 'conversation'] as const;
export type Grouping = (typeof groupings)[number];

export interface ListQuery {
  readonly text: string;
  readonly isUnreadOnly: boolean;
  readonly isStarredOnly: boolean;
  readonly grouping: Grouping;
}

export const wholeList: ListQuery = { text: '', isUnreadOnly: false, isStarredOnly: false, grouping: 'none' };

/** The query as the index takes it. */
export function queryText({ text, isUnreadOnly, isStarredOnly }: ListQuery): string {
  return [text.trim(), isUnreadOnly ? 'is:unread' : '', isStarredOnly ? 'is:starred' : '']
    .filter((part) => part !== '')
    .join(' ');
}

/** The same, of one conversation alone: that of the message with this name. */
export const withConversation = (text: string, id: string): string =>
  `${text.trim()} conversation:${/\s/.test(id) ? `"${id}"` : id}`.trim();

/** The folder itself answers; only what it cannot do is asked of the index, which may not be complete yet. */
export const needsIndex = (query: ListQuery, sort: SortOrder | undefined): boolean =>
  queryText(query) !== '' || query.grouping !== 'none' || sort !== undefined;

const sortColumns = {
  received: 'receivedAt',
  from: 'from',
  recipients: 'to',
  subject: 'subject',
  size: 'size',
} as const;

/** Order as the index takes it; undefined: newest first. */
export function searchSort(
  sort: SortOrder | undefined,
): { column: (typeof sortColumns)[keyof typeof sortColumns]; isDescending: boolean } | undefined {
  if (sort === undefined || !(sort.columnId in sortColumns)) return undefined;
  return {
    column: sortColumns[sort.columnId as keyof typeof sortColumns],
    isDescending: sort.isDescending,
  };
}
