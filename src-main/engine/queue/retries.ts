/**
 * What makes mail due before its time: somebody asks for it, the settings have changed, the computer woke up.
 *
 * Promises: no more is read at once than queue/looks allows; held mail is tried only when it is named.
 */
import { holdOf, type QueueRoute } from '../core/delivery';
import type { QueueId } from '../core/ids';
import type { Entry, Hurry } from './entry';
import type { Looks } from './looks';
import type { Mover } from './mover';

export class Retries {
  readonly #mover: Mover;
  readonly #entries: ReadonlyMap<QueueId, Entry>;
  readonly #looks: Looks;

  constructor(mover: Mover, entries: ReadonlyMap<QueueId, Entry>, looks: Looks) {
    this.#mover = mover;
    this.#entries = entries;
    this.#looks = looks;
  }

  /** Everything that is not held is tried now. Answers how many messages that are. */
  all(): number {
    this.#mover.dispatcher.clearWait();
    this.#mover.hurryWrites();
    let count = 0;
    for (const entry of this.#entries.values()) if (this.one(entry, 'not-held')) count++;
    this.#mover.pump();
    return count;
  }

  /** Lets a message be tried now; one that rests as soon as it was read. False: there is nothing to try. */
  one(entry: Entry, hurry: Hurry): boolean {
    return entry.envelope ? this.#present(entry, hurry) : this.#resting(entry, hurry);
  }

  #present(entry: Entry, hurry: Hurry): boolean {
    const heldIndices = hurry === 'all' ? undefined : this.#mover.held.indicesOf(entry);
    const indices = entry
      .idleIndices()
      .filter((index) => !heldIndices?.has(index) && !this.#isKept(entry, index));
    return this.some(entry, indices, { endsWaits: hurry === 'all' });
  }

  /** An operator keeps it back, or its destination is frozen. */
  #isKept(entry: Entry, index: number): boolean {
    return (
      entry.recipient(index).isHeld === true || this.#mover.frozen.has(this.#mover.routeOf(entry, index))
    );
  }

  /**
   * Lets idle recipients of a message in memory be tried now. `endsWaits`: named by somebody, so their destinations wait
   * no longer, and nobody has to ask for them.
   */
  some(entry: Entry, indices: readonly number[], { endsWaits }: { readonly endsWaits: boolean }): boolean {
    const { held, dispatcher, options } = this.#mover;
    if (indices.length === 0) return false;
    if (endsWaits) {
      const routes = indices.map((index) => this.#mover.routeOf(entry, index));
      held.mark(
        entry,
        indices.filter((_, at) => holdOf(routes[at] as QueueRoute)),
      );
      for (const key of new Set(routes.map(({ destination }) => destination))) dispatcher.clearWait(key);
      this.#mover.hurryWrites();
    }
    entry.makeDue(indices, options.clock.now());
    this.#mover.catalogue?.note(entry.queueId, entry.envelope);
    this.#mover.review(entry);
    return true;
  }

  #resting(entry: Entry, hurry: Hurry): boolean {
    const heldCount = hurry === 'all' ? 0 : this.#mover.held.indicesOf(entry).size;
    const idleCount = entry.countIdle() - heldCount - entry.heldCount;
    if (idleCount <= 0) return false;
    // What waits for a lane is due already.
    let readyCount = 0;
    for (const { state, indices } of entry.groups) if (state === 'ready') readyCount += indices.length;
    if (hurry === 'not-held' && readyCount === idleCount) return true;
    if (entry.hurry !== 'all') entry.hurry = hurry;
    if (this.#mover.isRunning) this.#looks.ask(entry, { isUrgent: hurry === 'all' });
    return true;
  }

  /** The settings have changed: mail that waits for a destination that is no longer its own is tried anew. */
  reroute(): void {
    const { routes, dispatcher } = this.#mover;
    if (!this.#mover.isRunning) return;
    routes.expire();
    this.#mover.frozen.follow(routes.generation);
    dispatcher.relist();
    // Those whose turn it is first: the limits of their routes hold for all behind them.
    for (const { entry } of [...dispatcher.firsts()]) this.#looks.ask(entry, { isUrgent: true });
    for (const entry of this.#entries.values()) {
      if (entry.envelope) this.#mover.review(entry);
      else this.#looks.ask(entry);
    }
    this.#mover.pump();
  }

  /** Takes back what waits with a route of earlier settings; what goes elsewhere now is due. */
  renew(entry: Entry): void {
    const groups = entry.groupsByIndex();
    const held = this.#mover.held.indicesOf(entry);
    const { frozen, dispatcher } = this.#mover;
    const due = entry.idleIndices().filter((index) => {
      const group = groups.get(index);
      // What waited for a lane was due, whatever its file says.
      if (group) return true;
      const route = this.#mover.routeOf(entry, index);
      if (frozen.hasThawedSince(route, entry.generation)) {
        // One attempt comes first, also where its time is over.
        if (frozen.takeClearing(route.destination)) dispatcher.clearWait(route.destination);
        if (holdOf(route) && !entry.recipient(index).isHeld) this.#mover.held.mark(entry, [index]);
        return true;
      }
      const before = entry.deferrerOf(index);
      const isLetGo = held.has(index) && !holdOf(route);
      return isLetGo || (before !== undefined && before !== route.destination);
    });
    this.#mover.withdraw(entry);
    entry.makeDue(due, this.#mover.options.clock.now());
    entry.generation = this.#mover.routes.generation;
    this.#mover.catalogue?.note(entry.queueId, entry.envelope);
  }
}
