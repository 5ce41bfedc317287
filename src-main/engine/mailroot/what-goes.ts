/** What limits on a folder would remove, the oldest first. Pure; yields every few thousand messages. */
import type { FolderColumns } from './folder-table';

/** null: no limit. */
export interface KeepLimits {
  readonly keepDays: number | null;
  readonly keepMessages: number | null;
  readonly keepMb: number | null;
}

export const hasLimits = ({ keepDays, keepMessages, keepMb }: KeepLimits): boolean =>
  keepDays !== null || keepMessages !== null || keepMb !== null;

export interface Going {
  /** Slots of the messages that go, the oldest first; no more than were asked for. */
  readonly slots: readonly number[];
  /** All that go. */
  readonly count: number;
  readonly bytes: number;
  readonly total: number;
  readonly totalBytes: number;
  /** Arrival of the oldest message that stays. */
  readonly oldestKeptAt?: number;
}

type Steps<T> = Generator<void, T, void>;

const dayMs = 86_400_000;
const mbBytes = 1024 * 1024;
/** Messages looked at from one yield to the next. */
const atATime = 4096;

/**
 * A message goes when it is older than `keepDays`, or when the ones at least as young as itself are more, or larger,
 * than the folder may hold. So those that stay are always the youngest; of equally old ones the first slots go.
 *
 * @param files must not change before the answer is there
 * @param most so many slots are told; the counts are of all
 */
export function* decideWhatGoes(
  files: FolderColumns,
  limits: KeepLimits,
  now: number,
  most = Number.POSITIVE_INFINITY,
): Steps<Going> {
  const all = yield* usedSlots(files);
  const { at, sizeBytes } = files;
  const totalBytes = yield* sum(all, sizeBytes);
  const ageLimit = limits.keepDays === null ? Number.NEGATIVE_INFINITY : now - limits.keepDays * dayMs;
  const isGone = new Uint8Array(files.length);
  const staying: number[] = [];
  yield* each(all, (slot) => {
    if ((at[slot] as number) < ageLimit) isGone[slot] = 1;
    else staying.push(slot);
  });
  const over = yield* overflow(staying, files, {
    count: limits.keepMessages ?? Number.POSITIVE_INFINITY,
    bytes: limits.keepMb === null ? Number.POSITIVE_INFINITY : limits.keepMb * mbBytes,
  });
  yield* each(over, (slot) => {
    isGone[slot] = 1;
  });
  const going: number[] = [];
  let oldestKeptAt = Number.POSITIVE_INFINITY;
  yield* each(all, (slot) => {
    const time = at[slot] as number;
    if (isGone[slot] === 1) going.push(slot);
    else if (time < oldestKeptAt) oldestKeptAt = time;
  });
  const count = going.length;
  const bytes = yield* sum(going, sizeBytes);
  const told = Number.isFinite(most) ? yield* oldest(going, at, most) : going;
  return {
    slots: told.sort((one, other) => (at[one] as number) - (at[other] as number) || one - other),
    count,
    bytes,
    total: all.length,
    totalBytes,
    ...(Number.isFinite(oldestKeptAt) ? { oldestKeptAt } : {}),
  };
}

function* each(slots: readonly number[], look: (slot: number) => void): Steps<void> {
  for (let index = 0; index < slots.length; index++) {
    look(slots[index] as number);
    if (index % atATime === atATime - 1) yield;
  }
}

function* usedSlots({ at, length }: FolderColumns): Steps<number[]> {
  const slots: number[] = [];
  for (let slot = 0; slot < length; slot++) {
    if (!Number.isNaN(at[slot])) slots.push(slot);
    if (slot % atATime === atATime - 1) yield;
  }
  return slots;
}

function* sum(slots: readonly number[], column: Float64Array): Steps<number> {
  let total = 0;
  yield* each(slots, (slot) => {
    total += column[slot] as number;
  });
  return total;
}

/** The `most` oldest, in no order. */
function* oldest(slots: readonly number[], at: Float64Array, most: number): Steps<number[]> {
  if (slots.length <= most) return [...slots];
  const keep = { count: slots.length - most, bytes: Number.POSITIVE_INFINITY };
  return yield* overflow(slots, { at, sizeBytes: at }, keep);
}

/**
 * The oldest that are beyond `room`, in no order. Halves the span of time again and again instead of sorting: each
 * half is looked at once.
 *
 * @param slots ascending
 */
function* overflow(
  slots: readonly number[],
  { at, sizeBytes }: Pick<FolderColumns, 'at' | 'sizeBytes'>,
  room: { readonly count: number; readonly bytes: number },
): Steps<number[]> {
  let { count, bytes } = room;
  function* isOver(some: readonly number[]): Steps<boolean> {
    return some.length > count || (Number.isFinite(bytes) && (yield* sum(some, sizeBytes)) > bytes);
  }
  if (!(yield* isOver(slots))) return [];
  const going: number[] = [];
  let rest: readonly number[] = slots;
  let low: number;
  let high: number;
  for (;;) {
    low = Number.POSITIVE_INFINITY;
    high = Number.NEGATIVE_INFINITY;
    yield* each(rest, (slot) => {
      const time = at[slot] as number;
      if (time < low) low = time;
      if (time > high) high = time;
    });
    if (low === high || rest.length <= 32) break;
    const middle = low + (high - low) / 2;
    const older: number[] = [];
    const younger: number[] = [];
    yield* each(rest, (slot) => ((at[slot] as number) > middle ? younger : older).push(slot));
    if (yield* isOver(younger)) {
      yield* each(older, (slot) => going.push(slot));
      rest = younger;
    } else {
      count -= younger.length;
      bytes -= yield* sum(younger, sizeBytes);
      rest = older;
    }
  }
  // The youngest first; with the first that does not fit everything older goes. Of one time there may be any number.
  const ordered = [...rest].reverse();
  if (low !== high) ordered.sort((one, other) => (at[other] as number) - (at[one] as number) || other - one);
  let hasRoom = true;
  yield* each(ordered, (slot) => {
    count--;
    bytes -= sizeBytes[slot] as number;
    hasRoom &&= count >= 0 && bytes >= 0;
    if (!hasRoom) going.push(slot);
  });
  return going;
}
