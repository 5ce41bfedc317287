/**
 * Counts the octets of a BDAT (RFC 3030 section 2). Promises: exactly `sizeBytes` octets are content, whatever they
 * are; the result does not depend on how the bytes were cut.
 */
import type { ContentReader } from './content-reader';

export function createChunkReader(sizeBytes: number): ContentReader {
  let left = sizeBytes;
  return {
    push(chunk) {
      const content = chunk.length <= left ? chunk : chunk.subarray(0, left);
      left -= content.length;
      return { content, endAt: left === 0 ? content.length : -1 };
    },
  };
}
