/** Names of protocol log files as the original gave them (reference 6.1), so that its tools find them. Pure. */
import { type LogFormat, type LogSchedule, logFilePrefixes as prefixes } from '../../settings/schema';

/** What decides about the name. */
export interface NameSettings {
  readonly logFormat: LogFormat;
  readonly logSchedule: LogSchedule;
  readonly usesLocalTimeForLog: boolean;
}

/**
 * Name of the log file for a time, in milliseconds since 1970; undefined for the schedules whose files are
 * numbered (`numberedName`).
 */
export function datedName(
  { logFormat, logSchedule, usesLocalTimeForLog }: NameSettings,
  at: number,
): string | undefined {
  const { dated } = prefixes[logFormat];
  const { year, month, day, hour } = partsOf(at, usesLocalTimeForLog);
  const yearMonth = `${two(year % 100)}${two(month)}`;
  switch (logSchedule) {
    case 'hourly':
      return `${dated}${yearMonth}${two(day)}${two(hour)}.log`;
    case 'daily':
      return `${dated}${yearMonth}${two(day)}.log`;
    case 'weekly':
      // Week of the month; the first ends with its first Saturday.
      return `${dated}${yearMonth}${two(weekOfMonth(at, usesLocalTimeForLog))}.log`;
    case 'monthly':
      return `${dated}${yearMonth}.log`;
    case 'unlimited':
    case 'size':
      return undefined;
  }
}

/** "extend3.log" */
export const numberedName = (format: LogFormat, number: number): string =>
  `${prefixes[format].numbered}${number}.log`;

/** The number in a name of `numberedName`; undefined for other files. */
export function numberOf(format: LogFormat, name: string): number | undefined {
  const match = new RegExp(`^${prefixes[format].numbered}(\\d{1,9})\\.log$`, 'i').exec(name);
  return match ? Number(match[1]) : undefined;
}

const two = (value: number): string => String(value).padStart(2, '0');

function partsOf(
  at: number,
  isLocal: boolean,
): { year: number; month: number; day: number; hour: number; weekday: number } {
  const date = new Date(at);
  return isLocal
    ? {
        year: date.getFullYear(),
        month: date.getMonth() + 1,
        day: date.getDate(),
        hour: date.getHours(),
        weekday: date.getDay(),
      }
    : {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        weekday: date.getUTCDay(),
      };
}

function weekOfMonth(at: number, isLocal: boolean): number {
  const { day, weekday } = partsOf(at, isLocal);
  const weekdayOfFirst = (((weekday - (day - 1)) % 7) + 7) % 7;
  return Math.floor((day - 1 + weekdayOfFirst) / 7) + 1;
}
