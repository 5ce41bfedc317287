import { describe, expect, it } from 'vitest';
import { reconnectWaitMs } from '../../../../src-renderer/client/live';

describe('waiting before the next attempt to connect', () => {
  it.each([
    [1, 500],
    [2, 1000],
    [3, 2000],
    [5, 8000],
    [6, 10_000],
    [500, 10_000],
  ])('attempt %i waits %i ms', (attempt, waitMs) => {
    expect(reconnectWaitMs(attempt)).toBe(waitMs);
  });
});
