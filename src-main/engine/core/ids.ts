/**
 * Names of messages: 24 hexadecimal digits, creation time first, so that file names sort by age
 * (reference: Drop and Queue files are named "<24 hex digits>").
 */

/** 24 lower-case hexadecimal digits. */
export type QueueId = string;

const pattern = /^[0-9a-f]{24}$/;

/** True for the 24-digit form; everything that becomes part of a file name passes through here. */
export function isQueueId(value: unknown): value is QueueId {
  return typeof value === 'string' && pattern.test(value);
}

/**
 * Makes a generator of names that are unique in this process and, by the random part drawn at start,
 * unlikely to meet those of another process: 12 digits time (ms), 4 digits counter, 8 digits random.
 *
 * @param nowMs the clock
 * @param random32 a random unsigned 32-bit integer for each process start
 */
export function createQueueIdGenerator(nowMs: () => number, random32: number): () => QueueId {
  let lastMs = 0;
  let counter = 0;
  const suffix = (random32 >>> 0).toString(16).padStart(8, '0');
  return () => {
    const now = nowMs();
    // A clock that jumps back, or 65,536 names in one millisecond, must not repeat a name.
    if (now > lastMs) {
      lastMs = now;
      counter = 0;
    } else if (++counter > 0xffff) {
      lastMs += 1;
      counter = 0;
    }
    return lastMs.toString(16).padStart(12, '0') + counter.toString(16).padStart(4, '0') + suffix;
  };
}

/** The creation time in a name, in milliseconds since 1970. */
export function timeOfQueueId(id: QueueId): number {
  return Number.parseInt(id.slice(0, 12), 16);
}
