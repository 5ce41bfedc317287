/**
 * Making a folder with the folders above it, one step at a time.
 *
 * Not the system library's recursive one: that tries for ever where a folder that is there answers that it is not
 * (below /proc), and with it whoever waits.
 * Promises: ends after at most two tries for each part of the path; a folder that is there keeps its rights.
 * Fails: with the system's error for the folder that could not be made; what was made above it stays.
 */
import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemCodeOf } from '../core/problem';

/** Makes what is missing of `path`; answers the folders that it made, the outermost first. */
export async function makeFolder(path: string, mode = 0o777): Promise<readonly string[]> {
  const folder = resolve(path);
  const tryOnce = async (): Promise<readonly string[]> => {
    try {
      await mkdir(folder, mode);
      return [folder];
    } catch (error) {
      // A system may refuse to make what is there in words of its own (a drive, a read-only disk).
      const facts = systemCodeOf(error) === 'ENOENT' ? undefined : await stat(folder).catch(() => undefined);
      if (facts?.isDirectory()) return [];
      throw error;
    }
  };
  try {
    return await tryOnce();
  } catch (error) {
    const parent = dirname(folder);
    if (systemCodeOf(error) !== 'ENOENT' || parent === folder) throw error;
    const made = await makeFolder(parent, mode);
    return [...made, ...(await tryOnce())];
  }
}

/** `makeFolder` for the few places that must be done before anything else runs. */
export function makeFolderSync(path: string, mode = 0o777): void {
  const folder = resolve(path);
  const tryOnce = (): void => {
    try {
      mkdirSync(folder, mode);
    } catch (error) {
      const isThere =
        systemCodeOf(error) !== 'ENOENT' &&
        statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
      if (!isThere) throw error;
    }
  };
  try {
    tryOnce();
  } catch (error) {
    const parent = dirname(folder);
    if (systemCodeOf(error) !== 'ENOENT' || parent === folder) throw error;
    makeFolderSync(parent, mode);
    tryOnce();
  }
}
