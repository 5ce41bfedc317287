/**
 * Cuts a message that arrives in pieces into its lines, and says what each of them is made of. Pure.
 *
 * Promises: linear in the number of bytes; of a line at most its first bytes are kept, however long it is.
 */
import { isAscii } from 'node:buffer';
import { asBuffer } from './transformed-content';

export interface MimeLine {
  /** Offset of its first byte in the content. */
  readonly start: number;
  /** Offset behind its end. */
  readonly end: number;
  /** Bytes without the line's end. */
  readonly length: number;
  /** 2: CRLF, 1: LF alone, 0: the content ends here. */
  readonly endBytes: 0 | 1 | 2;
  /** The first bytes of the line, `longestLineHead` at most. Valid until the next line. */
  readonly head: Buffer;
  readonly hasEightBit: boolean;
  readonly hasNul: boolean;
  /** A CR that belongs to no line's end. */
  readonly hasBareCr: boolean;
  /** What is not ASCII is UTF-8. */
  readonly isUtf8: boolean;
}

/** A longer line of a header is not read; no boundary is as long (RFC 2046 section 5.1.1: 70). */
export const longestLineHead = 4096;

const LF = 0x0a;
const CR = 0x0d;

export interface LineScanner {
  push(chunk: Uint8Array): void;
  /** Behind the last chunk; a line without an end is one too. */
  end(): void;
}

export function createLineScanner(onLine: (line: MimeLine) => void): LineScanner {
  let offset = 0;
  let lineStart = 0;
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let hasPendingCr = false;
  let hasEightBit = false;
  let hasNul = false;
  let hasBareCr = false;
  const utf8 = createUtf8Check();

  const keep = (piece: Buffer): void => {
    const room = longestLineHead - keptBytes;
    if (room <= 0 || piece.length === 0) return;
    kept.push(piece.subarray(0, room));
    keptBytes += Math.min(room, piece.length);
  };
  const finish = (end: number, endBytes: 0 | 1 | 2): void => {
    const length = end - endBytes - lineStart;
    const all = kept.length === 1 ? (kept[0] as Buffer) : Buffer.concat(kept);
    onLine({
      start: lineStart,
      end,
      length,
      endBytes,
      head: all.subarray(0, length),
      hasEightBit,
      hasNul,
      hasBareCr,
      isUtf8: utf8.finish(),
    });
    lineStart = end;
    kept = [];
    keptBytes = 0;
    hasEightBit = false;
    hasNul = false;
    hasBareCr = false;
  };
  return {
    push(chunk) {
      const bytes = asBuffer(chunk);
      const mayHaveNul = bytes.includes(0);
      const isPlain = isAscii(bytes);
      if (hasPendingCr && bytes.length > 0 && bytes[0] !== LF) {
        hasBareCr = true;
        hasPendingCr = false;
      }
      let cr = bytes.indexOf(CR);
      for (let from = 0; from < bytes.length; ) {
        const lf = bytes.indexOf(LF, from);
        const stop = lf < 0 ? bytes.length : lf;
        const piece = bytes.subarray(from, stop);
        if (mayHaveNul && piece.includes(0)) hasNul = true;
        const isPlainPiece = isPlain || isAscii(piece);
        if (!isPlainPiece) hasEightBit = true;
        if (!isPlainPiece || utf8.isOpen) for (const byte of piece) utf8.push(byte);
        for (; cr >= 0 && cr < stop - 1; cr = bytes.indexOf(CR, cr + 1)) hasBareCr = true;
        const endsInCr = cr >= 0 && cr === stop - 1;
        if (endsInCr) cr = bytes.indexOf(CR, cr + 1);
        if (lf < 0) {
          hasPendingCr = endsInCr;
          // The chunk is its owner's again.
          keep(Buffer.from(piece));
          break;
        }
        keep(bytes.subarray(from, lf + 1));
        finish(offset + lf + 1, endsInCr || hasPendingCr ? 2 : 1);
        hasPendingCr = false;
        from = lf + 1;
      }
      offset += bytes.length;
    },
    end() {
      if (hasPendingCr) hasBareCr = true;
      if (offset > lineStart) finish(offset, 0);
    },
  };
}

/** Byte by byte, for one line after another (RFC 3629 section 4). */
function createUtf8Check() {
  let isValid = true;
  let owed = 0;
  let low = 0x80;
  let high = 0xbf;
  return {
    /** In the middle of a character. */
    get isOpen(): boolean {
      return owed > 0;
    },
    push(byte: number): void {
      if (owed > 0) {
        if (byte < low || byte > high) isValid = false;
        owed--;
        low = 0x80;
        high = 0xbf;
      } else if (byte > 127) {
        if (byte < 0xc2 || byte > 0xf4) isValid = false;
        owed = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
        if (byte === 0xe0) low = 0xa0;
        else if (byte === 0xed) high = 0x9f;
        else if (byte === 0xf0) low = 0x90;
        else if (byte === 0xf4) high = 0x8f;
      }
    },
    finish(): boolean {
      const result = isValid && owed === 0;
      isValid = true;
      owed = 0;
      low = 0x80;
      high = 0xbf;
      return result;
    },
  };
}
