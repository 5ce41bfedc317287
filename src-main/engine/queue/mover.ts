/**
 * Moves messages on: reviews an entry, lets delivery try what is due, settles what came of it, and looks again.
 *
 * Owns: attempts and settlements under way.
 * Promises: settlements of one message never overlap; an entry is forgotten only after its files are gone;
 *   after `stop` nothing is touched any more.
 * Fails: never by itself; what cannot be written is kept and tried again (queue/finish).
 */
import { domainOf } from '../core/address';
import { holdOf, type Route } from '../core/delivery';
import { waitingRecipients } from '../core/envelope';
import type { QueueId } from '../core/ids';
import { reasonOf } from '../core/problem';
import { createStatus, isTemporary } from '../core/smtp-status';
import type { ReleaseAnswer, TurnedConnection } from '../core/trigger';
import { attemptGroup } from './attempt';
import { Dispatcher } from './dispatcher';
import { DueHeap } from './due-heap';
import type { Entry, Group } from './entry';
import { createFinisher, type Finisher } from './finish';
import { HeldMail } from './held';
import { reviewEntry } from './review';
import type { RunnerOptions } from './runner';
import { waitingLimits } from './schedule';
import { type AttemptFacts, type Settlement, settleAttempt, settleDeletion } from './settlement';
import { WorkSet } from './work-set';

/** Settlements written at once; beyond it no attempt is started, so that a slow disk slows delivery. */
const mostSettlements = 64;
/** Stands in a group that is deleted, which goes nowhere. */
const deletionRoute: Route = {
  kind: 'refuse',
  destination: 'refuse',
  rule: 'deleted by an operator',
  status: createStatus(554, '5.3.2', 'Deleted from the queue by an operator'),
};
/** Of held mail that was asked for. */
const reviewsAtOnce = 100;
const indicesOf = (group: Group): readonly number[] => group.indices;
/** After `stop` broke attempts off, they get so long to say how they stand. */
const abortGraceMs = 2000;

export class Mover {
  readonly #options: RunnerOptions;
  readonly #heap: DueHeap;
  readonly #dispatcher: Dispatcher;
  readonly #finisher: Finisher;
  /** Mail that waits to be asked for. */
  readonly held: HeldMail;
  /** Messages from acceptance to their end, in order of arrival. */
  readonly #entries: Map<QueueId, Entry>;
  /** What is being tried or settled. */
  readonly #activeGroups = new Set<Group>();
  readonly #work: WorkSet;
  #settlements = 0;
  #state: 'new' | 'running' | 'stopping' | 'stopped' = 'new';

  constructor(options: RunnerOptions, entries: Map<QueueId, Entry>) {
    const { clock, settings } = options;
    this.#options = options;
    this.#entries = entries;
    this.#heap = new DueHeap(clock);
    const { emit, serverId } = options;
    this.#work = new WorkSet(clock, (error) =>
      emit({ type: 'warning', serverId, code: 'queue-internal', text: `Queue: ${reasonOf(error)}` }),
    );
    this.#finisher = createFinisher(options);
    this.held = new HeldMail(clock);
    this.#dispatcher = new Dispatcher({
      clock,
      heap: this.#heap,
      settings,
      mayStart: () => this.#state === 'running' && this.#settlements < mostSettlements,
      start: (group) => void this.#work.track(this.#attempt(group)),
    });
  }

  get isStopped(): boolean {
    return this.#state === 'stopping' || this.#state === 'stopped';
  }

  /** Messages with something under way. */
  get activeCount(): number {
    return new Set([...this.#activeGroups].map((group) => group.entry)).size;
  }

  start(): void {
    this.#state = 'running';
    // Through the heap, which wakes some at a time: a hundred thousand reviews at once would stop everything.
    const now = this.#options.clock.now();
    for (const entry of this.#entries.values()) this.#heap.set(entry, now);
  }

  async stop(graceMs: number): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#state = 'stopping';
    this.#heap.close();
    this.held.close();
    // A step that works now is still done; nobody waits for better times.
    this.#finisher.stop();
    if (graceMs > 0) await this.#work.ends(graceMs);
    for (const group of this.#activeGroups) group.controller?.abort();
    await this.#work.ends(abortGraceMs);
    this.#state = 'stopped';
  }

  /** Starts what may be started. */
  pump(): void {
    this.#dispatcher.pump();
  }

  /** Ends the waiting of a destination (of all, when none is named) and of writes that did not work. */
  hurry(destination?: string): void {
    this.#dispatcher.clearWait(destination);
    this.hurryWrites();
  }

  /** Tries again at once what could not be written. */
  hurryWrites(): void {
    this.#finisher.hurry();
  }

  /** Time for which a recipient's destination makes it wait; undefined when it does not. */
  heldUntil(entry: Entry, index: number): number | undefined {
    const group = entry.groupOf(index);
    if (group?.state !== 'ready') return undefined;
    const destination = this.#dispatcher.find(group.route.destination);
    return destination?.isHeld(this.#options.clock.now()) ? destination.nextTryAt : undefined;
  }

  /** A route that cannot be decided is a refusal for now, never a loss. */
  route(entry: Entry, index: number): Route {
    return this.#routeOf(entry.recipient(index).address, entry.envelope.sender);
  }

  #routeOf(address: string, sender: string): Route {
    try {
      return this.#options.route(address, sender);
    } catch (error) {
      const status = createStatus(451, '4.3.5', 'The next hop cannot be decided', reasonOf(error));
      return { kind: 'refuse', destination: 'refuse', rule: 'none', status };
    }
  }

  /** Takes back what waits for a lane. */
  withdraw(entry: Entry, indices?: readonly number[]): void {
    for (const group of entry.groups) {
      if (group.state !== 'ready') continue;
      if (indices && !group.indices.some((index) => indices.includes(index))) continue;
      this.#dispatcher.remove(group);
      entry.removeGroup(group);
    }
  }

  /** Finds out what an entry needs and sets it going. */
  review(entry: Entry): void {
    if (this.isStopped) return;
    if (entry.deletion) {
      this.#reviewDeletion(entry);
      return;
    }
    if (this.#state === 'new') return;
    const { settings, clock } = this.#options;
    const review = reviewEntry({
      envelope: entry.envelope,
      standing(index) {
        const group = entry.groupOf(index);
        return group?.state === 'active' ? 'active' : group?.route;
      },
      route: (address, sender) => this.#routeOf(address, sender),
      isReleased: (index) => this.held.isReleased(entry, index),
      destination: (key) => this.#dispatcher.find(key),
      settings: settings(),
      now: clock.now(),
    });
    for (const { route, indices, settlement } of review.settled) {
      this.withdraw(entry, indices);
      void this.#work.track(
        this.#settle(this.#activate({ entry, route, indices, state: 'active' }), settlement),
      );
    }
    for (const { route, indices } of review.ready) {
      const group: Group = { entry, route, indices, state: 'ready' };
      entry.addGroup(group);
      this.#dispatcher.add(group);
    }
    const active = entry.groups.filter(({ state, route }) => state === 'active' && holdOf(route));
    this.held.note(entry, active.length === 0 ? review.held : [...review.held, ...active.flatMap(indicesOf)]);
    if (review.wakeAt === Number.POSITIVE_INFINITY) this.#heap.remove(entry);
    else this.#heap.set(entry, review.wakeAt);
  }

  /** Tries held mail of these domains once (ETRN); what cannot be delivered is held again. */
  releaseHeld(domains: readonly string[], isLimited: boolean): ReleaseAnswer {
    if (this.#state !== 'running') return { kind: 'nothing-held' };
    return this.held.releaseDomains(domains, {
      isLimited,
      start: (entries) => this.#reviewInTurns(entries),
    });
  }

  /** Some at once, the others some at a time: whoever asks for very much mail must not stop everything. */
  #reviewInTurns(entries: Iterable<Entry>): void {
    const now = this.#options.clock.now();
    let count = 0;
    for (const entry of entries) {
      if (++count <= reviewsAtOnce) this.review(entry);
      else this.#heap.set(entry, now);
    }
    this.pump();
  }

  /** Sends held mail of these domains over one connection (ATRN, TURN), until it is over or no longer wanted. */
  async sendHeld(
    domains: readonly string[],
    connection: TurnedConnection,
    isWanted: () => boolean,
  ): Promise<void> {
    for (const entry of this.held.entriesOf(domains)) {
      if (this.#state !== 'running' || !connection.isUsable || !isWanted()) return;
      const group = this.#takeHeld(entry, domains);
      if (group) await this.#work.track(this.#attemptTurned(group, connection));
    }
  }

  /** What is held of one message and not being tried; undefined: nothing. */
  #takeHeld(entry: Entry, domains: readonly string[]): Group | undefined {
    const indices = this.held
      .heldOf(entry, domains)
      .filter((index) => entry.groupOf(index)?.state !== 'active' && !entry.recipient(index).outcome);
    const [first] = indices;
    if (first === undefined || entry.deletion) return undefined;
    this.withdraw(entry, indices);
    this.held.hold(entry, indices);
    return { entry, route: this.route(entry, first), indices, state: 'active' };
  }

  /** One message over a connection that changed its direction. Who got no answer was not tried. */
  async #attemptTurned(group: Group, { deliver }: TurnedConnection): Promise<void> {
    const { entry } = this.#activate(group);
    const controller = new AbortController();
    group.controller = controller;
    const { result } = await attemptGroup(group, controller.signal, { ...this.#options, deliver });
    if (this.#state === 'stopped') return;
    const answered = new Set(result.results.map(({ address }) => address));
    const indices = group.indices.filter((index) => answered.has(entry.recipient(index).address));
    const now = this.#options.clock.now();
    const isAborted = controller.signal.aborted;
    await this.#settle(
      group,
      this.#settlementOf({ ...group, indices }, { result, now, isAborted, destinationNextTryAt: now }),
    );
  }

  /** A host that cannot be reached ends the round: what waits for a lane to it, or for its review, is held again. */
  #endRound({ entry: tried, route, indices: triedIndices }: Group): void {
    const waiting = new Set<Entry>();
    for (const { entry, indices } of [...(this.#dispatcher.find(route.destination)?.ready ?? [])]) {
      this.withdraw(entry, indices);
      this.held.hold(entry, indices);
      waiting.add(entry);
    }
    this.held.endRound([...new Set(triedIndices.map((index) => domainOf(tried.recipient(index).address)))]);
    this.#reviewInTurns(waiting);
  }

  #reviewDeletion(entry: Entry): void {
    this.withdraw(entry);
    this.held.note(entry, []);
    this.#heap.remove(entry);
    const indices = entry.idleIndices();
    if (indices.length === 0) return;
    const group = this.#activate({ entry, route: deletionRoute, indices, state: 'active' });
    void this.#work.track(this.#settle(group, settleDeletion(entry.envelope, indices)));
  }

  #activate(group: Group): Group {
    group.state = 'active';
    group.entry.addGroup(group);
    this.#activeGroups.add(group);
    return group;
  }

  async #attempt(group: Group): Promise<void> {
    const { clock } = this.#options;
    const { route } = this.#activate(group);
    const controller = new AbortController();
    group.controller = controller;
    const { result, isTelling } = await attemptGroup(group, controller.signal, this.#options);
    // The engine may have another runner on these files by now: whatever came too late has not happened.
    if (this.#state === 'stopped') return;
    const now = clock.now();
    const isAborted = controller.signal.aborted;
    const worst = result.results.find(({ status }) => isTemporary(status));
    const isTriggered = holdOf(route) !== undefined;
    // Held mail has no time of its own: as soon as it is not held any more, it is due.
    let destinationNextTryAt = isTriggered ? now : undefined;
    if (isTelling && !isAborted) {
      if (!result.isDestinationDown) this.#dispatcher.succeeded(route.destination);
      else if (isTriggered) this.#endRound(group);
      else if (worst) {
        const { status, remote } = worst;
        const note = { at: now, status, ...(remote && { remote }) };
        destinationNextTryAt = this.#dispatcher.failed(route.destination, note);
      }
    }
    this.#dispatcher.finished(group);
    const settlement = this.#settlementOf(group, {
      result,
      now,
      isAborted,
      ...(destinationNextTryAt !== undefined && { destinationNextTryAt }),
    });
    const settled = this.#settle(group, settlement);
    // The lane takes the next message while this one is written down.
    this.pump();
    await settled;
  }

  #settlementOf(
    { entry, route, indices }: Group,
    attempt: Pick<AttemptFacts, 'result' | 'now' | 'isAborted' | 'destinationNextTryAt'>,
  ): Settlement {
    const settings = this.#options.settings();
    const isLocal = route.kind === 'drop';
    const { envelope } = entry;
    const limits = waitingLimits(envelope.arrivedAt, isLocal, settings);
    return settleAttempt({ ...attempt, envelope, indices, isLocal, limits, settings });
  }

  /** Carries out a settlement when those before it are done, and sees what comes next. */
  async #settle(group: Group, settlement: Settlement): Promise<void> {
    const { entry } = group;
    const isDeletion = group.route === deletionRoute;
    this.#settlements++;
    const before = entry.settling;
    const finish = async (): Promise<boolean> => {
      await before;
      const isGivenUp = (): boolean => entry.deletion !== undefined && !isDeletion;
      const changed = await this.#finisher.finish(entry.envelope, settlement, isGivenUp);
      if (changed) entry.envelope = changed;
      return changed !== undefined;
    };
    const finished = finish();
    entry.settling = finished;
    const isFinished = await finished;
    this.#settlements--;
    entry.removeGroup(group);
    this.#activeGroups.delete(group);
    this.held.hold(entry, group.indices);
    if (isFinished) entry.noteDeferral(group, settlement);
    if (isFinished && waitingRecipients(entry.envelope).length === 0) this.#forget(entry);
    else this.review(entry);
    this.pump();
  }

  #forget(entry: Entry): void {
    this.withdraw(entry);
    this.held.note(entry, []);
    this.#heap.remove(entry);
    this.#entries.delete(entry.envelope.queueId);
    entry.deletion?.end(true);
  }
}
