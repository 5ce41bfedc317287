/**
 * Message files that the system asks to open: by double click, by dropping on the icon, on the command line. The page
 * is handed their bytes, one after the other, and never a path: it cannot ask for another file.
 */
import { constants, open } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { mostReadBytes } from '../api/contract';
import type { HostFile } from '../api/contract/host';
import { Problem, reasonOf } from '../engine/core/problem';

/** More at once is a mistake of the hand. */
const mostAtOnce = 10;

/** Files on a command line, as full paths; `--data`'s value is none. Pure. */
export function mailFilesIn(argv: readonly string[], workingFolder: string): string[] {
  return argv
    .filter((word, index) => /\.eml$/i.test(word) && !word.startsWith('-') && argv[index - 1] !== '--data')
    .slice(0, mostAtOnce)
    .map((path) => resolve(workingFolder, path));
}

/** A regular file of at most what the console reads of a message. Rejects with a sentence. */
async function readMailFile(path: string): Promise<HostFile> {
  // A pipe would not open before somebody writes into it.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw new Problem('invalid', 'It is no file.');
    const bytes = new Uint8Array(Math.min(facts.size, mostReadBytes));
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return { name: basename(path), bytes: bytes.subarray(0, length) };
  } finally {
    await file.close();
  }
}

export interface OpenedFiles {
  add(paths: readonly string[]): void;
  /** The next one that can be read; undefined: none waits. */
  take(): Promise<HostFile | undefined>;
}

export interface OpenedFilesOptions {
  /** Something waits for `take`. */
  readonly onWaiting: () => void;
  readonly onFault: (text: string) => void;
}

export function createOpenedFiles({ onWaiting, onFault }: OpenedFilesOptions): OpenedFiles {
  const waiting: string[] = [];
  return {
    add(paths) {
      if (paths.length === 0) return;
      waiting.push(...paths.slice(0, mostAtOnce - waiting.length));
      onWaiting();
    },
    async take() {
      for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
        try {
          return await readMailFile(path);
        } catch (error) {
          onFault(`${path} could not be opened: ${reasonOf(error)}`);
        }
      }
      return undefined;
    },
  };
}
