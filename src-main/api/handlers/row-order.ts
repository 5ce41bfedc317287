/**
 * Sorting of lists that the engine pages: every page must come from one order, so the page cannot sort.
 * Stable: rows that compare alike keep the order they came in, ascending and descending.
 */

/** What a row is compared by; the second part decides where the first is alike. */
export type SortKey = string | number | readonly (string | number)[];

export interface RowOrder {
  readonly column: string;
  readonly isDescending: boolean;
}

/** Digits count as numbers: 10.0.0.9 stands before 10.0.0.10. One locale, whatever the service's environment is. */
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compareParts(one: string | number, other: string | number): number {
  return typeof one === 'number' && typeof other === 'number'
    ? one - other
    : collator.compare(String(one), String(other));
}

function compareKeys(one: SortKey, other: SortKey): number {
  if (!Array.isArray(one) || !Array.isArray(other))
    return compareParts(one as string | number, other as string | number);
  for (const [at, part] of one.entries()) {
    const difference = compareParts(part, other[at] ?? '');
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The rows in the order wanted; without one as they came. */
export function sortRows<Row>(
  rows: readonly Row[],
  order: RowOrder | undefined,
  keyOf: (row: Row, column: string) => SortKey,
): readonly Row[] {
  if (order === undefined) return rows;
  const sign = order.isDescending ? -1 : 1;
  return rows
    .map((row) => ({ row, key: keyOf(row, order.column) }))
    .sort((one, other) => sign * compareKeys(one.key, other.key))
    .map(({ row }) => row);
}
