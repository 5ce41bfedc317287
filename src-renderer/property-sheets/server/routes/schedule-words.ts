/** A schedule in words. Pure. */
import { type Collection, type WeekDay, weekDays } from '../../../../src-main/api/contract';

export const dayWord = (day: WeekDay): string => day.charAt(0).toUpperCase() + day.slice(1);

const workDays = weekDays.slice(0, 5);

/** "every 60 minutes, Monday to Friday, 08:00 to 18:00" */
export function describeSchedule(
  schedule: Pick<Collection, 'isEnabled' | 'everyMinutes' | 'days' | 'fromTime' | 'toTime'>,
): string {
  const { isEnabled, everyMinutes, days, fromTime, toTime } = schedule;
  if (!isEnabled) return 'by hand only';
  const isWhole = fromTime === '00:00' && toTime === '23:59';
  const parts = [
    `every ${everyMinutes} ${everyMinutes === 1 ? 'minute' : 'minutes'}`,
    describeDays(days),
    isWhole ? '' : `${fromTime} to ${toTime}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function describeDays(days: readonly WeekDay[]): string {
  if (days.length === weekDays.length) return '';
  if (days.join() === workDays.join()) return 'Monday to Friday';
  return days.map((day) => dayWord(day).slice(0, 2)).join(' ');
}
