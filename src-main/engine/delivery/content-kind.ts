/** What a message's content asks of the next server, found in one pass over its bytes. Pure. */
import { isAscii } from 'node:buffer';
import { asBuffer } from './transformed-content';

export interface ContentKind {
  /** Bytes above 127 anywhere. */
  readonly hasEightBit: boolean;
  /** Bytes above 127 in the header. */
  readonly hasEightBitHeader: boolean;
  /** A CR or LF without the other: only BINARYMIME carries it unchanged. */
  readonly hasBareLineEnd: boolean;
  /** NUL, or a line that is too long; the same. */
  readonly hasUnsendableLine: boolean;
}

/** RFC 5321 section 4.5.3.1.6: 1000 with the line's end. */
const longestLine = 998;

const LF = 0x0a;
const CR = 0x0d;

export interface ContentInspector {
  push(chunk: Uint8Array): void;
  /** Behind the last chunk. */
  end(): ContentKind;
}

export function createContentInspector(): ContentInspector {
  let hasEightBit = false;
  let hasEightBitHeader = false;
  let hasBareLineEnd = false;
  let hasUnsendableLine = false;
  let isHeader = true;
  let lineLength = 0;
  let hasPendingCr = false;
  return {
    push(chunk) {
      const bytes = asBuffer(chunk);
      // Native searches: every message is looked through, and nearly all have nothing of this.
      const isPlain = isAscii(bytes);
      if (!isPlain) hasEightBit = true;
      if (bytes.includes(0)) hasUnsendableLine = true;
      if (hasPendingCr && bytes.length > 0 && bytes[0] !== LF) {
        hasBareLineEnd = true;
        hasPendingCr = false;
        lineLength = 0;
      }
      let cr = bytes.indexOf(CR);
      for (let from = 0; from < bytes.length; ) {
        const lf = bytes.indexOf(LF, from);
        const stop = lf < 0 ? bytes.length : lf;
        let start = from;
        for (; cr >= 0 && cr < stop - 1; cr = bytes.indexOf(CR, cr + 1)) {
          hasBareLineEnd = true;
          if (lineLength + cr - start > longestLine) hasUnsendableLine = true;
          lineLength = 0;
          start = cr + 1;
        }
        const endsInCr = cr >= 0 && cr === stop - 1;
        if (endsInCr) cr = bytes.indexOf(CR, cr + 1);
        lineLength += stop - start - (endsInCr ? 1 : 0);
        if (lineLength > longestLine) hasUnsendableLine = true;
        if (isHeader && !isPlain && !isAscii(bytes.subarray(from, stop))) hasEightBitHeader = true;
        if (lf < 0) {
          hasPendingCr = endsInCr;
          return;
        }
        if (!(endsInCr || hasPendingCr)) hasBareLineEnd = true;
        if (lineLength === 0) isHeader = false;
        hasPendingCr = false;
        lineLength = 0;
        from = lf + 1;
      }
    },
    end: () => ({
      hasEightBit,
      hasEightBitHeader,
      hasBareLineEnd: hasBareLineEnd || hasPendingCr,
      hasUnsendableLine,
    }),
  };
}
