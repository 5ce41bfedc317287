/** A message of the queue as lists show it. */
import type { Envelope, Recipient } from '../core/envelope';
import { timeOfQueueId } from '../core/ids';
import type { Entry } from './entry';
import { shiftTimes } from './envelope-times';
import type { Mover } from './mover';

export interface QueueEntry {
  readonly envelope: Envelope;
  /** An attempt or a settlement is under way. */
  readonly isActive: boolean;
  /**
   * Positions of recipients that wait for the rate limit of their route, with the time when its next message may start.
   * Absent: there are none.
   */
  readonly pacedUntil?: ReadonlyMap<number, number>;
}

/** @param envelope by the queue's time; the answer is by the wall clock, which is `shiftMs` ahead */
export function describeEntry(facts: {
  readonly entry: Entry;
  readonly envelope: Envelope;
  readonly shiftMs: number;
  readonly mover: Mover;
}): QueueEntry {
  const { entry, shiftMs, mover } = facts;
  const envelope = shiftTimes(facts.envelope, shiftMs);
  const now = mover.options.clock.now();
  const waits = new Map<number, Pick<Recipient, 'nextAttemptAt' | 'last'>>();
  const pacedUntil = new Map<number, number>();
  for (const { state, route, indices } of entry.groups) {
    if (state !== 'ready') continue;
    const destination = mover.dispatcher.find(route.destination);
    if (!destination) continue;
    const paced = destination.isHeld(now) ? 0 : destination.pacedUntil(now);
    // Mail that shares its destination's wait says so; what waits for a lane is due.
    const at = destination.isHeld(now) ? destination.nextTryAt : paced;
    // Mail behind others has not been tried: what they heard is why it waits.
    const note = destination.isHeld(now) ? destination.last : undefined;
    const last = note && { last: { ...note, at: note.at + shiftMs } };
    for (const index of indices) {
      if (at > 0) waits.set(index, { nextAttemptAt: at + shiftMs, ...last });
      if (paced > 0) pacedUntil.set(index, paced + shiftMs);
    }
  }
  const { isActive } = entry;
  const rate = pacedUntil.size > 0 && { pacedUntil };
  if (waits.size === 0) return { envelope, isActive, ...rate };
  const recipients = envelope.recipients.map((recipient, index) => {
    const wait = waits.get(index);
    return wait === undefined ? recipient : { ...wait, ...recipient, nextAttemptAt: wait.nextAttemptAt };
  });
  return { envelope: { ...envelope, recipients }, isActive, ...rate };
}

/** When a message arrived, by the wall clock; by its name where it rests. */
export function arrivalOf({ envelope, queueId }: Entry, shiftMs: number): number {
  return envelope ? envelope.arrivedAt + shiftMs : timeOfQueueId(queueId);
}
