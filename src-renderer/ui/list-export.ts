/**
 * A list as a text file: the rows are read page by page in the list's order, and written with tabs or commas.
 * What stands in a cell may come from a stranger's mail, and spreadsheets run what looks like a formula: such a
 * cell gets an apostrophe in front.
 */

export const exportFormats = ['comma', 'tab'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportRow {
  readonly key: string;
  readonly cells: readonly string[];
}

/** A list as an export sees it: titles and texts, no types. */
export interface ExportSource {
  /** "Domains" */
  readonly label: string;
  readonly titles: readonly string[];
  readonly total: number;
  readonly selectedKeys: ReadonlySet<string>;
  readonly readRows: (at: {
    readonly offset: number;
    readonly limit: number;
    readonly signal: AbortSignal;
  }) => Promise<{ readonly rows: readonly ExportRow[]; readonly total: number }>;
}

const pageRows = 1000;

export interface CollectOptions {
  /** Only these; undefined: all. */
  readonly onlyKeys?: ReadonlySet<string>;
  readonly signal: AbortSignal;
  /** Told after each page: rows looked at, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Reads the rows of a list. A list that changes meanwhile shifts between two pages: a row that is met twice
 * counts once.
 */
export async function collectRows(source: ExportSource, options: CollectOptions): Promise<ExportRow[]> {
  const { onlyKeys, signal, onProgress } = options;
  const found = new Map<string, ExportRow>();
  let offset = 0;
  for (;;) {
    signal.throwIfAborted();
    const page = await source.readRows({ offset, limit: pageRows, signal });
    for (const row of page.rows) if (onlyKeys?.has(row.key) ?? true) found.set(row.key, row);
    offset += page.rows.length;
    onProgress?.(Math.min(offset, page.total), page.total);
    const isComplete = onlyKeys !== undefined && found.size === onlyKeys.size;
    if (page.rows.length === 0 || offset >= page.total || isComplete) return [...found.values()];
  }
}

/** What a spreadsheet takes for a formula; the wide signs are read as such by East Asian versions. */
const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/;
const plainNumber = /^[+-]?\d+(?:[.,]\d+)?$/;

const guard = (cell: string): string =>
  formulaStart.test(cell) && !plainNumber.test(cell) ? `'${cell}` : cell;

/** One value between commas, quoted where it must be (RFC 4180). */
function quote(cell: string): string {
  return /[",\r\n]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Tabs and line ends part cells and rows, and nothing can quote them there. */
const flatten = (cell: string): string => cell.replace(/[\t\r\n]+/g, ' ');

/** The file's text: titles, then rows, each line ended as Windows ends it. */
export function formatRows(
  titles: readonly string[],
  rows: readonly ExportRow[],
  format: ExportFormat,
): string {
  const [write, separator] = format === 'comma' ? ([quote, ','] as const) : ([flatten, '\t'] as const);
  return [titles, ...rows.map((row) => row.cells)]
    .map((cells) => `${cells.map((cell) => write(guard(cell))).join(separator)}\r\n`)
    .join('');
}

const byteOrderMark = '\ufeff';

/** UTF-8; Excel knows it as such by a byte order mark only. */
export function encodeText(text: string, hasByteOrderMark: boolean): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode((hasByteOrderMark ? byteOrderMark : '') + text);
}

export const extensionOf = (format: ExportFormat): string => (format === 'comma' ? 'csv' : 'txt');
