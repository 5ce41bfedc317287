/**
 * Rows of the source on the screen: its lines, of which long ones show their beginning, and the further pieces of
 * those that were opened. Knows only numbers; what stands in a row is read when it is seen. Pure.
 */

/** Where lines begin. */
export interface LineStarts {
  readonly starts: Uint32Array;
  /** End of the message's own header. */
  readonly headerEnd: number;
}

/** The line, counted from 0, that has the byte at `offset`. */
export function lineAt({ starts }: LineStarts, offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low;
}

/** The rest of a long line, in pieces that a screen can use. */
export interface OpenedLine {
  readonly line: number;
  readonly pieces: readonly LinePiece[];
}

export interface LinePiece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface SourceRow {
  readonly text: string;
  /** Counted from 1 as an editor does; undefined for the further pieces of a long line. */
  readonly number: number | undefined;
  /** Line counted from 0, for opening it. */
  readonly line: number;
  /** Offsets of what is shown. */
  readonly start: number;
  readonly end: number;
  /** Bytes of the line that follow and are not shown; 0 when all are. */
  readonly hiddenBytes: number;
}

export interface RowMap {
  readonly rowCount: number;
  /** Piece 0 is the line's beginning, 1 the first of `OpenedLine.pieces`. */
  readonly placeOf: (row: number) => { readonly line: number; readonly piece: number };
  /** The row of a line's beginning, or of the piece that has the byte at `offset`. */
  readonly rowOf: (line: number, offset: number) => number;
}

/** Of a line, what is shown at first, and of the rest at a time. */
export const maxPieceBytes = 2000;
/** Of one line that is opened; the rest is in the file. */
export const maxOpenedBytes = 8 * 1024 * 1024;

export function mapRows(lineCount: number, opened: readonly OpenedLine[]): RowMap {
  const extras: { readonly opened: OpenedLine; readonly rowsBefore: number }[] = [];
  let extraRows = 0;
  for (const each of [...opened].sort((a, b) => a.line - b.line)) {
    extras.push({ opened: each, rowsBefore: extraRows });
    extraRows += each.pieces.length;
  }
  return {
    rowCount: lineCount + extraRows,
    placeOf: (row) => {
      let before = 0;
      for (const extra of extras) {
        const first = extra.opened.line + extra.rowsBefore;
        if (row < first) break;
        if (row <= first + extra.opened.pieces.length) return { line: extra.opened.line, piece: row - first };
        before = extra.rowsBefore + extra.opened.pieces.length;
      }
      return { line: row - before, piece: 0 };
    },
    rowOf: (line, offset) => {
      let before = 0;
      for (const { opened: each, rowsBefore } of extras) {
        if (each.line > line) break;
        if (each.line === line) {
          const piece = each.pieces.findIndex(({ start, end }) => offset >= start && offset < end);
          return line + rowsBefore + piece + 1;
        }
        before = rowsBefore + each.pieces.length;
      }
      return line + before;
    },
  };
}

/** Cuts the rest of a line into pieces. @param start offset of the first byte */
export function cutPieces(bytes: Uint8Array, start: number): LinePiece[] {
  const pieces: LinePiece[] = [];
  for (let at = 0; at < bytes.length; at += maxPieceBytes) {
    const end = Math.min(bytes.length, at + maxPieceBytes);
    pieces.push({ start: start + at, end: start + end, text: decodeLine(bytes.subarray(at, end)) });
  }
  return pieces;
}

/** UTF-8 where it is, else as Windows-1252: every byte shows as something. Without the line's end. */
export function decodeLine(bytes: Uint8Array): string {
  let end = bytes.length;
  if (bytes[end - 1] === 10) end -= 1;
  if (bytes[end - 1] === 13) end -= 1;
  return decodeBytes(bytes.subarray(0, end));
}

/** All of it as one string, for the clipboard. */
export function decodeBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
