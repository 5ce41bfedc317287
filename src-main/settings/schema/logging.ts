/** Protocol log of a virtual server (reference 3.4 Logging properties, 6.1). */
import { z } from 'zod';
import { entry } from './entry';
import { folderPath } from './values';

export const logFormats = ['w3c', 'iis', 'ncsa'] as const;
export type LogFormat = (typeof logFormats)[number];
export const logSchedules = ['hourly', 'daily', 'weekly', 'monthly', 'unlimited', 'size'] as const;
export type LogSchedule = (typeof logSchedules)[number];

/** How names of log files begin: those with a date in them, and those with a number. */
export const logFilePrefixes: Readonly<
  Record<LogFormat, { readonly dated: string; readonly numbered: string }>
> = {
  w3c: { dated: 'ex', numbered: 'extend' },
  iis: { dated: 'in', numbered: 'inetsv' },
  ncsa: { dated: 'nc', numbered: 'ncsa' },
};

/** "exyymmdd.log": what the log files of a format and schedule are called, for people. */
export function describeLogFileName(format: LogFormat, schedule: LogSchedule): string {
  const { dated, numbered } = logFilePrefixes[format];
  const endings: Readonly<Record<LogSchedule, string>> = {
    hourly: `${dated}yymmddhh`,
    daily: `${dated}yymmdd`,
    weekly: `${dated}yymmww`,
    monthly: `${dated}yymm`,
    unlimited: `${numbered}1`,
    size: `${numbered}1`,
  };
  return `${endings[schedule]}.log`;
}

/** W3C Extended fields in the order in which they are written; the last two are ours. */
export const logFields = [
  'date',
  'time',
  'c-ip',
  'cs-username',
  's-sitename',
  's-computername',
  's-ip',
  's-port',
  'cs-method',
  'cs-uri-stem',
  'cs-uri-query',
  'sc-status',
  'sc-win32-status',
  'sc-bytes',
  'cs-bytes',
  'time-taken',
  'cs-version',
  'cs-host',
  'cs(User-Agent)',
  'cs(Cookie)',
  'cs(Referer)',
  'x-session-id',
  'x-queue-id',
] as const;
export type LogField = (typeof logFields)[number];

/** What an SMTP service has no value for is left out until somebody asks for it. */
const emptyFields: readonly string[] = ['cs-host', 'cs(User-Agent)', 'cs(Cookie)', 'cs(Referer)'];

export const loggingSettings = {
  isLogging: entry(z.boolean().default(true), {
    title: 'Enable logging',
    text: 'Writes each command and reply of incoming and outgoing sessions into the protocol log.',
    iis: 'LogType',
    applies: 'live',
  }),
  logFormat: entry(z.enum(logFormats).default('w3c'), {
    title: 'Active log format',
    text: 'w3c: W3C Extended Log File Format; iis: Microsoft IIS Log File Format; ncsa: NCSA Common Log File Format.',
    iis: 'LogPluginClsid',
    applies: 'live',
  }),
  logSchedule: entry(z.enum(logSchedules).default('daily'), {
    title: 'New log schedule',
    text: 'When a new log file is begun: hourly, daily, weekly, monthly, unlimited (never), or size (at the file size below).',
    iis: 'LogFilePeriod',
    applies: 'live',
  }),
  logFileSizeMb: entry(
    z.number().int('Enter a whole number.').min(1, 'At least 1.').max(4000, 'At most 4000.').default(20),
    {
      title: 'When file size reaches',
      text: 'Size at which a new log file is begun, for the schedule "size".',
      unit: 'MB',
      iis: 'LogFileTruncateSize',
      applies: 'live',
    },
  ),
  usesLocalTimeForLog: entry(z.boolean().default(false), {
    title: 'Use local time for file naming and rollover',
    text: 'Off: a new file is begun, and named, by UTC. Times in the lines of the W3C format are UTC always.',
    iis: 'LogFileLocaltimeRollover',
    applies: 'live',
  }),
  logDirectory: entry(z.union([z.literal(''), folderPath]).default(''), {
    title: 'Log file directory',
    text: 'Log files lie in a folder SMTPSVC with the number of the virtual server below it. Empty: the folder LogFiles of the data folder.',
    iis: 'LogFileDirectory',
    applies: 'live',
  }),
  logFields: entry(
    z
      .array(z.enum(logFields))
      .min(1, 'Choose at least one field.')
      .default(logFields.filter((field) => !emptyFields.includes(field))),
    {
      title: 'Extended logging options',
      text: 'Fields of the W3C Extended format. The original wrote only time, c-ip, cs-method, cs-uri-stem and sc-status.',
      iis: 'LogExtFileFlags',
      applies: 'live',
    },
  ),
} as const;
