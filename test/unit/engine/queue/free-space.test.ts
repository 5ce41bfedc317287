import { describe, expect, it } from 'vitest';
import {
  createFreeSpace,
  defaultMinFreeBytes,
  freeBytesNeeded,
} from '../../../../src-main/engine/queue/free-space';
import { createFakeClock } from '../../../support/fake-clock';

const mib = 1024 * 1024;

describe('free space', () => {
  it.each([
    ['the reserve for small limits', 2048, 16 * mib],
    ['one and a half of the largest message', 100 * 1024, 150 * mib],
    ['not more than 256 MiB, however large the limit', 10 * 1024 * 1024, 256 * mib],
    ['the reserve when there is no limit', null, 16 * mib],
  ])('asks for %s', (_claim, maxMessageKb, expected) => {
    expect(freeBytesNeeded(defaultMinFreeBytes, maxMessageKb)).toBe(expected);
  });

  it('measures in the background, every two seconds at most', async () => {
    const clock = createFakeClock();
    let measured = 0;
    const space = createFreeSpace(async () => ++measured * 1000, clock);
    expect(space.bytes()).toBe(Number.POSITIVE_INFINITY);
    await clock.settle();
    expect(space.bytes()).toBe(1000);
    await clock.advance(1999);
    expect(space.bytes()).toBe(1000);
    await clock.advance(1);
    expect(space.bytes()).toBe(1000);
    await clock.settle();
    expect(space.bytes()).toBe(2000);
    expect(measured).toBe(2);
  });

  it('takes a volume that cannot be asked for one with room', async () => {
    const clock = createFakeClock();
    const space = createFreeSpace(() => Promise.reject(new Error('EIO')), clock);
    await clock.settle();
    expect(space.bytes()).toBe(Number.POSITIVE_INFINITY);
  });
});
