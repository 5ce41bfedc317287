/** Fields of the W3C Extended log as the original's dialog called and grouped them. */
import type { LogField } from '../../../src-main/api/contract';

export interface LogFieldGroup {
  readonly title: string;
  readonly fields: readonly { readonly name: LogField; readonly title: string }[];
}

export const logFieldGroups: readonly LogFieldGroup[] = [
  {
    title: 'Date and time',
    fields: [
      { name: 'date', title: 'Date' },
      { name: 'time', title: 'Time' },
      { name: 'time-taken', title: 'Time Taken' },
    ],
  },
  {
    title: 'Who',
    fields: [
      { name: 'c-ip', title: 'Client IP Address' },
      { name: 'cs-username', title: 'User Name' },
      { name: 's-sitename', title: 'Service Name' },
      { name: 's-computername', title: 'Server Name' },
      { name: 's-ip', title: 'Server IP Address' },
      { name: 's-port', title: 'Server Port' },
    ],
  },
  {
    title: 'What',
    fields: [
      { name: 'cs-method', title: 'Method' },
      { name: 'cs-uri-stem', title: 'URI Stem' },
      { name: 'cs-uri-query', title: 'URI Query' },
      { name: 'sc-status', title: 'Protocol Status' },
      { name: 'sc-win32-status', title: 'Win32 Status' },
      { name: 'sc-bytes', title: 'Bytes Sent' },
      { name: 'cs-bytes', title: 'Bytes Received' },
      { name: 'cs-version', title: 'Protocol Version' },
    ],
  },
  {
    title: 'Added by Mailroot',
    fields: [
      { name: 'x-session-id', title: 'Session' },
      { name: 'x-queue-id', title: 'Queue File' },
    ],
  },
  {
    title: 'Always empty for mail',
    fields: [
      { name: 'cs-host', title: 'Host' },
      { name: 'cs(User-Agent)', title: 'User Agent' },
      { name: 'cs(Cookie)', title: 'Cookie' },
      { name: 'cs(Referer)', title: 'Referer' },
    ],
  },
];
