/**
 * Which row a key leads to and which rows a gesture selects: the keyboard of a Windows list view, as pure
 * functions. Rows are known by index (place) and key (identity); rows that are not loaded yet have no key and
 * cannot be selected.
 */

export interface Gesture {
  readonly isShift: boolean;
  /** Ctrl, or Command on a Mac. */
  readonly isControl: boolean;
}

/**
 * Index that a navigation key leads to; undefined when it is not such a key.
 *
 * @param pageSize rows that are visible at once
 */
export function indexAfterKey(
  key: string,
  at: { readonly index: number; readonly total: number; readonly pageSize: number },
): number | undefined {
  if (at.total === 0) return undefined;
  const last = at.total - 1;
  const page = Math.max(1, at.pageSize - 1);
  const bounded = (index: number): number => Math.min(Math.max(index, 0), last);
  switch (key) {
    case 'ArrowDown':
      return bounded(at.index + 1);
    case 'ArrowUp':
      return at.index < 0 ? 0 : bounded(at.index - 1);
    case 'PageDown':
      return bounded(at.index + page);
    case 'PageUp':
      return bounded(at.index - page);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}

export type KeyAt = (index: number) => string | undefined;

/** Keys of the loaded rows from one index to another, both included, in either direction. */
export function keysBetween(keyAt: KeyAt, from: number, to: number): string[] {
  const keys: string[] = [];
  for (let index = Math.min(from, to); index <= Math.max(from, to); index += 1) {
    const key = keyAt(index);
    if (key !== undefined) keys.push(key);
  }
  return keys;
}

/** What is selected after the row at `index` was clicked or reached. */
export function selectionAfter(
  gesture: Gesture,
  from: {
    readonly selected: ReadonlySet<string>;
    readonly index: number;
    /** Where a range began; -1 when nowhere. */
    readonly anchor: number;
    readonly keyAt: KeyAt;
  },
): ReadonlySet<string> {
  const key = from.keyAt(from.index);
  if (gesture.isShift && from.anchor >= 0) {
    const range = keysBetween(from.keyAt, from.anchor, from.index);
    return new Set(gesture.isControl ? [...from.selected, ...range] : range);
  }
  if (key === undefined) return from.selected;
  if (!gesture.isControl) return new Set([key]);
  const next = new Set(from.selected);
  if (!next.delete(key)) next.add(key);
  return next;
}

/**
 * Where a row stands now that stood at `near` before rows came or went. Looks at no more than `reach` rows
 * on each side, so that a list of any length costs the same.
 */
export function indexOfKey(
  keyAt: KeyAt,
  wanted: { readonly key: string; readonly near: number; readonly total: number; readonly reach?: number },
): number {
  const reach = wanted.reach ?? 1000;
  for (let distance = 0; distance <= reach; distance += 1) {
    const after = wanted.near + distance;
    if (after < wanted.total && keyAt(after) === wanted.key) return after;
    const before = wanted.near - distance;
    if (before >= 0 && before < wanted.total && keyAt(before) === wanted.key) return before;
  }
  return -1;
}

/** A row of the list; it is known by key, so that it stays the same row when others come and go. */
export interface ListPlace {
  /** -1: nowhere. */
  readonly index: number;
  readonly key: string | undefined;
  /** It was gone to by Ctrl, which leaves the selection behind. */
  readonly isApart: boolean;
}

/**
 * Where the active row stands now; -1 for none. The one row that was selected by something else, such as a wizard
 * that made it, is the active row: keys act on what is seen to be selected.
 */
export function activeIndex(
  place: ListPlace,
  list: { readonly keyAt: KeyAt; readonly total: number; readonly selected: ReadonlySet<string> },
): number {
  const { keyAt, total, selected } = list;
  if (total === 0) return -1;
  const [only] = selected;
  // A row that is not loaded yet is selected when it arrives.
  const isAwaited = place.index >= 0 && place.key === undefined;
  if (selected.size === 1 && only !== undefined && only !== place.key && !place.isApart && !isAwaited) {
    const found = indexOfKey(keyAt, { key: only, near: Math.max(place.index, 0), total });
    if (found >= 0) return found;
  }
  return placeIndex(place, { keyAt, total });
}

/** Where a place stands now. Gone: its successor takes the place, as in every list view. */
export function placeIndex(
  place: ListPlace,
  { keyAt, total }: { readonly keyAt: KeyAt; readonly total: number },
): number {
  if (place.index < 0 || total === 0) return -1;
  const found =
    place.key === undefined ? -1 : indexOfKey(keyAt, { key: place.key, near: place.index, total });
  return found >= 0 ? found : Math.min(place.index, total - 1);
}

export interface SortOrder {
  readonly columnId: string;
  readonly isDescending: boolean;
}

/** Sorting in the page is for lists that the page holds whole. */
export const maxSortedRows = 10_000;

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/**
 * The rows' places in sorted order, or undefined when not every row is loaded (then the engine's order stands).
 * Stable: equal rows keep the engine's order.
 */
export function sortedIndexes<Row>(
  rowAt: (index: number) => Row | undefined,
  sort: {
    readonly total: number;
    readonly compareBy: (row: Row) => string | number;
    readonly isDescending: boolean;
  },
): number[] | undefined {
  if (sort.total > maxSortedRows) return undefined;
  const entries: { readonly index: number; readonly value: string | number }[] = [];
  for (let index = 0; index < sort.total; index += 1) {
    const row = rowAt(index);
    if (row === undefined) return undefined;
    entries.push({ index, value: sort.compareBy(row) });
  }
  const sign = sort.isDescending ? -1 : 1;
  entries.sort((a, b) =>
    typeof a.value === 'number' && typeof b.value === 'number'
      ? sign * (a.value - b.value)
      : sign * collator.compare(String(a.value), String(b.value)),
  );
  return entries.map((entry) => entry.index);
}

/**
 * Which row comes to stand where the removed ones stood: the first that stays after the topmost of them, else
 * the last before. Looks at loaded rows only.
 */
export function keyAfterRemoval<Row>(
  list: { readonly total: number; readonly rowAt: (index: number) => Row | undefined },
  rowKey: (row: Row) => string,
  removed: ReadonlySet<string>,
): string | undefined {
  let before: string | undefined;
  let isPast = false;
  for (let index = 0; index < list.total; index += 1) {
    const row = list.rowAt(index);
    if (row === undefined) continue;
    const key = rowKey(row);
    if (removed.has(key)) isPast = true;
    else if (isPast) return key;
    else before = key;
  }
  return isPast ? before : undefined;
}
