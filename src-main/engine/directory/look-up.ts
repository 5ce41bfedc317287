/**
 * Entries by address and by name, remembered for a while: what the resolution asks of a directory.
 *
 * Promises: equal questions at the same time are asked once; what is not there is remembered as well; failures are
 *   not. The memory is bounded, groups counted with their members.
 */
import { type Clock, steadyNow } from '../core/clock';
import type { Directory, DirectoryEntry } from './directory';
import type { DirectorySchema, FoundEntry, Reference } from './schemas';

export type Found =
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'entry'; readonly entry: FoundEntry };

export interface LookUp {
  byAddress(address: string): Promise<Found>;
  byName(name: string): Promise<FoundEntry | undefined>;
}

export interface LookUpCounters {
  lookups: number;
  cacheHits: number;
}

/** Entries and members together. */
const mostRemembered = 100_000;

interface Remembered {
  readonly answer: unknown;
  readonly expiresAt: number;
  readonly weight: number;
}

/** Outlives connections; empty it when the settings change. */
export class LookUpMemory {
  readonly #clock: Clock;
  readonly #known = new Map<string, Remembered>();
  readonly asked = new Map<string, Promise<unknown>>();
  #weight = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#known.size;
  }

  get(key: string): { readonly answer: unknown } | undefined {
    const known = this.#known.get(key);
    if (!known) return undefined;
    if (known.expiresAt > steadyNow(this.#clock)) return known;
    this.#delete(key, known);
    return undefined;
  }

  set(key: string, answer: unknown, facts: { readonly forMs: number; readonly weight: number }): void {
    if (facts.forMs <= 0 || facts.weight > mostRemembered) return;
    const before = this.#known.get(key);
    if (before) this.#delete(key, before);
    this.#known.set(key, { answer, expiresAt: steadyNow(this.#clock) + facts.forMs, weight: facts.weight });
    this.#weight += facts.weight;
    // The oldest go first.
    for (const [other, known] of this.#known) {
      if (this.#weight <= mostRemembered) return;
      this.#delete(other, known);
    }
  }

  clear(): void {
    this.#known.clear();
    this.asked.clear();
    this.#weight = 0;
  }

  #delete(key: string, known: Remembered): void {
    this.#known.delete(key);
    this.#weight -= known.weight;
  }
}

/** @param options.mostMembers a group that is handed out in pieces is read up to this */
export function createLookUp(options: {
  readonly directory: Directory;
  readonly schema: DirectorySchema;
  readonly memory: LookUpMemory;
  readonly rememberMs: number;
  readonly mostMembers: number;
  readonly counters: LookUpCounters;
}): LookUp {
  const { directory, schema, memory, rememberMs, mostMembers, counters } = options;

  async function remember<T>(
    key: string,
    ask: () => Promise<T>,
    entryOf: (answer: T) => FoundEntry | undefined,
  ): Promise<T> {
    const known = memory.get(key);
    if (known) {
      counters.cacheHits++;
      return known.answer as T;
    }
    const underWay = memory.asked.get(key) as Promise<T> | undefined;
    if (underWay) return underWay;
    counters.lookups++;
    const asking = ask();
    memory.asked.set(key, asking);
    try {
      const answer = await asking;
      // Not when the memory was emptied meanwhile: the answer is from before.
      if (memory.asked.get(key) === asking)
        memory.set(key, answer, {
          forMs: rememberMs,
          weight: 1 + (entryOf(answer)?.members?.length ?? 0),
        });
      return answer;
    } finally {
      if (memory.asked.get(key) === asking) memory.asked.delete(key);
    }
  }

  const readEntry = async (entry: DirectoryEntry): Promise<FoundEntry> =>
    schema.read(await withAllMembers(entry, { directory, schema, mostMembers }));

  return {
    byAddress: (address) =>
      remember<Found>(
        `a ${address.toLowerCase()}`,
        async () => {
          const [first, second] = await directory.find(schema.filterFor(address), schema.attributes);
          if (!first) return { kind: 'none' };
          if (second) return { kind: 'ambiguous' };
          return { kind: 'entry', entry: await readEntry(first) };
        },
        (answer) => (answer.kind === 'entry' ? answer.entry : undefined),
      ),
    byName: (name) =>
      remember<FoundEntry | undefined>(
        `n ${nameKey(name)}`,
        async () => {
          const entry = await directory.read(name, schema.attributes);
          return entry && readEntry(entry);
        },
        (entry) => entry,
      ),
  };
}

/** The form in which names of entries are compared; good enough to notice a circle. */
export const nameKey = (name: string): string => name.toLowerCase().replace(/\s*([,=+])\s*/g, '$1');

/** An entry that an address or a name leads to. */
export async function follow(lookUp: LookUp, reference: Reference): Promise<Found> {
  if (reference.kind === 'address') return lookUp.byAddress(reference.address);
  const entry = await lookUp.byName(reference.name);
  return entry ? { kind: 'entry', entry } : { kind: 'none' };
}

/**
 * Active Directory hands out the members of a large group in pieces ([MS-ADTS] 3.1.1.3.1.3.3): "member;range=0-1499",
 * and the last piece as "member;range=1500-*". Any other server names the attribute as it is.
 */
async function withAllMembers(
  entry: DirectoryEntry,
  facts: { readonly directory: Directory; readonly schema: DirectorySchema; readonly mostMembers: number },
): Promise<DirectoryEntry> {
  const { directory, schema, mostMembers } = facts;
  const attribute = schema.memberAttribute.toLowerCase();
  let piece = findPiece(entry, attribute);
  if (!piece) return entry;
  const members = [...piece.members];
  while (piece.last !== undefined && members.length <= mostMembers) {
    const next: number = piece.last + 1;
    const more = await directory.read(entry.name, [`${schema.memberAttribute};range=${next}-*`]);
    const found: Piece | undefined = more && findPiece(more, attribute);
    // A server that hands out the same again would be asked for ever.
    if (!found || found.first !== next || found.members.length === 0) break;
    for (const member of found.members) members.push(member);
    piece = found;
  }
  return { name: entry.name, values: new Map([...entry.values, [attribute, members]]) };
}

interface Piece {
  readonly first: number;
  /** Undefined: there are no more. */
  readonly last: number | undefined;
  readonly members: readonly string[];
}

function findPiece(entry: DirectoryEntry, attribute: string): Piece | undefined {
  for (const [name, members] of entry.values) {
    if (!name.startsWith(`${attribute};range=`)) continue;
    const range = /;range=(\d{1,9})-(\d{1,9}|\*)$/.exec(name);
    if (range)
      return { first: Number(range[1]), last: range[2] === '*' ? undefined : Number(range[2]), members };
  }
  return undefined;
}
