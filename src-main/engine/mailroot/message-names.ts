/**
 * The names of the messages in a folder, newest first, quick with a hundred thousand files: listed once, kept,
 * and listed again when the system says that the folder changed, or after a few seconds without a word.
 */
import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { QueueId } from '../core/ids';
import { systemCodeOf } from '../core/problem';
import type { ListKind, MessageFiles } from './message-row';

export interface MessageNames {
  /** All, newest first. A folder that is not there has none. */
  all(): Promise<readonly MessageFiles[]>;
  find(id: QueueId): Promise<MessageFiles | undefined>;
  /** Our own change: the next call lists again. */
  forget(): void;
  close(): void;
}

/** The hint is not to be relied on (network shares, full event queues). */
const longestKeptMs = 5000;
/** Listing is at most this part of the time, however fast the folder changes. */
const listingShare = 20;

const patterns: Readonly<Record<ListKind, RegExp>> = {
  drop: /^([0-9a-f]{24})\.eml$/i,
  badmail: /^([0-9a-f]{24})\.bad$/i,
};

interface Listing {
  readonly files: readonly MessageFiles[];
  readonly byId: ReadonlyMap<QueueId, MessageFiles>;
  readonly listedAt: number;
  readonly tookMs: number;
}

export function createMessageNames(options: {
  readonly folder: string;
  readonly kind: ListKind;
}): MessageNames {
  const { folder, kind } = options;
  let listing: Listing | undefined;
  let isStale = true;
  let isForgotten = true;
  let running: Promise<Listing> | undefined;
  let watcher: FSWatcher | undefined;

  function watchFolder(): void {
    if (watcher) return;
    try {
      watcher = watch(folder, { persistent: false }, () => {
        isStale = true;
      });
      watcher.on('error', close);
    } catch {
      // Without hints the age of the listing decides.
    }
  }

  function close(): void {
    watcher?.close();
    watcher = undefined;
    isStale = true;
  }

  async function list(): Promise<Listing> {
    watchFolder();
    isStale = false;
    isForgotten = false;
    const startedAt = performance.now();
    const names = await readdir(folder).catch((error: unknown) => {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      // A watch on a folder that was removed stays silent when it comes back.
      close();
      return [];
    });
    const byId = new Map<QueueId, MessageFiles>();
    for (const name of names) {
      const base = patterns[kind].exec(name)?.[1];
      if (base !== undefined) byId.set(base.toLowerCase(), { folder, kind, base, name });
    }
    const ids = [...byId.keys()].sort().reverse();
    const files = ids.map((id) => byId.get(id) as MessageFiles);
    const listedAt = performance.now();
    return { files, byId, listedAt, tookMs: listedAt - startedAt };
  }

  async function current(): Promise<Listing> {
    if (running && !isForgotten) return running;
    if (listing && !isForgotten) {
      const ageMs = performance.now() - listing.listedAt;
      const isKept = ageMs < (isStale ? listing.tookMs * listingShare : longestKeptMs);
      if (isKept) return listing;
    }
    const round = list();
    running = round;
    try {
      listing = await round;
      return listing;
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
