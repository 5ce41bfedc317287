/**
 * How fast a message comes in, over a sliding minute. Pure but for its own samples.
 *
 * Promises: never a judgement in the first minute; the time that the client had to wait for us does not count;
 *   a dozen numbers a session.
 */

export interface TransferRate {
  /**
   * Is the client slower than `minBytesPerSecond` over the last minute?
   *
   * @param sample.bytes received so far on the connection
   * @param sample.clientMs a clock that stands still while the client waits for us
   */
  isTooSlow(
    sample: { readonly bytes: number; readonly clientMs: number },
    minBytesPerSecond: number,
  ): boolean;
}

const windowMs = 60_000;
/** Samples are kept this far apart; the minute is that much longer at most. */
const stepMs = 5_000;

export function createTransferRate(): TransferRate {
  let samples: { readonly bytes: number; readonly clientMs: number }[] = [];
  return {
    isTooSlow(sample, minBytesPerSecond) {
      const last = samples.at(-1);
      if (!last || sample.clientMs - last.clientMs >= stepMs) samples.push(sample);
      // The youngest one that is a minute old, and all after it.
      const start = samples.findLastIndex(({ clientMs }) => sample.clientMs - clientMs >= windowMs);
      if (start < 0) return false;
      samples = samples.slice(start);
      const [{ bytes, clientMs }] = samples as [(typeof samples)[number]];
      return sample.bytes - bytes < ((sample.clientMs - clientMs) / 1000) * minBytesPerSecond;
    },
  };
}
