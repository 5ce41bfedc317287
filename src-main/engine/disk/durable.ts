/**
 * Writing that survives a crash, and the differences between systems in renaming, removing and flushing.
 *
 * Owns: temporary names, flush order, grouped directory flushes, retries while a virus scanner holds a file.
 * Promises: when a call resolves, its effect is on stable storage (file flush, rename, directory flush; on
 * Windows a directory cannot be flushed, there it is file flush plus rename within one volume).
 * Trusts: that the folder is used by one engine.
 * Fails: with the system's error; what it created is removed, or left under a temporary name for the sweep.
 */
import { close as closeFile, fdatasync, open as openFile, writev } from 'node:fs';
import { copyFile, open, rename, statfs, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** Ends every unfinished file of ours; whoever finds one at start may remove it. */
export const temporarySuffix = '.tmp';

const isWindows = process.platform === 'win32';
/** What a scanner or indexer that holds a file open answers on Windows. */
const transientCodes = new Set(['EPERM', 'EBUSY', 'EACCES']);
/** Sum is about 2 s: scanners let go within that, people would notice more. */
const retryDelaysMs = [10, 20, 40, 80, 150, 300, 600, 800];

async function withScannerRetry<T>(run: () => Promise<T>): Promise<T> {
  for (const delayMs of isWindows ? retryDelaysMs : []) {
    try {
      return await run();
    } catch (error) {
      if (!transientCodes.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
  return run();
}

/** Renames over an existing file; retried on Windows. Not durable before `flushDirectory`. */
export function renameFile(from: string, to: string): Promise<void> {
  return withScannerRetry(() => rename(from, to));
}

/** Removes a file; a missing one is no error. Not durable before `flushDirectory`. */
export function removeFile(path: string): Promise<void> {
  return withScannerRetry(async () => {
    try {
      await unlink(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  });
}

interface FlushRound {
  readonly done: Promise<void>;
}
const runningFlush = new Map<string, FlushRound>();
const waitingFlush = new Map<string, FlushRound>();

/** What network and FUSE file systems answer that cannot flush a directory; they write names through. */
const noDirectoryFlushCodes = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

async function syncDirectory(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!noDirectoryFlushCodes.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Makes renames, creations and removals in `folder` durable. Calls that come while a flush is running
 * share the next one (group commit): a flush that started before a rename need not contain it.
 */
export function flushDirectory(folder: string): Promise<void> {
  if (isWindows) return Promise.resolve();
  const waiting = waitingFlush.get(folder);
  if (waiting) return waiting.done;
  const running = runningFlush.get(folder);
  const start = async (): Promise<void> => {
    // Whatever the running flush answers is for its own callers.
    if (running) await running.done.catch(() => undefined);
    waitingFlush.delete(folder);
    runningFlush.set(folder, round);
    try {
      await syncDirectory(folder);
    } finally {
      if (runningFlush.get(folder) === round) runningFlush.delete(folder);
    }
  };
  const round: FlushRound = { done: Promise.resolve().then(start) };
  waitingFlush.set(folder, round);
  return round.done;
}

/** A file that is being written. Exactly one of finish and discard ends it. */
export interface NewFile {
  /** Appends all of `pieces`. One call at a time. */
  write(pieces: readonly Uint8Array[]): Promise<void>;
  /** Flushes and closes. The name is not durable before `flushDirectory`. On failure the file is removed. */
  finish(): Promise<void>;
  /** Closes and removes it. Never rejects: what cannot be removed now is for the sweep at start. */
  discard(): Promise<void>;
}

/**
 * Creates a file that must not exist yet. Works on plain descriptors: each accepted message is two files, and
 * a FileHandle for each costs half as much again as the system calls themselves.
 */
export async function createNewFile(path: string): Promise<NewFile> {
  const descriptor = await openDescriptor(path, 'wx', 0o600);
  const discard = async (): Promise<void> => {
    await closeDescriptor(descriptor).catch(() => undefined);
    await removeFile(path).catch(() => undefined);
  };
  return {
    write: (pieces) => writeAll(descriptor, pieces),
    async finish() {
      let isOpen = true;
      try {
        await flushDescriptor(descriptor);
        isOpen = false;
        await closeDescriptor(descriptor);
      } catch (error) {
        if (isOpen) await discard();
        else await removeFile(path).catch(() => undefined);
        throw error;
      }
    },
    discard,
  };
}

/** Writes all of `data` to a new file and flushes it. The name is not durable before `flushDirectory`. */
export async function writeNewFile(path: string, data: Uint8Array | readonly Uint8Array[]): Promise<void> {
  const file = await createNewFile(path);
  try {
    await file.write(data instanceof Uint8Array ? [data] : data);
  } catch (error) {
    await file.discard();
    throw error;
  }
  await file.finish();
}

async function writeAll(descriptor: number, pieces: readonly Uint8Array[]): Promise<void> {
  // One system call where the system takes it all; a short write (disk nearly full) goes on with the rest.
  for (let rest = pieces.filter((piece) => piece.length > 0); rest.length > 0; ) {
    const bytesWritten = await writePieces(descriptor, rest);
    if (bytesWritten === 0) throw Object.assign(new Error('No space left on device'), { code: 'ENOSPC' });
    rest = dropWritten(rest, bytesWritten);
  }
}

/** What is left of `pieces` after their first `bytesWritten` bytes. */
function dropWritten(pieces: readonly Uint8Array[], bytesWritten: number): Uint8Array[] {
  let skip = bytesWritten;
  return pieces.flatMap((piece) => {
    const written = Math.min(skip, piece.length);
    skip -= written;
    return written === piece.length ? [] : [piece.subarray(written)];
  });
}

const openDescriptor = promisify<string, string, number, number>(openFile);
const closeDescriptor = promisify(closeFile);
const flushDescriptor = promisify(fdatasync);

function writePieces(descriptor: number, pieces: readonly Uint8Array[]): Promise<number> {
  return new Promise((resolve, reject) => {
    writev(descriptor, pieces, (error, bytesWritten) => (error ? reject(error) : resolve(bytesWritten)));
  });
}

let temporaryCounter = 0;

/** Creates or replaces `path` as a whole: temporary file beside it, flush, rename, directory flush. */
export async function replaceFile(path: string, data: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}-${++temporaryCounter}${temporarySuffix}`;
  await writeNewFile(temporary, data);
  try {
    await renameFile(temporary, path);
  } catch (error) {
    await removeFile(temporary).catch(() => undefined);
    throw error;
  }
  await flushDirectory(dirname(path));
}

/**
 * Moves a file, also to another volume: there it is copied under a temporary name, flushed, renamed, and
 * only then removed at its old place. A crash in between leaves both, never none.
 */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await renameFile(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const temporary = `${to}.${process.pid}-${++temporaryCounter}${temporarySuffix}`;
    try {
      await copyFile(from, temporary);
      const handle = await open(temporary, 'r+');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
      await renameFile(temporary, to);
    } catch (copyError) {
      await removeFile(temporary).catch(() => undefined);
      throw copyError;
    }
    await flushDirectory(dirname(to));
    await removeFile(from);
  }
  await flushDirectory(dirname(to));
  if (dirname(from) !== dirname(to)) await flushDirectory(dirname(from));
}

/** Bytes that may still be written to the volume that holds `folder`; Infinity where the system cannot tell. */
export async function freeBytesOf(folder: string): Promise<number> {
  try {
    const facts = await statfs(folder);
    return facts.bavail * facts.bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
