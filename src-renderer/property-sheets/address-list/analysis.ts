/** What is odd about a list of entries: repeated, covered by another, unreadable, far too wide. Pure. */
import {
  type AddressEntry,
  type Breadth,
  type AccessEntry as Entry,
  findBreadth,
  readEntry,
} from '../../../src-main/api/contract';

export interface ListRow {
  /** As the settings hold it. */
  readonly text: string;
  /** Unique in the list, also where a text is repeated. */
  readonly key: string;
  /** undefined: it cannot be read; nobody is let in by it. */
  readonly entry: Entry | undefined;
  /** Another entry of the list that makes this one needless. */
  readonly coveredBy: string | undefined;
  readonly isRepeated: boolean;
  readonly breadth: Breadth | undefined;
}

/** In the order of the list. Costs a sort: ten thousand entries are read in a moment. */
export function analyseList(texts: readonly string[]): ListRow[] {
  const entries = texts.map((text) => {
    const reading = readEntry(text);
    return 'entry' in reading ? reading.entry : undefined;
  });
  const covers = findCovers(entries);
  const seen = new Map<string, number>();
  return texts.map((text, at) => {
    const entry = entries[at];
    const identity = entry?.text ?? text;
    const count = seen.get(identity) ?? 0;
    seen.set(identity, count + 1);
    const isRepeated = count > 0;
    return {
      text,
      key: isRepeated ? `${identity}#${count}` : identity,
      entry,
      isRepeated,
      coveredBy: isRepeated ? identity : covers[at],
      breadth: entry && findBreadth(entry),
    };
  });
}

/** For each entry the widest other one that holds all of it. */
function findCovers(entries: readonly (Entry | undefined)[]): (string | undefined)[] {
  const covers: (string | undefined)[] = entries.map(() => undefined);
  coverAddresses(entries, covers);
  const domains = new Set(entries.flatMap((entry) => (entry?.kind === 'domain' ? [entry.text] : [])));
  entries.forEach((entry, at) => {
    if (entry?.kind === 'domain') covers[at] = widestParent(entry.text, domains);
  });
  return covers;
}

/** Subnets either hold each other or have nothing in common, so that one pass in order finds all. */
function coverAddresses(entries: readonly (Entry | undefined)[], covers: (string | undefined)[]): void {
  const addresses = entries.flatMap((entry, at) =>
    entry === undefined || entry.kind === 'domain' ? [] : [{ entry, at }],
  );
  addresses.sort((one, other) => compare(one.entry, other.entry));
  let outer: AddressEntry | undefined;
  for (const { entry, at } of addresses) {
    const isInside = outer !== undefined && outer.family === entry.family && entry.last <= outer.last;
    if (!isInside || outer === undefined) outer = entry;
    else if (outer.text !== entry.text) covers[at] = outer.text;
  }
}

const compare = (one: AddressEntry, other: AddressEntry): number => {
  if (one.family !== other.family) return one.family - other.family;
  if (one.first !== other.first) return one.first < other.first ? -1 : 1;
  return one.prefix - other.prefix;
};

function widestParent(name: string, domains: ReadonlySet<string>): string | undefined {
  const labels = name.split('.');
  for (let count = 1; count < labels.length; count++) {
    const parent = labels.slice(-count).join('.');
    if (domains.has(parent)) return parent;
  }
  return undefined;
}

/** Why `entry` cannot be added to a list that holds `texts`; undefined: it can. */
export function findRepetition(entry: Entry, texts: readonly string[]): string | undefined {
  const isListed = texts.some((text) => {
    if (text === entry.text) return true;
    const reading = readEntry(text);
    return 'entry' in reading && reading.entry.text === entry.text;
  });
  return isListed ? `${entry.text} is in the list already.` : undefined;
}

export interface Oddities {
  readonly needless: readonly ListRow[];
  readonly unreadable: readonly ListRow[];
  readonly broad: readonly ListRow[];
}

export const findOddities = (rows: readonly ListRow[]): Oddities => ({
  needless: rows.filter((row) => row.coveredBy !== undefined),
  unreadable: rows.filter((row) => row.entry === undefined),
  broad: rows.filter((row) => row.breadth !== undefined),
});
