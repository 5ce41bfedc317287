/**
 * The certificates of a data folder: one file each in certificates/, read once when the store is opened.
 *
 * Owns: <dataFolder>/certificates and the files in it that are named by 16 hexadecimal digits.
 * Promises: when a change resolves it is on stable storage, and everybody who asks afterwards sees it; one change
 *   after another. A file that cannot be read is left alone and told of, never removed or overwritten.
 * Trusts: that one process uses the data folder.
 * Fails: Problem 'not-found', 'refused' (too many), 'disk-full' or 'folder-unusable'; then nothing has changed.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsCredentials } from '../engine/core/keyring';
import { Problem, reasonOf, systemCodeOf } from '../engine/core/problem';
import { flushDirectory, removeFile, replaceFile, temporarySuffix } from '../engine/disk/durable';
import { makeFolder } from '../engine/disk/make-folder';
import type { SecretBox } from '../settings/secret-box';
import { pemOfChain } from './chain';
import { type CertificateEntry, formatEntry, parseEntry } from './entry-file';
import { pemOf } from './private-key';

export interface CertificateStore {
  /** By name. */
  list(): readonly CertificateEntry[];
  /** Throws Problem 'not-found'. */
  get(id: string): CertificateEntry;
  /** What TLS needs; undefined: there is no such certificate, it is only a request, or its key cannot be read. */
  credentialsOf(id: string): TlsCredentials | undefined;
  /** Writes a new entry. */
  add(entry: Omit<CertificateEntry, 'id'>): Promise<CertificateEntry>;
  /** Replaces an entry by what `change` makes of it as it is then. */
  change(
    id: string,
    change: (now: CertificateEntry) => Omit<CertificateEntry, 'id'>,
  ): Promise<CertificateEntry>;
  /** Removes it unless `refuse` throws, which is asked at the last moment. */
  remove(id: string, refuse: () => void): Promise<void>;
  onChange(listener: () => void): () => void;
}

/** Nobody has more; a loop that makes certificates must not fill the disk. */
const maxEntries = 500;
const maxFileBytes = 2_000_000;
const fileName = /^([0-9a-f]{16})\.json$/;
const leftover = new RegExp(`^[0-9a-f]{16}\\.json\\..*\\${temporarySuffix}$`);

export interface StoreOptions {
  readonly dataFolder: string;
  readonly box: SecretBox;
  /** Told of each file that cannot be read. */
  readonly warn: (line: string) => void;
}

/** Reads all certificates. Never throws for a damaged one. */
export function openCertificates({ dataFolder, box, warn }: StoreOptions): CertificateStore {
  const folder = join(dataFolder, 'certificates');
  const entries = new Map<string, CertificateEntry>();
  const credentials = new Map<string, TlsCredentials>();
  const listeners = new Set<() => void>();
  const keep = (entry: CertificateEntry): void => {
    entries.set(entry.id, entry);
    const found = makeCredentials(entry);
    if (found) credentials.set(entry.id, found);
    else credentials.delete(entry.id);
  };
  for (const entry of readFolder(folder, { box, warn })) keep(entry);

  let last: Promise<unknown> = Promise.resolve();
  const oneAfterAnother = <T>(run: () => Promise<T>): Promise<T> => {
    const done = last.then(run);
    last = done.catch(() => undefined);
    return done;
  };
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const get = (id: string): CertificateEntry => {
    const entry = entries.get(id);
    if (!entry) throw new Problem('not-found', 'This certificate does not exist any more.', 'id');
    return entry;
  };
  const write = async (entry: CertificateEntry): Promise<CertificateEntry> => {
    const content = Buffer.from(formatEntry(entry, box));
    await withDiskProblems(folder, async () => {
      await makeFolder(folder, 0o700);
      await replaceFile(join(folder, `${entry.id}.json`), content);
    });
    keep(entry);
    tell();
    return entry;
  };

  return {
    list: () => [...entries.values()].sort((one, other) => one.name.localeCompare(other.name)),
    get,
    credentialsOf: (id) => credentials.get(id),
    add: (entry) =>
      oneAfterAnother(async () => {
        if (entries.size >= maxEntries)
          throw new Problem('refused', `There are ${maxEntries} certificates already. Remove some first.`);
        return write({ ...entry, id: randomBytes(8).toString('hex') });
      }),
    change: (id, change) => oneAfterAnother(async () => write({ ...change(get(id)), id })),
    remove: (id, refuse) =>
      oneAfterAnother(async () => {
        get(id);
        refuse();
        await withDiskProblems(folder, async () => {
          await removeFile(join(folder, `${id}.json`));
          await flushDirectory(folder);
        });
        entries.delete(id);
        credentials.delete(id);
        tell();
      }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function readFolder(
  folder: string,
  { box, warn }: Pick<StoreOptions, 'box' | 'warn'>,
): readonly CertificateEntry[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') warn(`${folder} cannot be read: ${reasonOf(error)}`);
    return [];
  }
  // What a crash left half-written never was a certificate.
  for (const name of names) if (leftover.test(name)) rmSync(join(folder, name), { force: true });
  return names.flatMap((name) => {
    const id = fileName.exec(name)?.[1];
    if (id === undefined) return [];
    const path = join(folder, name);
    try {
      if (statSync(path).size > maxFileBytes) throw new Error('the file is too large');
      const entry = parseEntry(readFileSync(path, 'utf8'), box);
      if (entry.id !== id) throw new Error(`the file is about ${entry.id}`);
      const unreadable = [entry.installed?.key, entry.pending?.key].find((key) => key instanceof Problem);
      if (unreadable instanceof Problem)
        warn(`The key of the certificate "${entry.name}" cannot be read: ${unreadable.message}`);
      return [entry];
    } catch (error) {
      warn(`The certificate in ${path} cannot be read and is left out: ${firstLine(reasonOf(error))}`);
      return [];
    }
  });
}

const firstLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200);

function makeCredentials({ installed }: CertificateEntry): TlsCredentials | undefined {
  if (installed === undefined || installed.key instanceof Problem) return undefined;
  const certificatePem = pemOfChain(installed.chain);
  // Of the whole chain: a new intermediate certificate must reach the clients too.
  const fingerprint = createHash('sha256').update(certificatePem).digest('hex');
  return { keyPem: pemOf(installed.key), certificatePem, fingerprint };
}

async function withDiskProblems(folder: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const isFull = systemCodeOf(error) === 'ENOSPC';
    throw new Problem(
      isFull ? 'disk-full' : 'folder-unusable',
      `The certificate was not saved in ${folder}: ${reasonOf(error)}`,
      undefined,
      { cause: error },
    );
  }
}
