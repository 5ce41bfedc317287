/**
 * One destination of waiting mail ("drop", a smart host, a domain by MX): its queue, its retry clock, and how
 * many attempts may run at once. Decides; queue/dispatcher acts.
 *
 * The clock belongs to the destination, not to the message (as in IIS 6): when it cannot be reached, all its
 * mail waits for one time, and then one message tries for all.
 */
import type { AttemptNote } from '../core/envelope';
import type { DueEntry } from './due-heap';
import type { Group } from './entry';

/** Attempts at once to a destination that is not known yet; more when it takes mail and more is waiting. */
export const firstLanes = 4;
/** Another lane is opened only when so much mail waits for each: connections are dearer than a short wait. */
const waitingPerLane = 8;

export class Destination implements DueEntry {
  readonly key: string;
  /** Groups that may be tried as soon as there is a lane; in order. */
  readonly ready = new Set<Group>();
  /** Attempts under way. */
  running = 0;
  /** Attempts in a row that could not reach it. */
  failures = 0;
  /** Nobody connects before; 0 is now. */
  nextTryAt = 0;
  /** What the last of these attempts said. */
  last: AttemptNote | undefined;
  dueAt = 0;
  position = -1;
  readonly #wake: (destination: Destination) => void;
  #lanes = firstLanes;

  constructor(key: string, wake: (destination: Destination) => void) {
    this.key = key;
    this.#wake = wake;
  }

  wake(): void {
    this.#wake(this);
  }

  isHeld(now: number): boolean {
    return this.nextTryAt > now;
  }

  /** Whether another attempt may start now, as far as this destination is concerned. */
  hasLane(now: number, limit: number): boolean {
    if (this.ready.size === 0 || this.isHeld(now)) return false;
    return this.running < Math.min(limit, this.failures > 0 ? 1 : this.#lanes);
  }

  /** It answered. Lanes grow while more mail waits than they can soon take. */
  succeeded(limit: number): void {
    this.failures = 0;
    this.nextTryAt = 0;
    this.last = undefined;
    if (this.#lanes < limit && this.ready.size > this.#lanes * waitingPerLane) this.#lanes++;
  }

  /**
   * It could not be reached. Attempts that ran side by side and failed together count once.
   *
   * @param delayMs the wait after the failure with the given number
   * @returns the time that its mail now waits for
   */
  failed(note: AttemptNote, delayMs: (failures: number) => number): number {
    this.last = note;
    if (!this.isHeld(note.at)) {
      this.failures++;
      this.nextTryAt = note.at + delayMs(this.failures);
      this.#lanes = firstLanes;
    }
    return this.nextTryAt;
  }

  /** Nothing waits, nothing runs, nothing to remember. */
  isForgettable(now: number): boolean {
    return this.ready.size === 0 && this.running === 0 && (this.failures === 0 || !this.isHeld(now));
  }
}
