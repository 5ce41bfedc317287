/**
 * How full the Drop folder is. Counting means asking for the size of each file, so it is done at most every
 * few seconds, and what is written in between is added.
 */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, steadyNow } from '../core/clock';
import { systemCodeOf } from '../core/problem';

export interface DropQuota {
  /**
   * Reserves room for a file. `isFull` says that nothing at all fits any more, as against this file.
   */
  take(
    sizeBytes: number,
    limitBytes: number,
  ): Promise<{ readonly isGranted: boolean; readonly isFull: boolean }>;
  /** Returns room that was taken for a file that was not written. */
  giveBack(sizeBytes: number): void;
}

/** A consumer empties Drop behind our back; so old a count is taken anew. */
const countAgainMs = 10_000;
const lookupsAtOnce = 16;

export function createDropQuota(options: { readonly folder: string; readonly clock: Clock }): DropQuota {
  const { folder, clock } = options;
  let usedBytes = 0;
  let countedAt = Number.NEGATIVE_INFINITY;
  let counting: Promise<void> | undefined;

  async function count(): Promise<void> {
    const names = await readdir(folder).catch((error: unknown) => {
      // The delivery creates it again.
      if (systemCodeOf(error) === 'ENOENT') return [];
      throw error;
    });
    // What is written while we count is counted twice at worst, until the next count.
    let sum = 0;
    let next = 0;
    const work = async (): Promise<void> => {
      for (let name = names[next++]; name !== undefined; name = names[next++]) {
        sum += await lstat(join(folder, name)).then(
          (facts) => (facts.isFile() ? facts.size : 0),
          () => 0,
        );
      }
    };
    await Promise.all(Array.from({ length: lookupsAtOnce }, work));
    usedBytes = sum;
    countedAt = steadyNow(clock);
  }

  return {
    async take(sizeBytes, limitBytes) {
      if (steadyNow(clock) - countedAt > countAgainMs) {
        counting ??= count().finally(() => {
          counting = undefined;
        });
        await counting;
      }
      if (usedBytes + sizeBytes > limitBytes) return { isGranted: false, isFull: usedBytes >= limitBytes };
      usedBytes += sizeBytes;
      return { isGranted: true, isFull: false };
    },
    giveBack(sizeBytes) {
      usedBytes = Math.max(0, usedBytes - sizeBytes);
    },
  };
}
