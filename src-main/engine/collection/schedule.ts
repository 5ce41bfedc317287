/** When another host is asked for our mail: an interval, on some days, between two times of day. Pure. */
import { type Collection, weekDays } from '../../settings/schema';

export type AskingSchedule = Pick<Collection, 'everyMinutes' | 'days' | 'fromTime' | 'toTime'>;

const minuteMs = 60_000;
/** A window of at most seven days off begins within these. */
const daysAhead = 8;

/**
 * Time of the next request, in milliseconds since 1970 UTC; days and times of day are those of this computer.
 *
 * @param lastAskedAt undefined: not yet, so it is asked as soon as the window is open
 */
export function nextAskAt(schedule: AskingSchedule, now: number, lastAskedAt: number | undefined): number {
  const due = lastAskedAt === undefined ? now : lastAskedAt + schedule.everyMinutes * minuteMs;
  // A clock that was set back must not make it wait for the time that is lost.
  const longest = now + schedule.everyMinutes * minuteMs;
  return nextOpening(schedule, Math.max(now, Math.min(due, longest)));
}

/** The first moment from `time` on that lies in a window; a window belongs to the day on which it begins. */
function nextOpening(schedule: AskingSchedule, time: number): number {
  // From yesterday on: its window may last past midnight.
  for (let ahead = -1; ahead <= daysAhead; ahead++) {
    const window = windowOf(schedule, time, ahead);
    if (window && window.to > time) return Math.max(time, window.from);
  }
  // Not reached: at least one day of seven is chosen.
  return time;
}

function windowOf(
  { days, fromTime, toTime }: AskingSchedule,
  time: number,
  ahead: number,
): { readonly from: number; readonly to: number } | undefined {
  const at = (dayOffset: number, clockTime: string, extraMinutes = 0): number => {
    const [hours = 0, minutes = 0] = clockTime.split(':').map(Number);
    const date = new Date(time);
    // By the calendar: a day may have 23 or 25 hours.
    date.setDate(date.getDate() + dayOffset);
    date.setHours(hours, minutes + extraMinutes, 0, 0);
    return date.getTime();
  };
  const day = new Date(at(ahead, '12:00')).getDay();
  if (!days.some((name) => weekDays.indexOf(name) === (day + 6) % 7)) return undefined;
  const isOvernight = toTime < fromTime;
  // The last minute belongs to the window.
  return { from: at(ahead, fromTime), to: at(ahead + (isOvernight ? 1 : 0), toTime, 1) };
}
