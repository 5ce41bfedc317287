/**
 * The time by which the queue reckons: the wall clock as it was at the start, and what has passed since. Whoever sets
 * the clock of the computer moves neither expiry nor delay nor the next attempt of mail that waits, and a computer
 * that slept has not waited meanwhile.
 *
 * Promises: `now` follows the wall clock while that goes evenly (a clock that runs a little fast or slow is no step);
 *   a step, forward or back, changes `shiftMs` instead, and so does sleep. A step forward, which may be the end of
 *   a sleep, is told once, as soon as anybody asks for the time, and within a minute.
 */
import type { CancelTimer, Clock } from '../core/clock';

export interface QueueTime {
  /** `now` is the queue's time. */
  readonly clock: Clock;
  /** The wall clock, less the queue's time: 0 until the clock was set for the first time. */
  shiftMs(): number;
  /** Begins to watch for steps. `onForward` runs after each step forward of a minute or more. */
  watch(onForward: () => void): void;
  close(): void;
}

const watchMs = 60_000;
/** What moves the wall clock less than this between two looks is drift. */
const mostDriftMs = 2_000;
/** Nobody looked for so long: the computer slept, or the process stood still. */
const longestGapMs = 150_000;
/** A smaller step is no reason to try all mail. */
const leastForwardMs = 60_000;

export function createQueueTime(wall: Clock): QueueTime {
  const { elapsed } = wall;
  // A clock that is never set is the queue's time itself.
  if (!elapsed) return { clock: wall, shiftMs: () => 0, watch: () => undefined, close: () => undefined };
  let queueNow = wall.now();
  let lookedAt = elapsed();
  let shiftMs = 0;
  let tell: (() => void) | undefined;
  let cancelTelling: CancelTimer | undefined;
  let cancelWatch: CancelTimer | undefined;

  function look(): number {
    const at = elapsed?.() ?? lookedAt;
    const gapMs = at - lookedAt;
    lookedAt = at;
    queueNow += gapMs > longestGapMs ? watchMs : gapMs;
    const wallNow = wall.now();
    const stepMs = wallNow - shiftMs - queueNow;
    if (Math.abs(stepMs) > mostDriftMs) {
      shiftMs = Math.round(wallNow - queueNow);
      if (stepMs >= leastForwardMs) tellSoon();
    }
    queueNow = wallNow - shiftMs;
    return queueNow;
  }

  /** Not at once: whoever asks for the time does not expect that anything else happens. */
  function tellSoon(): void {
    if (!tell || cancelTelling) return;
    cancelTelling = wall.startTimer(() => {
      cancelTelling = undefined;
      tell?.();
    }, 0);
  }

  return {
    clock: { now: look, elapsed, startTimer: (run, delayMs) => wall.startTimer(run, delayMs) },
    shiftMs() {
      look();
      return shiftMs;
    },
    watch(onForward) {
      tell = onForward;
      const arm = (): void => {
        cancelWatch = wall.startTimer(() => {
          arm();
          look();
        }, watchMs);
      };
      arm();
    },
    close() {
      cancelWatch?.();
      cancelTelling?.();
      tell = undefined;
    },
  };
}
