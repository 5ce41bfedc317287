/**
 * The two database files: `Cache/mail.db`, which is made anew when anything is wrong with it, and `Marks/marks.db`,
 * which people made and nothing deletes.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { openSqlite, type Sqlite } from './sqlite';

/** Another number: an index of before is made anew. */
const cacheVersion = 2;
const marksVersion = 1;

const cacheTables = `
CREATE TABLE message (
  id INTEGER PRIMARY KEY, server INTEGER NOT NULL, folder INTEGER NOT NULL, name TEXT NOT NULL, stamp TEXT NOT NULL,
  received INTEGER NOT NULL, size INTEGER NOT NULL, from_text TEXT NOT NULL, subject TEXT NOT NULL,
  sender TEXT NOT NULL, recipients TEXT NOT NULL, has_attachments INTEGER NOT NULL, cause TEXT, reason TEXT,
  conversation INTEGER NOT NULL
);
CREATE UNIQUE INDEX message_place ON message (server, folder, name);
CREATE INDEX message_name ON message (name);
CREATE INDEX message_conversation ON message (conversation);
CREATE TABLE detail (id INTEGER PRIMARY KEY, preview TEXT NOT NULL);
CREATE TABLE thread (key INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, at INTEGER NOT NULL);
CREATE INDEX thread_conversation ON thread (conversation);
CREATE VIRTUAL TABLE words USING fts5 (
  from_text, to_text, subject, body, files, ids, fields, place,
  content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
PRAGMA user_version = ${cacheVersion};
`;

const marksTables = `
CREATE TABLE marks.mark (
  server INTEGER NOT NULL, name TEXT NOT NULL, is_read INTEGER NOT NULL, is_starred INTEGER NOT NULL,
  tags TEXT NOT NULL, gone_at INTEGER, PRIMARY KEY (server, name)
) WITHOUT ROWID;
CREATE TABLE marks.saved (name TEXT PRIMARY KEY, query TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE marks.since (at INTEGER NOT NULL);
PRAGMA marks.user_version = ${marksVersion};
`;

export interface DatabasePaths {
  readonly cache: string;
  readonly marks: string;
}

const filesOf = (path: string): string[] => [path, `${path}-wal`, `${path}-shm`];

export function deleteCache({ cache }: DatabasePaths): void {
  for (const path of filesOf(cache)) rmSync(path, { force: true });
}

/**
 * Opens both, each made when it is not there. Damaged marks are laid aside, and `warn` is told. New marks begin at
 * `nowMs`: mail of before counts as read.
 */
export function openDatabase(paths: DatabasePaths, warn: (text: string) => void, nowMs: number): Sqlite {
  for (const path of [paths.cache, paths.marks]) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const db = openCache(paths);
  try {
    attachMarks(db, paths.marks, warn, nowMs);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function openCache(paths: DatabasePaths): Sqlite {
  if (existsSync(paths.cache)) {
    let db: Sqlite | undefined;
    try {
      db = openSqlite(paths.cache);
      configure(db);
      if (versionOf(db, 'main') === cacheVersion) {
        // Damage in the middle shows at its use; the worker then comes here again.
        db.prepare('SELECT count(*) AS n FROM (SELECT 1 FROM message LIMIT 1)').get();
        return db;
      }
      db.close();
    } catch {
      db?.close();
    }
    deleteCache(paths);
  }
  const db = openSqlite(paths.cache);
  configure(db);
  db.exec(`BEGIN; ${cacheTables} COMMIT`);
  return db;
}

function configure(db: Sqlite): void {
  db.exec('PRAGMA journal_mode = WAL');
  // Less than FULL: it is a cache. With OFF a power failure could leave what looks whole and is not.
  db.exec('PRAGMA synchronous = NORMAL');
  db.exec('PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 16777216');
  db.exec('PRAGMA wal_autocheckpoint = 2000');
}

function versionOf(db: Sqlite, schema: 'main' | 'marks'): number {
  return Number((db.prepare(`PRAGMA ${schema}.user_version`).get() as { user_version: number }).user_version);
}

function attachMarks(db: Sqlite, path: string, warn: (text: string) => void, nowMs: number): void {
  try {
    attach(db, path, nowMs);
  } catch (error) {
    detach(db);
    if (!isDamage(error)) throw error;
    const aside = `${path}.damaged-${Date.now()}`;
    for (const file of filesOf(path)) if (existsSync(file)) renameSync(file, file.replace(path, aside));
    warn(
      `Read marks, stars, tags and saved searches could not be read and begin anew. The damaged file is ${aside}; put a copy from a backup in the place of ${path} to have them back.`,
    );
    attach(db, path, nowMs);
  }
}

function attach(db: Sqlite, path: string, nowMs: number): void {
  db.exec(`ATTACH '${path.replaceAll("'", "''")}' AS marks`);
  db.exec('PRAGMA marks.journal_mode = WAL');
  db.exec('PRAGMA marks.synchronous = FULL');
  if (versionOf(db, 'marks') === 0)
    db.exec(`BEGIN; ${marksTables} INSERT INTO marks.since VALUES (${Math.floor(nowMs)}); COMMIT`);
  // Marks made before their beginning was noted: all mail is new, as it was then.
  db.exec('CREATE TABLE IF NOT EXISTS marks.since (at INTEGER NOT NULL)');
  db.exec('INSERT INTO marks.since SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM marks.since)');
  db.prepare('SELECT count(*) AS n FROM marks.mark').get();
  db.prepare('SELECT count(*) AS n FROM marks.saved').get();
}

function detach(db: Sqlite): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    // No transaction was open.
  }
  try {
    db.exec('DETACH marks');
  } catch {
    // It never was.
  }
}

/** The file is not, or no longer, a database. */
export function isDamage(error: unknown): boolean {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  return /^SQLITE_(?:CORRUPT|NOTADB)/.test(code) || /malformed|not a database/i.test(String(error));
}
