import { describe, expect, it } from 'vitest';
import { createQueueIdGenerator, isQueueId, timeOfQueueId } from '../../../../src-main/engine/core/ids';

describe('queue ids', () => {
  it('are 24 hex digits that begin with the time', () => {
    const id = createQueueIdGenerator(() => 1_700_000_000_123, 0xdeadbeef)();
    expect(id).toBe(`018bcfe5687b0000deadbeef`);
    expect(isQueueId(id)).toBe(true);
    expect(timeOfQueueId(id)).toBe(1_700_000_000_123);
  });

  it('never repeat and sort by age, also in one millisecond and when the clock jumps back', () => {
    const times = [5, 5, 4, 6, 1, 7];
    let at = 0;
    const next = createQueueIdGenerator(() => times[at++ % times.length] ?? 0, 1);
    const ids = times.map(() => next());
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });

  it('never repeat beyond 65,536 in one millisecond', () => {
    const next = createQueueIdGenerator(() => 1, 1);
    const ids = Array.from({ length: 70_000 }, next);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });

  it('take a random part that is negative or zero', () => {
    expect(isQueueId(createQueueIdGenerator(() => 1, -1)())).toBe(true);
    expect(isQueueId(createQueueIdGenerator(() => 1, 0)())).toBe(true);
  });

  it.each([
    undefined,
    null,
    5,
    '',
    'x',
    '018BCFE5687B0000DEADBEEF',
    '../../../../etc/passwd00',
    `${'0'.repeat(24)}\n`,
  ])('are not %j', (value) => expect(isQueueId(value)).toBe(false));
});
