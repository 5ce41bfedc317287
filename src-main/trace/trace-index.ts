/**
 * The index of the trace: which messages there are, and where their records stand.
 *
 * Owns: the database. It is a cache of the journals: whatever is wrong with it, it is made anew from them.
 * Promises: what was read once is not read again; the newest files come first, so that an answer that is not complete
 *   yet has the newest mail.
 * Trusts: its caller, one at a time.
 */
import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../engine/core/problem';
import type { TraceRecord } from '../engine/core/trace';
import { makeFolderSync } from '../engine/disk/make-folder';
import { readTraceFileName } from '../engine/trace/file-name';
import { openSqlite, type Sqlite } from '../mail-index/sqlite';
import { addToEntry, createEntry, outcomesOf, type TraceEntry } from './entry';
import { compareJournals, type JournalPlace, listJournals } from './journal-files';
import { readRecordAt, readRecords } from './journal-lines';
import { type TraceFilter, whereOf } from './query-sql';
import { rowOf } from './story';

const version = 1;
/** Records of one message that are told; what became of its recipients is known beyond that. */
const mostRecords = 5000;
/** Of their bytes; the largest are left out. */
const mostToldBytes = 24 * 1024 * 1024;
/** Messages in memory between two writes. */
const mostPending = 2000;

const tables = `
  create table file (id integer primary key, server integer not null, name text not null, bytes integer not null,
    unique (server, name));
  create table message (id integer primary key, server integer not null, key text not null, at integer not null,
    sender text not null, recipient text not null, subject text not null, message text not null, client text not null,
    outcomes text not null, about text not null, newest text not null);
  create index message_newest on message (newest);
  create unique index message_key on message (server, key);
  create index message_at on message (at desc, id desc);
  create index message_about on message (about) where about <> '';
  create table detail (id integer primary key, entry text not null, places text not null);
`;

/** [file, offset, length] of each record. */
type Places = number[];

interface Pending {
  id: number | undefined;
  readonly server: number;
  readonly key: string;
  readonly entry: TraceEntry;
  readonly places: Places;
}

export class TraceIndex {
  readonly #root: string;
  #db: Sqlite;
  /** By server and key. */
  readonly #pending = new Map<string, Pending>();

  /** @param path file of the database, or ":memory:" */
  constructor({ root, path }: { readonly root: string; readonly path: string }) {
    this.#root = root;
    makeFolderSync(root, 0o700);
    this.#db = openOrMakeAnew(path);
  }

  close(): void {
    this.#db.close();
  }

  /** Reads what the journals have and the index has not, for about so long. False: there is more. */
  async catchUp(limitMs: number): Promise<boolean> {
    const endAt = performance.now() + limitMs;
    const isLate = (): boolean => performance.now() >= endAt;
    const files = await listJournals(this.#root);
    this.#forgetFiles(files);
    for (const file of files) {
      const known = this.#fileOf(file);
      if (file.bytes < known.bytes) {
        this.#forget(file, known.id);
        return this.catchUp(limitMs);
      }
      let done = known.bytes;
      while (done < file.bytes) {
        const next = await readRecords(
          join(this.#root, String(file.server), file.name),
          done,
          ({ record, offset, length }) => this.#add(file, known.id, { record, offset, length }),
          () => this.#pending.size >= mostPending || isLate(),
        ).catch((error) => {
          this.#pending.clear();
          // Gone meanwhile, or it cannot be read: the others are. All else is wrong with the index.
          if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
        });
        if (next === undefined) break;
        this.#save(file, known.id, next);
        // A line that is being written.
        if (next === done) break;
        done = next;
        if (isLate()) return false;
      }
    }
    return true;
  }

  find(filter: TraceFilter, page: { readonly offset: number; readonly limit: number }) {
    const { sql, values } = whereOf(filter);
    const count = this.#db.prepare(`select count(*) as total from message ${sql}`).get(...values) as {
      total: number;
    };
    const rows = this.#db
      .prepare(
        `select m.server, m.key, d.entry from
          (select id, server, key, at from message ${sql} order by at desc, id desc limit ? offset ?) m
          join detail d on d.id = m.id order by m.at desc, m.id desc`,
      )
      .all(...values, page.limit, page.offset) as { server: number; key: string; entry: string }[];
    return {
      rows: rows.map(({ server, key, entry }) =>
        rowOf(JSON.parse(entry) as TraceEntry, { serverId: server, id: key }),
      ),
      total: count.total,
    };
  }

  /** The records of one message, oldest first; undefined: it is not known. */
  async records(
    server: number,
    key: string,
  ): Promise<{ records: TraceRecord[]; entry: TraceEntry; isCut: boolean } | undefined> {
    const found = this.#db
      .prepare(
        'select d.places, d.entry from message m join detail d on d.id = m.id where m.server = ? and m.key = ?',
      )
      .get(server, key) as { places: string; entry: string } | undefined;
    if (!found) return undefined;
    const all = JSON.parse(found.places) as Places;
    const places = withinBytes(all);
    const records: { record: TraceRecord; name: string; offset: number }[] = [];
    for (const id of new Set(places.filter((_, at) => at % 3 === 0))) {
      const file = this.#db.prepare('select name from file where id = ?').get(id) as
        | { name: string }
        | undefined;
      const handle =
        file && (await open(join(this.#root, String(server), file.name), 'r').catch(() => undefined));
      if (!file || !handle) continue;
      try {
        for (let at = 0; at < places.length; at += 3) {
          if (places[at] !== id) continue;
          const offset = places[at + 1] ?? 0;
          const record = await readRecordAt(handle, { offset, length: places[at + 2] ?? 0 });
          if (record) records.push({ record, name: file.name, offset });
        }
      } finally {
        await handle.close();
      }
    }
    records.sort((one, other) => compareJournals(one.name, other.name) || one.offset - other.offset);
    return {
      records: records.map(({ record }) => record),
      entry: JSON.parse(found.entry) as TraceEntry,
      isCut: all.length >= 3 * mostRecords || places.length < all.length,
    };
  }

  /** Notifications about a message. */
  following(server: number, key: string) {
    const found = this.#db
      .prepare(
        'select m.key, m.at, d.entry from message m join detail d on d.id = m.id where m.about = ? and m.server = ? order by m.at limit 100',
      )
      .all(key, server) as { key: string; at: number; entry: string }[];
    return found.map(({ key: queueId, at, entry }) => ({
      queueId,
      at,
      recipients: Object.keys((JSON.parse(entry) as TraceEntry).recipients),
    }));
  }

  #add(
    file: JournalPlace,
    fileId: number,
    placed: { record: TraceRecord; offset: number; length: number },
  ): void {
    const { record, offset, length } = placed;
    const key = record.kind === 'refused' ? `${file.name}:${offset}` : record.queueId;
    if (typeof key !== 'string') return;
    const pending = this.#pendingOf(file.server, key, record.at);
    pending.places.push(fileId, offset, length);
    // Of a long way its beginning and its end.
    if (pending.places.length > 3 * mostRecords) pending.places.splice(3 * (mostRecords / 2), 3);
    try {
      addToEntry(pending.entry, record);
    } catch {
      // Not one of ours: its place is known, and what it says is nothing.
    }
  }

  #pendingOf(server: number, key: string, at: number): Pending {
    const name = `${server} ${key}`;
    const known = this.#pending.get(name);
    if (known) return known;
    const stored = this.#db
      .prepare(
        'select m.id, d.entry, d.places from message m join detail d on d.id = m.id where m.server = ? and m.key = ?',
      )
      .get(server, key) as { id: number; entry: string; places: string } | undefined;
    const pending: Pending = stored
      ? {
          id: stored.id,
          server,
          key,
          entry: JSON.parse(stored.entry) as TraceEntry,
          places: JSON.parse(stored.places) as Places,
        }
      : { id: undefined, server, key, entry: createEntry(at), places: [] };
    this.#pending.set(name, pending);
    return pending;
  }

  /** Messages and how far the file was read become true together. */
  #save(file: JournalPlace, fileId: number, bytes: number): void {
    const newest = orderOf(file);
    const db = this.#db;
    const put = db.prepare(
      `insert into message (id, server, key, at, sender, recipient, subject, message, client, outcomes, about, newest)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (id) do update set at = excluded.at, sender = excluded.sender, recipient = excluded.recipient,
         subject = excluded.subject, message = excluded.message, client = excluded.client,
         outcomes = excluded.outcomes, about = excluded.about, newest = max(newest, excluded.newest)`,
    );
    const detail = db.prepare('insert or replace into detail (id, entry, places) values (?, ?, ?)');
    db.exec('begin');
    try {
      for (const { id, server, key, entry, places } of this.#pending.values()) {
        const { at, sender, subject, messageId, client, about } = entry;
        const { lastInsertRowid } = put.run(
          id ?? null,
          server,
          key,
          at,
          sender.toLowerCase(),
          Object.keys(entry.recipients).join(' ').toLowerCase(),
          subject.toLowerCase(),
          messageId.toLowerCase(),
          client.toLowerCase(),
          ` ${outcomesOf(entry).join(' ')} `,
          about,
          newest,
        );
        detail.run(id ?? Number(lastInsertRowid), JSON.stringify(entry), JSON.stringify(places));
      }
      db.prepare('update file set bytes = ? where id = ?').run(bytes, fileId);
      db.exec('commit');
    } catch (error) {
      db.exec('rollback');
      throw error;
    } finally {
      this.#pending.clear();
    }
  }

  #fileOf({ server, name }: JournalPlace): { id: number; bytes: number } {
    const find = this.#db.prepare('select id, bytes from file where server = ? and name = ?');
    const known = find.get(server, name) as { id: number; bytes: number } | undefined;
    if (known) return known;
    this.#db.prepare('insert into file (server, name, bytes) values (?, ?, 0)').run(server, name);
    return find.get(server, name) as { id: number; bytes: number };
  }

  #forgetFiles(files: readonly JournalPlace[]): void {
    const there = new Set(files.map(({ server, name }) => `${server} ${name}`));
    const known = this.#db.prepare('select id, server, name from file').all() as (JournalPlace & {
      id: number;
    })[];
    for (const { id, server, name } of known)
      if (!there.has(`${server} ${name}`)) this.#forget({ server, name }, id);
  }

  /** A file is gone: so are the messages whose last record stood in it. */
  #forget(file: JournalPlace, fileId: number): void {
    const newest = orderOf(file);
    this.#db.exec('begin');
    this.#db.prepare('delete from detail where id in (select id from message where newest = ?)').run(newest);
    this.#db.prepare('delete from message where newest = ?').run(newest);
    this.#db.prepare('delete from file where id = ?').run(fileId);
    this.#db.exec('commit');
  }
}

function withinBytes(places: Places): Places {
  const lengths = places.filter((_, at) => at % 3 === 2);
  let sum = lengths.reduce((bytes, length) => bytes + length, 0);
  if (sum <= mostToldBytes) return places;
  let most = Number.POSITIVE_INFINITY;
  for (const length of lengths.sort((one, other) => other - one)) {
    if (sum <= mostToldBytes) break;
    most = length;
    sum -= length;
  }
  return places.filter((_, at) => (places[at - (at % 3) + 2] ?? 0) < most);
}

/** Names a file so that of two of one virtual server the later is the greater. */
function orderOf({ server, name }: JournalPlace): string {
  const { day = '', number = 0 } = readTraceFileName(name) ?? {};
  return `${server} ${day} ${String(number).padStart(6, '0')}`;
}

function openOrMakeAnew(path: string): Sqlite {
  try {
    return openDatabase(path);
  } catch (error) {
    if (path === ':memory:')
      throw new Problem('unavailable', 'The index of the trace cannot be made.', undefined, { cause: error });
    removeIndex(path);
    return openDatabase(path);
  }
}

/** It is made anew by whoever opens it next. */
export function removeIndex(path: string): void {
  for (const ending of ['', '-wal', '-shm']) rmSync(path + ending, { force: true });
}

function openDatabase(path: string): Sqlite {
  const db = openSqlite(path);
  try {
    // A power failure costs the cache at worst.
    db.exec('pragma journal_mode = wal; pragma synchronous = off; pragma cache_size = -8192');
    const found = db.prepare('pragma user_version').get() as { user_version: number };
    if (found.user_version !== version) {
      if (found.user_version !== 0) throw new Error('another version');
      db.exec(`begin; ${tables} pragma user_version = ${version}; commit`);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
