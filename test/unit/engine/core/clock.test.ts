import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ageMs, momentOf, steadyNow, systemClock } from '../../../../src-main/engine/core/clock';
import { createFakeClock, createSettableClock } from '../../../support/fake-clock';

describe('what lasts', () => {
  it('is measured by a clock that nobody sets', async () => {
    const clock = createSettableClock();
    const begin = steadyNow(clock);
    clock.setBy(365 * 86_400_000);
    await clock.advance(1000);
    expect(steadyNow(clock) - begin).toBe(1000);
    const plain = createFakeClock();
    expect(steadyNow(plain)).toBe(plain.now());
    expect(steadyNow(systemClock)).toBeLessThanOrEqual(steadyNow(systemClock));
  });

  it.each([
    ['that is set back', -86_400_000, false, 1000],
    ['of a computer that slept, whose steady clock stood still', 8000, false, 9000],
    ['of a computer that slept, whose steady clock went on', 8000, true, 9000],
  ])('is at least as old as either clock says: a clock %s', async (_claim, ms, isCounted, expected) => {
    const clock = createSettableClock();
    const moment = momentOf(clock);
    clock.sleep(ms, isCounted);
    await clock.advance(1000);
    expect(ageMs(moment, clock)).toBe(expected);
  });
});

describe('the real clock', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('runs a timer once after its delay', () => {
    const run = vi.fn();
    systemClock.startTimer(run, 1000);
    vi.advanceTimersByTime(999);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(10_000);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('waits longer than setTimeout can', () => {
    const run = vi.fn();
    const fortyDaysMs = 40 * 86_400_000;
    systemClock.startTimer(run, fortyDaysMs);
    vi.advanceTimersByTime(fortyDaysMs - 1);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('can be cancelled before, between its pieces and after', () => {
    const run = vi.fn();
    systemClock.startTimer(run, 10)();
    const cancel = systemClock.startTimer(run, 3_000_000_000);
    vi.advanceTimersByTime(2_500_000_000);
    cancel();
    vi.advanceTimersByTime(3_000_000_000);
    expect(run).not.toHaveBeenCalled();
    const again = systemClock.startTimer(run, 1);
    vi.advanceTimersByTime(1);
    again();
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('takes a time that has passed as now', () => {
    const run = vi.fn();
    systemClock.startTimer(run, -5);
    vi.advanceTimersByTime(0);
    expect(run).toHaveBeenCalledTimes(1);
  });
});
