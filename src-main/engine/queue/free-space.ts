/**
 * Says whether the Queue volume still has room, from a measurement that runs in the background: asking costs
 * nothing and never waits for the disk.
 */
import type { Clock } from '../core/clock';

/** Oldest measurement that is used without starting a new one. */
const measurementAgeMs = 2000;
/** The message limit asks for room up to this; beyond it a large limit would refuse all mail on small disks. */
const largestHeadroomBytes = 256 * 1024 * 1024;

export const defaultMinFreeBytes = 16 * 1024 * 1024;

/**
 * Bytes that must be free before a message is taken: the fixed reserve, or one and a half of the largest
 * message that may come (content, envelope, and a start on its notification), whichever is more.
 *
 * @param maxMessageKb the message limit; null is no limit
 */
export function freeBytesNeeded(minFreeBytes: number, maxMessageKb: number | null): number {
  const forMessage = maxMessageKb === null ? 0 : Math.min(maxMessageKb * 1024 * 1.5, largestHeadroomBytes);
  return Math.max(minFreeBytes, forMessage);
}

export interface FreeSpace {
  /** Bytes free at the last measurement; Infinity before the first. */
  bytes(): number;
}

export function createFreeSpace(measure: () => Promise<number>, clock: Clock): FreeSpace {
  let freeBytes = Number.POSITIVE_INFINITY;
  let measuredAt = Number.NEGATIVE_INFINITY;
  let isMeasuring = false;

  function refresh(): void {
    // A clock that was set back must not stop the measuring.
    const ageMs = Math.abs(clock.now() - measuredAt);
    if (isMeasuring || ageMs < measurementAgeMs) return;
    isMeasuring = true;
    measure()
      .then(
        (bytes) => {
          freeBytes = bytes;
        },
        () => {
          // A volume that cannot be asked is not full; writing will tell.
          freeBytes = Number.POSITIVE_INFINITY;
        },
      )
      .finally(() => {
        isMeasuring = false;
        measuredAt = clock.now();
      });
  }

  refresh();
  return {
    bytes() {
      refresh();
      return freeBytes;
    },
  };
}
