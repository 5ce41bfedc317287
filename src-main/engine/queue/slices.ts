/** Long work on the thread of the engine, in slices: sockets and attempts are served in between. */
import { setImmediate } from 'node:timers/promises';

const sliceMs = 5;
/** Looks at the clock cost too. */
const itemsPerLook = 64;

export class Slices {
  #items = 0;
  #until = performance.now() + sliceMs;

  /** To be called for each item; a promise has to be awaited before the next. */
  next(): Promise<void> | undefined {
    if (++this.#items % itemsPerLook !== 0 || performance.now() < this.#until) return undefined;
    return this.#pause();
  }

  async #pause(): Promise<void> {
    await setImmediate();
    this.#until = performance.now() + sliceMs;
  }
}

/** Work that pauses at each `yield`; what it is about may have changed by the end. */
export async function inSlices<T>(work: Iterator<void, T>): Promise<T> {
  const slices = new Slices();
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    const pause = slices.next();
    if (pause) await pause;
  }
}

/** The same work in one go. */
export function atOnce<T>(work: Iterator<void, T>): T {
  for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
}

const runLength = 512;

/** Sorts in slices; equal ones stay in their order. */
export async function sortInSlices<T>(values: T[], compare: (one: T, other: T) => number): Promise<T[]> {
  const slices = new Slices();
  let from: T[] = [];
  for (let at = 0; at < values.length; at += runLength) {
    const run = values.slice(at, at + runLength).sort(compare);
    for (const value of run) {
      from.push(value);
      const pause = slices.next();
      if (pause) await pause;
    }
  }
  for (let width = runLength; width < from.length; width *= 2) {
    const to: T[] = [];
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(start + width, from.length);
      const end = Math.min(start + 2 * width, from.length);
      let one = start;
      let other = middle;
      while (one < middle || other < end) {
        const takesOne = one < middle && (other >= end || compare(from[one] as T, from[other] as T) <= 0);
        to.push(from[takesOne ? one++ : other++] as T);
        const pause = slices.next();
        if (pause) await pause;
      }
    }
    from = to;
  }
  return from;
}
