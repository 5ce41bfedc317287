/**
 * Numbers, times and addresses as people read them: short and local in a list, whole in the tooltip.
 * Pure; the current time and the locale are arguments where they matter.
 */

const kilobyte = 1024;
const megabyte = 1024 * kilobyte;
const gigabyte = 1024 * megabyte;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** "0.4 KB", "12.0 MB": one decimal, never plain bytes, so that a column compares at a glance. */
export function formatSize(bytes: number): string {
  if (bytes >= gigabyte) return `${(bytes / gigabyte).toFixed(1)} GB`;
  if (bytes >= megabyte) return `${(bytes / megabyte).toFixed(1)} MB`;
  const kilobytes = bytes / kilobyte;
  return `${bytes > 0 ? Math.max(0.1, kilobytes).toFixed(1) : '0.0'} KB`;
}

/** "1,204 messages", "1 message"; `plural` is the singular with an s unless given. */
export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? singular : plural}`;
}

const isSameDay = (a: Date, b: Date): boolean =>
  a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();

/**
 * Today: the time of day; this year: day and month; else the whole date.
 *
 * @param at milliseconds since 1970 UTC
 * @param now the same, for "today"
 */
export function formatTime(at: number, now: number, locale?: string): string {
  const date = new Date(at);
  const today = new Date(now);
  if (isSameDay(date, today)) {
    return date.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  }
  if (date.getFullYear() === today.getFullYear()) {
    return date.toLocaleString(locale, {
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
    });
  }
  return date.toLocaleDateString(locale, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** Date, time with seconds and zone: for tooltips and detail panes. */
export function formatFullTime(at: number, locale?: string): string {
  return new Date(at).toLocaleString(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
}

/** "14:05:09.123": the time of day to the millisecond, in this computer's time. */
export function formatClock(at: number, locale?: string): string {
  return new Date(at).toLocaleTimeString(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  });
}

/** "2026-11-23 14:05:09" in this computer's time: for files, where it sorts as text. */
export function formatSortableTime(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** "40 s", "4 min", "3 h 20 min", "2 d 4 h": at most two units, a negative span counts as none. */
export function formatAge(spanMs: number): string {
  const span = Math.max(0, spanMs);
  if (span < minuteMs) return `${Math.floor(span / 1000)} s`;
  if (span < hourMs) return `${Math.floor(span / minuteMs)} min`;
  const [large, small, sizeMs, partMs] =
    span < dayMs ? (['h', 'min', hourMs, minuteMs] as const) : (['d', 'h', dayMs, hourMs] as const);
  const whole = Math.floor(span / sizeMs);
  const rest = Math.floor((span % sizeMs) / partMs);
  return rest === 0 ? `${whole} ${large}` : `${whole} ${large} ${rest} ${small}`;
}

/** The null reverse-path is shown as RFC 5321 writes it. */
export function formatSender(sender: string): string {
  return sender === '' ? '<>' : sender;
}

/** Keeps both ends: "a-very-long-na…@corp.test". Never longer than `maxLength` characters. */
export function truncateMiddle(text: string, maxLength: number): string {
  const characters = [...text];
  if (characters.length <= maxLength) return text;
  if (maxLength <= 1) return '…';
  const end = Math.floor((maxLength - 1) / 2);
  const start = maxLength - 1 - end;
  return `${characters.slice(0, start).join('')}…${characters.slice(characters.length - end).join('')}`;
}

/** As much of both ends as is not wider than `maxWidth`, in whatever unit `measure` counts. */
export function fitMiddle(text: string, maxWidth: number, measure: (part: string) => number): string {
  if (measure(text) <= maxWidth) return text;
  let fits = 1;
  let tooMany = [...text].length;
  while (tooMany - fits > 1) {
    const half = Math.floor((fits + tooMany) / 2);
    if (measure(truncateMiddle(text, half)) <= maxWidth) fits = half;
    else tooMany = half;
  }
  return truncateMiddle(text, fits);
}
