/**
 * Time as the engine sees it. Everything that waits or stamps takes a Clock, so that tests can run
 * two days of retries in a millisecond.
 */

/** Cancels a timer; calling it after the timer fired does nothing. */
export type CancelTimer = () => void;

export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /**
   * Milliseconds since some moment, on a clock that nobody sets: what lasts is measured with it. Absent where `now`
   * itself is never set (tests).
   */
  elapsed?(): number;
  /** Runs `run` once after `delayMs` (0 or more). The timer must not keep the process alive by itself. */
  startTimer(run: () => void, delayMs: number): CancelTimer;
}

/**
 * Time for measuring how long something lasts, and for what ends after a while: a clock that is set forward or back
 * does not move it. Its zero means nothing: never write it down, never compare it with `now`.
 */
export function steadyNow(clock: Pick<Clock, 'now' | 'elapsed'>): number {
  return clock.elapsed ? clock.elapsed() : clock.now();
}

/** A moment by both clocks. */
export interface Moment {
  readonly wall: number;
  readonly steady: number;
}

type Clocks = Pick<Clock, 'now' | 'elapsed'>;

export const momentOf = (clock: Clocks): Moment => ({ wall: clock.now(), steady: steadyNow(clock) });

/**
 * How long ago a moment was, by the clock that says longer: for permissions, which a computer that slept must not
 * find alive, and which a clock that was set back must not keep alive.
 */
export const ageMs = (moment: Moment, clock: Clocks): number =>
  Math.max(clock.now() - moment.wall, steadyNow(clock) - moment.steady);

/** setTimeout silently fires at once above 2^31-1 ms; a longer wait is cut into pieces of this size. */
const longestTimerMs = 2_000_000_000;

/** The real clock of this computer. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  startTimer(run, delayMs) {
    let handle: ReturnType<typeof setTimeout>;
    const arm = (remainingMs: number): void => {
      const pieceMs = Math.min(remainingMs, longestTimerMs);
      handle = setTimeout(() => (remainingMs > pieceMs ? arm(remainingMs - pieceMs) : run()), pieceMs);
      (handle as { unref?: () => void }).unref?.();
    };
    arm(Math.max(0, delayMs));
    return () => clearTimeout(handle);
  },
};
