/**
 * A record of the trace as a line of its file: JSON, with its dialogue as one text of "milliseconds after the record,
 * side, what was said" in lines. A dialogue is most of a record, and so half as long and quicker to write. Pure.
 */
import type { DialogueLine } from '../core/dialogue';
import type { TraceRecord } from '../core/trace';

const letters = { client: 'c', server: 's', note: 'n' } as const;
const sides: Readonly<Record<string, DialogueLine['side']>> = { c: 'client', s: 'server', n: 'note' };

export function formatRecord(record: TraceRecord): string {
  if (!('lines' in record) || record.lines.length === 0) return `${JSON.stringify(record)}\n`;
  const lines = packLines(record.lines, record.at);
  return `${JSON.stringify(lines === undefined ? record : { ...record, lines })}\n`;
}

/** Undefined where the line is no record. Of its fields the kind and the time are certain, the others as we wrote them. */
export function parseRecord(line: string): TraceRecord | undefined {
  try {
    const value = JSON.parse(line) as (Partial<TraceRecord> & { lines?: unknown }) | null;
    if (typeof value !== 'object' || typeof value?.kind !== 'string' || typeof value.at !== 'number')
      return undefined;
    if (typeof value.lines === 'string') value.lines = unpackLines(value.lines, value.at);
    return value as TraceRecord;
  } catch {
    return undefined;
  }
}

/** Undefined: somebody said a line break, which is kept as it is. */
function packLines(lines: readonly DialogueLine[], at: number): string | undefined {
  let packed = '';
  for (const line of lines) {
    if (line.text.includes('\n')) return undefined;
    packed += `${packed === '' ? '' : '\n'}${line.at - at}${letters[line.side]}${line.text}`;
  }
  return packed;
}

function unpackLines(packed: string, at: number): DialogueLine[] {
  return packed.split('\n').flatMap((line) => {
    const [, after, letter = '', text = ''] = /^(-?[\d.]+)([csn])(.*)$/s.exec(line) ?? [];
    const side = sides[letter];
    return after === undefined || side === undefined ? [] : [{ at: at + Number(after), side, text }];
  });
}
