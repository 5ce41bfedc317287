/** Which rows of the catalogue a person wants to see, and in which order. Pure. */
import type { CatalogueTable } from './catalogue-table';

export type RowState = 'due' | 'active' | 'waiting' | 'held' | 'frozen' | 'for-trigger';

/** All that is given must hold. Texts are parts, without case. */
export interface QueueFilter {
  readonly destination?: string | undefined;
  /** `destination` is the whole name of one. */
  readonly isWholeDestination?: boolean | undefined;
  readonly sender?: string | undefined;
  readonly recipient?: string | undefined;
  readonly error?: string | undefined;
  readonly state?: RowState | undefined;
  readonly minAgeMs?: number | undefined;
  readonly maxAgeMs?: number | undefined;
}

export interface GroupQuery {
  readonly filter: QueueFilter;
  /** Default: the oldest first. */
  readonly sort?:
    | {
        readonly column: 'arrivedAt' | 'sender' | 'size' | 'destination' | 'attempts' | 'nextAttemptAt';
        readonly isDescending: boolean;
      }
    | undefined;
}

/** Whether a row matches; 'unknown': but for its recipients, which only the file can tell. */
export function createMatcher(
  table: CatalogueTable,
  filter: QueueFilter,
  { now, stateOf }: { readonly now: number; readonly stateOf: (row: number) => RowState },
): (row: number) => boolean | 'unknown' {
  const tests: ((row: number) => boolean)[] = [];
  const { destination, sender, error, state, minAgeMs, maxAgeMs } = filter;
  if (destination !== undefined && filter.isWholeDestination === true)
    tests.push(isWhole(destination, table.destinationOf, table.destinations));
  else if (destination) tests.push(hasPart(destination, table.destinationOf, table.destinations));
  if (sender) tests.push(hasPart(sender, table.senderOf, table.senders));
  if (error) tests.push(hasPart(error, table.errorOf, table.errors));
  if (minAgeMs !== undefined) tests.push((row) => now - table.arrivedAtOf(row) >= minAgeMs);
  if (maxAgeMs !== undefined) tests.push((row) => now - table.arrivedAtOf(row) <= maxAgeMs);
  if (state) tests.push((row) => stateOf(row) === state);
  const recipient = filter.recipient?.toLowerCase() ?? '';
  return (row) => {
    for (const test of tests) if (!test(row)) return false;
    return recipient === '' || table.hasRecipient(row, recipient);
  };
}

function isWhole(
  name: string,
  numberOf: (row: number) => number,
  texts: { get(number: number): string },
): (row: number) => boolean {
  const wanted = name.toLowerCase();
  return (row) => texts.get(numberOf(row)).toLowerCase() === wanted;
}

/** "<>" is the null reverse-path. */
function hasPart(
  part: string,
  numberOf: (row: number) => number,
  texts: { get(number: number): string },
): (row: number) => boolean {
  const wanted = part.toLowerCase();
  const isWanted = (text: string): boolean =>
    wanted === '<>' ? text === '' : text.toLowerCase().includes(wanted);
  return (row) => isWanted(texts.get(numberOf(row)));
}

/** Equal ones are in order of arrival. */
export function createOrder(
  table: CatalogueTable,
  sort: GroupQuery['sort'],
  nextOf: (row: number) => number,
): (one: number, other: number) => number {
  const byArrival = (one: number, other: number): number =>
    table.arrivedAtOf(one) - table.arrivedAtOf(other) ||
    compareTexts(table.queueIdOf(one) ?? '', table.queueIdOf(other) ?? '');
  if (!sort) return byArrival;
  const keyOf = keyOfColumn(table, sort.column, nextOf);
  const sign = sort.isDescending ? -1 : 1;
  return (one, other) => {
    const [first, second] = [keyOf(one), keyOf(other)];
    const order =
      typeof first === 'string'
        ? compareTexts(first, second as string)
        : compareNumbers(first, second as number);
    return sign * order || byArrival(one, other);
  };
}

function keyOfColumn(
  table: CatalogueTable,
  column: NonNullable<GroupQuery['sort']>['column'],
  nextOf: (row: number) => number,
): (row: number) => string | number {
  switch (column) {
    case 'arrivedAt':
      return table.arrivedAtOf;
    case 'sender':
      return (row) => table.senders.get(table.senderOf(row));
    case 'destination':
      return (row) => table.destinations.get(table.destinationOf(row));
    case 'size':
      return table.sizeOf;
    case 'attempts':
      return table.attemptsOf;
    case 'nextAttemptAt': {
      // Asked once for each: it may change while others are sorted.
      const known = new Float64Array(table.length).fill(Number.NaN);
      return (row) => {
        const at = known[row] as number;
        if (!Number.isNaN(at)) return at;
        const next = nextOf(row);
        known[row] = next;
        return next;
      };
    }
  }
}

const compareTexts = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
/** Not by subtraction: Infinity is among them. */
const compareNumbers = (one: number, other: number): number => (one < other ? -1 : one > other ? 1 : 0);
