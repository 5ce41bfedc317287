/**
 * Moves messages on: reviews an entry, hands what is due to the lanes, settles what came of it, and looks again.
 *
 * Owns: which message needs what and when, settlements under way, which envelopes are in memory.
 * Promises: settlements of one message never overlap; an entry is forgotten only after its files are gone;
 *   after `stop` nothing is touched any more.
 * Fails: never by itself; what cannot be written is kept and tried again (queue/finish).
 */
import { holdOf, type QueueRoute } from '../core/delivery';
import type { Envelope } from '../core/envelope';
import type { QueueId } from '../core/ids';
import { reasonOf } from '../core/problem';
import { createStatus } from '../core/smtp-status';
import { Attempts } from './attempts';
import type { Catalogue } from './catalogue';
import { Dispatcher } from './dispatcher';
import { DueHeap } from './due-heap';
import { createGroup, type Entry, type Group } from './entry';
import { EnvelopeShelf } from './envelope-shelf';
import { mendTimes, shiftTimes } from './envelope-times';
import { createFinisher, type Finisher } from './finish';
import { Frozen } from './frozen';
import { HeldMail } from './held';
import { HeldRounds } from './held-rounds';
import { Looks } from './looks';
import { OperatorActs } from './operator-acts';
import type { QueueTime } from './queue-time';
import type { Rank } from './ready-queue';
import { directoryRoute } from './resolution';
import { Retries } from './retries';
import { reviewEntry } from './review';
import { RouteTable } from './route-table';
import type { RunnerOptions } from './runner';
import { longestRetryMs } from './schedule';
import { type Settlement, settleDeletion, settleReturn } from './settlement';
import { WorkSet } from './work-set';

/** Settlements written at once; beyond it no attempt is started, so that a slow disk slows delivery. */
const mostSettlements = 64;
/** Stands in a group that is deleted, which goes nowhere. */
const deletionRoute: QueueRoute = {
  kind: 'refuse',
  destination: 'refuse',
  rule: 'deleted by an operator',
  status: createStatus(554, '5.3.2', 'Deleted from the queue by an operator'),
};
const indicesOf = (group: Group): readonly number[] => group.indices;
/** After `stop` broke attempts off, they get so long to say how they stand. */
const abortGraceMs = 2000;
/** Envelopes of resting mail that stay in memory: enough for what comes and goes, whatever waits. */
const defaultRestingBytes = 8 * 1024 * 1024;
/** A file that could not be read is tried again after this. */
const readAgainMs = 5 * 60_000;
/** A message whose sessions were ended in its middle so often goes behind the others (reference 1.9). */
const mostResets = 2;

export class Mover {
  readonly options: RunnerOptions;
  readonly dispatcher: Dispatcher;
  /** Mail that waits to be asked for. */
  readonly held: HeldMail;
  readonly rounds: HeldRounds;
  readonly retries: Retries;
  readonly work: WorkSet;
  readonly routes: RouteTable;
  readonly shelf: EnvelopeShelf;
  readonly frozen: Frozen;
  readonly acts: OperatorActs;
  /** What consoles look at; undefined: nobody looks. */
  catalogue: Catalogue | undefined;
  /** What is being tried or settled. */
  readonly activeGroups = new Set<Group>();
  readonly #heap: DueHeap<Entry>;
  readonly #finisher: Finisher;
  readonly #looks: Looks;
  readonly #time: QueueTime;
  /** Messages from acceptance to their end, in order of arrival. */
  readonly #entries: Map<QueueId, Entry>;
  /** Found at the start, and not read since. */
  readonly #unread = new Set<Entry>();
  #settlements = 0;
  #state: 'new' | 'running' | 'stopping' | 'stopped' = 'new';

  /** @param options with the queue's time as the clock */
  constructor(options: RunnerOptions, entries: Map<QueueId, Entry>, time: QueueTime) {
    const { clock, settings, emit, serverId } = options;
    this.options = options;
    this.#entries = entries;
    this.#heap = new DueHeap(clock, (entry) => {
      this.review(entry);
      this.pump();
    });
    this.work = new WorkSet(clock, (error) =>
      emit({ type: 'warning', serverId, code: 'queue-internal', text: `Queue: ${reasonOf(error)}` }),
    );
    this.#finisher = createFinisher(options);
    this.held = new HeldMail(clock);
    this.rounds = new HeldRounds(this);
    this.routes = new RouteTable(options.route);
    this.frozen = new Frozen(settings);
    this.acts = new OperatorActs(this);
    const attempts = new Attempts(this);
    this.dispatcher = new Dispatcher({
      clock,
      settings,
      mayStart: () => this.#state === 'running' && this.#settlements < mostSettlements,
      start: (group) => void this.work.track(attempts.attempt(group)),
    });
    this.#looks = new Looks({
      mayLook: (isUrgent) => !this.isStopped && (isUrgent || this.#settlements < mostSettlements),
      look: (entry) => this.work.track(this.#look(entry)),
    });
    this.retries = new Retries(this, entries, this.#looks);
    const startedAt = clock.now();
    this.shelf = new EnvelopeShelf({
      read: options.read,
      mostBytes: options.restingBytes ?? defaultRestingBytes,
      peek: (queueId) => options.store.readEnvelope(queueId),
      inQueueTime: (entry, envelope) =>
        entry.shiftMs === undefined
          ? mendTimes(envelope, { startedAt, longestRetryMs: longestRetryMs(settings()) })
          : shiftTimes(envelope, -entry.shiftMs),
      onGone: (entry) => this.#forget(entry),
      onUnreadable: (entry) => {
        entry.deletion?.end(false);
        entry.deletion = undefined;
        this.#heap.set(entry, clock.now() + readAgainMs);
      },
    });
    this.#time = time;
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get isStopped(): boolean {
    return this.#state === 'stopping' || this.#state === 'stopped';
  }

  /** Whatever comes now has not happened: another runner may be at work on these files. */
  get isOver(): boolean {
    return this.#state === 'stopped';
  }

  /** Some of what was found at the start is still to be read. */
  get isReading(): boolean {
    return this.#unread.size > 0;
  }

  /** Messages with something under way. */
  get activeCount(): number {
    const active = new Set(this.#looks.running);
    for (const { entry } of this.activeGroups) active.add(entry);
    return active.size;
  }

  /** @param found names that are in the folder; nothing is known of them yet */
  start(found: Iterable<Entry>): void {
    this.#state = 'running';
    this.frozen.follow(this.routes.generation);
    // After a sleep the network is back, and after a step nobody knows how long it was away.
    this.#time.watch(() => void this.retries.all());
    for (const entry of found) this.#unread.add(entry);
    // Through the heap, which wakes some at a time: a hundred thousand reviews at once would stop everything.
    const now = this.options.clock.now();
    for (const entry of this.#entries.values()) this.#heap.set(entry, now);
  }

  async stop(graceMs: number): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#state = 'stopping';
    this.#time.close();
    this.#heap.close();
    this.dispatcher.close();
    this.#looks.clear();
    this.held.close();
    this.rounds.close();
    // A step that works now is still done; nobody waits for better times.
    this.#finisher.stop();
    if (graceMs > 0) await this.work.ends(graceMs);
    for (const group of this.activeGroups) group.controller?.abort();
    await this.work.ends(abortGraceMs);
    this.#state = 'stopped';
  }

  /** Starts what may be started. */
  pump(): void {
    this.dispatcher.pump();
  }

  /** Tries again at once what could not be written. */
  hurryWrites(): void {
    this.#finisher.hurry();
  }

  routeOf(entry: Entry, index: number): QueueRoute {
    return directoryRoute(this.options.directory, entry.isResolved) ?? this.#routeByName(entry, index);
  }

  #routeByName(entry: Entry, index: number): QueueRoute {
    const { address, way } = entry.recipient(index);
    return this.routes.routeOf(address, entry.present.sender, way);
  }

  has(entry: Entry): boolean {
    return this.#entries.get(entry.queueId) === entry;
  }

  /** Takes back what waits for a lane. */
  withdraw(entry: Entry, indices?: readonly number[]): void {
    const chosen = indices && new Set(indices);
    for (const group of entry.groups) {
      if (group.state !== 'ready') continue;
      if (chosen && !group.indices.some((index) => chosen.has(index))) continue;
      this.dispatcher.remove(group);
      entry.removeGroup(group);
    }
  }

  /** Finds out what an entry needs and sets it going; at once where its envelope is in memory. */
  review(entry: Entry): void {
    if (this.isStopped) return;
    if (!entry.envelope) {
      this.#looks.ask(entry, { isUrgent: entry.deletion !== undefined });
      return;
    }
    this.#looks.drop(entry);
    this.shelf.keep(entry);
    if (entry.deletion) this.#reviewDeletion(entry);
    else {
      if (entry.acts) this.acts.review(entry);
      if (this.#state === 'running') this.#review(entry);
    }
    if (!entry.isBusy) this.shelf.rest(entry);
  }

  /** The same, when others had their turn. */
  reviewLater(entry: Entry): void {
    this.#heap.set(entry, this.options.clock.now());
  }

  async #look(entry: Entry): Promise<void> {
    const envelope = await this.shelf.load(entry);
    this.#unread.delete(entry);
    if (envelope && !this.isStopped) {
      const { hurry } = entry;
      entry.hurry = undefined;
      if (!hurry || !this.retries.one(entry, hurry)) this.review(entry);
      this.pump();
    }
    if (!this.isReading) this.rounds.readingEnded();
  }

  #review(entry: Entry): void {
    const { settings, clock } = this.options;
    const { routes } = this;
    if (entry.generation !== routes.generation) this.retries.renew(entry);
    const groups = entry.groupsByIndex();
    const directory = directoryRoute(this.options.directory, entry.isResolved);
    const review = reviewEntry({
      envelope: entry.present,
      standing(index) {
        const group = groups.get(index);
        return group?.state === 'active' ? 'active' : group?.route;
      },
      route: (address, sender, way) => directory ?? routes.routeOf(address, sender, way),
      isFrozen: (route) => this.frozen.has(route),
      isReleased: (index) => this.held.isReleased(entry, index),
      destination: (key) => this.dispatcher.find(key),
      settings: settings(),
      now: clock.now(),
    });
    const { generation } = routes;
    for (const { route, indices, settlement } of review.settled) {
      this.withdraw(entry, indices);
      const group = createGroup({ entry, route, generation, indices, state: 'active' });
      void this.work.track(this.settle(this.activate(group), settlement));
    }
    for (const { route, indices } of review.ready) {
      const rank = this.#rankOf(entry, indices);
      const group = createGroup({ entry, route, generation, indices, rank, state: 'ready' });
      entry.addGroup(group);
      this.dispatcher.add(group);
    }
    const active = entry.groups.filter(({ state, route }) => state === 'active' && holdOf(route));
    this.held.note(entry, active.length === 0 ? review.held : [...review.held, ...active.flatMap(indicesOf)]);
    if (review.wakeAt === Number.POSITIVE_INFINITY) this.#heap.remove(entry);
    else this.#heap.set(entry, review.wakeAt);
  }

  #rankOf(entry: Entry, indices: readonly number[]): Rank {
    if (entry.resets >= mostResets) return 'problem';
    return indices.some((index) => entry.recipient(index).attempts > 0) ? 'tried' : 'new';
  }

  #reviewDeletion(entry: Entry): void {
    this.withdraw(entry);
    this.held.note(entry, []);
    this.#heap.remove(entry);
    const indices = entry.idleIndices();
    if (indices.length === 0) return;
    const { generation } = this.routes;
    const group = createGroup({ entry, route: deletionRoute, generation, indices, state: 'active' });
    const settle = entry.deletion?.isReturned ? settleReturn : settleDeletion;
    void this.work.track(this.settle(this.activate(group), settle(entry.present, indices)));
  }

  activate(group: Group): Group {
    group.state = 'active';
    this.shelf.keep(group.entry);
    group.entry.addGroup(group);
    this.activeGroups.add(group);
    return group;
  }

  /** The attempt has not taken place. */
  deactivate(group: Group): void {
    group.entry.removeGroup(group);
    this.activeGroups.delete(group);
  }

  /**
   * Carries out a settlement when those before it are done, and sees what comes next.
   *
   * @param decide the settlement; where others may change the same recipients meanwhile, it is made when its turn comes
   * @param afterwards called when it stands on disk, before anybody looks at the message again
   * @returns false: it was given up
   */
  async settle(
    group: Group,
    decide: Settlement | ((envelope: Envelope) => Settlement),
    afterwards?: () => void,
  ): Promise<boolean> {
    const { entry } = group;
    const isDeletion = group.route === deletionRoute;
    this.#settlements++;
    const before = entry.settling;
    let settlement: Settlement | undefined;
    const finish = async (): Promise<boolean> => {
      await before;
      settlement = typeof decide === 'function' ? decide(entry.present) : decide;
      const isGivenUp = (): boolean => entry.deletion !== undefined && !isDeletion;
      const changed = await this.#finisher.finish(entry.present, settlement, isGivenUp);
      if (changed) entry.put(changed);
      return changed !== undefined;
    };
    const finished = finish();
    entry.settling = finished;
    const isFinished = await finished;
    if (entry.settling === finished) entry.settling = undefined;
    this.#settlements--;
    this.deactivate(group);
    this.held.hold(entry, group.indices);
    if (isFinished && settlement) entry.noteDeferral(group, settlement);
    // The settings changed meanwhile: what was deferred may go elsewhere now.
    if (group.generation !== this.routes.generation) entry.generation = group.generation;
    if (isFinished && entry.waitingCount === 0) this.#forget(entry);
    else {
      if (isFinished) afterwards?.();
      this.catalogue?.note(entry.queueId, entry.envelope);
      this.review(entry);
    }
    this.pump();
    this.#looks.resume();
    return isFinished;
  }

  #forget(entry: Entry): void {
    this.withdraw(entry);
    this.held.note(entry, []);
    this.#heap.remove(entry);
    this.#looks.drop(entry);
    this.shelf.keep(entry);
    this.#unread.delete(entry);
    this.#entries.delete(entry.queueId);
    this.catalogue?.forget(entry.queueId);
    entry.deletion?.end(true);
    for (const act of [...(entry.acts ?? [])]) if (!act.isUnderWay) act.end();
  }
}
