import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src-main/people/gate';

/** Work that ends when told. */
function createWork(): { run: () => Promise<void>; end: (error?: Error) => void; started: () => number } {
  let started = 0;
  const ends: ((error?: Error) => void)[] = [];
  return {
    run: () => {
      started += 1;
      return new Promise((resolve, reject) => {
        ends.push((error) => (error ? reject(error) : resolve()));
      });
    },
    end: (error) => ends.shift()?.(error),
    started: () => started,
  };
}
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a gate', () => {
  it('lets no more in at once than it says, and the others in turn', async () => {
    const gate = createGate({ atOnce: 2, waiting: 10 });
    const work = createWork();
    const all = Array.from({ length: 5 }, () => gate(work.run));
    await settle();
    expect(work.started()).toBe(2);
    work.end();
    await settle();
    expect(work.started()).toBe(3);
    for (let count = 0; count < 4; count += 1) {
      work.end();
      await settle();
    }
    await Promise.all(all);
    expect(work.started()).toBe(5);
  });

  it('gives the place on after a failure', async () => {
    const gate = createGate({ atOnce: 1, waiting: 10 });
    const work = createWork();
    const first = gate(work.run);
    const second = gate(work.run);
    await settle();
    work.end(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    await settle();
    expect(work.started()).toBe(2);
    work.end();
    await second;
  });

  it('refuses when the line is too long, and lets in again when it is shorter', async () => {
    const gate = createGate({ atOnce: 1, waiting: 1 });
    const work = createWork();
    const first = gate(work.run);
    const second = gate(work.run);
    await expect(gate(work.run)).rejects.toMatchObject({ code: 'unavailable' });
    await settle();
    work.end();
    await first;
    const third = gate(work.run);
    await settle();
    work.end();
    await second;
    await settle();
    work.end();
    await third;
    expect(work.started()).toBe(3);
  });
});
