import { describe, expect, it } from 'vitest';
import type { FolderColumns } from '../../../../src-main/engine/mailroot/folder-table';
import { decideWhatGoes, type KeepLimits } from '../../../../src-main/engine/mailroot/what-goes';

const day = 86_400_000;
const mb = 1024 * 1024;
const now = Date.UTC(2026, 5, 15);

/** Each message as [days ago, MB]; "-" is a free slot. */
function columnsOf(messages: readonly (readonly [number, number] | '-')[]): FolderColumns {
  return {
    names: [],
    at: Float64Array.from(messages, (each) => (each === '-' ? Number.NaN : now - each[0] * day)),
    sizeBytes: Float64Array.from(messages, (each) => (each === '-' ? 9 * mb : each[1] * mb)),
    length: messages.length,
  };
}

/** All steps at once. */
function whatGoes(...facts: Parameters<typeof decideWhatGoes>) {
  const steps = decideWhatGoes(...facts);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

const none: KeepLimits = { keepDays: null, keepMessages: null, keepMb: null };

describe('what goes', () => {
  const five = columnsOf([[3, 1], [1, 1], '-', [5, 4], [2, 1], [4, 1]]);
  it.each<readonly [string, Partial<KeepLimits>, readonly number[]]>([
    ['nothing without limits', {}, []],
    ['nothing within all limits', { keepDays: 5, keepMessages: 5, keepMb: 8 }, []],
    ['what is older than the days', { keepDays: 3 }, [3, 5]],
    ['the oldest beyond the number', { keepMessages: 2 }, [3, 5, 0]],
    ['the oldest beyond the size', { keepMb: 3 }, [3, 5]],
    ['everything older than the first that does not fit', { keepMb: 7 }, [3]],
    ['all where not even the youngest fits', { keepMb: 1, keepMessages: 1, keepDays: 1 }, [3, 5, 0, 4]],
    ['what any of the limits asks for', { keepDays: 4, keepMessages: 2 }, [3, 5, 0]],
  ])('%s', (_, limits, slots) => {
    const going = whatGoes(five, { ...none, ...limits }, now);
    expect(going.slots).toEqual(slots);
    expect(going.count).toBe(slots.length);
    expect([going.total, going.totalBytes]).toEqual([5, 8 * mb]);
  });

  it('a large message goes although a smaller older one would fit', () => {
    const going = whatGoes(
      columnsOf([
        [1, 1],
        [2, 5],
        [3, 1],
      ]),
      { ...none, keepMb: 3 },
      now,
    );
    expect(going.slots).toEqual([2, 1]);
  });

  it('tells the oldest of those that go, and counts them all', () => {
    const going = whatGoes(five, { ...none, keepMessages: 1 }, now, 2);
    expect([going.slots, going.count, going.bytes]).toEqual([[3, 5], 4, 7 * mb]);
    expect(going.oldestKeptAt).toBe(now - day);
  });

  it('of equally old ones no more go than have to', () => {
    const many = columnsOf(Array.from({ length: 1000 }, () => [1, 1] as const));
    expect(whatGoes(many, { ...none, keepMessages: 400 }, now).slots).toEqual(
      Array.from({ length: 600 }, (_, slot) => slot),
    );
  });

  it('agrees with sorting, whatever the ages', () => {
    let seed = 1;
    const random = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    for (let run = 0; run < 30; run++) {
      const messages = Array.from(
        { length: 200 },
        () => [Math.round(random() * 40) / 4, Math.ceil(random() * 4)] as const,
      );
      const files = columnsOf(messages);
      const keepMessages = Math.ceil(random() * 220);
      const keepMb = Math.ceil(random() * 500);
      const youngestFirst = messages
        .map((_, slot) => slot)
        .sort((a, b) => (files.at[b] as number) - (files.at[a] as number) || b - a);
      let bytes = 0;
      let kept = 0;
      for (const slot of youngestFirst) {
        bytes += files.sizeBytes[slot] as number;
        if (kept >= keepMessages || bytes > keepMb * mb) break;
        kept++;
      }
      const expected = youngestFirst.slice(kept).sort((a, b) => a - b);
      const going = whatGoes(files, { keepDays: null, keepMessages, keepMb }, now);
      expect([...going.slots].sort((a, b) => a - b)).toEqual(expected);
    }
  });
});
