/**
 * What the worker of the index answers. Owns both database files for as long as it runs.
 *
 * A damaged or foreign cache is deleted and made anew, once in a while; damage that comes back at once, a full disk
 * and the like stop the index with words, and it is tried again by the next start or `rebuild`.
 */
import { Problem, reasonOf } from '../engine/core/problem';
import { createFinder, type DaysInput, type Finder, type FindInput, type SearchInput } from './finder';
import { createIndexer, type IndexedServer, type Indexer } from './indexer';
import { createMarks, type MarkInput, type Marks } from './marks';
import type { IndexedFolder, QueryContext } from './query';
import { type DatabasePaths, deleteCache, isDamage, openDatabase } from './schema';
import type { Sqlite } from './sqlite';

export type IndexNotice = { readonly kind: 'changed' } | { readonly kind: 'warning'; readonly text: string };

export interface IndexStatus {
  readonly state: 'starting' | 'building' | 'ready' | 'failed';
  readonly done: number;
  readonly total: number;
  readonly text?: string;
}

interface Opened {
  readonly db: Sqlite;
  readonly indexer: Indexer;
  readonly finder: Finder;
  readonly marks: Marks;
}

/** Damage again within this time is the disk's, not an accident. */
const damageAgainMs = 60_000;
const sweepMarksMs = 3_600_000;
const noticeMs = 500;

export function createIndexCalls(options: {
  readonly paths: DatabasePaths;
  readonly notify: (notice: IndexNotice) => void;
  readonly now?: () => number;
}) {
  const { paths, notify, now = Date.now } = options;
  let opened: Opened | undefined;
  let failure: string | undefined;
  let servers: readonly IndexedServer[] = [];
  let damagedAt = Number.NEGATIVE_INFINITY;
  let sweptAt = Number.NEGATIVE_INFINITY;
  let isNoticeDue = false;

  function changed(): void {
    opened?.finder.forget();
    if (isNoticeDue) return;
    isNoticeDue = true;
    setTimeout(() => {
      isNoticeDue = false;
      notify({ kind: 'changed' });
    }, noticeMs);
  }

  function open(): Opened {
    const db = openDatabase(paths, (text) => notify({ kind: 'warning', text }), now());
    const marks = createMarks(db);
    const indexer = createIndexer({
      db,
      onChange: changed,
      onReady: () => {
        changed();
        if (now() - sweptAt < sweepMarksMs) return;
        sweptAt = now();
        marks.sweep(now());
      },
      onTrouble: recover,
    });
    return { db, indexer, finder: createFinder(db), marks };
  }

  function close(): void {
    const last = opened;
    opened = undefined;
    last?.indexer.close();
    try {
      last?.db.close();
    } catch {
      // A damaged one need not close.
    }
  }

  function start(): void {
    try {
      opened = open();
      failure = undefined;
      opened.indexer.configure(servers);
    } catch (error) {
      recover(error);
    }
  }

  /** After trouble with the database. */
  function recover(error: unknown): void {
    close();
    const isNew = now() - damagedAt > damageAgainMs;
    if (isDamage(error) && isNew) {
      damagedAt = now();
      deleteCache(paths);
      start();
      return;
    }
    failure = `The index of mail cannot be used: ${reasonOf(error)}. Make sure that ${paths.cache} can be written and the disk is not full, then make the index anew. Mail is not affected.`;
    notify({ kind: 'changed' });
  }

  function use<T>(run: (index: Opened) => T): T {
    if (!opened && failure === undefined && servers.length > 0) start();
    if (!opened)
      throw new Problem('unavailable', failure ?? 'The index of mail is being started. Try again.');
    try {
      return run(opened);
    } catch (error) {
      if (!isDamage(error)) throw error;
      recover(error);
      throw new Problem('unavailable', 'The index of mail was damaged and is being made anew. Try again.');
    }
  }

  const context = (): QueryContext => ({ nowMs: now(), servers });

  return {
    close,
    calls: {
      configure({ servers: wanted }: { servers: readonly IndexedServer[] }): void {
        servers = wanted;
        if (opened) use(({ indexer }) => indexer.configure(servers));
        else if (failure === undefined) start();
      },
      hint({ serverId, folder }: { serverId: number; folder: IndexedFolder }): void {
        opened?.indexer.hint(serverId, folder);
      },
      load({ load }: { load: number }): void {
        opened?.indexer.setLoad(load);
      },
      status(_: object): IndexStatus {
        if (failure !== undefined) return { state: 'failed', done: 0, total: 0, text: failure };
        if (!opened) return { state: 'starting', done: 0, total: 0 };
        const { isReady, done, total } = opened.indexer.progress();
        return { state: isReady ? 'ready' : 'building', done, total };
      },
      find: (input: FindInput) =>
        use(({ finder, indexer }) => ({
          ...finder.find(input, context()),
          isComplete: indexer.progress().isReady,
        })),
      days: (input: DaysInput) => use(({ finder }) => ({ days: finder.days(input, context()) })),
      addresses: (input: SearchInput) => use(({ finder }) => finder.addresses(input, context())),
      mark: (input: MarkInput) =>
        use(({ marks }) => {
          const count = marks.mark(input);
          changed();
          return { count };
        }),
      marksOf: ({ serverId, names }: { serverId: number; names: readonly string[] }) =>
        use(({ marks }) => marks.marksOf(serverId, names)),
      tags: (_: object) => use(({ marks }) => marks.tags()),
      saved: (_: object) => use(({ marks }) => marks.saved()),
      save: (entry: { name: string; query: string }) =>
        use(({ marks }) => {
          marks.save(entry);
          changed();
        }),
      forget: ({ name }: { name: string }) =>
        use(({ marks }) => {
          marks.forget(name);
          changed();
        }),
      rebuild(_: object): void {
        close();
        deleteCache(paths);
        failure = undefined;
        start();
        changed();
      },
    },
  };
}

export type IndexCalls = ReturnType<typeof createIndexCalls>['calls'];
