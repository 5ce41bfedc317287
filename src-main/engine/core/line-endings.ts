/**
 * Bare CR and bare LF become CRLF (RFC 5321 section 2.3.8 forbids both; old printers and scripts send
 * them). Works on chunks: a CR at the end of one chunk may belong to an LF at the start of the next.
 */

const CR = 13;
const LF = 10;

export interface LineEndingNormaliser {
  /** The chunk with CRLF endings; the very same object when nothing had to change. */
  push(chunk: Uint8Array): Uint8Array;
  /** What is still owed after the last chunk (an LF for a trailing bare CR). */
  end(): Uint8Array;
}

export function createLineEndingNormaliser(): LineEndingNormaliser {
  let hasPendingCr = false;
  return {
    push(chunk) {
      if (chunk.length === 0) return chunk;
      const faults = countFaults(chunk, hasPendingCr);
      const endsInCr = chunk[chunk.length - 1] === CR;
      if (faults === 0) {
        hasPendingCr = endsInCr;
        return chunk;
      }
      const out = new Uint8Array(chunk.length + faults);
      let to = 0;
      let previous = hasPendingCr ? CR : 0;
      for (let from = 0; from < chunk.length; from++) {
        const byte = chunk[from] as number;
        if (byte === LF) {
          if (previous !== CR) out[to++] = CR;
        } else if (previous === CR) {
          out[to++] = LF;
        }
        out[to++] = byte;
        previous = byte;
      }
      hasPendingCr = endsInCr;
      return out;
    },
    end() {
      const owed = hasPendingCr ? Uint8Array.of(LF) : new Uint8Array(0);
      hasPendingCr = false;
      return owed;
    },
  };
}

/** Bytes that must be added; by indexOf, because clean mail (nearly all) must cost next to nothing. */
function countFaults(chunk: Uint8Array, hasPendingCr: boolean): number {
  let faults = hasPendingCr && chunk[0] !== LF ? 1 : 0;
  for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) {
    const isPaired = at > 0 ? chunk[at - 1] === CR : hasPendingCr;
    if (!isPaired) faults++;
  }
  for (let at = chunk.indexOf(CR); at >= 0 && at < chunk.length - 1; at = chunk.indexOf(CR, at + 1)) {
    if (chunk[at + 1] !== LF) faults++;
  }
  return faults;
}
