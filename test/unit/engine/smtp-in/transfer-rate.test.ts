/** How fast a message comes in, looked at once a second. */
import { describe, expect, it } from 'vitest';
import { createTransferRate } from '../../../../src-main/engine/smtp-in/transfer-rate';

/** The second in which it is too slow; undefined: never. `bytesAt` are those so far. */
function judge(
  seconds: number,
  bytesAt: (second: number) => number,
  clientSecond = (second: number) => second,
) {
  const rate = createTransferRate();
  for (let second = 0; second <= seconds; second++)
    if (rate.isTooSlow({ bytes: bytesAt(second), clientMs: clientSecond(second) * 1000 }, 64)) return second;
  return undefined;
}

describe('a message', () => {
  it('is not judged in its first minute', () => {
    expect(judge(59, () => 0)).toBeUndefined();
    expect(judge(60, () => 0)).toBe(60);
  });
  it('at the limit comes in fast enough', () => {
    expect(judge(3600, (second) => second * 64)).toBeUndefined();
  });
  it('just below the limit is too slow after a minute', () => {
    expect(judge(3600, (second) => second * 63)).toBe(60);
  });
  it('cannot live on what it sent long ago', () => {
    const second = judge(3600, (at) => Math.min(at, 30) * 1_000_000) ?? 0;
    expect(second).toBeGreaterThanOrEqual(60);
    expect(second).toBeLessThanOrEqual(30 + 66);
  });
  it('may pause within the minute', () => {
    expect(judge(3600, (second) => Math.floor(second / 50) * 64 * 70)).toBeUndefined();
  });
  it('is not too slow while it waits for us', () => {
    // The client's clock stands still for ten minutes.
    const clientSecond = (second: number): number => Math.min(second, 30) + Math.max(0, second - 630);
    expect(judge(640, (second) => Math.min(second, 30) * 64, clientSecond)).toBeUndefined();
  });
});
