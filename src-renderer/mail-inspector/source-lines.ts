/**
 * The raw message as lines, without making a string of the whole: only offsets are kept, and a line is decoded
 * when it is seen. A line longer than a screen can use is shown in pieces, so that one line of 30 MB costs no
 * more than many short ones.
 */

export interface SourceLines {
  readonly count: number;
  readonly lineAt: (index: number) => SourceLine;
}

export interface SourceLine {
  readonly text: string;
  /** Counted from 1 as an editor does; undefined for the further pieces of a long line. */
  readonly number: number | undefined;
  /** Length of the header's name with its colon, when the line begins a header. */
  readonly nameLength: number;
}

const lineFeed = 10;
const carriageReturn = 13;
export const maxPieceBytes = 2000;

export function splitSource(bytes: Uint8Array): SourceLines {
  const starts: number[] = [];
  const numbers: number[] = [];
  let headerEnd = 0;
  let isInHeader = true;
  let number = 0;
  let start = 0;
  while (start < bytes.length) {
    const feed = bytes.indexOf(lineFeed, start);
    const end = feed < 0 ? bytes.length : feed + 1;
    number += 1;
    if (isInHeader && (bytes[start] === lineFeed || (bytes[start] === carriageReturn && end === start + 2))) {
      isInHeader = false;
      headerEnd = starts.length;
    }
    for (let piece = start; piece < end; piece += maxPieceBytes) {
      starts.push(piece);
      numbers.push(piece === start ? number : 0);
    }
    start = end;
  }
  if (isInHeader) headerEnd = starts.length;

  return {
    count: starts.length,
    lineAt: (index) => {
      const text = decodeLine(
        bytes.subarray(starts[index] ?? bytes.length, starts[index + 1] ?? bytes.length),
      );
      const lineNumber = numbers[index] ?? 0;
      const name = index < headerEnd && lineNumber > 0 ? /^[!-9;-~]+:/.exec(text) : null;
      return {
        text,
        number: lineNumber > 0 ? lineNumber : undefined,
        nameLength: name?.[0].length ?? 0,
      };
    },
  };
}

/** UTF-8 where it is, else as Windows-1252: every byte shows as something. Without the line's end. */
export function decodeLine(bytes: Uint8Array): string {
  let end = bytes.length;
  if (bytes[end - 1] === lineFeed) end -= 1;
  if (bytes[end - 1] === carriageReturn) end -= 1;
  const line = bytes.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(line);
  } catch {
    return new TextDecoder('windows-1252').decode(line);
  }
}

/** The raw header block, without the empty line; at most `maxBytes` of it. RFC 5322 section 2.1. */
export function readHeaderBlock(bytes: Uint8Array, maxBytes: number): string {
  const { count, lineAt } = splitSource(bytes.subarray(0, maxBytes));
  const lines: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { text, number } = lineAt(index);
    if (text === '' && number !== undefined) break;
    if (number === undefined && lines.length > 0) lines[lines.length - 1] += text;
    else lines.push(text);
  }
  return lines.join('\n');
}

/** All of it as one string, for the clipboard. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
