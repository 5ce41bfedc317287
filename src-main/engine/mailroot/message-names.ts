/**
 * The names of the messages in a folder, newest first, quick with a hundred thousand files: listed once, kept,
 * and listed again when the system says that the folder changed, or after a few seconds without a word. Who has
 * an answer that is no longer true is told, once, when a newer one can be had: whoever changed the folder.
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
