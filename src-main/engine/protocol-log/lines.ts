/**
 * Lines of the three log formats (reference 6.1). Pure. What a peer sent never begins a new line or a new field:
 * control characters and spaces are replaced.
 */
import type { LogField, LogFormat } from '../../settings/schema';
import type { ProtocolEntry } from '../core/protocol-entry';

/** Facts that are the same for all lines of a virtual server. */
export interface LogSite {
  readonly serverId: number;
  readonly computerName: string;
  readonly productVersion: string;
}

const longestValue = 4096;

/** The line without its end. */
export function formatLine(
  entry: ProtocolEntry,
  options: { readonly format: LogFormat; readonly fields: readonly LogField[]; readonly site: LogSite },
): string {
  switch (options.format) {
    case 'w3c':
      return options.fields.map((field) => w3cValue(field, entry, options.site)).join(' ');
    case 'iis':
      return formatIis(entry, options.site);
    case 'ncsa':
      return formatNcsa(entry);
  }
}

/** The lines at the head of a file, with their ends; '' for formats that have none. */
export function formatHead(
  at: number,
  options: { readonly format: LogFormat; readonly fields: readonly LogField[]; readonly site: LogSite },
): string {
  if (options.format !== 'w3c') return '';
  return [
    `#Software: Mailroot ${options.site.productVersion}`,
    '#Version: 1.0',
    `#Date: ${isoDate(at)} ${isoTime(at)}`,
    `#Fields: ${options.fields.join(' ')}`,
    '',
  ].join('\r\n');
}

const siteName = (site: LogSite): string => `SMTPSVC${site.serverId}`;

/** The original's name for who sent a line of an outgoing session. */
function userOf(entry: ProtocolEntry): string {
  if (entry.direction === 'out-command') return 'OutboundConnectionCommand';
  if (entry.direction === 'out-response') return 'OutboundConnectionResponse';
  return entry.userName;
}

/** What the original wrote after an incoming verb began with the space between them, except for these. */
const hasBareArgument = (entry: ProtocolEntry): boolean =>
  entry.direction !== 'in' || entry.method === 'DATA' || entry.method === 'QUIT';

const queryOf = (entry: ProtocolEntry): string =>
  entry.argument === '' || hasBareArgument(entry) ? entry.argument : ` ${entry.argument}`;

/** 240 and the length of the session stood on the line of QUIT. */
const isQuit = (entry: ProtocolEntry): boolean => entry.direction === 'in' && entry.method === 'QUIT';
const statusOf = (entry: ProtocolEntry): number => (isQuit(entry) ? 240 : entry.status);
const win32StatusOf = (entry: ProtocolEntry): number =>
  isQuit(entry) ? Math.round(entry.sessionMs ?? 0) : 0;

/** "+" for spaces; "-" for nothing. */
function w3cText(text: string): string {
  const clean = text
    .slice(0, longestValue)
    .replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]/g, '?')
    .replaceAll(' ', '+');
  return clean === '' ? '-' : clean;
}

function w3cValue(field: LogField, entry: ProtocolEntry, site: LogSite): string {
  switch (field) {
    case 'date':
      return isoDate(entry.at);
    case 'time':
      return isoTime(entry.at);
    case 'c-ip':
      return w3cText(entry.remoteAddress);
    case 'cs-username':
      return w3cText(userOf(entry));
    case 's-sitename':
      return siteName(site);
    case 's-computername':
      return w3cText(site.computerName);
    case 's-ip':
      return w3cText(entry.localAddress);
    case 's-port':
      return String(entry.port);
    case 'cs-method':
      return w3cText(entry.method);
    case 'cs-uri-query':
      return w3cText(queryOf(entry));
    case 'sc-status':
      return String(statusOf(entry));
    case 'sc-win32-status':
      return String(win32StatusOf(entry));
    case 'sc-bytes':
      return String(entry.sentBytes);
    case 'cs-bytes':
      return String(entry.receivedBytes);
    case 'time-taken':
      return String(Math.round(entry.timeTakenMs));
    case 'cs-version':
      return 'SMTP';
    case 'x-session-id':
      return w3cText(entry.sessionId);
    case 'x-queue-id':
      return w3cText(entry.queueId ?? '');
    case 'cs-uri-stem':
    case 'cs-host':
    case 'cs(User-Agent)':
    case 'cs(Cookie)':
    case 'cs(Referer)':
      return '-';
  }
}

/** Fields are separated by commas, so a comma inside one becomes a semicolon. */
function iisText(text: string): string {
  const clean = text
    .slice(0, longestValue)
    .replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]/g, '?')
    .replaceAll(',', ';')
    .trim();
  return clean === '' ? '-' : clean;
}

function formatIis(entry: ProtocolEntry, site: LogSite): string {
  const date = new Date(entry.at);
  const day = `${date.getMonth() + 1}/${date.getDate()}/${two(date.getFullYear() % 100)}`;
  const time = `${date.getHours()}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const values = [
    iisText(entry.remoteAddress),
    iisText(userOf(entry)),
    day,
    time,
    siteName(site),
    iisText(site.computerName),
    iisText(entry.localAddress),
    Math.round(entry.timeTakenMs),
    entry.receivedBytes,
    entry.sentBytes,
    statusOf(entry),
    win32StatusOf(entry),
    iisText(entry.method),
    '-',
    iisText(entry.argument),
  ];
  return `${values.join(', ')},`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Local time with its distance from UTC, as web servers write it. */
function formatNcsa(entry: ProtocolEntry): string {
  const date = new Date(entry.at);
  const zoneMinutes = -date.getTimezoneOffset();
  const zone = `${zoneMinutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(zoneMinutes) / 60))}${two(Math.abs(zoneMinutes) % 60)}`;
  const when = `${two(date.getDate())}/${months[date.getMonth()]}/${date.getFullYear()}:${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone}`;
  const text = (value: string): string => w3cText(value).replaceAll('"', "'");
  return `${text(entry.remoteAddress)} - ${text(userOf(entry))} [${when}] "${text(entry.method)} -?${entry.argument === '' ? '' : text(queryOf(entry))} SMTP" ${statusOf(entry)} ${entry.sentBytes}`;
}

const two = (value: number): string => String(value).padStart(2, '0');
const isoDate = (at: number): string => new Date(at).toISOString().slice(0, 10);
const isoTime = (at: number): string => new Date(at).toISOString().slice(11, 19);
