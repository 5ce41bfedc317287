/**
 * Messages that somebody deleted, kept for an hour: in ".deleted" within their folder, so on the same volume. Each call
 * has a folder of its own there, named by its time as queue ids are, with the files under their own names.
 *
 * Promises: a message moves by rename, so that it is always in one of the two places. Of a message in Badmail the
 *   message itself is put away first and comes back last: the reason files without it are nobody's mail. What `kill -9`
 *   leaves half is made whole by the next restore, or goes with the sweep.
 * Trusts: nothing below ".deleted" that is no such folder; a link in its place is refused.
 * Fails: with the system's error, or Problem 'folder-unusable'. What was moved by then stays moved.
 */
import { randomInt } from 'node:crypto';
import { link, lstat, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createQueueIdGenerator, isQueueId, timeOfQueueId } from '../core/ids';
import { Problem, systemCodeOf } from '../core/problem';
import { flushDirectory, removeFile, renameFile } from '../disk/durable';
import { makeFolder } from '../disk/make-folder';
import { mapAtOnce } from './at-once';
import { idOfFile } from './message-names';
import type { ListKind } from './message-row';

/** Scanners pass over it: it begins with a dot, and is no file. */
const deletedFolderName = '.deleted';
/** So long a deletion can be undone. */
const keptMs = 3_600_000;

/** Files that belong to a message in Badmail; the original wrote capitals, and others may not have. */
const companionEndings = ['.BDP', '.BDR', '.bdp', '.bdr'] as const;

export interface DeletedMessages {
  /** Puts messages away, named by their files. Answers how many were there. */
  putAway(names: readonly string[]): Promise<number>;
  /** Brings back what was put away within the hour. Answers how many; one whose name is taken again stays there. */
  restore(ids: readonly string[]): Promise<number>;
  /** What `restore` could bring back. */
  ids(): Promise<ReadonlySet<string>>;
  /** Removes for good what was deleted longer ago than an hour. */
  sweep(now: number): Promise<void>;
}

export function createDeletedMessages(options: {
  readonly folder: string;
  readonly kind: ListKind;
  readonly now?: () => number;
}): DeletedMessages {
  const { folder, kind } = options;
  const home = join(folder, deletedFolderName);
  const now = options.now ?? Date.now;
  const createId = createQueueIdGenerator(now, randomInt(2 ** 32));
  let turn: Promise<unknown> = Promise.resolve();

  /** Oldest first. */
  async function batches(): Promise<string[]> {
    const facts = await lstat(home).catch(asMissing);
    if (!facts) return [];
    if (!facts.isDirectory()) throw notOurs(home);
    return (await readdir(home)).filter(isQueueId).sort();
  }

  /** Not those that are about to be emptied, or were by half. */
  const kept = async (): Promise<string[]> => (await batches()).filter((batch) => !isOver(batch, now()));

  async function companionsIn(place: string, name: string): Promise<string[]> {
    if (kind !== 'badmail') return [];
    const base = name.slice(0, -4);
    const found = await Promise.all(
      companionEndings.map((ending) => lstat(join(place, base + ending)).catch(asMissing)),
    );
    return companionEndings.filter((_, at) => found[at] !== undefined).map((ending) => base + ending);
  }

  async function bringBack(batch: string, name: string): Promise<boolean> {
    const target = join(folder, name);
    if (await lstat(target).catch(asMissing)) return false;
    for (const companion of await companionsIn(batch, name))
      await moveIfThere(join(batch, companion), join(folder, companion));
    return kind === 'pickup'
      ? moveUnlessThere(join(batch, name), target)
      : moveIfThere(join(batch, name), target);
  }

  async function bringAllBack(ids: readonly string[]): Promise<number> {
    const wanted = new Set(ids);
    let count = 0;
    // Newest first: of a Pickup file that was there twice the later one.
    for (const batch of (await kept()).reverse()) {
      if (wanted.size === 0) break;
      const place = join(home, batch);
      const found = (await messagesIn(place)).filter((name) => wanted.has(idOfFile(kind, name) as string));
      const results = await mapAtOnce(found, async (name) => {
        const isBack = await bringBack(place, name);
        if (isBack) wanted.delete(idOfFile(kind, name) as string);
        return isBack;
      });
      count += results.filter(Boolean).length;
      if (found.length === 0) continue;
      await flushDirectory(folder);
      await rmdir(place).catch(() => undefined);
    }
    return count;
  }

  async function messagesIn(place: string): Promise<string[]> {
    const names = (await readdir(place).catch(asMissing)) ?? [];
    return names.filter((name) => idOfFile(kind, name) !== undefined);
  }

  async function empty(place: string): Promise<void> {
    for (const name of await messagesIn(place)) {
      if (await lstat(join(folder, name)).catch(asMissing)) continue;
      // Left in the folder when a deletion or its undoing was cut short.
      for (const companion of await companionsIn(folder, name)) await removeFile(join(folder, companion));
    }
    await rm(place, { recursive: true, force: true });
  }

  /** Nothing comes back out of a folder that is being emptied. */
  function inTurn<T>(run: () => Promise<T>): Promise<T> {
    const mine = turn.then(run);
    turn = mine.catch(() => undefined);
    return mine;
  }

  return {
    async putAway(names) {
      if (names.length === 0) return 0;
      const batch = join(home, createId());
      await makeFolder(home, 0o700);
      if (!(await lstat(home)).isDirectory()) throw notOurs(home);
      await makeFolder(batch, 0o700);
      await flushDirectory(home);
      try {
        const moved = await mapAtOnce(names, async (name) => {
          const isThere = await moveIfThere(join(folder, name), join(batch, name));
          // Of one that somebody removed meanwhile nothing shall stay either.
          for (const companion of await companionsIn(folder, name))
            await moveIfThere(join(folder, companion), join(batch, companion));
          return isThere;
        });
        return moved.filter(Boolean).length;
      } finally {
        await rmdir(batch).catch(() => flushDirectory(batch));
        await flushDirectory(folder);
      }
    },

    restore: (ids) => inTurn(() => bringAllBack(ids)),

    async ids() {
      const ids = new Set<string>();
      for (const batch of await kept())
        for (const name of await messagesIn(join(home, batch))) ids.add(idOfFile(kind, name) as string);
      return ids;
    },

    async sweep(at) {
      for (const batch of await batches()) {
        if (isOver(batch, at)) await inTurn(() => empty(join(home, batch)));
      }
    },
  };
}

/** A time to come is of a clock that was wrong: nobody waits for that to be over. */
const isOver = (batch: string, now: number): boolean => Math.abs(now - timeOfQueueId(batch)) >= keptMs;

function notOurs(path: string): Problem {
  return new Problem(
    'folder-unusable',
    `${path} is no folder of Mailroot's. Move it away; deleted messages are kept there for an hour.`,
  );
}

function asMissing(error: unknown): undefined {
  const code = systemCodeOf(error);
  if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
}

/** Answers false when there is nothing to move. */
async function moveIfThere(from: string, to: string): Promise<boolean> {
  try {
    await renameFile(from, to);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Never over a file that a program has written under the same name this very moment. */
async function moveUnlessThere(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    // File systems without hard links; the name was free a moment ago.
    await rename(from, to);
    return true;
  }
  await removeFile(from);
  return true;
}
