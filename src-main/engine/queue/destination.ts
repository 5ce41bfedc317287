/**
 * One destination of waiting mail ("drop", a smart host, a domain by MX): its queue, its retry clock, its rate, and
 * how many attempts may run at once. Decides; queue/dispatcher acts.
 *
 * The clock belongs to the destination, not to the message (as in IIS 6): when it cannot be reached, all its
 * mail waits for one time, and then one message tries for all.
 */
import type { QueueRoute, RouteLimits } from '../core/delivery';
import type { AttemptNote } from '../core/envelope';
import type { DueEntry } from './due-heap';
import type { Group } from './entry';
import type { Standing } from './fair-share';
import { Pace } from './pace';
import { ReadyQueue } from './ready-queue';

/** Attempts at once to a destination that is not known yet; more when it takes mail and more is waiting. */
export const firstLanes = 4;
/** Another lane is opened only when so much mail waits for each: connections are dearer than a short wait. */
const waitingPerLane = 8;
/** An attempt that goes on for longer tells of a slow host, or a huge message. */
const slowMs = 20_000;

export class Destination implements DueEntry {
  readonly key: string;
  /** Groups that may be tried as soon as there is a lane. */
  readonly ready = new ReadyQueue();
  /** Attempts in a row that could not reach it. */
  failures = 0;
  /** Nobody connects before; 0 is now. */
  nextTryAt = 0;
  /** What the last of these attempts said. */
  last: AttemptNote | undefined;
  dueAt = 0;
  position = -1;
  /** As which its attempts are counted just now. */
  countedAs: Standing = 'unknown';
  /** Attempts under way, with the time of their start; the oldest first. */
  readonly #running = new Map<Group, number>();
  readonly #pace = new Pace();
  #lanes = firstLanes;
  #hasAnswered = false;
  #bringsFailedMail = false;

  constructor(key: string) {
    this.key = key;
  }

  get running(): number {
    return this.#running.size;
  }

  add(group: Group): void {
    this.ready.add(group);
    if (group.rank !== 'new') this.#bringsFailedMail = true;
  }

  started(group: Group, now: number): void {
    this.ready.take(group);
    this.#running.set(group, now);
    this.#pace.take(rateOf(group), now);
  }

  /** False: it was not running. */
  ended(group: Group): boolean {
    return this.#running.delete(group);
  }

  isHeld(now: number): boolean {
    return this.nextTryAt > now;
  }

  /** When the rate lets the next message start; 0: now. */
  pacedUntil(now: number): number {
    const next = this.ready.first();
    return next ? this.#pace.nextAt(rateOf(next), now) : 0;
  }

  standing(now: number): Standing {
    if (this.failures > 0) return 'doubtful';
    for (const startedAt of this.#running.values()) {
      if (startedAt <= now - slowMs) return 'doubtful';
      break;
    }
    if (this.#hasAnswered) return 'proven';
    return this.#bringsFailedMail ? 'doubtful' : 'unknown';
  }

  /**
   * The group that may start now, as far as this destination is concerned.
   *
   * @param limit attempts at once where the route has no limit of its own
   */
  next(now: number, limit: number): Group | undefined {
    const next = this.ready.first();
    if (!next || this.isHeld(now) || this.pacedUntil(now) > 0) return undefined;
    // One at a time: it may hold its lane for long.
    if (next.rank === 'problem' && this.#hasProblemRunning()) return undefined;
    const most = this.failures > 0 ? 1 : this.#lanes;
    return this.running < Math.min(most, connectionsOf(next) ?? limit) ? next : undefined;
  }

  #hasProblemRunning(): boolean {
    for (const { rank } of this.#running.keys()) if (rank === 'problem') return true;
    return false;
  }

  /** It answered. Lanes grow while more mail waits than they can soon take. */
  succeeded(limit: number): void {
    this.failures = 0;
    this.nextTryAt = 0;
    this.last = undefined;
    this.#hasAnswered = true;
    if (this.#lanes < limit && this.ready.size > this.#lanes * waitingPerLane) this.#lanes++;
  }

  /** Somebody wants it tried now: whoever mends settings by trying must not make its mail wait for hours. */
  forgive(): void {
    this.failures = 0;
    this.nextTryAt = 0;
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
    return (
      this.ready.size === 0 &&
      this.running === 0 &&
      (this.failures === 0 || !this.isHeld(now)) &&
      this.#pace.isAtRest(now)
    );
  }

  /** When it is worth looking at it again although nothing happens; undefined: something will. */
  wakeAt(now: number): number | undefined {
    if (this.isHeld(now)) return this.nextTryAt;
    const pacedUntil = this.pacedUntil(now);
    if (pacedUntil > 0) return pacedUntil;
    return this.#pace.isAtRest(now) ? undefined : this.#pace.restsAt;
  }
}

/** Undefined: neither the route nor anything else that it comes from has limits. */
export function limitsOf(route: QueueRoute): RouteLimits | undefined {
  return route.kind === 'mx' || route.kind === 'smart-host' ? route.limits : undefined;
}

const rateOf = ({ route }: Group): number | null => limitsOf(route)?.maxMessagesPerMinute ?? null;

function connectionsOf({ route }: Group): number | undefined {
  const limits = limitsOf(route);
  return limits && (limits.maxConnections ?? Number.POSITIVE_INFINITY);
}
