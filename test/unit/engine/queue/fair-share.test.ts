import { describe, expect, it } from 'vitest';
import { mayTakeLane, type Standing } from '../../../../src-main/engine/queue/fair-share';

const none = { proven: 0, unknown: 0, doubtful: 0 };

/** How many lanes one destination of this standing gets, with others there or without. */
function lanesOf(standing: Standing, total: number, hasOthers = true, running = none): number {
  let count = 0;
  const now = { ...running };
  while (count < 5000 && mayTakeLane({ total, standing, hasOthers, ofDestination: count, running: now })) {
    count++;
    now[standing]++;
  }
  return count;
}

/** How many lanes all destinations of this standing get together, with one each. */
function lanesOfAll(standing: Standing, total: number, running = none): number {
  let count = 0;
  const now = { ...running };
  while (mayTakeLane({ total, standing, hasOthers: true, ofDestination: 0, running: now })) {
    count++;
    now[standing]++;
  }
  return count;
}

describe('share of the outgoing connections', () => {
  it.each([
    ['proven', 1000, 875],
    ['proven', 10, 9],
    ['proven', 2, 1],
    ['proven', 1, 1],
    ['unknown', 1000, 250],
    ['unknown', 10, 3],
    ['unknown', 4, 1],
    ['unknown', 1, 1],
    ['doubtful', 1000, 250],
    ['doubtful', 2, 1],
    ['doubtful', 1, 1],
  ] as const)('of a %s destination among others, of %i: %i', (standing, total, expected) => {
    expect(lanesOf(standing, total)).toBe(expected);
  });

  it.each(['proven', 'unknown', 'doubtful'] as const)(
    'of a %s destination that is alone: all',
    (standing) => {
      expect(lanesOf(standing, 10, false)).toBe(10);
    },
  );

  it('without a limit is not limited', () => {
    expect(lanesOf('doubtful', Number.POSITIVE_INFINITY)).toBe(5000);
  });

  it.each([
    ['all doubtful ones: a half', 'doubtful', 1000, none, 500],
    ['all unknown ones leave an eighth', 'unknown', 1000, none, 875],
    ['together they leave an eighth', 'unknown', 1000, { ...none, doubtful: 500 }, 375],
    ['all proven ones: whatever there is', 'proven', 1000, none, 1000],
    [
      'proven ones find an eighth whatever the others do',
      'proven',
      16,
      { ...none, unknown: 6, doubtful: 8 },
      2,
    ],
    ['few connections are shared by all', 'unknown', 5, none, 5],
    ['one connection is for everybody', 'doubtful', 1, none, 1],
  ] as const)('of %s', (_claim, standing, total, running, expected) => {
    expect(lanesOfAll(standing, total, running)).toBe(expected);
  });
});
