/** Lets a few at a time do what is dear; the others wait in line, and the line is bounded. */
import { Problem } from '../engine/core/problem';

export interface GateLimits {
  readonly atOnce: number;
  /** More waiting than this are refused. */
  readonly waiting: number;
}

/** Runs `work` when it is its turn. Rejects with Problem 'unavailable' when too many wait already. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

export function createGate({ atOnce, waiting }: GateLimits): Gate {
  let running = 0;
  const line: (() => void)[] = [];
  return async (work) => {
    if (running < atOnce) running += 1;
    else {
      if (line.length >= waiting)
        throw new Problem('unavailable', 'Too many people are logging in. Try again in a moment.');
      // Whoever leaves hands the place over, so `running` stays as it is.
      await new Promise<void>((resolve) => line.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
