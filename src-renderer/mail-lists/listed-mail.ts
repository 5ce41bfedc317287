/** Rows of a list of mail: messages, and the lines between days. Pure. */
import type { FoundRow, MessageAddress, MessageMarks, MessageRow } from '../../src-main/api/contract';

export interface ListedMail {
  readonly kind: 'mail';
  readonly key: string;
  readonly address: MessageAddress;
  readonly row: MessageRow;
  /** Absent while the index of mail cannot tell. */
  readonly marks: MessageMarks | undefined;
  /** Of a message that was searched for. */
  readonly found: FoundRow | undefined;
}

/** Stands above the messages of one day. */
export interface DayLine {
  readonly kind: 'day';
  readonly key: string;
  /** "2026-11-23", in this computer's time. */
  readonly day: string;
  readonly count: number;
}

export type ListRow = ListedMail | DayLine;

/** Names a message among all folders of all virtual servers. */
export const keyOf = ({ serverId, folder, id }: MessageAddress): string => `${serverId}/${folder}/${id}`;

/** What `keyOf` wrote. */
export function addressOf(key: string): MessageAddress | undefined {
  const [, serverId, folder, id] = /^(\d+)\/(drop|queue|badmail|pickup)\/(.+)$/s.exec(key) ?? [];
  if (serverId === undefined || folder === undefined || id === undefined) return undefined;
  return { serverId: Number(serverId), folder: folder as MessageAddress['folder'], id };
}

export function listedMail(address: MessageAddress, row: MessageRow): ListedMail {
  return { kind: 'mail', key: keyOf(address), address, row, marks: row.marks, found: undefined };
}

export function foundMail(found: FoundRow): ListedMail {
  const address = { serverId: found.serverId, folder: found.folder, id: found.id };
  return { kind: 'mail', key: keyOf(address), address, row: found, marks: found.marks, found };
}

export const rowKey = (row: ListRow): string => row.key;

/** Messages among selected keys: the lines between days are none. */
export const addressesOf = (keys: Iterable<string>): MessageAddress[] =>
  [...keys].flatMap((key) => addressOf(key) ?? []);

/** Days of a list, newest first, and where their lines stand among the rows. */
export interface DayTable {
  /** Messages and lines together. */
  readonly total: number;
  /** The line at this place, or how many lines stand above the message there. */
  at(index: number): DayLine | { readonly messageIndex: number };
}

/** @param days in the order of the list */
export function createDayTable(days: readonly { readonly day: string; readonly count: number }[]): DayTable {
  const starts: number[] = [];
  let total = 0;
  for (const { count } of days) {
    starts.push(total);
    total += count + 1;
  }
  return {
    total,
    at(index) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((starts[middle] as number) <= index) low = middle;
        else high = middle - 1;
      }
      const day = days[low];
      if (day !== undefined && starts[low] === index)
        return { kind: 'day', key: `day/${day.day}`, day: day.day, count: day.count };
      return { messageIndex: index - low - 1 };
    },
  };
}

/** "Today", "Yesterday", "Monday 23 November" */
export function describeDay(day: string, now: number, locale?: string): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const at = new Date(year, month - 1, date);
  const today = new Date(now);
  const midnight = new Date(today.getFullYear(), today.getMonth(), today.getDate());
  const daysAgo = Math.round((midnight.getTime() - at.getTime()) / 86_400_000);
  if (daysAgo === 0) return 'Today';
  if (daysAgo === 1) return 'Yesterday';
  const isThisYear = at.getFullYear() === today.getFullYear();
  return at.toLocaleDateString(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(isThisYear ? {} : { year: 'numeric' }),
  });
}
