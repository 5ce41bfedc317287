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
import type { Entry } from './entry';

/** Whoever is not known may start one round for a domain in this time: each costs connections. */
const restMs = 10_000;
const fewRests = 1_000;

const nobody: readonly number[] = [];

export class HeldMail {
  readonly #clock: Clock;
  /** Positions of held recipients, the released ones included. */
  readonly #held = new Map<Entry, readonly number[]>();
  /** The same by domain: very many domains may wait in one message. */
  readonly #byDomain = new Map<string, Map<Entry, readonly number[]>>();
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

  isHeld(entry: Entry, index: number): boolean {
    return this.#held.get(entry)?.includes(index) ?? false;
  }

  isReleased(entry: Entry, index: number): boolean {
    return this.#released.get(entry)?.has(index) ?? false;
  }

  /** Takes down which recipients of an entry are held now; none: the entry is forgotten. */
  note(entry: Entry, indices: readonly number[]): void {
    if (indices.length === 0 && !this.#held.has(entry)) return;
    const domains = groupByDomain(entry, indices);
    for (const domain of groupByDomain(entry, this.#held.get(entry) ?? nobody).keys())
      if (!domains.has(domain)) this.#leave(domain, entry);
    for (const [domain, its] of domains) {
      const entries = this.#byDomain.get(domain);
      if (entries) entries.set(entry, its);
      else this.#byDomain.set(domain, new Map([[entry, its]]));
    }
    if (indices.length > 0) this.#held.set(entry, indices);
    else {
      this.#held.delete(entry);
      this.#released.delete(entry);
    }
  }

  /** Lets recipients be tried once; those that are not held are left alone. */
  release(entry: Entry, indices: readonly number[]): void {
    const held = new Set(this.#held.get(entry));
    const chosen = indices.filter((index) => held.has(index));
    if (chosen.length > 0) this.#mark(entry, chosen);
  }

  #mark(entry: Entry, indices: readonly number[]): void {
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
   * @param start told the messages of which something was released
   */
  releaseDomains(
    domains: readonly string[],
    {
      isLimited,
      start,
    }: { readonly isLimited: boolean; readonly start: (entries: ReadonlySet<Entry>) => void },
  ): ReleaseAnswer {
    const now = this.#clock.now();
    const started = new Set<Entry>();
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
        const indices = this.heldOf(entry, [domain]).filter(
          (index) => entry.groupOf(index) === undefined && !this.isReleased(entry, index),
        );
        if (indices.length === 0) continue;
        this.#mark(entry, indices);
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
    const entries = new Set(domains.flatMap((domain) => [...(this.#byDomain.get(domain)?.keys() ?? [])]));
    return [...entries].sort((one, other) => one.envelope.arrivedAt - other.envelope.arrivedAt);
  }

  /** Positions of the recipients in these domains that are held. */
  heldOf(entry: Entry, domains: readonly string[]): number[] {
    return domains.flatMap((domain) => this.#byDomain.get(domain)?.get(entry) ?? nobody);
  }

  /** Nothing begins by itself any more. */
  close(): void {
    this.#cancelPutOff?.();
    this.#putOff.clear();
  }

  #leave(domain: string, entry: Entry): void {
    const entries = this.#byDomain.get(domain);
    entries?.delete(entry);
    if (entries?.size === 0) this.#byDomain.delete(domain);
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
  #startLater(start: (entries: ReadonlySet<Entry>) => void): void {
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
