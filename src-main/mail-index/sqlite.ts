/** The database library, typed with what is used of it. */
import Database from 'libsql';

export type Value = string | number | null | Uint8Array;
export interface Statement {
  run(...values: Value[]): { readonly changes: number; readonly lastInsertRowid: number };
  get(...values: Value[]): unknown;
  all(...values: Value[]): unknown[];
}
export interface Sqlite {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

/** Opens or creates; a file that is no database fails at the first statement, not here. */
export function openSqlite(path: string): Sqlite {
  return new Database(path) as unknown as Sqlite;
}
