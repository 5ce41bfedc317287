import { describe, expect, it } from 'vitest';
import { inParts, sortSteps } from '../../../../src-main/engine/mailroot/at-once';

describe('sorting in parts', () => {
  it.each([0, 1, 1023, 1024, 1025, 3000, 10_000])(
    'of %i items agrees with sorting at once',
    async (count) => {
      const items = Array.from({ length: count }, (_, index) => ({ key: (index * 7919) % 101, index }));
      const byKey = (one: { key: number }, other: { key: number }): number => one.key - other.key;
      expect(await inParts(sortSteps(items, byKey))).toEqual([...items].sort(byKey));
    },
  );

  it('yields between a few thousand comparisons', () => {
    const items = Array.from({ length: 100_000 }, (_, index) => -index);
    let compared = 0;
    const steps = sortSteps(items, (one, other) => {
      compared++;
      return one - other;
    });
    let most = 0;
    for (let isDone = false; !isDone; compared = 0) {
      isDone = steps.next().done === true;
      most = Math.max(most, compared);
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(20_000);
  });
});
