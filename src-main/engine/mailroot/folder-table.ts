/**
 * A table of all messages in Drop or Badmail: size, age and cause of each, in a few tens of bytes. Retention and the
 * groups of Badmail work on it.
 *
 * Promises: made on first use; later a refresh reads what is new and forgets what is gone. Half a million files do not
 *   hold up this thread: the folder is read and compared in pieces, with few files open at a time.
 * Trusts: that a message does not change once it has its name. Fails: what cannot be looked at is left out, and looked
 *   at again by the next refresh; a folder that is not there is empty.
 */
import { close, type Dir, fstat, open, read, type Stats } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BadmailCause, badmailCauses } from '../core/event';
import { systemCodeOf } from '../core/problem';
import { breathe, inParts, mapAtOnce } from './at-once';
import { parseForeignReason } from './badmail-reason';
import { idOfFile } from './message-names';
import { type ListKind, type MessageFiles, readBeside, readProperties, timeInName } from './message-row';

export type TableCause = BadmailCause | 'unknown';
const causes: readonly TableCause[] = ['unknown', ...badmailCauses];

/** Columns of equal length; a slot with a time that is no number is free. A copy: the table goes on without it. */
export interface FolderColumns {
  /** Name of the message's file. */
  readonly names: readonly (string | undefined)[];
  /** Since when it lies there: the later of the time in its name and the time of the file. */
  readonly at: Float64Array;
  readonly sizeBytes: Float64Array;
  readonly length: number;
}

export interface CauseTotals {
  readonly cause: TableCause;
  readonly count: number;
  readonly sizeBytes: number;
  readonly oldestAt: number;
  readonly newestAt: number;
}

export interface FolderTable {
  /** Brings the table in line with the folder. Calls that come meanwhile share one further round. */
  refresh(): Promise<void>;
  /** Refreshes where that was not done for a few seconds; does not wait. */
  refreshSoon(): void;
  columns(): FolderColumns;
  has(name: string): boolean;
  /** What was removed, so that it need not be found out. */
  forget(name: string): void;
  count(): number;
  /** The largest first. */
  totals(): readonly CauseTotals[];
  /** Those of one cause, in the order given. */
  ofCause(files: readonly MessageFiles[], cause: TableCause): Promise<readonly MessageFiles[]>;
  close(): void;
}

const startSlots = 1024;
/** Names looked at in one go. */
const atATime = 1000;
const readsAtOnce = 4;
const refreshGapMs = 3000;
/** Who looks at the causes while they are counted sees them grow. */
const tellGapMs = 1000;

export function createFolderTable(options: {
  readonly folder: string;
  readonly kind: ListKind;
  /** The totals are not what they were. */
  readonly onOutdated: () => void;
}): FolderTable {
  const { folder, kind } = options;
  const slots = new Map<string, number>();
  let names: (string | undefined)[] = [];
  let free: number[] = [];
  let at = new Float64Array(startSlots).fill(Number.NaN);
  let sizeBytes = new Float64Array(startSlots);
  let cause = new Uint8Array(startSlots);
  /** Number of the round in which the file was last there. */
  let seen = new Uint32Array(startSlots);
  let used = 0;
  let round = 0;
  /** Grows with each change of the table. */
  let version = 0;
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let toldAt = 0;
  let isClosed = false;
  const chosen = new Map<
    TableCause,
    {
      readonly of: readonly MessageFiles[];
      readonly version: number;
      readonly files: readonly MessageFiles[];
    }
  >();

  function takeSlot(): number {
    const slot = free.pop() ?? used++;
    if (slot >= at.length) {
      const grow = <T extends Float64Array | Uint8Array | Uint32Array>(old: T, made: T): T => {
        made.set(old);
        return made;
      };
      const length = at.length * 2;
      at = grow(at, new Float64Array(length).fill(Number.NaN));
      sizeBytes = grow(sizeBytes, new Float64Array(length));
      cause = grow(cause, new Uint8Array(length));
      seen = grow(seen, new Uint32Array(length));
    }
    return slot;
  }

  function forget(name: string): void {
    const slot = slots.get(name);
    if (slot === undefined) return;
    slots.delete(name);
    names[slot] = undefined;
    at[slot] = Number.NaN;
    free.push(slot);
    version++;
  }

  async function add(name: string): Promise<void> {
    const facts = await lstat(join(folder, name)).catch(() => undefined);
    if (!facts?.isFile()) return;
    const found = kind === 'badmail' ? await readCause(folder, name) : 'unknown';
    if (slots.has(name) || isClosed) return;
    const slot = takeSlot();
    slots.set(name, slot);
    names[slot] = name;
    at[slot] = arrivalOf(name, facts);
    sizeBytes[slot] = facts.size;
    cause[slot] = causes.indexOf(found);
    seen[slot] = round;
    version++;
  }

  function tell(isLast: boolean): void {
    const now = performance.now();
    if (!isLast && now - toldAt < tellGapMs) return;
    toldAt = now;
    if (kind === 'badmail') options.onOutdated();
  }

  async function once(): Promise<void> {
    round++;
    const before = version;
    const dir: Dir | undefined = await opendir(folder, { bufferSize: atATime }).catch((error: unknown) => {
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    let fresh: string[] = [];
    let looked = 0;
    const take = async (): Promise<void> => {
      const some = fresh;
      fresh = [];
      await mapAtOnce(some, add, readsAtOnce);
      if (some.length > 0) tell(false);
    };
    for await (const entry of dir ?? []) {
      if (isClosed) return;
      const slot = slots.get(entry.name);
      if (slot !== undefined) seen[slot] = round;
      else if (idOfFile(kind, entry.name) !== undefined) fresh.push(entry.name);
      if (fresh.length >= atATime) await take();
      if (++looked % atATime === 0) await breathe();
    }
    await take();
    for (let slot = 0; slot < used; slot++) {
      const name = names[slot];
      if (name !== undefined && seen[slot] !== round) forget(name);
      if (slot % (4 * atATime) === 0) await breathe();
    }
    refreshedAt = performance.now();
    if (version !== before) tell(true);
  }

  function refresh(): Promise<void> {
    if (!running) {
      running = once().finally(() => {
        running = undefined;
      });
      return running;
    }
    // The one under way may have passed by what the caller means.
    waiting ??= running
      .catch(() => undefined)
      .then(() => {
        waiting = undefined;
        return refresh();
      });
    return waiting;
  }

  return {
    refresh,
    refreshSoon() {
      if (running || performance.now() - refreshedAt < refreshGapMs) return;
      // Trouble with the folder is told by whoever lists it.
      refresh().catch(() => undefined);
    },
    columns: () => ({
      names: names.slice(0, used),
      at: at.slice(0, used),
      sizeBytes: sizeBytes.slice(0, used),
      length: used,
    }),
    has: (name) => slots.has(name),
    forget,
    count: () => slots.size,

    totals() {
      const groups = causes.map(() => ({
        count: 0,
        sizeBytes: 0,
        oldestAt: Number.POSITIVE_INFINITY,
        newestAt: 0,
      }));
      for (let slot = 0; slot < used; slot++) {
        const time = at[slot] as number;
        if (Number.isNaN(time)) continue;
        const group = groups[cause[slot] as number] as (typeof groups)[number];
        group.count++;
        group.sizeBytes += sizeBytes[slot] as number;
        if (time < group.oldestAt) group.oldestAt = time;
        if (time > group.newestAt) group.newestAt = time;
      }
      return groups
        .map((group, index) => ({ cause: causes[index] as TableCause, ...group }))
        .filter(({ count }) => count > 0)
        .sort((one, other) => other.count - one.count);
    },

    async ofCause(files, wanted) {
      const known = chosen.get(wanted);
      if (known?.of === files && known.version === version) return known.files;
      const now = version;
      const index = causes.indexOf(wanted);
      const found = await inParts(
        (function* pick() {
          const some: MessageFiles[] = [];
          for (const [number, file] of files.entries()) {
            const slot = slots.get(file.name);
            if (slot !== undefined && cause[slot] === index) some.push(file);
            if (number % atATime === atATime - 1) yield;
          }
          return some;
        })(),
      );
      chosen.set(wanted, { of: files, version: now, files: found });
      return found;
    },

    close() {
      isClosed = true;
      slots.clear();
      chosen.clear();
      names = [];
      free = [];
      used = 0;
    },
  };
}

/**
 * A message counts from the time it came to lie there: a copy of an old one that somebody put in by hand has an old
 * name and a young file. A file from the future is as old as its name says.
 */
function arrivalOf(name: string, facts: { readonly mtimeMs: number }, now = Date.now()): number {
  const named = timeInName(name.slice(0, 24).toLowerCase());
  const written = facts.mtimeMs > now && named !== undefined ? 0 : facts.mtimeMs;
  return Math.round(Math.max(named ?? 0, written));
}

const openFile = promisify<string, string, number>(open);
const closeFile = promisify(close);
const statFile = promisify<number, Stats>(fstat);

/** The beginning of a .BDP file of ours. */
const ownStart = /^\{\s*"format": "mailroot-badmail",\s*"version": 1,\s*"cause": "([a-z-]{1,40})"/;
const startBytes = 256;

async function readCause(folder: string, name: string): Promise<TableCause> {
  const base = name.slice(0, -4);
  const start = await readStart(join(folder, `${base}.BDP`)).catch(() => undefined);
  const found = start === undefined ? undefined : ownStart.exec(start)?.[1];
  const known = badmailCauses.find((each) => each === found);
  if (known !== undefined) return known;
  const files: MessageFiles = { folder, kind: 'badmail', base, name };
  const properties = await readProperties(files);
  if (properties) return properties.cause;
  const reason = await readBeside(files, ['.BDR', '.bdr'], 64 * 1024);
  return (reason === undefined ? undefined : parseForeignReason(reason).cause) ?? 'unknown';
}

/** On a plain descriptor: there may be half a million of them. */
async function readStart(path: string): Promise<string> {
  const descriptor = await openFile(path, 'r');
  try {
    const length = Math.min(startBytes, (await statFile(descriptor)).size);
    const buffer = Buffer.allocUnsafe(length);
    const bytesRead = await new Promise<number>((resolve, reject) => {
      read(descriptor, buffer, 0, length, 0, (error, count) => (error ? reject(error) : resolve(count)));
    });
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await closeFile(descriptor);
  }
}
