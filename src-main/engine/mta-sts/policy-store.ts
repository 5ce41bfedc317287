/**
 * MTA-STS policies on disk, one file for each domain, so that whoever can hide a domain's policy during a restart wins
 * nothing. Virtual servers share the folder: files are replaced as a whole.
 *
 * Promises: bounded in number and size; a file that cannot be read or believed is as good as none.
 * Fails: `write` rejects with the system's error.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFile, replaceFile } from '../disk/durable';
import { makeFolder } from '../disk/make-folder';

/** A policy as it was fetched. */
export interface StoredPolicy {
  readonly domain: string;
  /** Of the TXT record that led to it. */
  readonly id: string;
  readonly fetchedAt: number;
  readonly text: string;
}

export interface PolicyStore {
  read(domain: string): Promise<StoredPolicy | undefined>;
  write(policy: StoredPolicy): Promise<void>;
}

/** More domains than a relay for one company writes to in a year. */
const mostFiles = 5_000;
const largestFileBytes = 512 * 1024;

export function createPolicyStore(folder: string, mostKept = mostFiles): PolicyStore {
  const pathOf = (domain: string): string =>
    join(folder, `${createHash('sha256').update(domain).digest('hex').slice(0, 32)}.json`);
  let writes: Promise<unknown> = Promise.resolve();
  let sinceCount = 0;

  const makeRoom = async (): Promise<void> => {
    // Counting is for when it may matter.
    if (sinceCount++ % 50 !== 0) return;
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    if (names.length < mostKept) return;
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(folder, name);
        return { path, at: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0 };
      }),
    );
    files.sort((one, other) => one.at - other.at);
    for (const { path } of files.slice(0, files.length - Math.floor(mostKept * 0.9))) await removeFile(path);
  };

  const writeOne = async (policy: StoredPolicy): Promise<void> => {
    await makeFolder(folder, 0o700);
    await makeRoom();
    await replaceFile(pathOf(policy.domain), Buffer.from(`${JSON.stringify({ version: 1, ...policy })}\n`));
  };

  return {
    async read(domain) {
      const path = pathOf(domain);
      try {
        if ((await stat(path)).size > largestFileBytes) return undefined;
        const found: unknown = JSON.parse(await readFile(path, 'utf8'));
        return isStored(found) && found.domain === domain ? found : undefined;
      } catch {
        // Missing, damaged or unreadable: it is fetched anew.
        return undefined;
      }
    },
    write(policy) {
      const written = writes.then(() => writeOne(policy));
      writes = written.catch(() => undefined);
      return written;
    },
  };
}

function isStored(value: unknown): value is StoredPolicy {
  const found = value as Partial<Record<keyof StoredPolicy | 'version', unknown>> | null;
  return (
    typeof found === 'object' &&
    found?.version === 1 &&
    typeof found.domain === 'string' &&
    typeof found.id === 'string' &&
    typeof found.text === 'string' &&
    Number.isFinite(found.fetchedAt)
  );
}
