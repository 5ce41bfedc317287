import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../../src-main/engine/core/clock';
import { type DueEntry, DueHeap } from '../../../../src-main/engine/queue/due-heap';
import { createFakeClock } from '../../../support/fake-clock';

interface NamedEntry extends DueEntry {
  readonly name: number;
}

const createEntry = (name: number): NamedEntry => ({ dueAt: 0, position: -1, name });

function createHeap(clock: Clock) {
  const woken: number[] = [];
  const heap = new DueHeap<NamedEntry>(clock, ({ name }) => woken.push(name));
  return { heap, woken };
}

describe('due heap', () => {
  it('wakes what waits in order of time', async () => {
    const clock = createFakeClock(0);
    const { heap, woken } = createHeap(clock);
    for (const at of [30, 10, 20, 10]) heap.set(createEntry(at), at);
    await clock.advance(15);
    expect(woken).toEqual([10, 10]);
    await clock.advance(15);
    expect(woken).toEqual([10, 10, 20, 30]);
    expect(clock.timerCount).toBe(0);
  });

  it('moves and takes out, and has one timer for all', async () => {
    const clock = createFakeClock(0);
    const { heap, woken } = createHeap(clock);
    const [a, b, c] = [1, 2, 3].map((name) => createEntry(name)) as [NamedEntry, NamedEntry, NamedEntry];
    heap.set(a, 10);
    heap.set(b, 20);
    heap.set(c, 30);
    expect(clock.timerCount).toBe(1);
    heap.set(a, 25);
    heap.set(c, 5);
    heap.remove(b);
    heap.remove(b);
    await clock.advance(100);
    expect(woken).toEqual([3, 1]);
    expect(heap.size).toBe(0);
  });

  it('wakes nothing after it was closed', async () => {
    const clock = createFakeClock(0);
    const { heap, woken } = createHeap(clock);
    heap.set(createEntry(1), 10);
    heap.close();
    await clock.advance(100);
    expect(woken).toEqual([]);
  });

  it('is right about a time a week away', async () => {
    const clock = createFakeClock(0);
    const { heap, woken } = createHeap(clock);
    heap.set(createEntry(1), 3_600_000);
    await clock.advance(3_599_999);
    expect(woken).toEqual([]);
    await clock.advance(1);
    expect(woken).toEqual([1]);
  });

  it('keeps its order through any sets and removals', async () => {
    const step = fc.record({
      entry: fc.nat(30),
      at: fc.integer({ min: 1, max: 1000 }),
      removes: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 200 }), async (steps) => {
        const clock = createFakeClock(0);
        const times: number[] = [];
        const heap = new DueHeap<DueEntry>(clock, ({ dueAt }) => times.push(dueAt));
        const entries = Array.from({ length: 31 }, (): DueEntry => ({ dueAt: 0, position: -1 }));
        const expected = new Map<DueEntry, number>();
        for (const { entry: index, at, removes } of steps) {
          const entry = entries[index] as DueEntry;
          if (removes) {
            heap.remove(entry);
            expected.delete(entry);
          } else {
            heap.set(entry, at);
            expected.set(entry, at);
          }
        }
        await clock.advance(1000);
        expect(times).toEqual([...expected.values()].sort((a, b) => a - b));
      }),
      { numRuns: 30 },
    );
  });
});
