/** The files of the trace of all virtual servers of a data folder. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inOrderOfTime, readTraceFileName } from '../engine/trace/file-name';

export interface JournalPlace {
  readonly server: number;
  readonly name: string;
}

export interface JournalFile extends JournalPlace {
  readonly bytes: number;
}

/** Newest first. What cannot be read is left out. */
export async function listJournals(root: string): Promise<JournalFile[]> {
  const servers = await readdir(root).catch(() => []);
  const files: JournalFile[] = [];
  for (const folder of servers) {
    if (!/^\d{1,6}$/.test(folder)) continue;
    for (const name of await readdir(join(root, folder)).catch(() => [])) {
      if (!readTraceFileName(name)) continue;
      const facts = await stat(join(root, folder, name)).catch(() => undefined);
      if (facts) files.push({ server: Number(folder), name, bytes: facts.size });
    }
  }
  return files.sort((one, other) => compareJournals(other.name, one.name));
}

export function compareJournals(one: string, other: string): number {
  const [first, second] = [readTraceFileName(one), readTraceFileName(other)];
  return first && second ? inOrderOfTime(first, second) : 0;
}
