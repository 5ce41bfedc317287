/** A piece of a file, without the rest of it in memory. */
import type { FileHandle } from 'node:fs/promises';

/** The bytes from `position` on, at most `limit`; fewer where the file ends. */
export async function readRange(handle: FileHandle, position: number, limit: number): Promise<Buffer> {
  const piece = Buffer.allocUnsafeSlow(limit);
  let at = 0;
  while (at < limit) {
    const { bytesRead } = await handle.read(piece, at, limit - at, position + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return piece.subarray(0, at);
}
