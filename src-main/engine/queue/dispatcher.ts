/**
 * Hands groups to lanes: destinations take turns, each in its own order, within the limits of the settings.
 *
 * Owns: the destinations, their retry clocks and their lanes.
 * Promises: never more attempts at once than allowed, in total and for each destination; a destination with
 *   much mail, or one that is slow or down, does not keep the others waiting (queue/fair-share); a destination that
 *   is down costs one attempt each time.
 */

import type { ServerSettings } from '../../settings/schema';
import type { Clock } from '../core/clock';
import type { AttemptNote } from '../core/envelope';
import { Destination } from './destination';
import { DueHeap } from './due-heap';
import type { Group } from './entry';
import { mayTakeLane, type Standing, standings } from './fair-share';
import { Line } from './line';
import { retryDelayMs } from './schedule';

export interface DispatcherOptions {
  readonly clock: Clock;
  readonly settings: () => ServerSettings;
  /** False while nothing may be started (stopped, or too much is still being written). */
  readonly mayStart: () => boolean;
  /** Starts an attempt. `finished` has to be called exactly once, when the lane is free again. */
  readonly start: (group: Group) => void;
}

/** Writing into the Drop folder: more at once only makes the disk wait longer. The directory is one connection. */
const localLanes = 8;
/** Neither needs a connection to a host: they wait behind nobody who does. */
const isLocal = (key: string): boolean => key === 'drop' || key.startsWith('directory ');

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #heap: DueHeap<Destination>;
  readonly #destinations = new Map<string, Destination>();
  /** Those among them that are within this computer. */
  readonly #local = new Set<Destination>();
  /** Destinations that may have something to start, by their standing; those in front come first. */
  readonly #turns: Readonly<Record<Standing, Line<Destination>>> = {
    proven: new Line(),
    unknown: new Line(),
    doubtful: new Line(),
  };
  readonly #running: Record<Standing, number> = { proven: 0, unknown: 0, doubtful: 0 };
  /** Which standing is next. */
  #turn = 0;
  #isPumping = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#heap = new DueHeap(options.clock, (destination) => {
      this.#list(destination);
      this.#forgetIdle(destination);
      this.pump();
    });
  }

  find(key: string): Destination | undefined {
    return this.#destinations.get(key);
  }

  /** Whose turn it is, one for each destination. */
  *firsts(): Generator<Group> {
    for (const { ready } of this.#destinations.values()) {
      const first = ready.first();
      if (first) yield first;
    }
  }

  /** The limits may be others: who went without may try again. */
  relist(): void {
    for (const destination of this.#destinations.values()) this.#list(destination);
  }

  /** Nothing is woken any more. */
  close(): void {
    this.#heap.close();
  }

  /** Lets `group` wait for a lane of its destination. */
  add(group: Group): void {
    const destination = this.#open(group.route.destination);
    destination.add(group);
    this.#list(destination);
  }

  remove(group: Group): void {
    const destination = this.#destinations.get(group.route.destination);
    if (!destination?.ready.delete(group)) return;
    this.#forgetIdle(destination);
  }

  /** The lane of an attempt is free. */
  finished(group: Group): void {
    const destination = this.#open(group.route.destination);
    if (destination.ended(group) && !isLocal(destination.key)) this.#running[destination.countedAs]--;
    this.#list(destination);
    this.#forgetIdle(destination);
  }

  succeeded(key: string): void {
    const destination = this.#open(key);
    destination.succeeded(this.#limitOf(key));
    this.#heap.remove(destination);
    this.#list(destination);
    this.#forgetIdle(destination);
  }

  /** The destination could not be reached. Answers the time for which its mail waits. */
  failed(key: string, note: AttemptNote): number {
    const destination = this.#open(key);
    const settings = this.#options.settings();
    const nextTryAt = destination.failed(note, (failures) => retryDelayMs(failures, settings));
    this.#heap.set(destination, nextTryAt);
    return nextTryAt;
  }

  /** Ends the waiting of one destination, or of all. */
  clearWait(key?: string): void {
    const cleared = key === undefined ? [...this.#destinations.values()] : [this.#destinations.get(key)];
    for (const destination of cleared) {
      if (!destination) continue;
      destination.forgive();
      this.#heap.remove(destination);
      this.#list(destination);
      this.#forgetIdle(destination);
    }
  }

  /** Starts what may be started. */
  pump(): void {
    // `start` may come back here; the loop that is running sees what it changed.
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      this.#startAll();
    } finally {
      this.#isPumping = false;
    }
  }

  #startAll(): void {
    const { clock, mayStart } = this.#options;
    const now = clock.now();
    for (const local of this.#local)
      for (let next = local.next(now, localLanes); next && mayStart(); next = local.next(now, localLanes))
        this.#start(local, next, now);
    // The standings take turns, so that none starves another.
    for (let without = 0; without < standings.length && mayStart(); ) {
      const standing = standings[this.#turn++ % standings.length] as Standing;
      without = this.#startOne(standing, now) ? 0 : without + 1;
    }
  }

  /** Starts one attempt to the destination whose turn it is. False: there is none that may. */
  #startOne(standing: Standing, now: number): boolean {
    const turns = this.#turns[standing];
    if (turns.size === 0) return false;
    const total = this.#options.settings().maxOutboundConnections ?? Number.POSITIVE_INFINITY;
    const question = {
      total,
      standing,
      running: this.#running,
      hasOthers: this.#hasOthers,
      // As if it had nothing running: whether anybody of this standing may.
      ofDestination: 0,
    };
    if (!mayTakeLane(question)) return false;
    for (let destination = turns.first(); destination; destination = turns.first()) {
      turns.delete(destination);
      if (destination.standing(now) !== standing) {
        this.#list(destination);
        continue;
      }
      // Without a lane its turn is over; it gets a new one when a lane is free or its wait ends.
      question.ofDestination = destination.running;
      if (!mayTakeLane(question)) continue;
      const next = destination.next(now, this.#limitOf(destination.key));
      if (!next) {
        this.#wakeLater(destination, now);
        continue;
      }
      this.#start(destination, next, now);
      // To the end: one attempt each, then again.
      this.#list(destination);
      return true;
    }
    return false;
  }

  #start(destination: Destination, group: Group, now: number): void {
    destination.started(group, now);
    if (!isLocal(destination.key)) this.#running[destination.countedAs]++;
    this.#options.start(group);
  }

  #open(key: string): Destination {
    let destination = this.#destinations.get(key);
    if (!destination) {
      destination = new Destination(key);
      this.#destinations.set(key, destination);
      if (isLocal(key)) this.#local.add(destination);
    }
    return destination;
  }

  /** More than one destination besides those of this computer is known. */
  get #hasOthers(): boolean {
    return this.#destinations.size - this.#local.size > 1;
  }

  /** Gives it a turn, as what it counts now. */
  #list(destination: Destination): void {
    if (isLocal(destination.key)) return;
    const standing = destination.standing(this.#options.clock.now());
    if (standing !== destination.countedAs) {
      this.#turns[destination.countedAs].delete(destination);
      this.#running[destination.countedAs] -= destination.running;
      this.#running[standing] += destination.running;
      destination.countedAs = standing;
    }
    if (destination.ready.size > 0) this.#turns[standing].add(destination);
  }

  #wakeLater(destination: Destination, now: number): void {
    const at = destination.wakeAt(now);
    if (at !== undefined) this.#heap.set(destination, at);
  }

  #forgetIdle(destination: Destination): void {
    const now = this.#options.clock.now();
    if (!destination.isForgettable(now)) {
      if (destination.ready.size === 0 && destination.running === 0) this.#wakeLater(destination, now);
      return;
    }
    this.#heap.remove(destination);
    this.#turns[destination.countedAs].delete(destination);
    this.#destinations.delete(destination.key);
    this.#local.delete(destination);
    // Who is alone may have more.
    if (!this.#hasOthers) for (const last of this.#destinations.values()) this.#list(last);
  }

  #limitOf(key: string): number {
    return isLocal(key)
      ? localLanes
      : (this.#options.settings().maxOutboundConnectionsPerDomain ?? Number.POSITIVE_INFINITY);
  }
}
