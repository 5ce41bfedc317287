/** A clock that stands still until a test moves it; timers fire in order while it moves. */
import type { Clock } from '../../src-main/engine/core/clock';

export interface ManualClock extends Clock {
  advance(ms: number): void;
  readonly pendingCount: () => number;
}

export function createManualClock(startMs = 1_000_000): ManualClock {
  let nowMs = startMs;
  const timers = new Map<symbol, { readonly at: number; readonly run: () => void }>();
  return {
    now: () => nowMs,
    startTimer(run, delayMs) {
      const key = Symbol('timer');
      timers.set(key, { at: nowMs + delayMs, run });
      return () => void timers.delete(key);
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        const due = [...timers].filter(([, { at }]) => at <= untilMs).sort(([, a], [, b]) => a.at - b.at)[0];
        if (!due) break;
        timers.delete(due[0]);
        nowMs = Math.max(nowMs, due[1].at);
        due[1].run();
      }
      nowMs = untilMs;
    },
    pendingCount: () => timers.size,
  };
}
