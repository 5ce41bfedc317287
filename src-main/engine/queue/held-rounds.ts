/**
 * Rounds of held mail: what happens when a host asks for it, by ETRN (each message is tried once) or over the
 * connection that it turned around (ATRN, TURN).
 *
 * Promises: the round ends when the host cannot be reached; what was not sent is held again. As long as the queue is
 *   still being read after a start, a round that is asked for begins when all of it is known.
 */
import { domainOf } from '../core/address';
import type { ReleaseAnswer, TurnedConnection } from '../core/trigger';
import { Attempts } from './attempts';
import { createGroup, type Entry, type Group } from './entry';
import type { Mover } from './mover';

/** Of held mail that was asked for. */
const reviewsAtOnce = 100;

export class HeldRounds {
  readonly #mover: Mover;
  readonly #attempts: Attempts;
  /** Domains that asked before all of the queue was read. */
  readonly #early = new Set<string>();
  #readingEnded: (() => void)[] = [];

  constructor(mover: Mover) {
    this.#mover = mover;
    this.#attempts = new Attempts(mover);
  }

  /** Tries held mail of these domains once (ETRN); what cannot be delivered is held again. */
  release(domains: readonly string[], isLimited: boolean): ReleaseAnswer {
    if (!this.#mover.isRunning) return { kind: 'nothing-held' };
    if (this.#mover.isReading) {
      for (const domain of domains) this.#early.add(domain);
      return { kind: 'put-off' };
    }
    const start = (entries: Iterable<Entry>): void => this.#reviewInTurns(entries);
    return this.#mover.held.releaseDomains(domains, { isLimited, start });
  }

  /** All of the queue is known now. */
  readingEnded(): void {
    for (const resume of this.#readingEnded.splice(0)) resume();
    if (this.#early.size === 0) return;
    const domains = [...this.#early];
    this.#early.clear();
    this.release(domains, false);
  }

  /** Sends held mail of these domains over one connection (ATRN, TURN), until it is over or no longer wanted. */
  async send(
    domains: readonly string[],
    connection: TurnedConnection,
    isWanted: () => boolean,
  ): Promise<void> {
    if (this.#mover.isReading) await new Promise<void>((resolve) => this.#readingEnded.push(resolve));
    for (const entry of this.#mover.held.entriesOf(domains)) {
      while (!entry.envelope && (await this.#mover.shelf.load(entry))) {
        // It may have had to go again before its turn came.
      }
      if (!this.#mover.isRunning || !connection.isUsable || !isWanted()) return;
      const group = this.#take(entry, domains);
      if (group) await this.#mover.work.track(this.#attempts.attemptTurned(group, connection));
      else if (!entry.isBusy) this.#mover.shelf.rest(entry);
    }
  }

  close(): void {
    this.#early.clear();
    for (const resume of this.#readingEnded.splice(0)) resume();
  }

  /** A host that cannot be reached ends the round: what waits for a lane to it, or for its review, is held again. */
  endRound({ entry: tried, route, indices: triedIndices }: Group): void {
    const { dispatcher, held } = this.#mover;
    const waiting = new Set<Entry>();
    for (const { entry, indices } of [...(dispatcher.find(route.destination)?.ready ?? [])]) {
      this.#mover.withdraw(entry, indices);
      held.hold(entry, indices);
      waiting.add(entry);
    }
    held.endRound([...new Set(triedIndices.map((index) => domainOf(tried.recipient(index).address)))]);
    this.#reviewInTurns(waiting);
  }

  /** What is held of one message and not being tried; undefined: nothing. */
  #take(entry: Entry, domains: readonly string[]): Group | undefined {
    if (!entry.envelope || entry.deletion) return undefined;
    const groups = entry.groupsByIndex();
    const indices = this.#mover.held
      .heldOf(entry, domains)
      .filter((index) => groups.get(index)?.state !== 'active' && !entry.recipient(index).outcome);
    const [first] = indices;
    if (first === undefined) return undefined;
    const route = this.#mover.routeOf(entry, first);
    if (this.#mover.frozen.has(route)) return undefined;
    this.#mover.withdraw(entry, indices);
    this.#mover.held.hold(entry, indices);
    return createGroup({ entry, route, generation: this.#mover.routes.generation, indices, state: 'active' });
  }

  /** Some at once, the others some at a time: whoever asks for very much mail must not stop everything. */
  #reviewInTurns(entries: Iterable<Entry>): void {
    let count = 0;
    for (const entry of entries) {
      if (++count <= reviewsAtOnce) this.#mover.review(entry);
      else this.#mover.reviewLater(entry);
    }
    this.#mover.pump();
  }
}
