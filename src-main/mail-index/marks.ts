/**
 * What people noted about messages, and their saved searches. A mark belongs to the message's name on its virtual
 * server, whatever folder it lies in: it is there again when a message was put away and comes back, and it goes along
 * from Queue to Drop. What came in before marks were kept, and nobody marked, counts as read.
 */
import type { MessageAddress, MessageMarks } from '../api/contract';
import { timeInName } from './message-file';
import type { Sqlite } from './sqlite';

export interface MarkInput {
  readonly messages: readonly MessageAddress[];
  readonly isRead?: boolean | undefined;
  readonly isStarred?: boolean | undefined;
  readonly addTags?: readonly string[] | undefined;
  readonly removeTags?: readonly string[] | undefined;
}

export interface Marks {
  mark(input: MarkInput): number;
  /** In the order of `names`. */
  marksOf(serverId: number, names: readonly string[]): MessageMarks[];
  tags(): { name: string; count: number }[];
  saved(): { name: string; query: string }[];
  save(entry: { readonly name: string; readonly query: string }): void;
  forget(name: string): void;
  /** Notes which marked messages are gone from the index, and drops the marks of those that have been for long. */
  sweep(nowMs: number): void;
}

const mostTags = 100;
/** A folder may be away for a while, and what was deleted may come back from a backup. */
const keptWithoutMessageMs = 30 * 86_400_000;

interface MarkRecord {
  readonly is_read: number;
  readonly is_starred: number;
  readonly tags: string;
}

export function createMarks(db: Sqlite): Marks {
  const find = db.prepare('SELECT is_read, is_starred, tags FROM marks.mark WHERE server = ? AND name = ?');
  const put = db.prepare('INSERT OR REPLACE INTO marks.mark VALUES (?, ?, ?, ?, ?, NULL)');
  const remove = db.prepare('DELETE FROM marks.mark WHERE server = ? AND name = ?');

  const { at: since } = db.prepare('SELECT at FROM marks.since').get() as { at: number };
  const received = db.prepare('SELECT min(received) AS at FROM main.message WHERE name = ? AND server = ?');

  /** The index may not have it yet; then its name tells. */
  function isOld(serverId: number, name: string): boolean {
    const { at } = received.get(name, serverId) as { at: number | null };
    return (at ?? timeInName(name) ?? since) < since;
  }

  function read(serverId: number, name: string): MessageMarks {
    const row = find.get(serverId, name) as MarkRecord | undefined;
    if (!row) return { isRead: isOld(serverId, name), isStarred: false, tags: [] };
    return { isRead: row.is_read === 1, isStarred: row.is_starred === 1, tags: tagsIn(row.tags) };
  }

  return {
    mark({ messages, isRead, isStarred, addTags = [], removeTags = [] }) {
      const removed = new Set(removeTags.map((tag) => tag.toLowerCase()));
      db.exec('BEGIN IMMEDIATE');
      try {
        for (const { serverId, folder, id } of messages) {
          const name = nameOf(folder, id);
          const before = read(serverId, name);
          const tags = before.tags.filter((tag) => !removed.has(tag.toLowerCase()));
          for (const tag of addTags) {
            const isThere = tags.some((other) => other.toLowerCase() === tag.toLowerCase());
            if (!isThere && tags.length < mostTags) tags.push(tag);
          }
          const now = { isRead: isRead ?? before.isRead, isStarred: isStarred ?? before.isStarred };
          const isPlain = !now.isStarred && tags.length === 0;
          if (isPlain && now.isRead === isOld(serverId, name)) remove.run(serverId, name);
          else put.run(serverId, name, now.isRead ? 1 : 0, now.isStarred ? 1 : 0, JSON.stringify(tags));
        }
        db.exec('COMMIT');
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
      return messages.length;
    },
    marksOf: (serverId, names) => names.map((name) => read(serverId, name)),
    tags: () =>
      (
        db
          .prepare(
            `SELECT min(t.value) AS name, count(*) AS count FROM marks.mark k, json_each(k.tags) t
             WHERE k.gone_at IS NULL GROUP BY lower(t.value) ORDER BY count(*) DESC, name LIMIT 1000`,
          )
          .all() as { name: string; count: number }[]
      ).map(({ name, count }) => ({ name, count })),
    saved: () =>
      (
        db.prepare('SELECT name, query FROM marks.saved ORDER BY name COLLATE NOCASE LIMIT 1000').all() as {
          name: string;
          query: string;
        }[]
      ).map(({ name, query }) => ({ name, query })),
    save: ({ name, query }) =>
      void db.prepare('INSERT OR REPLACE INTO marks.saved VALUES (?, ?)').run(name, query),
    forget: (name) => void db.prepare('DELETE FROM marks.saved WHERE name = ?').run(name),
    sweep(nowMs) {
      const isThere = 'EXISTS (SELECT 1 FROM main.message m WHERE m.name = k.name AND m.server = k.server)';
      db.prepare(`UPDATE marks.mark AS k SET gone_at = ? WHERE gone_at IS NULL AND NOT ${isThere}`).run(
        nowMs,
      );
      db.prepare(`UPDATE marks.mark AS k SET gone_at = NULL WHERE gone_at IS NOT NULL AND ${isThere}`).run();
      db.prepare('DELETE FROM marks.mark WHERE gone_at < ?').run(nowMs - keptWithoutMessageMs);
    },
  };
}

/** Names of messages do not differ in case; those of Pickup files do on some systems. */
const nameOf = (folder: MessageAddress['folder'], id: string): string =>
  folder === 'pickup' ? id : id.toLowerCase();

function tagsIn(text: string): string[] {
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value.filter((tag) => typeof tag === 'string') : [];
}
