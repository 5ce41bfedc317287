/**
 * The names of the messages in a folder, newest first, quick with a hundred thousand files: listed once, kept,
 * and listed again when the system says that the folder changed, or after a few seconds without a word. Who has
 * an answer that is no longer true is told, once, when a newer one can be had: whoever changed the folder.
 */
import { type FSWatcher, watch } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../core/problem';
import { mapAtOnce } from './at-once';
import type { ListKind, MessageFiles } from './message-row';

export interface MessageNames {
  /** All, newest first. A folder that is not there has none. */
  all(): Promise<readonly MessageFiles[]>;
  find(id: string): Promise<MessageFiles | undefined>;
  /** Our own change: the next call lists again. */
  forget(): void;
  close(): void;
}

/** The hint is not to be relied on (network shares, full event queues). */
const longestKeptMs = 5000;
/** Listing is at most this part of the time, however fast the folder changes. */
const listingShare = 20;

const patterns: Readonly<Record<Exclude<ListKind, 'pickup'>, RegExp>> = {
  drop: /^([0-9a-f]{24})\.eml$/i,
  badmail: /^([0-9a-f]{24})\.bad$/i,
};
/** A Pickup folder with more files than this is sorted by their names: their times would have to be asked for. */
const mostSortedByTime = 2000;

/** Id of the message that a file is; undefined for a file that is none. In Pickup it is the file's own name. */
export function idOfFile(kind: ListKind, name: string): string | undefined {
  if (kind !== 'pickup') return patterns[kind].exec(name)?.[1]?.toLowerCase();
  return name.startsWith('.') || /[\\/\u0000-\u001f\u007f]/.test(name) ? undefined : name;
}

interface Listing {
  readonly files: readonly MessageFiles[];
  readonly byId: ReadonlyMap<string, MessageFiles>;
  readonly listedAt: number;
  readonly tookMs: number;
}

export function createMessageNames(options: {
  readonly folder: string;
  readonly kind: ListKind;
  readonly onOutdated: () => void;
}): MessageNames {
  const { folder, kind, onOutdated } = options;
  let listing: Listing | undefined;
  let isStale = true;
  let isForgotten = true;
  let running: Promise<Listing> | undefined;
  let watcher: FSWatcher | undefined;
  /** An answer is out there, and nobody was told yet that it is old. */
  let isOwed = false;
  let telling: NodeJS.Timeout | undefined;

  /** How long the listing at hand is kept although the folder has changed. */
  const keptMs = ({ tookMs }: Listing): number => tookMs * listingShare;

  function tellOnce(): void {
    if (!isOwed || telling) return;
    const ageMs = listing ? performance.now() - listing.listedAt : 0;
    telling = setTimeout(
      () => {
        telling = undefined;
        if (!isOwed) return;
        isOwed = false;
        onOutdated();
      },
      listing ? Math.max(0, keptMs(listing) - ageMs) : 0,
    );
    telling.unref();
  }

  function answer(given: Listing): Listing {
    isOwed = true;
    if (isStale) tellOnce();
    return given;
  }

  function watchFolder(): void {
    if (watcher) return;
    try {
      watcher = watch(folder, { persistent: false }, () => {
        isStale = true;
        tellOnce();
      });
      watcher.on('error', close);
    } catch {
      // Without hints the age of the listing decides.
    }
  }

  function close(): void {
    clearTimeout(telling);
    telling = undefined;
    watcher?.close();
    watcher = undefined;
    isStale = true;
  }

  async function namesIn(): Promise<string[]> {
    if (kind !== 'pickup') return readdir(folder);
    // Names of others are of any form: folders among them are told by what they are.
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  }

  async function newestFirst(ids: string[]): Promise<readonly string[]> {
    if (kind !== 'pickup' || ids.length > mostSortedByTime) return ids.sort().reverse();
    const times = new Map<string, number>();
    await mapAtOnce(ids, async (id) => {
      const facts = await lstat(join(folder, id)).catch(() => undefined);
      times.set(id, facts?.mtimeMs ?? 0);
    });
    return ids.sort((one, other) => (times.get(other) as number) - (times.get(one) as number));
  }

  async function list(): Promise<Listing> {
    watchFolder();
    isStale = false;
    isForgotten = false;
    const startedAt = performance.now();
    const names = await namesIn().catch((error: unknown) => {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      // A watch on a folder that was removed stays silent when it comes back.
      close();
      return [];
    });
    const byId = new Map<string, MessageFiles>();
    for (const name of names) {
      const id = idOfFile(kind, name);
      const base = kind === 'pickup' ? name : name.slice(0, -4);
      if (id !== undefined) byId.set(id, { folder, kind, base, name });
    }
    const ids = await newestFirst([...byId.keys()]);
    const files = ids.map((id) => byId.get(id) as MessageFiles);
    const listedAt = performance.now();
    return { files, byId, listedAt, tookMs: listedAt - startedAt };
  }

  async function current(): Promise<Listing> {
    if (running && !isForgotten) return answer(await running);
    if (listing && !isForgotten) {
      const ageMs = performance.now() - listing.listedAt;
      const isKept = ageMs < (isStale ? keptMs(listing) : longestKeptMs);
      if (isKept) return answer(listing);
    }
    const round = list();
    running = round;
    try {
      listing = await round;
      return answer(listing);
    } finally {
      if (running === round) running = undefined;
    }
  }

  return {
    all: async () => (await current()).files,
    find: async (id) => (await current()).byId.get(id),
    forget() {
      isForgotten = true;
    },
    close,
  };
}
