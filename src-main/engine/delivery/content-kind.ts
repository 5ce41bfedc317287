/** What a message's content asks of the next server, found in one pass over its bytes. Pure. */

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
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at] as number;
        if (byte === LF) {
          if (!hasPendingCr) hasBareLineEnd = true;
          if (lineLength === 0) isHeader = false;
          hasPendingCr = false;
          lineLength = 0;
          continue;
        }
        if (hasPendingCr) hasBareLineEnd = true;
        hasPendingCr = byte === CR;
        if (hasPendingCr) continue;
        if (byte > 127) {
          hasEightBit = true;
          if (isHeader) hasEightBitHeader = true;
        }
        if (++lineLength > longestLine || byte === 0) hasUnsendableLine = true;
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
