import { describe, expect, it } from 'vitest';
import { createQueueTime } from '../../../../src-main/engine/queue/queue-time';
import { createFakeClock, createSettableClock, fakeStart } from '../../../support/fake-clock';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const yearMs = 365 * 24 * hourMs;

function createTime() {
  const wall = createSettableClock();
  const time = createQueueTime(wall);
  let forwards = 0;
  time.watch(() => forwards++);
  return { wall, time, forwards: () => forwards };
}

describe('queue time', () => {
  it('is the wall clock where nobody sets that', async () => {
    const { wall, time, forwards } = createTime();
    await wall.advance(10 * hourMs);
    expect(time.clock.now()).toBe(wall.now());
    expect(time.shiftMs()).toBe(0);
    expect(forwards()).toBe(0);
    const plain = createFakeClock();
    expect(createQueueTime(plain).clock).toBe(plain);
  });

  it.each([
    ['forward by five years', 5 * yearMs, 1],
    ['forward by two minutes', 2 * minuteMs, 1],
    ['forward by half a minute', minuteMs / 2, 0],
    ['back by an hour', -hourMs, 0],
    ['back by five years', -5 * yearMs, 0],
  ])('goes on evenly when the clock is set %s', async (_claim, ms, told) => {
    const { wall, time, forwards } = createTime();
    await wall.advance(hourMs);
    wall.setBy(ms);
    expect(time.clock.now()).toBe(fakeStart + hourMs);
    expect(time.shiftMs()).toBe(ms);
    await wall.advance(hourMs);
    expect(time.clock.now()).toBe(fakeStart + 2 * hourMs);
    expect(time.shiftMs()).toBe(ms);
    expect(forwards()).toBe(told);
  });

  it('follows a clock that is set right again', async () => {
    const { wall, time, forwards } = createTime();
    wall.setBy(yearMs);
    await wall.advance(hourMs);
    wall.setBy(-yearMs);
    await wall.advance(hourMs);
    expect(time.shiftMs()).toBe(0);
    expect(time.clock.now()).toBe(fakeStart + 2 * hourMs);
    expect(forwards()).toBe(1);
  });

  it('follows a wall clock that runs a little fast: a week of half a second an hour is no step', async () => {
    const { wall, time, forwards } = createTime();
    for (let hour = 0; hour < 7 * 24; hour++) {
      await wall.advance(hourMs);
      wall.setBy(500);
    }
    expect(time.shiftMs()).toBe(0);
    expect(time.clock.now()).toBe(wall.now());
    expect(forwards()).toBe(0);
  });

  it.each([
    ['counts it (Windows, macOS)', true],
    ['does not count it (Linux)', false],
  ])('stands still while the computer sleeps, where the steady clock %s', async (_claim, isCounted) => {
    const { wall, time, forwards } = createTime();
    await wall.advance(hourMs);
    wall.sleep(8 * hourMs, isCounted);
    await wall.advance(minuteMs);
    expect(time.clock.now()).toBe(fakeStart + hourMs + minuteMs);
    expect(time.shiftMs()).toBe(8 * hourMs);
    expect(forwards()).toBe(1);
  });

  it('watches no longer than it is wanted', async () => {
    const { wall, time } = createTime();
    expect(wall.timerCount).toBe(1);
    time.close();
    expect(wall.timerCount).toBe(0);
  });
});
