/** A look at a folder that somebody is about to choose; creates nothing. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { systemCodeOf } from '../../engine/core/problem';

/**
 * What speaks against the folder, as far as a look tells, and whether it is yet to be made. The change itself finds
 * out for certain.
 */
export async function lookAtFolder(
  path: string,
): Promise<{ readonly fault?: string; readonly isMissing: boolean }> {
  if (!isAbsolute(path)) return { fault: 'This is no full path on this computer.', isMissing: true };
  const wanted = resolve(path);
  for (let folder = wanted; ; folder = dirname(folder)) {
    const isMissing = folder !== wanted;
    try {
      const facts = await stat(folder);
      if (!facts.isDirectory())
        return {
          fault: isMissing
            ? `${folder} is a file. Choose a folder that is not below it.`
            : 'This is a file. Choose a folder.',
          isMissing,
        };
      await access(folder, constants.W_OK | constants.X_OK);
      return { isMissing };
    } catch (error) {
      const code = systemCodeOf(error);
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
        return { fault: `Mailroot may not write to ${folder}. Choose another folder.`, isMissing };
      if (folder === dirname(folder)) return { isMissing: true };
    }
  }
}
