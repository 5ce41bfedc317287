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
/** Old rests are dropped beyond so many. */
const mostRests = 1_000;

const nobody: readonly number[] = [];

export class HeldMail {
  readonly #clock: Clock;
  /** Positions of held recipients, the released ones included. */
  readonly #held = new Map<Entry, readonly number[]>();
  readonly #byDomain = new Map<string, Set<Entry>>();
  readonly #released = new Map<Entry, ReadonlySet<number>>();
  readonly #restUntil = new Map<string, number>();
  /** Rounds that begin when the rest of their domain is over. */
  readonly #putOff = new Map<string, CancelTimer>();

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
    const domains = new Set(indices.map((index) => domainOf(entry.recipient(index).address)));
    for (const index of this.#held.get(entry) ?? nobody) {
      const domain = domainOf(entry.recipient(index).address);
      if (!domains.has(domain)) this.#leave(domain, entry);
    }
    for (const domain of domains) {
      const entries = this.#byDomain.get(domain);
      if (entries) entries.add(entry);
      else this.#byDomain.set(domain, new Set([entry]));
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
    if (chosen.length > 0)
      this.#released.set(entry, new Set([...(this.#released.get(entry) ?? []), ...chosen]));
  }

  /** Takes the marks off: the attempt was made, or is not made any more. */
  hold(entry: Entry, indices: readonly number[]): void {
    const released = this.#released.get(entry);
    if (!released) return;
    const gone = new Set(indices);
    const rest = [...released].filter((index) => !gone.has(index));
    if (rest.length > 0) this.#released.set(entry, new Set(rest));
    else this.#released.delete(entry);
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
        this.#startLater(domain, restUntil - now, start);
        continue;
      }
      const before = started.size;
      for (const entry of this.entriesOf([domain])) {
        const indices = this.heldOf(entry, [domain]).filter(
          (index) => entry.groupOf(index) === undefined && !this.isReleased(entry, index),
        );
        if (indices.length === 0) continue;
        this.release(entry, indices);
        started.add(entry);
      }
      if (started.size === before) isUnderWay = true;
      // Also where nothing was started: to find that out is dear when much is held.
      this.#rest(domain, now);
    }
    if (started.size > 0) start(started);
    if (started.size > 0) return { kind: 'started', messageCount: started.size };
    return { kind: isPutOff ? 'put-off' : isUnderWay ? 'under-way' : 'nothing-held' };
  }

  /** Messages with something held for one of the domains, oldest first. */
  entriesOf(domains: readonly string[]): Entry[] {
    const entries = new Set(domains.flatMap((domain) => [...(this.#byDomain.get(domain) ?? [])]));
    return [...entries].sort((one, other) => one.envelope.arrivedAt - other.envelope.arrivedAt);
  }

  /** Positions of the recipients in these domains that are held. */
  heldOf(entry: Entry, domains: readonly string[]): number[] {
    return (this.#held.get(entry) ?? nobody).filter((index) =>
      domains.includes(domainOf(entry.recipient(index).address)),
    );
  }

  /** Nothing begins by itself any more. */
  close(): void {
    for (const cancel of this.#putOff.values()) cancel();
    this.#putOff.clear();
  }

  #leave(domain: string, entry: Entry): void {
    const entries = this.#byDomain.get(domain);
    entries?.delete(entry);
    if (entries?.size === 0) this.#byDomain.delete(domain);
  }

  #rest(domain: string, now: number): void {
    if (this.#restUntil.size >= mostRests) {
      for (const [other, until] of this.#restUntil) if (until <= now) this.#restUntil.delete(other);
    }
    this.#restUntil.set(domain, now + restMs);
  }

  #startLater(domain: string, delayMs: number, start: (entries: ReadonlySet<Entry>) => void): void {
    if (this.#putOff.has(domain)) return;
    const begin = (): void => {
      this.#putOff.delete(domain);
      this.releaseDomains([domain], { isLimited: false, start });
    };
    this.#putOff.set(domain, this.#clock.startTimer(begin, delayMs));
  }
}
