/**
 * The names of the messages in a folder, newest first, quick with a hundred thousand files: listed once, kept,
 * and listed again when the system says that the folder changed, or after a few seconds without a word. Who has
 * an answer that is no longer true is told, once, when a newer one can be had: whoever changed the folder.
 */
import { type FSWatcher, watch } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../core/problem';
import { breathe, inParts, mapAtOnce, sortSteps } from './at-once';
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

/** Names read in one go. */
const atATime = 1000;

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
  /** Pickup alone: elsewhere the order says where a message is. */
  readonly byId?: ReadonlyMap<string, MessageFiles>;
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

  /** In pieces: there may be half a million of them. */
  async function read(): Promise<MessageFiles[]> {
    const files: MessageFiles[] = [];
    let looked = 0;
    for await (const entry of await opendir(folder, { bufferSize: atATime })) {
      const { name } = entry;
      if (++looked % atATime === 0) await breathe();
      // Names of others are of any form: folders among them are told by what they are.
      if (idOfFile(kind, name) === undefined || (kind === 'pickup' && !entry.isFile())) continue;
      files.push({ folder, kind, base: kind === 'pickup' ? name : name.slice(0, -4), name });
    }
    return files;
  }

  async function newestFirst(files: readonly MessageFiles[]): Promise<readonly MessageFiles[]> {
    const times = new Map<MessageFiles, number>();
    if (kind === 'pickup' && files.length <= mostSortedByTime)
      await mapAtOnce(files, async (each) => {
        const facts = await lstat(join(folder, each.name)).catch(() => undefined);
        times.set(each, facts?.mtimeMs ?? 0);
      });
    const timeOf = (each: MessageFiles): number => times.get(each) ?? 0;
    const sorted = await inParts(
      sortSteps(files, (one, other) => timeOf(other) - timeOf(one) || compareIds(idOf(other), idOf(one))),
    );
    // Two files of one name that differ in capitals are one message.
    return sorted.filter((each, at) => at === 0 || idOf(each) !== idOf(sorted[at - 1] as MessageFiles));
  }

  const idOf = ({ base }: MessageFiles): string => (kind === 'pickup' ? base : base.toLowerCase());

  async function list(): Promise<Listing> {
    watchFolder();
    isStale = false;
    isForgotten = false;
    const startedAt = performance.now();
    const found = await read().catch((error: unknown): MessageFiles[] => {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      // A watch on a folder that was removed stays silent when it comes back.
      close();
      return [];
    });
    const files = await newestFirst(found);
    const byId = kind === 'pickup' ? new Map(files.map((each) => [each.name, each])) : undefined;
    const listedAt = performance.now();
    return { files, ...(byId && { byId }), listedAt, tookMs: listedAt - startedAt };
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
    async find(id) {
      const { files, byId } = await current();
      return byId ? byId.get(id) : search(files, id, idOf);
    },
    forget() {
      isForgotten = true;
    },
    close,
  };
}

const compareIds = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** @param files newest first, so by falling id */
function search(
  files: readonly MessageFiles[],
  id: string,
  idOf: (files: MessageFiles) => string,
): MessageFiles | undefined {
  let low = 0;
  for (let high = files.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (compareIds(idOf(files[middle] as MessageFiles), id) > 0) low = middle + 1;
    else high = middle;
  }
  const found = files[low];
  return found && idOf(found) === id ? found : undefined;
}
