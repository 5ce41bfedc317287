/**
 * Mail that waits until its host asks for it: which recipients are held, by domain, and which of them are released
 * for one attempt. Decides; queue/mover acts.
 *
 * Owns: the index of held recipients, the marks of those that were released, and how often a domain may ask.
 * Promises: nothing is released without being asked for; what was tried is held again. All of it is in memory: after
 *   a restart everything is held.
 */
import { domainOf } from '../core/address';
import type { CancelTimer, Clock } from '../core/clock';
import type { ReleaseAnswer } from '../core/trigger';
import { type Entry, type Group, keepIndices } from './entry';

/** Whoever is not known may start one round for a domain in this time: each costs connections. */
const restMs = 10_000;
const fewRests = 1_000;

/** Told the messages of which something was released. */
type StartRound = (entries: ReadonlySet<Entry>) => void;

const nobody: readonly number[] = [];

/** Mail that is held for one domain: positions of the recipients, the released ones included. */
interface HeldDomain {
  readonly name: string;
  readonly entries: Map<Entry, readonly number[]>;
}

export class HeldMail {
  readonly #clock: Clock;
  readonly #byDomain = new Map<string, HeldDomain>();
  /** Where an entry stands in it; most stand in one. */
  readonly #domainsOf = new Map<Entry, HeldDomain | readonly HeldDomain[]>();
  readonly #released = new Map<Entry, Set<number>>();
  readonly #restUntil = new Map<string, number>();
  /** Old rests are dropped when there are so many. */
  #mostRests = fewRests;
  /** Domains whose round begins when their rest is over. */
  readonly #putOff = new Set<string>();
  #cancelPutOff: CancelTimer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The domains that something is held for. */
  domains(): string[] {
    return [...this.#byDomain.keys()];
  }

  /** All held recipients of a message. */
  indicesOf(entry: Entry): ReadonlySet<number> {
    return new Set(this.#placesOf(entry).flatMap(({ entries }) => entries.get(entry) ?? nobody));
  }

  isReleased(entry: Entry, index: number): boolean {
    return this.#released.get(entry)?.has(index) ?? false;
  }

  /** Takes down which recipients of an entry are held now; none: the entry is forgotten. */
  note(entry: Entry, indices: readonly number[]): void {
    const before = this.#placesOf(entry);
    if (indices.length === 0 && before.length === 0) return;
    const domains = groupByDomain(entry, indices);
    for (const { name } of before) if (!domains.has(name)) this.#leave(name, entry);
    const places: HeldDomain[] = [];
    for (const [name, its] of domains) {
      const place = this.#byDomain.get(name) ?? { name, entries: new Map() };
      this.#byDomain.set(name, place);
      place.entries.set(entry, keepIndices(its));
      places.push(place);
    }
    const [first] = places;
    if (first) this.#domainsOf.set(entry, places.length === 1 ? first : places);
    else {
      this.#domainsOf.delete(entry);
      this.#released.delete(entry);
    }
  }

  /** Lets recipients that wait to be asked for be tried once. */
  mark(entry: Entry, indices: readonly number[]): void {
    if (indices.length === 0) return;
    const released = this.#released.get(entry) ?? new Set();
    for (const index of indices) released.add(index);
    this.#released.set(entry, released);
  }

  /** Takes the marks off: the attempt was made, or is not made any more. */
  hold(entry: Entry, indices: readonly number[]): void {
    const released = this.#released.get(entry);
    if (!released) return;
    for (const index of indices) released.delete(index);
    if (released.size === 0) this.#released.delete(entry);
  }

  /** Takes all marks of these domains off: their host cannot be reached. */
  endRound(domains: readonly string[]): void {
    for (const entry of [...this.#released.keys()]) this.hold(entry, this.heldOf(entry, domains));
  }

  /**
   * Releases what is held for these domains and is not being tried already.
   *
   * @param isLimited not twice within ten seconds; a round that comes too early begins when they are over
   */
  releaseDomains(
    domains: readonly string[],
    { isLimited, start }: { readonly isLimited: boolean; readonly start: StartRound },
  ): ReleaseAnswer {
    const now = this.#clock.now();
    const started = new Set<Entry>();
    // Once for each message, which may be held for very many domains.
    const groupsOf = new Map<Entry, ReadonlyMap<number, Group>>();
    let isPutOff = false;
    let isUnderWay = false;
    for (const domain of domains) {
      if (!this.#byDomain.has(domain)) continue;
      const restUntil = this.#restUntil.get(domain) ?? 0;
      if (isLimited && restUntil > now) {
        isPutOff = true;
        this.#putOff.add(domain);
        continue;
      }
      const before = started.size;
      for (const entry of this.entriesOf([domain])) {
        const groups = groupsOf.get(entry) ?? entry.groupsByIndex();
        groupsOf.set(entry, groups);
        const indices = this.heldOf(entry, [domain]).filter(
          (index) => !groups.has(index) && !this.isReleased(entry, index),
        );
        if (indices.length === 0) continue;
        this.mark(entry, indices);
        started.add(entry);
      }
      if (started.size === before) isUnderWay = true;
      // Also where nothing was started: to find that out is dear when much is held.
      this.#rest(domain, now);
    }
    if (isPutOff) this.#startLater(start);
    if (started.size > 0) start(started);
    if (started.size > 0) return { kind: 'started', messageCount: started.size };
    return { kind: isPutOff ? 'put-off' : isUnderWay ? 'under-way' : 'nothing-held' };
  }

  /** Messages with something held for one of the domains, oldest first. */
  entriesOf(domains: readonly string[]): Entry[] {
    const entries = new Set(
      domains.flatMap((domain) => [...(this.#byDomain.get(domain)?.entries.keys() ?? [])]),
    );
    // Names begin with the time of arrival.
    return [...entries].sort((one, other) => (one.queueId < other.queueId ? -1 : 1));
  }

  /** Positions of the recipients in these domains that are held. */
  heldOf(entry: Entry, domains: readonly string[]): number[] {
    return domains.flatMap((domain) => this.#byDomain.get(domain)?.entries.get(entry) ?? nobody);
  }

  /** Nothing begins by itself any more. */
  close(): void {
    this.#cancelPutOff?.();
    this.#putOff.clear();
  }

  #leave(domain: string, entry: Entry): void {
    const entries = this.#byDomain.get(domain)?.entries;
    entries?.delete(entry);
    if (entries?.size === 0) this.#byDomain.delete(domain);
  }

  #placesOf(entry: Entry): readonly HeldDomain[] {
    const places = this.#domainsOf.get(entry);
    if (!places) return [];
    return Array.isArray(places) ? places : [places as HeldDomain];
  }

  #rest(domain: string, now: number): void {
    if (this.#restUntil.size >= this.#mostRests) {
      for (const [other, until] of this.#restUntil) if (until <= now) this.#restUntil.delete(other);
      // Not with each domain of a round for thousands.
      this.#mostRests = Math.max(fewRests, 2 * this.#restUntil.size);
    }
    this.#restUntil.set(domain, now + restMs);
  }

  /** One timer for all that were put off. */
  #startLater(start: StartRound): void {
    if (this.#cancelPutOff || this.#putOff.size === 0) return;
    const begin = (): void => {
      this.#cancelPutOff = undefined;
      const now = this.#clock.now();
      const due = [...this.#putOff].filter((domain) => (this.#restUntil.get(domain) ?? 0) <= now);
      for (const domain of due) this.#putOff.delete(domain);
      this.releaseDomains(due, { isLimited: false, start });
      this.#startLater(start);
    };
    let at = Number.POSITIVE_INFINITY;
    for (const domain of this.#putOff) at = Math.min(at, this.#restUntil.get(domain) ?? 0);
    this.#cancelPutOff = this.#clock.startTimer(begin, Math.max(0, at - this.#clock.now()));
  }
}

/** Positions of recipients by their domain. */
function groupByDomain(entry: Entry, indices: readonly number[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const index of indices) {
    const domain = domainOf(entry.recipient(index).address);
    const group = groups.get(domain);
    if (group) group.push(index);
    else groups.set(domain, [index]);
  }
  return groups;
}
