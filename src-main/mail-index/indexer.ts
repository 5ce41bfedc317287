/**
 * Keeps the cache in step with the folders, in the background, newest first.
 *
 * Promises: what a folder lists is what the index gets to have; hints only say when to look. Listing takes at most a
 * twentieth of the time, writing leaves room between two batches, and more of it when the host is busy.
 * Fails: a folder that cannot be listed keeps what is known of it and is tried again; trouble with the database goes
 * to `onTrouble`, and nothing more is done until the database is opened anew.
 */
import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { timeOfQueueId } from '../engine/core/ids';
import { type Listing, listFolder, stampOf } from './folder-names';
import { type MessageFacts, readMessageFile } from './message-file';
import type { IndexedFolder } from './query';
import { folderNumbers } from './query-sql';
import type { Sqlite } from './sqlite';
import { createWriter, type Writer } from './writer';

export interface IndexedServer {
  readonly id: number;
  readonly name: string;
  readonly folders: Readonly<Record<IndexedFolder, string>>;
}

export interface IndexerOptions {
  readonly db: Sqlite;
  readonly onChange: () => void;
  /** Everything that the folders had is in the index. */
  readonly onReady: () => void;
  readonly onTrouble: (error: unknown) => void;
  /** Waits; tests give one that does not. */
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface Indexer {
  configure(servers: readonly IndexedServer[]): void;
  hint(serverId: number, folder: IndexedFolder): void;
  /** How busy the host's thread is, from 0 to 1. */
  setLoad(load: number): void;
  progress(): { readonly isReady: boolean; readonly done: number; readonly total: number };
  close(): void;
}

interface FolderState {
  readonly serverId: number;
  readonly folder: IndexedFolder;
  readonly path: string;
  /** What the index has: name and stamp. */
  readonly known: Map<string, string>;
  listing: Listing;
  /** Waiting to be read: the newest last. */
  pending: string[];
  listAfter: number;
  isHinted: boolean;
  listedAt: number;
  watcher?: FSWatcher;
}

const listingShare = 20;
const shortestListMs = 250;
/** Hints get lost: network shares, full event queues. */
const sweepMs = 60_000;
/** About as long again takes the writing. */
const readingMs = 25;
const mostInBatch = 200;
/** Most mail leaves Queue at once: what is that young is looked at again before it is read. */
const passingMs = 3000;
const folders: readonly IndexedFolder[] = ['drop', 'pickup', 'queue', 'badmail'];

/** A name from the future is somebody's, and no newer than others. */
function isPassing(name: string, nowMs: number): boolean {
  const ageMs = nowMs - timeOfQueueId(name);
  return ageMs >= 0 && ageMs < passingMs;
}

export function createIndexer(options: IndexerOptions): Indexer {
  const { db, onChange } = options;
  const writer: Writer = createWriter(db);
  const states = new Map<string, FolderState>();
  let load = 0;
  let isClosed = false;
  let isReady = false;
  let wake: (() => void) | undefined;
  let isRunning = false;

  const sleep =
    options.sleep ??
    ((ms: number): Promise<void> =>
      new Promise((resolve) => {
        if (ms <= 0) setImmediate(resolve);
        else setTimeout(resolve, ms);
      }));

  function transaction(run: () => void): void {
    db.exec('BEGIN');
    try {
      run();
      db.exec('COMMIT');
    } catch (error) {
      try {
        db.exec('ROLLBACK');
      } catch {
        // A damaged database ends its transactions by itself.
      }
      throw error;
    }
  }

  function openState(serverId: number, folder: IndexedFolder, path: string): FolderState {
    const rows = db
      .prepare('SELECT name, stamp FROM message WHERE server = ? AND folder = ?')
      .all(serverId, folderNumbers[folder]) as { name: string; stamp: string }[];
    const state: FolderState = {
      serverId,
      folder,
      path,
      known: new Map(rows.map(({ name, stamp }) => [name, stamp])),
      listing: new Map(),
      pending: [],
      listAfter: 0,
      isHinted: true,
      listedAt: 0,
    };
    watchFolder(state);
    return state;
  }

  function watchFolder(state: FolderState): void {
    if (state.watcher) return;
    try {
      const watcher = watch(state.path, { persistent: false }, () => noteHint(state));
      watcher.on('error', () => {
        watcher.close();
        delete state.watcher;
      });
      state.watcher = watcher;
    } catch {
      // The sweep sees it later.
    }
  }

  function noteHint(state: FolderState): void {
    if (state.isHinted) return;
    state.isHinted = true;
    wake?.();
  }

  function list(state: FolderState): void {
    const startedAt = performance.now();
    state.isHinted = false;
    watchFolder(state);
    let gone: string[] = [];
    try {
      const listing = listFolder(state.path, state.folder);
      gone = [...state.known.keys()].filter((name) => !listing.has(name));
      const pending: string[] = [];
      const now = Date.now();
      for (const [name, file] of listing) {
        if (state.folder === 'queue' && isPassing(name, now)) {
          state.isHinted = true;
          continue;
        }
        const known = state.known.get(name);
        const stamp = stampOf(state.path, state.folder, file, listing.size);
        if (stamp !== undefined && known !== stamp) pending.push(name);
      }
      state.listing = listing;
      // Names begin with the time.
      state.pending = pending.sort();
    } catch {
      // Not there for now: what is known of it stays.
    }
    for (let at = 0; at < gone.length; at += 500)
      transaction(() => {
        for (const name of gone.slice(at, at + 500)) {
          writer.remove({ ...state, name });
          state.known.delete(name);
        }
      });
    const now = performance.now();
    state.listedAt = now;
    state.listAfter = now + Math.max(shortestListMs, (now - startedAt) * listingShare);
    if (gone.length > 0) onChange();
  }

  const isDue = (state: FolderState, now: number): boolean =>
    now >= state.listAfter && (state.isHinted || now - state.listedAt > sweepMs);

  /** The folder with the newest message; what waits to be sent is soon gone, and first. */
  function nextFolder(): FolderState | undefined {
    let best: FolderState | undefined;
    for (const state of states.values()) {
      const newest = state.pending.at(-1);
      if (newest === undefined) continue;
      if (state.folder === 'pickup') return state;
      if (!best || newest > (best.pending.at(-1) as string)) best = state;
    }
    return best;
  }

  function writeBatch(): void {
    const startedAt = performance.now();
    const batch: { state: FolderState; name: string; stamp: string; facts: MessageFacts }[] = [];
    for (let count = 0; count < mostInBatch && performance.now() - startedAt < readingMs; count++) {
      const state = nextFolder();
      const name = state?.pending.pop();
      if (!state || name === undefined) break;
      const { path, folder, listing } = state;
      const file = listing.get(name) ?? name;
      const stamp = stampOf(path, folder, file, listing.size);
      const facts = stamp === undefined ? undefined : readMessageFile(path, folder, file);
      if (facts && stamp !== undefined) batch.push({ state, name, stamp, facts });
    }
    // The full-text index gathers what is written in the order of numbers, and writes out at each step back.
    batch.sort((one, other) => one.facts.received - other.facts.received);
    transaction(() => {
      for (const { state, name, stamp, facts } of batch) writer.put({ ...state, name }, stamp, facts);
    });
    for (const { state, name, stamp } of batch) state.known.set(name, stamp);
    if (batch.length > 0) onChange();
  }

  /** An idle host gets a little rest between batches, a busy one leaves the index a tenth of the time. */
  const restMs = (tookMs: number): number =>
    load > 0.5 ? tookMs * 9 : load > 0.2 ? tookMs * 2 : tookMs / 10;

  async function run(): Promise<void> {
    while (!isClosed) {
      const startedAt = performance.now();
      const due = [...states.values()].find((state) => isDue(state, startedAt));
      const hasNews = due !== undefined || nextFolder() !== undefined;
      if (due) list(due);
      else if (hasNews) writeBatch();
      if (!hasNews) {
        if (!isReady) {
          isReady = true;
          options.onReady();
        }
        await rest(startedAt);
        continue;
      }
      await sleep(restMs(performance.now() - startedAt));
    }
  }

  /** Until a folder is due; a hint shortens it. */
  async function rest(now: number): Promise<void> {
    const next = Math.min(
      ...[...states.values()].map((state) =>
        state.isHinted ? state.listAfter : Math.max(state.listAfter, state.listedAt + sweepMs),
      ),
      now + sweepMs,
    );
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(10, next - now));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wake = undefined;
  }

  function removeServersBut(ids: readonly number[]): void {
    const rows = db.prepare('SELECT DISTINCT server, folder FROM message').all() as {
      server: number;
      folder: number;
    }[];
    for (const { server, folder } of rows) {
      if (ids.includes(server)) continue;
      const name = folders.find((each) => folderNumbers[each] === folder) as IndexedFolder;
      const names = db
        .prepare('SELECT name FROM message WHERE server = ? AND folder = ?')
        .all(server, folder) as { name: string }[];
      transaction(() => {
        for (const row of names) writer.remove({ serverId: server, folder: name, name: row.name });
      });
    }
  }

  return {
    configure(servers) {
      const wanted = new Map(
        servers.flatMap(({ id, folders: paths }) =>
          folders.map((folder) => [`${id}/${folder}/${paths[folder]}`, { id, folder, path: paths[folder] }]),
        ),
      );
      for (const [key, state] of states) {
        if (wanted.has(key)) continue;
        state.watcher?.close();
        states.delete(key);
      }
      removeServersBut(servers.map(({ id }) => id));
      for (const [key, { id, folder, path }] of wanted)
        if (!states.has(key)) {
          states.set(key, openState(id, folder, join(path)));
          isReady = false;
        }
      wake?.();
      if (isRunning) return;
      isRunning = true;
      run().catch((error: unknown) => {
        if (!isClosed) options.onTrouble(error);
      });
    },
    hint(serverId, folder) {
      for (const state of states.values())
        if (state.serverId === serverId && state.folder === folder) noteHint(state);
    },
    setLoad(value) {
      load = value;
    },
    progress() {
      let done = 0;
      let waiting = 0;
      for (const { known, pending } of states.values()) {
        done += known.size;
        waiting += pending.length;
      }
      // A few that have just come do not make it incomplete.
      return { isReady: isReady && waiting <= mostInBatch, done, total: done + waiting };
    },
    close() {
      isClosed = true;
      for (const { watcher } of states.values()) watcher?.close();
      wake?.();
    },
  };
}
