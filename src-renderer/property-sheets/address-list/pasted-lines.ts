/** Many entries at once, one a line, as they come from another server's list or a spreadsheet. Pure. */
import { readEntry } from './entry';

export interface BadLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

export interface PastedLines {
  /** New entries, as the settings hold them, each once. */
  readonly good: readonly string[];
  readonly bad: readonly BadLine[];
  /** Lines whose entry is in the list already, or further up. */
  readonly repeatedCount: number;
}

/** Empty lines and what follows # or ; is passed over. */
export function readLines(text: string, listed: readonly string[]): PastedLines {
  const known = new Set(listed.map(identityOf));
  const good: string[] = [];
  const bad: BadLine[] = [];
  let repeatedCount = 0;
  text.split(/\r\n|\r|\n/).forEach((raw, at) => {
    const line = raw.replace(/[#;].*$/, '').trim();
    if (line === '') return;
    const reading = readEntry(line);
    if (!('entry' in reading)) {
      bad.push({ line: at + 1, text: line, reason: reading.reason });
      return;
    }
    const { text: entry } = reading.entry;
    if (known.has(entry)) {
      repeatedCount += 1;
      return;
    }
    known.add(entry);
    good.push(entry);
  });
  return { good, bad, repeatedCount };
}

function identityOf(text: string): string {
  const reading = readEntry(text);
  return 'entry' in reading ? reading.entry.text : text;
}
