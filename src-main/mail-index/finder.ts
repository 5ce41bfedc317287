/** Answers searches from the cache. */
import type { FoundRow, MessageAddress } from '../api/contract';
import { knownCause } from './message-file';
import { type IndexedFolder, type QueryContext, type QueryFault, readQuery, type Term } from './query';
import { compileQuery, folderNumbers, isReadSql } from './query-sql';
import type { Sqlite, Value } from './sqlite';
import { snippetOf } from './words';
import { idsOfMillisecond } from './writer';

export interface SearchInput {
  readonly query: string;
  readonly serverId?: number | undefined;
  readonly folders?: readonly IndexedFolder[] | undefined;
  readonly sort?:
    | {
        readonly column: 'receivedAt' | 'from' | 'to' | 'subject' | 'size';
        readonly isDescending: boolean;
      }
    | undefined;
  readonly group: 'none' | 'conversation';
}
export type FindInput = SearchInput & { readonly offset: number; readonly limit: number };

/** `offsetMinutes`: what is added to UTC for the reader's days. */
export type DaysInput = SearchInput & { readonly offsetMinutes: number };

export interface Found {
  readonly rows: readonly FoundRow[];
  readonly total: number;
  readonly faults: readonly QueryFault[];
}

export interface Finder {
  find(input: FindInput, context: QueryContext): Found;
  /** Days as "2026-11-24", the newest first. */
  days(input: DaysInput, context: QueryContext): { readonly day: string; readonly count: number }[];
  addresses(
    input: SearchInput,
    context: QueryContext,
  ): { readonly addresses: MessageAddress[]; readonly total: number };
  /** Messages or marks have changed: what was counted is no longer true. */
  forget(): void;
}

const mostAddresses = 10_000;
const mostDays = 10_000;
const dayMs = 86_400_000;
const mostCounts = 100;
const folderOfNumber = Object.fromEntries(
  Object.entries(folderNumbers).map(([name, number]) => [number, name]),
) as Readonly<Record<number, IndexedFolder>>;

const sortColumns = {
  receivedAt: 'm.id',
  from: 'm.from_text COLLATE NOCASE',
  to: 'm.recipients COLLATE NOCASE',
  subject: 'm.subject COLLATE NOCASE',
  size: 'm.size',
} as const;

interface MessageRecord {
  readonly id: number;
  readonly server: number;
  readonly folder: number;
  readonly name: string;
  readonly received: number;
  readonly size: number;
  readonly from_text: string;
  readonly subject: string;
  readonly sender: string;
  readonly recipients: string;
  readonly has_attachments: number;
  readonly cause: string | null;
  readonly reason: string | null;
  readonly conversation: number;
  readonly preview: string;
  readonly is_read: number | null;
  readonly is_starred: number | null;
  readonly tags: string | null;
}

interface Selection {
  /** Answers `id` and, of a conversation, `count`. */
  readonly page: string;
  readonly count: string;
  readonly values: readonly Value[];
}

function selectionOf(terms: readonly Term[], input: SearchInput): Selection {
  const { match, where, values, needsMarks } = compileQuery(terms, input);
  const { column, isDescending } = input.sort ?? { column: 'receivedAt', isDescending: true };
  const direction = isDescending ? 'DESC' : 'ASC';
  const isGrouped = input.group === 'conversation';
  const all = [...(match === undefined ? [] : [match]), ...values];
  if (match !== undefined && where.length === 0 && column === 'receivedAt' && !isGrouped) {
    // The full-text index alone: its numbers are in the order of receipt.
    const from = 'FROM words WHERE words MATCH ?';
    return {
      page: `SELECT rowid AS id ${from} ORDER BY rowid ${direction}`,
      count: `SELECT count(*) AS n ${from}`,
      values: all,
    };
  }
  const conditions = [...(match === undefined ? [] : ['words MATCH ?']), ...where];
  const from = [
    match === undefined ? 'FROM message m' : 'FROM words CROSS JOIN message m ON m.id = words.rowid',
    needsMarks ? 'LEFT JOIN marks.mark k ON k.server = m.server AND k.name = m.name' : '',
    conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '',
  ].join(' ');
  const order = `ORDER BY ${sortColumns[column]} ${direction}, m.id ${direction}`;
  if (!isGrouped)
    return { page: `SELECT m.id AS id ${from} ${order}`, count: `SELECT count(*) AS n ${from}`, values: all };
  const groups = `SELECT max(m.id) AS newest, count(*) AS count ${from} GROUP BY m.conversation`;
  return {
    page: `SELECT m.id AS id, g.count AS count FROM (${groups}) g CROSS JOIN message m ON m.id = g.newest ${order}`,
    count: `SELECT count(*) AS n FROM (${groups})`,
    values: all,
  };
}

export function createFinder(db: Sqlite): Finder {
  const counts = new Map<string, number>();
  const record = db.prepare(
    `SELECT m.*, d.preview, ${isReadSql} AS is_read, k.is_starred, k.tags FROM message m JOIN detail d ON d.id = m.id
     LEFT JOIN marks.mark k ON k.server = m.server AND k.name = m.name WHERE m.id = ?`,
  );

  /** People page back and forth in one search. */
  function count({ count: sql, values }: Selection): number {
    const key = JSON.stringify([sql, values]);
    let known = counts.get(key);
    if (known === undefined) {
      known = (db.prepare(sql).get(...values) as { n: number }).n;
      if (counts.size >= mostCounts) counts.clear();
      counts.set(key, known);
    }
    return known;
  }

  function page(selection: Selection, limit: number, offset: number): { id: number; count?: number }[] {
    return db.prepare(`${selection.page} LIMIT ? OFFSET ?`).all(...selection.values, limit, offset) as {
      id: number;
      count?: number;
    }[];
  }

  return {
    find(input, context) {
      const { terms, faults } = readQuery(input.query, context);
      const selection = selectionOf(terms, input);
      const words = terms.flatMap((term) =>
        term.kind === 'text' && term.field === 'any' && !term.isExcluded ? [term.text] : [],
      );
      const rows = page(selection, input.limit, input.offset).flatMap((found): FoundRow[] => {
        const row = record.get(found.id) as MessageRecord | undefined;
        return row ? [toRow(row, words, found.count)] : [];
      });
      return { rows, total: count(selection), faults };
    },
    days(input, context) {
      const { page: found, values } = selectionOf(readQuery(input.query, context).terms, {
        ...input,
        sort: undefined,
      });
      const day = `(f.id / ${idsOfMillisecond} + ${input.offsetMinutes * 60_000}) / ${dayMs}`;
      const rows = db
        .prepare(
          `SELECT ${day} AS day, count(*) AS count FROM (${found}) f GROUP BY day ORDER BY day DESC LIMIT ${mostDays}`,
        )
        .all(...values) as { day: number; count: number }[];
      return rows.map((row) => ({
        day: new Date(row.day * dayMs).toISOString().slice(0, 10),
        count: row.count,
      }));
    },
    addresses(input, context) {
      const { terms, faults } = readQuery(input.query, context);
      // Acting on everything because a word was not understood would act on too much.
      if (faults.length > 0) return { addresses: [], total: 0 };
      const selection = selectionOf(terms, { ...input, group: 'none' });
      const found = db
        .prepare(
          `SELECT m.server, m.folder, m.name FROM (${selection.page} LIMIT ?) f CROSS JOIN message m ON m.id = f.id`,
        )
        .all(...selection.values, mostAddresses) as Pick<MessageRecord, 'server' | 'folder' | 'name'>[];
      return {
        addresses: found.map(({ server, folder, name }) => ({
          serverId: server,
          folder: folderOfNumber[folder] as IndexedFolder,
          id: name,
        })),
        total: count(selection),
      };
    },
    forget: () => counts.clear(),
  };
}

function toRow(row: MessageRecord, words: readonly string[], groupCount: number | undefined): FoundRow {
  const snippet = snippetOf(row.preview, words);
  const cause = knownCause(row.cause);
  return {
    id: row.name,
    serverId: row.server,
    folder: folderOfNumber[row.folder] as IndexedFolder,
    receivedAt: row.received,
    sizeBytes: row.size,
    from: row.from_text,
    subject: row.subject,
    sender: row.sender,
    recipients: JSON.parse(row.recipients) as string[],
    hasAttachments: row.has_attachments === 1,
    ...(cause === undefined ? {} : { cause }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    marks: {
      isRead: row.is_read === 1,
      isStarred: row.is_starred === 1,
      tags: JSON.parse(row.tags ?? '[]') as string[],
    },
    ...(snippet === undefined ? {} : { snippet }),
    conversation: row.conversation.toString(36),
    ...(groupCount === undefined ? {} : { groupCount }),
  };
}
