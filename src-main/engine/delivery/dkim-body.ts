/**
 * The body hash of a DKIM signature, "relaxed" (RFC 6376 section 3.4.4), over the bytes as they go over the wire: bare CR
 * and bare LF are line ends there, and the last line has one. The dots of DATA are no part of it.
 *
 * Promises: bounded memory, whatever the lines are: neither the longest line nor the blank lines at the end are kept.
 */
import { createHash } from 'node:crypto';

const LF = 10;
const CR = 13;
const TAB = 9;
const SPACE = 32;

const pieceBytes = 64 * 1024;

export interface BodyHasher {
  push(chunk: Uint8Array): void;
  /** SHA-256 in base64. Ends it. */
  end(): string;
}

export function createBodyHasher(): BodyHasher {
  const hash = createHash('sha256');
  const out = Buffer.allocUnsafe(pieceBytes);
  let to = 0;
  // Line ends are written when something follows them: blank lines at the end of a body do not count.
  let lineEnds = 0;
  let hasSpace = false;
  let isAfterCr = false;
  let isEmpty = true;

  const flush = (): void => {
    hash.update(out.subarray(0, to));
    to = 0;
  };
  const writeLineEnds = (): void => {
    for (; lineEnds > 0; lineEnds--) {
      if (to + 2 > pieceBytes) flush();
      out[to++] = CR;
      out[to++] = LF;
    }
  };

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at] as number;
        if (byte === LF || byte === CR) {
          if (byte === CR || !isAfterCr) lineEnds++;
          isAfterCr = byte === CR;
          hasSpace = false;
          continue;
        }
        isAfterCr = false;
        if (byte === SPACE || byte === TAB) {
          hasSpace = true;
          continue;
        }
        if (lineEnds > 0) writeLineEnds();
        if (to + 2 > pieceBytes) flush();
        if (hasSpace) out[to++] = SPACE;
        hasSpace = false;
        out[to++] = byte;
        isEmpty = false;
      }
    },
    end() {
      lineEnds = isEmpty ? 0 : 1;
      writeLineEnds();
      flush();
      return hash.digest('base64');
    },
  };
}
