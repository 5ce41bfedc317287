/**
 * Hands groups to lanes: destinations take turns, each in its own order, within the limits of the settings.
 *
 * Owns: the destinations, their retry clocks and their lanes.
 * Promises: never more attempts at once than allowed, in total and for each destination; a destination with
 *   much mail does not keep the others waiting; a destination that is down costs one attempt each time.
 */

import type { ServerSettings } from '../../settings/schema';
import type { Clock } from '../core/clock';
import type { AttemptNote } from '../core/envelope';
import { Destination } from './destination';
import type { DueHeap } from './due-heap';
import type { Group } from './entry';
import { retryDelayMs } from './schedule';

export interface DispatcherOptions {
  readonly clock: Clock;
  readonly heap: DueHeap;
  readonly settings: () => ServerSettings;
  /** False while nothing may be started (stopped, or too much is still being written). */
  readonly mayStart: () => boolean;
  /** Starts an attempt. `finished` has to be called exactly once, when the lane is free again. */
  readonly start: (group: Group) => void;
}

/** Writing into the Drop folder: more at once only makes the disk wait longer. */
const dropLanes = 8;
const dropKey = 'drop';

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #destinations = new Map<string, Destination>();
  /** Destinations that may have something to start; those in front come first. */
  readonly #turns = new Set<Destination>();
  #outboundRunning = 0;
  #isPumping = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  find(key: string): Destination | undefined {
    return this.#destinations.get(key);
  }

  /** Lets `group` wait for a lane of its destination. */
  add(group: Group): void {
    const destination = this.#open(group.route.destination);
    destination.ready.add(group);
    this.#list(destination);
  }

  remove(group: Group): void {
    const destination = this.#destinations.get(group.route.destination);
    if (!destination?.ready.delete(group)) return;
    this.#forgetIdle(destination);
  }

  /** The lane of an attempt is free. */
  finished(group: Group): void {
    const { destination: key } = group.route;
    const destination = this.#open(key);
    destination.running--;
    if (key !== dropKey) this.#outboundRunning--;
    this.#list(destination);
    this.#forgetIdle(destination);
  }

  succeeded(key: string): void {
    const destination = this.#open(key);
    destination.succeeded(this.#limitOf(key));
    this.#options.heap.remove(destination);
    this.#list(destination);
    this.#forgetIdle(destination);
  }

  /** The destination could not be reached. Answers the time for which its mail waits. */
  failed(key: string, note: AttemptNote): number {
    const destination = this.#open(key);
    const settings = this.#options.settings();
    const nextTryAt = destination.failed(note, (failures) => retryDelayMs(failures, settings));
    this.#options.heap.set(destination, nextTryAt);
    return nextTryAt;
  }

  /** Ends the waiting of one destination, or of all. */
  clearWait(key?: string): void {
    const cleared = key === undefined ? [...this.#destinations.values()] : [this.#destinations.get(key)];
    for (const destination of cleared) {
      if (!destination) continue;
      destination.nextTryAt = 0;
      this.#options.heap.remove(destination);
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
    const { clock, settings, mayStart } = this.#options;
    const now = clock.now();
    const drop = this.#destinations.get(dropKey);
    while (drop?.hasLane(now, dropLanes) && mayStart()) this.#start(drop);
    const maxOutbound = settings().maxOutboundConnections ?? Number.POSITIVE_INFINITY;
    for (const destination of this.#turns) {
      if (this.#outboundRunning >= maxOutbound || !mayStart()) return;
      this.#turns.delete(destination);
      // Without a lane its turn is over; it gets a new one when a lane is free or its wait ends.
      if (!destination.hasLane(now, this.#limitOf(destination.key))) continue;
      this.#start(destination);
      // To the end: one attempt each, then again.
      this.#list(destination);
    }
  }

  #start(destination: Destination): void {
    const [group] = destination.ready;
    if (!group) return;
    destination.ready.delete(group);
    destination.running++;
    if (destination.key !== dropKey) this.#outboundRunning++;
    this.#options.start(group);
  }

  #open(key: string): Destination {
    let destination = this.#destinations.get(key);
    if (!destination) {
      destination = new Destination(key, (woken) => {
        this.#list(woken);
        this.#forgetIdle(woken);
        this.pump();
      });
      this.#destinations.set(key, destination);
    }
    return destination;
  }

  #list(destination: Destination): void {
    if (destination.key !== dropKey && destination.ready.size > 0) this.#turns.add(destination);
  }

  #forgetIdle(destination: Destination): void {
    if (destination.isForgettable(this.#options.clock.now())) {
      this.#options.heap.remove(destination);
      this.#turns.delete(destination);
      this.#destinations.delete(destination.key);
    }
  }

  #limitOf(key: string): number {
    return key === dropKey
      ? dropLanes
      : (this.#options.settings().maxOutboundConnectionsPerDomain ?? Number.POSITIVE_INFINITY);
  }
}
