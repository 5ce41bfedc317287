/**
 * What the command line prints for people: aligned tables, times, sizes. Pure.
 *
 * Mail is hostile and a terminal obeys control characters, so every cell is cleaned.
 */

export interface TableColumn<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | number;
}

/** Lines of a table: titles, then rows; numbers to the right. Without rows: `empty`. */
export function formatTable<Row>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  empty: string,
): string {
  if (rows.length === 0) return empty;
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const lines = [
    columns.map((column) => column.title),
    ...cells.map((row) => row.map((cell) => cleanText(String(cell)))),
  ];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  const isNumber = columns.map((_, at) => cells.every((row) => typeof row[at] === 'number'));
  return lines
    .map((line) =>
      line
        .map((cell, at) => (isNumber[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** "name   value" lines. */
export function formatPairs(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${cleanText(value)}`.trimEnd()).join('\n');
}

/** One line without control or direction characters. */
export function cleanText(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
}

/** Several lines without control or direction characters, for showing a message. */
export function cleanLines(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.split('\t').map(cleanText).join('\t'))
    .join('\n');
}

/** JSON that a terminal can be shown: JSON itself leaves DEL and the C1 controls as they are. */
export function formatJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** "2026-11-23 14:05:09" in this computer's time. */
export function formatTime(ms: number): string {
  const time = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** "14:05:09.123" in this computer's time. */
export function formatClock(ms: number): string {
  const thousandths = String(new Date(ms).getMilliseconds()).padStart(3, '0');
  return `${formatTime(ms).slice(11)}.${thousandths}`;
}

/** "812 B", "4.9 KB", "12 MB". */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  let value = bytes / 1024;
  let at = 0;
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[at]}`;
}
