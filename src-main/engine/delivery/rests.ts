/**
 * What is left alone for a while after it failed, with the reason.
 *
 * Promises: bounded; hosts come from other people's DNS, and the list must not grow with them.
 */
import { type Clock, steadyNow } from '../core/clock';

export interface Rests<T> {
  /** Undefined: it does not rest, or no longer. */
  find(key: string): T | undefined;
  begin(key: string, reason: T): void;
  end(key: string): void;
}

const mostRests = 1_000;

export function createRests<T>({ clock, restMs }: { clock: Clock; restMs: number }): Rests<T> {
  const rests = new Map<string, { readonly until: number; readonly reason: T }>();
  return {
    find(key) {
      const rest = rests.get(key);
      if (rest && rest.until > steadyNow(clock)) return rest.reason;
      if (rest) rests.delete(key);
      return undefined;
    },
    begin(key, reason) {
      if (rests.size >= mostRests && !rests.has(key)) rests.clear();
      rests.set(key, { until: steadyNow(clock) + restMs, reason });
    },
    end: (key) => void rests.delete(key),
  };
}
