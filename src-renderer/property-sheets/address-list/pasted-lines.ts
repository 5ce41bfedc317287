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

/**
 * Empty lines and what follows # or ; is passed over.
 *
 * @param options.takesDomains false: a name is a bad line; default true
 */
export function readLines(
  text: string,
  listed: readonly string[],
  { takesDomains = true }: { readonly takesDomains?: boolean } = {},
): PastedLines {
  const known = new Set(listed.map(identityOf));
  const good: string[] = [];
  const bad: BadLine[] = [];
  let repeatedCount = 0;
  text.split(/\r\n|\r|\n/).forEach((raw, at) => {
    const line = raw.replace(/[#;].*$/, '').trim();
    if (line === '') return;
    const reading = readEntry(line);
    const isUnwanted = 'entry' in reading && reading.entry.kind === 'domain' && !takesDomains;
    if (!('entry' in reading) || isUnwanted) {
      const reason = 'entry' in reading ? anyReason : reading.reason;
      bad.push({ line: at + 1, reason: describeFault(line, reason, takesDomains) });
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

function describeFault(line: string, reason: string, takesDomains: boolean): string {
  const shown = line.length > mostShown ? `${line.slice(0, mostShown)}…` : line;
  if (reason !== anyReason) return `"${shown}": ${reason}`;
  return `"${shown}" is not an IP address${takesDomains ? ', a subnet or a domain' : ' or a subnet'}.`;
}

function identityOf(text: string): string {
  const reading = readEntry(text);
  return 'entry' in reading ? reading.entry.text : text;
}
