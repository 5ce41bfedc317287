/** The messages in one folder, by their names: names are the truth. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemCodeOf } from '../engine/core/problem';
import type { IndexedFolder } from './query';

const patterns: Readonly<Record<IndexedFolder, RegExp | undefined>> = {
  drop: /^([0-9a-f]{24})\.eml$/i,
  // The envelope is the message's existence.
  queue: /^([0-9a-f]{24})\.json$/i,
  badmail: /^([0-9a-f]{24})\.bad$/i,
  pickup: undefined,
};
/** Files whose content may change under their name are looked at one by one, where they are few. */
const mostLooks = 2000;

/** Name of the message and of its file. */
export type Listing = ReadonlyMap<string, string>;

/** A folder that is not there is empty; other trouble throws. */
export function listFolder(path: string, folder: IndexedFolder): Listing {
  const listing = new Map<string, string>();
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return listing;
    throw error;
  }
  const pattern = patterns[folder];
  for (const file of names) {
    if (pattern) {
      const base = pattern.exec(file)?.[1];
      if (base !== undefined) listing.set(base.toLowerCase(), folder === 'queue' ? `${base}.eml` : file);
    } else if (isPickupName(file)) listing.set(file, file);
  }
  return listing;
}

/** As the list of Pickup has it. */
const isPickupName = (file: string): boolean =>
  file.length <= 255 && !file.startsWith('.') && !/[\\/\u0000-\u001f\u007f]/.test(file);

/** '' where messages do not change; undefined: gone, or no file. */
export function stampOf(
  path: string,
  folder: IndexedFolder,
  file: string,
  fileCount: number,
): string | undefined {
  if (folder === 'drop' || folder === 'badmail' || fileCount > mostLooks) return '';
  const looked = folder === 'queue' ? file.replace(/\.[^.]*$/, '.json') : file;
  try {
    const facts = statSync(join(path, looked));
    return facts.isFile() ? `${facts.size} ${facts.mtimeMs}` : undefined;
  } catch {
    return undefined;
  }
}
