/** What limits on a folder would remove, the oldest first. Pure; quick with half a million messages. */
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

const dayMs = 86_400_000;
const mbBytes = 1024 * 1024;

/**
 * A message goes when it is older than `keepDays`, or when the ones at least as young as itself are more, or larger,
 * than the folder may hold. So those that stay are always the youngest; of equally old ones the first slots go.
 *
 * @param most so many slots are told; the counts are of all
 */
export function whatGoes(
  files: FolderColumns,
  limits: KeepLimits,
  now: number,
  most = Number.POSITIVE_INFINITY,
): Going {
  const all = usedSlots(files);
  const { at, sizeBytes } = files;
  const totalBytes = sum(all, sizeBytes);
  const ageLimit = limits.keepDays === null ? Number.NEGATIVE_INFINITY : now - limits.keepDays * dayMs;
  const staying: number[] = [];
  const old: number[] = [];
  for (const slot of all) ((at[slot] as number) < ageLimit ? old : staying).push(slot);
  const over = overflow(staying, files, {
    count: limits.keepMessages ?? Number.POSITIVE_INFINITY,
    bytes: limits.keepMb === null ? Number.POSITIVE_INFINITY : limits.keepMb * mbBytes,
  });
  const going = old.concat(over);
  const gone = new Set(over);
  let oldestKeptAt = Number.POSITIVE_INFINITY;
  for (const slot of staying) {
    const time = at[slot] as number;
    if (time < oldestKeptAt && !gone.has(slot)) oldestKeptAt = time;
  }
  const count = going.length;
  const told = Number.isFinite(most) ? oldest(going, at, most) : going;
  return {
    slots: told.sort((one, other) => (at[one] as number) - (at[other] as number) || one - other),
    count,
    bytes: sum(going, sizeBytes),
    total: all.length,
    totalBytes,
    ...(Number.isFinite(oldestKeptAt) ? { oldestKeptAt } : {}),
  };
}

function usedSlots({ at, length }: FolderColumns): number[] {
  const slots: number[] = [];
  for (let slot = 0; slot < length; slot++) if (!Number.isNaN(at[slot])) slots.push(slot);
  return slots;
}

function sum(slots: readonly number[], column: Float64Array): number {
  let total = 0;
  for (const slot of slots) total += column[slot] as number;
  return total;
}

/** The `most` oldest, in no order. */
function oldest(slots: readonly number[], at: Float64Array, most: number): number[] {
  if (slots.length <= most) return [...slots];
  const keep = { count: slots.length - most, bytes: Number.POSITIVE_INFINITY };
  return overflow(slots, { at, sizeBytes: at, length: at.length }, keep);
}

/**
 * The oldest that are beyond `room`, in no order. Halves the span of time again and again instead of sorting: each
 * half is looked at once.
 */
function overflow(
  slots: readonly number[],
  { at, sizeBytes }: FolderColumns,
  room: { readonly count: number; readonly bytes: number },
): number[] {
  let { count, bytes } = room;
  const isOver = (some: readonly number[]): boolean =>
    some.length > count || (Number.isFinite(bytes) && sum(some, sizeBytes) > bytes);
  if (!isOver(slots)) return [];
  const going: number[] = [];
  let rest: readonly number[] = slots;
  for (;;) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const slot of rest) {
      const time = at[slot] as number;
      if (time < low) low = time;
      if (time > high) high = time;
    }
    if (low === high || rest.length <= 32) break;
    const middle = low + (high - low) / 2;
    const older: number[] = [];
    const younger: number[] = [];
    for (const slot of rest) ((at[slot] as number) > middle ? younger : older).push(slot);
    if (isOver(younger)) {
      for (const slot of older) going.push(slot);
      rest = younger;
    } else {
      count -= younger.length;
      bytes -= sum(younger, sizeBytes);
      rest = older;
    }
  }
  // The youngest first; with the first that does not fit everything older goes.
  const ordered = [...rest].sort((one, other) => (at[other] as number) - (at[one] as number) || other - one);
  let hasRoom = true;
  for (const slot of ordered) {
    count--;
    bytes -= sizeBytes[slot] as number;
    hasRoom &&= count >= 0 && bytes >= 0;
    if (!hasRoom) going.push(slot);
  }
  return going;
}
