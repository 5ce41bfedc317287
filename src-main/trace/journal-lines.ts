/**
 * Reads the trace's files as they are being written.
 *
 * Promises: bounded memory whatever lies in a file; a line that is torn, too long or no record is passed over.
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { TraceRecord } from '../engine/core/trace';
import { parseRecord } from '../engine/trace/record-line';

export interface PlacedRecord {
  readonly record: TraceRecord;
  readonly offset: number;
  readonly length: number;
}

const chunkBytes = 1024 * 1024;
/** A message may have many recipients; beyond this nothing of ours was written. */
const longestLineBytes = 16 * 1024 * 1024;
const newLine = 0x0a;

/**
 * Hands out the records from `from` on, as far as the last whole line or until `isEnough`. Answers where to go on.
 */
export async function readRecords(
  path: string,
  from: number,
  take: (placed: PlacedRecord) => void,
  isEnough: () => boolean = () => false,
): Promise<number> {
  const handle = await open(path, 'r');
  try {
    let next = from;
    let rest = Buffer.alloc(0);
    let isSkipping = false;
    for (;;) {
      const buffer = Buffer.allocUnsafe(chunkBytes);
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes, next + rest.length);
      if (bytesRead === 0) return next;
      const data = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      let start = 0;
      for (let end = data.indexOf(newLine, start); end >= 0; end = data.indexOf(newLine, start)) {
        const record = isSkipping ? undefined : parseRecord(data.toString('utf8', start, end));
        isSkipping = false;
        if (record) take({ record, offset: next + start, length: end - start });
        start = end + 1;
      }
      next += start;
      rest = data.subarray(start);
      if (rest.length > longestLineBytes) {
        next += rest.length;
        rest = Buffer.alloc(0);
        isSkipping = true;
      }
      if (isEnough()) return next;
    }
  } finally {
    await handle.close();
  }
}

/** The record at this place; undefined where it is no longer there. */
export async function readRecordAt(
  handle: FileHandle,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<TraceRecord | undefined> {
  if (length > longestLineBytes) return undefined;
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, offset);
  return bytesRead === length ? parseRecord(buffer.toString('utf8')) : undefined;
}
