/** The times in an envelope, moved from the wall clock to the queue's time and back, and mended after a start. Pure. */
import type { AttemptNote, Envelope, Recipient } from '../core/envelope';

/** The envelope with every time in it moved by `byMs`. */
export function shiftTimes(envelope: Envelope, byMs: number): Envelope {
  if (byMs === 0) return envelope;
  // What was written under another clock may lie before 1970 now; files hold no such time.
  const move = (at: number): number => Math.max(0, at + byMs);
  return {
    ...envelope,
    arrivedAt: move(envelope.arrivedAt),
    recipients: envelope.recipients.map((recipient) => ({
      ...recipient,
      nextAttemptAt: move(recipient.nextAttemptAt),
      ...(recipient.last && {
        last: { ...recipient.last, at: move(recipient.last.at) } satisfies AttemptNote,
      }),
    })),
  };
}

/**
 * Times that cannot be, in an envelope that an earlier run wrote: the clock was wrong then, or is now. Mail that arrives
 * in the future has arrived now, and nothing waits longer than the longest interval.
 */
export function mendTimes(
  envelope: Envelope,
  { startedAt, longestRetryMs }: { readonly startedAt: number; readonly longestRetryMs: number },
): Envelope {
  const latest = startedAt + longestRetryMs;
  const isLate = ({ nextAttemptAt }: Recipient): boolean => nextAttemptAt > latest;
  const isEarly = envelope.arrivedAt > startedAt;
  const hasLate = envelope.recipients.some(isLate);
  if (!isEarly && !hasLate) return envelope;
  return {
    ...envelope,
    ...(isEarly && { arrivedAt: startedAt }),
    ...(hasLate && {
      recipients: envelope.recipients.map((each) =>
        isLate(each) ? { ...each, nextAttemptAt: latest } : each,
      ),
    }),
  };
}
