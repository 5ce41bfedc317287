/**
 * `people.json` of a data folder: SMTP accounts and console operators, with hashes of their passwords, and the users
 * and groups of the computer who may use the control channel.
 *
 * Owns: the file (mode 0600) and its one copy in memory.
 * Promises: changes are made one after another, each whole and on the disk before it is in force; a file that
 *   cannot be read stops the start with its name and the reason and is left as it is, so that nobody is locked
 *   in or out by a guess.
 * Trusts: that one process owns the data folder.
 * Fails: Problem 'settings-broken' when it is opened; 'disk-full' or 'folder-unusable' when it cannot be written.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { accountName, roles, systemName, systemOperatorKinds } from '../api/contract';
import { Problem, reasonOf, systemCodeOf } from '../engine/core/problem';
import { replaceFile, temporarySuffix } from '../engine/disk/durable';
import { logOnFields } from './account-secrets';
import { passwordHash } from './password';

/** Of each kind. Every change writes the whole file. */
export const maxPeople = 10_000;

const person = z.strictObject({ name: accountName, createdAt: z.number(), password: passwordHash });
const account = person.extend({ isEnabled: z.boolean(), ...logOnFields });
const operator = person.extend({ role: z.enum(roles) });
const systemOperator = z.strictObject({
  kind: z.enum(systemOperatorKinds),
  name: systemName,
  role: z.enum(roles),
  createdAt: z.number(),
});
const listOf = <T extends z.ZodType<{ name: string }>>(entry: T) =>
  z
    .array(entry)
    .max(maxPeople)
    .refine(
      (all) => new Set(all.map(({ name }) => nameKey(name))).size === all.length,
      'A name is there twice.',
    );
const peopleDocument = z.strictObject({
  version: z.literal(1),
  accounts: listOf(account),
  operators: listOf(operator),
  /** Not there when it is empty: then versions that do not know it read the file too. */
  systemOperators: z
    .array(systemOperator)
    .max(maxPeople)
    .refine(
      (all) => new Set(all.map(({ kind, name }) => `${kind} ${name}`)).size === all.length,
      'A name is there twice.',
    )
    .default([]),
});

export type StoredAccount = Readonly<z.infer<typeof account>>;
export type StoredOperator = Readonly<z.infer<typeof operator>>;
export type StoredSystemOperator = Readonly<z.infer<typeof systemOperator>>;
/** An entry that did not change is the same object in the next document. */
export interface People {
  readonly accounts: readonly StoredAccount[];
  readonly operators: readonly StoredOperator[];
  readonly systemOperators: readonly StoredSystemOperator[];
}

type Listener = (now: People, before: People) => void;

export interface PeopleFile {
  current(): People;
  /** Writes what `change` makes of the people of that moment. What it throws refuses the change. */
  update(change: (now: People) => People): Promise<void>;
  /** Calls `listener` after each change; returns how to stop that. */
  onChange(listener: Listener): () => void;
}

/** Names compare without case. */
export const nameKey = (name: string): string => name.normalize('NFC').toLowerCase();

export function openPeopleFile(dataFolder: string): PeopleFile {
  const path = join(dataFolder, 'people.json');
  let people = readPeople(path);
  removeLeftovers(dataFolder);
  let last: Promise<unknown> = Promise.resolve();
  const listeners = new Set<Listener>();
  return {
    current: () => people,
    update(change) {
      const done = last.then(async () => {
        const before = people;
        const next = change(before);
        await writePeople(path, next);
        people = next;
        for (const listener of listeners) listener(next, before);
      });
      last = done.catch(() => undefined);
      return done;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** What a crash left half-written: hashes of passwords that may not be in force any more. */
function removeLeftovers(dataFolder: string): void {
  try {
    for (const name of readdirSync(dataFolder))
      if (name.startsWith('people.json.') && name.endsWith(temporarySuffix)) rmSync(join(dataFolder, name));
  } catch {
    // They do no harm, and the next start tries again.
  }
}

function readPeople(path: string): People {
  const broken = (reason: string, cause: unknown): Problem =>
    new Problem(
      'settings-broken',
      `${path}: ${reason} Mend the file, or move it away: then there are no accounts and no operators.`,
      undefined,
      { cause },
    );
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return { accounts: [], operators: [], systemOperators: [] };
    // The parser quotes what it read; hashes do not belong into a message.
    const isJsonFault = error instanceof SyntaxError;
    throw broken(isJsonFault ? 'This is not JSON.' : `${reasonOf(error)}.`, isJsonFault ? undefined : error);
  }
  const result = peopleDocument.safeParse(document);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw broken(`${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'unknown'}`, result.error);
}

async function writePeople(path: string, { accounts, operators, systemOperators }: People): Promise<void> {
  try {
    const system = systemOperators.length === 0 ? {} : { systemOperators };
    const text = `${JSON.stringify({ version: 1, accounts, operators, ...system }, null, 2)}\n`;
    await replaceFile(path, Buffer.from(text));
  } catch (error) {
    const code = systemCodeOf(error);
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    throw new Problem(
      isFull ? 'disk-full' : 'folder-unusable',
      `${path} could not be written: ${reasonOf(error)}`,
      undefined,
      { cause: error },
    );
  }
}
