/** Bounded waiting, for what hangs on a disk, a network share or a server that may never answer. */
import type { Clock } from './clock';

/**
 * Resolves to true when `work` is done in time and false when it is not; it goes on then, and `late` hears how it failed
 * after all. Rejects as `work` does.
 */
export function isDoneWithin(
  { clock, limitMs }: { readonly clock: Clock; readonly limitMs: number },
  work: Promise<unknown>,
  late: (error: unknown) => void = () => undefined,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const cancel = clock.startTimer(() => {
      isLate = true;
      resolve(false);
    }, limitMs);
    work.then(
      () => {
        cancel();
        resolve(true);
      },
      (error: unknown) => {
        cancel();
        if (isLate) late(error);
        else reject(error);
      },
    );
  });
}

/** The value, or undefined as soon as the signal says stop. */
export function orAborted<T>(value: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
