/** Many entries at once, one a line, as they come from another server's list or a spreadsheet. Pure. */
import { anyReason, readEntry } from '../../../src-main/api/contract';

export interface BadLine {
  /** From 1. */
  readonly line: number;
  /** Names what stands there. */
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
      bad.push({ line: at + 1, reason: describeFault(line, reading.reason) });
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

/** More of a line than this says nothing more. */
const mostShown = 40;

function describeFault(line: string, reason: string): string {
  const shown = line.length > mostShown ? `${line.slice(0, mostShown)}…` : line;
  return reason === anyReason
    ? `"${shown}" is not an IP address, a subnet or a domain.`
    : `"${shown}": ${reason}`;
}

function identityOf(text: string): string {
  const reading = readEntry(text);
  return 'entry' in reading ? reading.entry.text : text;
}
