/** Work on many files with few of them under way. */

/** Enough to keep a disk busy, few enough to leave it to the others. */
export const fewAtOnce = 16;

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
