/**
 * A clock that moves only when told: two days of retries pass in a millisecond.
 *
 * `advance` fires timers in order and lets what they started run (promises and short file work) before it
 * goes on, so that a timer that is set by the work of another is seen. Work that takes longer is waited for
 * with `until`.
 */
import type { CancelTimer, Clock } from '../../src-main/engine/core/clock';

export interface FakeClock extends Clock {
  /** Moves time by `ms` (0 or more), firing what comes due, each at its own time. */
  advance(ms: number): Promise<void>;
  /** Lets what is under way go on, without moving time. */
  settle(): Promise<void>;
  /** Timers that have not fired. */
  readonly timerCount: number;
  /** When the next timer fires; undefined when there is none. */
  readonly nextTimerAt: number | undefined;
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** 2026-03-26 19:18:06 UTC, a Thursday. */
export const fakeStart = Date.UTC(2026, 2, 26, 19, 18, 6);

export function createFakeClock(startMs: number = fakeStart): FakeClock {
  let now = startMs;
  let order = 0;
  const timers = new Set<Timer>();

  function earliest(until: number): Timer | undefined {
    let found: Timer | undefined;
    for (const timer of timers) {
      if (timer.at > until) continue;
      if (!found || timer.at < found.at || (timer.at === found.at && timer.order < found.order))
        found = timer;
    }
    return found;
  }

  async function settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  return {
    now: () => now,
    startTimer(run, delayMs): CancelTimer {
      const timer: Timer = { at: now + Math.max(0, delayMs), order: order++, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (let timer = earliest(end); timer; timer = earliest(end)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.run();
        await settle();
      }
      now = end;
    },
    settle,
    get timerCount() {
      return timers.size;
    },
    get nextTimerAt() {
      return earliest(Number.POSITIVE_INFINITY)?.at;
    },
  };
}

export interface SettableClock extends FakeClock {
  elapsed(): number;
  /** Somebody sets the clock of the computer. */
  setBy(ms: number): void;
  /**
   * The computer sleeps: no timer runs.
   *
   * @param isCounted whether `elapsed` counts the time (Windows, macOS) or not (Linux)
   */
  sleep(ms: number, isCounted: boolean): void;
}

/** A fake clock that can be set, as that of a computer. Timers run by the time that passes. */
export function createSettableClock(): SettableClock {
  const steady = createFakeClock();
  let setMs = 0;
  let sleptMs = 0;
  return {
    now: () => steady.now() + setMs,
    elapsed: () => steady.now() - fakeStart + sleptMs,
    startTimer: steady.startTimer,
    advance: steady.advance,
    settle: steady.settle,
    get timerCount() {
      return steady.timerCount;
    },
    get nextTimerAt() {
      const at = steady.nextTimerAt;
      return at === undefined ? undefined : at + setMs;
    },
    setBy(ms) {
      setMs += ms;
    },
    sleep(ms, isCounted) {
      setMs += ms;
      if (isCounted) sleptMs += ms;
    },
  };
}

/** Waits until `isTrue`, polling; rejects with `what` after `timeoutMs` of real time. */
export async function until(isTrue: () => boolean, what: string, timeoutMs = 8000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
