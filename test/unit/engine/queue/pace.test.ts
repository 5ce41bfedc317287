import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from '../../../../src-main/engine/queue/pace';

const minuteMs = 60_000;

/** Times at which messages start when there is always one that waits, and the timer is late by `lateMs`. */
function startsOf(perMinute: number, untilMs: number, lateMs = () => 0): number[] {
  const pace = new Pace();
  const starts: number[] = [];
  for (let now = 1; now < untilMs; ) {
    const next = pace.nextAt(perMinute, now);
    if (next > 0) now = Math.ceil(next) + lateMs();
    else {
      pace.take(perMinute, now);
      starts.push(now);
    }
  }
  return starts;
}

describe('pace', () => {
  it.each([
    [1, 10],
    [2, 20],
    [30, 300],
    [60, 600],
    [600, 6000],
    [100_000, 1_000_000],
  ])('of %i a minute lets %i messages go in ten minutes, evenly', (perMinute, expected) => {
    const { length } = startsOf(perMinute, 10 * minuteMs);
    expect(length).toBeGreaterThan(0.97 * expected);
    expect(length).toBeLessThanOrEqual(expected + Math.ceil(perMinute / 60));
  });

  it('never lets more than its limit go in a minute, however late its timers are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.array(fc.nat(3000), { minLength: 50 }),
        (limit, late) => {
          let turn = 0;
          const starts = startsOf(limit, 5 * minuteMs, () => late[turn++ % late.length] ?? 0);
          for (let index = limit; index < starts.length; index++)
            expect((starts[index] ?? 0) - (starts[index - limit] ?? 0)).toBeGreaterThanOrEqual(minuteMs - 1);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('without a limit makes nobody wait', () => {
    const pace = new Pace();
    for (let n = 0; n < 1000; n++) pace.take(null, 1);
    expect(pace.nextAt(null, 1)).toBe(0);
    expect(pace.isAtRest(1)).toBe(true);
  });

  it.each([
    ['a higher one ends the wait', 1, 60, 0],
    ['a lower one makes it longer, for all that went before', 60, 1, 1 + 2 * minuteMs],
    ['none ends it', 60, null, 0],
  ])('applies a changed limit at once: %s', (_claim, before, after, expected) => {
    const pace = new Pace();
    for (let now = 1; pace.nextAt(before, now) === 0; ) pace.take(before, now);
    expect(Math.round(pace.nextAt(after, 1))).toBe(expected);
  });

  it('remembers until the last message is paid for', () => {
    const pace = new Pace();
    pace.take(6, 1000);
    expect(pace.isAtRest(10_999)).toBe(false);
    expect(pace.isAtRest(11_000)).toBe(true);
    expect(pace.restsAt).toBe(11_000);
  });
});
