/**
 * The OAuth2 sign-ins of a data folder: one file each in sign-ins/, read once when the store is opened.
 *
 * Owns: <dataFolder>/sign-ins and the files in it that are named by 16 hexadecimal digits (mode 0600).
 * Promises: when a change resolves it is on stable storage, and everybody who asks afterwards sees it; one change
 *   after another. A file that cannot be read is left alone and told of, never removed or overwritten.
 * Trusts: that one process uses the data folder.
 * Fails: Problem 'not-found', 'refused' (too many), 'disk-full' or 'folder-unusable'; then nothing has changed.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Problem, reasonOf, systemCodeOf } from '../engine/core/problem';
import { flushDirectory, removeFile, replaceFile, temporarySuffix } from '../engine/disk/durable';
import { makeFolder } from '../engine/disk/make-folder';
import { formatEntry, parseEntry, type SignInEntry } from './entry-file';

type Listener = (now: readonly SignInEntry[], before: readonly SignInEntry[]) => void;

export interface SignInStore {
  /** By name. */
  list(): readonly SignInEntry[];
  find(id: string): SignInEntry | undefined;
  /** Throws Problem 'not-found'. */
  get(id: string): SignInEntry;
  add(entry: Omit<SignInEntry, 'id'>): Promise<SignInEntry>;
  /** Replaces an entry by what `change` makes of it as it is then; what it throws refuses the change. */
  change(id: string, change: (now: SignInEntry) => SignInEntry): Promise<SignInEntry>;
  /** Removes it unless `refuse` throws, which is asked at the last moment. */
  remove(id: string, refuse: () => void): Promise<void>;
  onChange(listener: Listener): () => void;
}

/** Nobody has more; a loop that makes sign-ins must not fill the disk. */
const maxEntries = 500;
const maxFileBytes = 500_000;
const fileName = /^([0-9a-f]{16})\.json$/;
const leftover = new RegExp(`^[0-9a-f]{16}\\.json\\..*\\${temporarySuffix}$`);

export interface StoreOptions {
  readonly dataFolder: string;
  /** Told of each file that cannot be read. */
  readonly warn: (line: string) => void;
}

/** Reads all sign-ins. Never throws for a damaged one. */
export function openSignInStore({ dataFolder, warn }: StoreOptions): SignInStore {
  const folder = join(dataFolder, 'sign-ins');
  const entries = new Map(readFolder(folder, warn).map((entry) => [entry.id, entry]));
  const listeners = new Set<Listener>();

  let last: Promise<unknown> = Promise.resolve();
  const oneAfterAnother = <T>(run: () => Promise<T>): Promise<T> => {
    const done = last.then(run);
    last = done.catch(() => undefined);
    return done;
  };
  const list = (): readonly SignInEntry[] =>
    [...entries.values()].sort((one, other) => one.name.localeCompare(other.name));
  const put = (apply: () => void): void => {
    const before = list();
    apply();
    const now = list();
    for (const listener of listeners) listener(now, before);
  };
  const get = (id: string): SignInEntry => {
    const entry = entries.get(id);
    if (!entry) throw new Problem('not-found', 'This OAuth2 sign-in does not exist any more.', 'id');
    return entry;
  };
  const refuseTaken = (entry: SignInEntry): void => {
    const other = [...entries.values()].find(
      ({ id, name }) => id !== entry.id && name.toLowerCase() === entry.name.toLowerCase(),
    );
    if (other) throw new Problem('conflict', `There is already a sign-in named "${other.name}".`, 'name');
  };
  const write = async (entry: SignInEntry): Promise<SignInEntry> => {
    refuseTaken(entry);
    await withDiskProblems(folder, async () => {
      await makeFolder(folder, 0o700);
      await replaceFile(join(folder, `${entry.id}.json`), Buffer.from(formatEntry(entry)));
    });
    put(() => entries.set(entry.id, entry));
    return entry;
  };

  return {
    list,
    find: (id) => entries.get(id),
    get,
    add: (entry) =>
      oneAfterAnother(async () => {
        if (entries.size >= maxEntries)
          throw new Problem('refused', `There are ${maxEntries} sign-ins already. Remove some first.`);
        return write({ ...entry, id: randomBytes(8).toString('hex') });
      }),
    change: (id, change) =>
      oneAfterAnother(async () => {
        const now = get(id);
        const next = change(now);
        return next === now ? now : write({ ...next, id });
      }),
    remove: (id, refuse) =>
      oneAfterAnother(async () => {
        get(id);
        refuse();
        await withDiskProblems(folder, async () => {
          await removeFile(join(folder, `${id}.json`));
          await flushDirectory(folder);
        });
        put(() => entries.delete(id));
      }),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function readFolder(folder: string, warn: StoreOptions['warn']): readonly SignInEntry[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') warn(`${folder} cannot be read: ${reasonOf(error)}`);
    return [];
  }
  return names.flatMap((name) => {
    const path = join(folder, name);
    try {
      // What a crash left half-written never was in force.
      if (leftover.test(name)) rmSync(path, { force: true });
      const id = fileName.exec(name)?.[1];
      if (id === undefined) return [];
      if (statSync(path).size > maxFileBytes) throw new Error('the file is too large');
      const entry = parseEntry(readFileSync(path, 'utf8'));
      if (entry.id !== id) throw new Error(`the file is about ${entry.id}`);
      return [entry];
    } catch (error) {
      // The JSON parser quotes what it read, and secrets do not belong into a log, sealed or not.
      const reason = error instanceof SyntaxError ? 'this is not JSON' : firstLine(reasonOf(error));
      warn(`The sign-in in ${path} cannot be read and is left out: ${reason}`);
      return [];
    }
  });
}

const firstLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200);

async function withDiskProblems(folder: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const code = systemCodeOf(error);
    throw new Problem(
      code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'folder-unusable',
      `The sign-in was not saved in ${folder}: ${reasonOf(error)}`,
      undefined,
      { cause: error },
    );
  }
}
