/**
 * A header block cut into fields (RFC 5322 section 2.2), for files that others wrote. Pure, one pass.
 */

export interface HeaderField {
  /** Lower case. */
  readonly name: string;
  /** Unfolded, without the space around it. */
  readonly value: string;
  /** Offset behind the field, its line break included. */
  readonly end: number;
}

export interface HeaderFields {
  readonly fields: readonly HeaderField[];
  /** Number of the first line that is neither a field nor its continuation, counted from 1. It is skipped. */
  readonly faultyLine?: number;
}

const fieldStart = /^([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:/;

/**
 * Reads up to the blank line or the end.
 *
 * @param header one character a byte (latin1), lines ended by CRLF or LF
 */
export function readHeaderFields(header: string): HeaderFields {
  const fields: HeaderField[] = [];
  let lineNumber = 0;
  let faultyLine: number | undefined;
  let name: string | undefined;
  let value = '';
  let at = 0;
  const finish = (): void => {
    if (name !== undefined) fields.push({ name, value: value.trim(), end: at });
    name = undefined;
  };
  while (at < header.length) {
    lineNumber++;
    const lineFeed = header.indexOf('\n', at);
    const next = lineFeed < 0 ? header.length : lineFeed + 1;
    const line = header.slice(at, next).replace(/\r?\n$/, '');
    if (line === '') break;
    if (name !== undefined && (line.startsWith(' ') || line.startsWith('\t'))) {
      value += line;
    } else {
      finish();
      const match = fieldStart.exec(line);
      if (match) {
        name = (match[1] as string).toLowerCase();
        value = line.slice(match[0].length);
      } else {
        faultyLine ??= lineNumber;
      }
    }
    at = next;
  }
  finish();
  return { fields, ...(faultyLine === undefined ? {} : { faultyLine }) };
}
