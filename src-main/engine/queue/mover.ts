/**
 * Moves messages on: reviews an entry, lets delivery try what is due, settles what came of it, and looks again.
 *
 * Owns: attempts and settlements under way.
 * Promises: settlements of one message never overlap; an entry is forgotten only after its files are gone;
 *   after `stop` nothing is touched any more.
 * Fails: never by itself; what cannot be written is kept and tried again (queue/finish).
 */
import type { Route } from '../core/delivery';
import { waitingRecipients } from '../core/envelope';
import type { QueueId } from '../core/ids';
import { reasonOf } from '../core/problem';
import { createStatus, isTemporary } from '../core/smtp-status';
import { attemptGroup } from './attempt';
import { Dispatcher } from './dispatcher';
import { DueHeap } from './due-heap';
import type { Entry, Group } from './entry';
import { createFinisher, type Finisher } from './finish';
import { reviewEntry } from './review';
import type { RunnerOptions } from './runner';
import { waitingLimits } from './schedule';
import { type Settlement, settleAttempt, settleDeletion } from './settlement';

/** Settlements written at once; beyond it no attempt is started, so that a slow disk slows delivery. */
const mostSettlements = 64;
/** Stands in a group that is deleted, which goes nowhere. */
const deletionRoute: Route = {
  kind: 'refuse',
  destination: 'refuse',
  rule: 'deleted by an operator',
  status: createStatus(554, '5.3.2', 'Deleted from the queue by an operator'),
};
/** After `stop` broke attempts off, they get so long to say how they stand. */
const abortGraceMs = 2000;

export class Mover {
  readonly #options: RunnerOptions;
  readonly #heap: DueHeap;
  readonly #dispatcher: Dispatcher;
  readonly #finisher: Finisher;
  /** Messages from acceptance to their end, in order of arrival. */
  readonly #entries: Map<QueueId, Entry>;
  /** What is being tried or settled. */
  readonly #activeGroups = new Set<Group>();
  readonly #work = new Set<Promise<unknown>>();
  #settlements = 0;
  #state: 'new' | 'running' | 'stopping' | 'stopped' = 'new';

  constructor(options: RunnerOptions, entries: Map<QueueId, Entry>) {
    const { clock, settings } = options;
    this.#options = options;
    this.#entries = entries;
    this.#heap = new DueHeap(clock);
    this.#finisher = createFinisher(options);
    this.#dispatcher = new Dispatcher({
      clock,
      heap: this.#heap,
      settings,
      mayStart: () => this.#state === 'running' && this.#settlements < mostSettlements,
      start: (group) => this.#track(this.#attempt(group)),
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
    // A step that works now is still done; nobody waits for better times.
    this.#finisher.stop();
    if (graceMs > 0) await this.#workEnds(graceMs);
    for (const group of this.#activeGroups) group.controller?.abort();
    await this.#workEnds(abortGraceMs);
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
  route(address: string): Route {
    try {
      return this.#options.route(address);
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
      route: (address) => this.route(address),
      destination: (key) => this.#dispatcher.find(key),
      settings: settings(),
      now: clock.now(),
    });
    for (const { route, indices, settlement } of review.settled) {
      this.withdraw(entry, indices);
      this.#track(this.#settle(this.#activate({ entry, route, indices, state: 'active' }), settlement));
    }
    for (const { route, indices } of review.ready) {
      const group: Group = { entry, route, indices, state: 'ready' };
      entry.addGroup(group);
      this.#dispatcher.add(group);
    }
    if (review.wakeAt === Number.POSITIVE_INFINITY) this.#heap.remove(entry);
    else this.#heap.set(entry, review.wakeAt);
  }

  #reviewDeletion(entry: Entry): void {
    this.withdraw(entry);
    this.#heap.remove(entry);
    const indices = entry.idleIndices();
    if (indices.length === 0) return;
    const group = this.#activate({ entry, route: deletionRoute, indices, state: 'active' });
    this.#track(this.#settle(group, settleDeletion(entry.envelope, indices)));
  }

  #activate(group: Group): Group {
    group.state = 'active';
    group.entry.addGroup(group);
    this.#activeGroups.add(group);
    return group;
  }

  async #attempt(group: Group): Promise<void> {
    const { clock, settings } = this.#options;
    const { entry, route, indices } = this.#activate(group);
    const controller = new AbortController();
    group.controller = controller;
    const { result, isTelling } = await attemptGroup(group, controller.signal, this.#options);
    // The engine may have another runner on these files by now: whatever came too late has not happened.
    if (this.#state === 'stopped') return;
    const now = clock.now();
    const isAborted = controller.signal.aborted;
    const worst = result.results.find(({ status }) => isTemporary(status));
    let destinationNextTryAt: number | undefined;
    if (isTelling && !isAborted) {
      if (!result.isDestinationDown) this.#dispatcher.succeeded(route.destination);
      else if (worst) {
        const { status, remote } = worst;
        const note = { at: now, status, ...(remote && { remote }) };
        destinationNextTryAt = this.#dispatcher.failed(route.destination, note);
      }
    }
    this.#dispatcher.finished(group);
    const settlement = settleAttempt({
      envelope: entry.envelope,
      indices,
      isLocal: route.kind === 'drop',
      result,
      now,
      limits: waitingLimits(entry.envelope.arrivedAt, route.kind === 'drop', settings()),
      settings: settings(),
      isAborted,
      ...(destinationNextTryAt !== undefined && { destinationNextTryAt }),
    });
    const settled = this.#settle(group, settlement);
    // The lane takes the next message while this one is written down.
    this.pump();
    await settled;
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
    if (isFinished) entry.noteDeferral(group, settlement);
    if (isFinished && waitingRecipients(entry.envelope).length === 0) this.#forget(entry);
    else this.review(entry);
    this.pump();
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        const { emit, serverId } = this.#options;
        emit({ type: 'warning', serverId, code: 'queue-internal', text: `Queue: ${reasonOf(error)}` });
      })
      .finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }

  /** Waits until nothing is under way, `timeoutMs` at most. */
  async #workEnds(timeoutMs: number): Promise<void> {
    if (this.#work.size === 0) return;
    let isOver = false;
    let cancel = (): void => undefined;
    const timeout = new Promise<void>((resolve) => {
      cancel = this.#options.clock.startTimer(() => {
        isOver = true;
        resolve();
      }, timeoutMs);
    });
    while (this.#work.size > 0 && !isOver) await Promise.race([Promise.allSettled([...this.#work]), timeout]);
    cancel();
  }

  #forget(entry: Entry): void {
    this.withdraw(entry);
    this.#heap.remove(entry);
    this.#entries.delete(entry.envelope.queueId);
    entry.deletion?.end(true);
  }
}
