/**
 * `changes.jsonl` of a data folder: one change a line, the newest last.
 *
 * Owns: the file and the older ones that it was renamed to (`changes.1.jsonl` and up), mode 0600.
 * Promises: when `append` resolves the line is on stable storage; lines are only ever added; the files together
 *   stay bounded. What a crash left of a line, and any other line that cannot be read, is passed over and in nobody's way.
 * Trusts: that one process owns the data folder.
 * Fails: with the system's error when a line cannot be written; what was written of it is passed over like the rest.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChangeRow, changeRow } from '../api/contract';
import { systemCodeOf } from '../engine/core/problem';
import { flushDirectory, renameFile } from '../engine/disk/durable';

export interface ChangeQuery {
  readonly offset: number;
  readonly limit: number;
  /** Part of any text of a change, without case. */
  readonly filter?: string | undefined;
  /** Nobody waits for the answer any more: what has been found is answered. */
  readonly signal?: AbortSignal | undefined;
}

export interface ChangeFile {
  append(change: ChangeRow): Promise<void>;
  /** Newest first. `total` is what the filter lets through. */
  list(query: ChangeQuery): Promise<{ readonly rows: ChangeRow[]; readonly total: number }>;
}

export interface ChangeFileLimits {
  /** A file that has reached this is renamed before the next line. */
  readonly maxBytes: number;
  /** Of the renamed ones; the oldest makes room. */
  readonly maxOlder: number;
}

/** Some hundred thousand changes, and a list that is read in half a second. */
const usualLimits: ChangeFileLimits = { maxBytes: 8 * 1024 * 1024, maxOlder: 4 };
/** The relay has its turn between two pieces. */
const pieceBytes = 256 * 1024;
/** No line of ours is as long; what is, is damage. */
const maxLineBytes = 1024 * 1024;
const newline = 0x0a;

export function openChangeFile(dataFolder: string, limits: ChangeFileLimits = usualLimits): ChangeFile {
  const pathOf = (number: number): string =>
    join(dataFolder, number === 0 ? 'changes.jsonl' : `changes.${number}.jsonl`);
  let last: Promise<unknown> = Promise.resolve();
  const oneAfterAnother = <T>(run: () => Promise<T>): Promise<T> => {
    const done = last.then(run);
    last = done.catch(() => undefined);
    return done;
  };

  async function makeRoom(): Promise<void> {
    for (let number = limits.maxOlder - 1; number >= 0; number -= 1) {
      await renameFile(pathOf(number), pathOf(number + 1)).catch((error: unknown) => {
        if (systemCodeOf(error) !== 'ENOENT') throw error;
      });
    }
  }

  async function write(line: string): Promise<void> {
    let handle = await openToAppend(pathOf(0));
    try {
      let { size } = await handle.stat();
      if (size >= limits.maxBytes) {
        await handle.close();
        await makeRoom();
        handle = await openToAppend(pathOf(0));
        size = 0;
      }
      const isCut = size > 0 && (await readAt(handle, size - 1, 1))[0] !== newline;
      await handle.appendFile(`${isCut ? '\n' : ''}${line}\n`);
      await handle.datasync();
      if (size === 0) await flushDirectory(dataFolder);
    } finally {
      await handle.close();
    }
  }

  /** Renaming moves no open file: they are opened in one turn and read afterwards. */
  async function openAll(): Promise<FileHandle[]> {
    const handles: FileHandle[] = [];
    for (let number = 0; number <= limits.maxOlder; number += 1) {
      const handle = await openToRead(pathOf(number));
      if (handle) handles.push(handle);
    }
    return handles;
  }

  return {
    append: (change) => oneAfterAnother(() => write(JSON.stringify(change))),
    async list({ offset, limit, filter, signal }) {
      const wanted = filter?.trim().toLowerCase() ?? '';
      const rows: ChangeRow[] = [];
      let total = 0;
      const handles = await oneAfterAnother(openAll);
      try {
        for (const handle of handles) {
          for await (const line of linesBackwards(handle)) {
            if (signal?.aborted) return { rows, total };
            const change = readChange(line);
            if (!change || !(wanted === '' || textOf(change).includes(wanted))) continue;
            if (total >= offset && rows.length < limit) rows.push(change);
            total += 1;
          }
        }
      } finally {
        for (const handle of handles) await handle.close();
      }
      return { rows, total };
    },
  };
}

const openToAppend = (path: string): Promise<FileHandle> => open(path, 'a+', 0o600);

async function openToRead(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** As many bytes as there are, up to `length`. */
async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** The lines of a file, the last one first. */
async function* linesBackwards(handle: FileHandle): AsyncGenerator<string, void> {
  let { size: start } = await handle.stat();
  /** The end of a line whose beginning is in the piece before. */
  let rest = Buffer.alloc(0);
  while (start > 0) {
    const length = Math.min(pieceBytes, start);
    start -= length;
    const piece = Buffer.concat([await readAt(handle, start, length), rest]);
    let end = piece.length;
    while (end > 0) {
      const at = piece.lastIndexOf(newline, end - 1);
      if (at < 0) break;
      if (end > at + 1) yield piece.toString('utf8', at + 1, end);
      end = at;
    }
    rest = end > maxLineBytes ? Buffer.alloc(0) : piece.subarray(0, end);
  }
  if (rest.length > 0) yield rest.toString('utf8');
}

function readChange(line: string): ChangeRow | undefined {
  try {
    return changeRow.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function textOf({ who, via, action, subject, changes = [] }: ChangeRow): string {
  const values = changes.flatMap(({ field, before = '', after = '' }) => [field, before, after]);
  return [who, via, action, subject, ...values].join('\n').toLowerCase();
}
