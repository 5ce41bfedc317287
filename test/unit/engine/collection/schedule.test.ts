/** When another host is asked: times are those of this computer, so the expected ones are made the same way. */
import { describe, expect, it } from 'vitest';
import { type AskingSchedule, nextAskAt } from '../../../../src-main/engine/collection/schedule';
import { weekDays } from '../../../../src-main/settings/schema';

/** 2 March 2026 is a Monday. */
const at = (day: number, time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return new Date(2026, 2, day, hours, minutes).getTime();
};
const always: AskingSchedule = { everyMinutes: 60, days: [...weekDays], fromTime: '00:00', toTime: '23:59' };
const office: AskingSchedule = {
  ...always,
  days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
  fromTime: '08:00',
  toTime: '18:00',
};
const night: AskingSchedule = { ...always, days: ['saturday'], fromTime: '22:00', toTime: '02:00' };

describe('the next request', () => {
  it.each<[string, AskingSchedule, number, number | undefined, number]>([
    ['is made at once where none was made', always, at(2, '10:00'), undefined, at(2, '10:00')],
    ['follows the last one after the interval', always, at(2, '10:20'), at(2, '10:00'), at(2, '11:00')],
    ['that was missed is made at once', always, at(2, '15:00'), at(2, '10:00'), at(2, '15:00')],
    ['waits for the window of today', office, at(2, '06:30'), undefined, at(2, '08:00')],
    ['is still made in the last minute', office, at(2, '18:00'), undefined, at(2, '18:00')],
    ['waits for tomorrow behind the window', office, at(2, '18:01'), undefined, at(3, '08:00')],
    ['that falls behind the window waits too', office, at(2, '17:40'), at(2, '17:30'), at(3, '08:00')],
    ['skips the days that are not chosen', office, at(6, '19:00'), undefined, at(9, '08:00')],
    ['may come past midnight of its day', night, at(8, '01:30'), undefined, at(8, '01:30')],
    ['does not come on the night before', night, at(7, '01:30'), undefined, at(7, '22:00')],
    ['waits a week where one day is chosen', night, at(8, '02:01'), undefined, at(14, '22:00')],
    [
      'does not wait for a time that a clock took back',
      always,
      at(2, '10:00'),
      at(9, '10:00'),
      at(2, '11:00'),
    ],
  ])('%s', (_, schedule, now, lastAskedAt, expected) => {
    expect(new Date(nextAskAt(schedule, now, lastAskedAt))).toEqual(new Date(expected));
  });
});
