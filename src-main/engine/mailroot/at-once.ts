/** Work on many files with few of them under way. */

/** Enough to keep a disk busy, few enough to leave it to the others. */
const fewAtOnce = 16;

/** Results in order. Rejects with the first error, when those under way are done. */
export async function mapAtOnce<T, R>(
  items: readonly T[],
  run: (item: T) => Promise<R>,
  atOnce = fewAtOnce,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const work = async (): Promise<void> => {
    while (next < items.length && !failure) {
      const index = next++;
      try {
        results[index] = await run(items[index] as T);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  if (failure) throw (failure as { readonly error: unknown }).error;
  return results;
}

/** Lets the others run. Between parts of long work on this thread. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** So long this thread may be held. */
const partMs = 10;

/** Work that yields every few thousand items, done a few milliseconds at a time. */
export async function inParts<T>(steps: Generator<void, T, void>): Promise<T> {
  for (let until = performance.now() + partMs; ; ) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() < until) continue;
    await breathe();
    until = performance.now() + partMs;
  }
}

const runLength = 1024;

/** Sorts a copy, yielding every few thousand comparisons. */
export function* sortSteps<T>(
  items: readonly T[],
  compare: (one: T, other: T) => number,
): Generator<void, T[], void> {
  const { length } = items;
  let from: T[] = [];
  for (let start = 0; start < length; start += runLength) {
    from.push(...items.slice(start, start + runLength).sort(compare));
    yield;
  }
  for (let width = runLength; width < length; width *= 2) {
    const to: T[] = [];
    for (let start = 0; start < length; start += 2 * width) {
      const middle = Math.min(start + width, length);
      const end = Math.min(start + 2 * width, length);
      for (let left = start, right = middle; left < middle || right < end; ) {
        const isLeft = right >= end || (left < middle && compare(from[left] as T, from[right] as T) <= 0);
        to.push(from[isLeft ? left++ : right++] as T);
        if (to.length % 4096 === 0) yield;
      }
    }
    from = to;
  }
  return from;
}
