/**
 * The settings in force: read once at start, validated, frozen, replaced as a whole by each change.
 *
 * Owns: the settings document and its last good copy beside it.
 * Promises: what `current()` returns is valid; a change is written before it is in force; a refused change
 *   changes nothing; a broken file stops the start with file, field and reason and is left as it is, and no change is
 *   written over one that broke later. Secrets are
 *   sealed before anything is written; one that a person wrote into the file in clear is sealed when it is read,
 *   and the file rewritten.
 * Trusts: that one process owns the data folder (the control channel's lock).
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { Problem, reasonOf } from '../engine/core/problem';
import { findMissingPasswords, readSettingsDocument, type Settings, type SettingsInput } from './schema';
import type { SecretBox } from './secret-box';
import { sealFile, sealSecrets } from './secrets';

/** Where the document lies: conf in the service, electron-store in the desktop, the same file. */
export interface SettingsFile {
  readonly path: string;
  /** The parsed document; undefined when there is no file. Throws when it is no JSON. */
  read(): unknown;
  /** Replaces the file atomically. */
  write(document: unknown): void;
}

export interface SettingsStore {
  current(): Settings;
  /**
   * Builds the next document from the current one. Throws Problem 'invalid' with the field, or 'settings-broken' when a
   * person has broken the file since it was last read; then nothing changed.
   */
  update(change: (now: Settings) => unknown): Settings;
  /** Takes a change back: `before` was in force, so it is valid and sealed. */
  putBack(before: Settings): void;
  /** Reads the file again (SIGHUP). Throws Problem 'settings-broken'; the settings in force stay. */
  reload(): Settings;
  /** Writes the settings in force over whatever lies in the file; what was there and is no settings is kept beside. */
  restore(): { readonly path: string; readonly keptAs?: string };
  /** Why the file could not be used when it was last looked at; undefined once it is right again. */
  fileProblem(): Problem | undefined;
  onChange(listener: (now: Settings, before: Settings) => void): () => void;
}

/** A wrong value, as people and forms need it: "servers.0.bindings.1.port". */
export interface FieldFault {
  readonly field: string;
  readonly reason: string;
}

/** All faults of a document; empty when it is right. */
export function findDocumentFaults(document: unknown): FieldFault[] {
  const result = readSettingsDocument(document);
  return result.success ? [] : faultsOf(result.error);
}

/** Zod's issues as field and reason. */
function faultsOf(error: z.ZodError): FieldFault[] {
  return error.issues.map((issue) => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      return { field: [...path, issue.keys[0] ?? ''].join('.'), reason: 'There is no such setting.' };
    }
    return { field: path.join('.'), reason: describeIssue(issue) };
  });
}

const kindWords: Record<string, string> = {
  number: 'Enter a number.',
  int: 'Enter a whole number.',
  boolean: 'Enter true or false.',
  string: 'Enter text.',
  array: 'Enter a list.',
  object: 'Enter an object.',
};

/** The schema's own words where it has some; the library's, which speak to programmers, in ours. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  if (!/^(?:Invalid|Too )/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return kindWords[issue.expected] ?? issue.message;
    case 'too_small':
      return `At least ${issue.minimum}.`;
    case 'too_big':
      return `At most ${issue.maximum}.`;
    case 'invalid_value':
      return `Enter one of: ${issue.values.map(String).join(', ')}.`;
    case 'invalid_union':
      if ('options' in issue && issue.options !== undefined)
        return `Enter one of: ${issue.options.map(String).join(', ')}.`;
      return issue.errors[0]?.[0] === undefined ? issue.message : describeIssue(issue.errors[0][0]);
    default:
      return issue.message;
  }
}

/** Path of the copy that was last read or written without fault. */
export function lastGoodPathOf(path: string): string {
  return `${path.replace(/\.json$/, '')}.last-good.json`;
}

/**
 * Puts the last good copy in the place of a broken settings file; the broken one is kept as `.broken`.
 * Throws Problem 'not-found' when there is no copy.
 */
export function restoreLastGood(path: string): { readonly keptAs?: string } {
  const copy = lastGoodPathOf(path);
  if (!existsSync(copy)) throw new Problem('not-found', `There is no last good copy (${copy}).`);
  const keptAs = `${path}.broken`;
  const hadFile = existsSync(path);
  if (hadFile) renameSync(path, keptAs);
  copyFileSync(copy, path);
  return hadFile ? { keptAs } : {};
}

/**
 * Opens the settings; `createFirst` builds the document of a first run, `box` seals secrets. `lastGood` is what was in
 * force when this data folder was last used, as far as it is known: the file may have been edited since.
 */
export function openSettings(
  file: SettingsFile,
  createFirst: () => SettingsInput,
  box: SecretBox,
): { store: SettingsStore; isFirstRun: boolean; lastGood: Settings | undefined } {
  const listeners = new Set<(now: Settings, before: Settings) => void>();
  const readSealed = (document: unknown, previous: Settings | undefined): Settings => {
    const read = parseBroken(file, document);
    const sealed = freeze(sealFile(read, previous, box));
    if (sealed !== read) writeFile(file, sealed);
    return sealed;
  };
  const onDisk = readDocument(file);
  const isFirstRun = onDisk === undefined;
  const lastGood = isFirstRun ? undefined : readLastGood(file.path);
  let settings: Settings;
  if (isFirstRun) {
    settings = freeze(sealFile(parseOrThrow(createFirst(), 'invalid', ''), undefined, box));
    file.write(settings);
  } else {
    settings = readSealed(onDisk, lastGood);
  }
  keepLastGood(file.path, settings);

  let problem: Problem | undefined;
  const noteProblem = <T>(look: () => T): T => {
    try {
      return look();
    } catch (error) {
      if (error instanceof Problem && error.code === 'settings-broken') problem = error;
      throw error;
    }
  };
  /** What a person wrote into the file, and meant, is not lost by the next change from elsewhere. */
  const refuseOverBroken = (): void => {
    const document = readDocument(file);
    if (document !== undefined && !isDeepStrictEqual(document, settings)) parseBroken(file, document);
  };

  const replace = (next: Settings): Settings => {
    const before = settings;
    settings = next;
    problem = undefined;
    keepLastGood(file.path, next);
    for (const listener of listeners) listener(next, before);
    return next;
  };
  const store: SettingsStore = {
    current: () => settings,
    update(change) {
      const wanted = parseOrThrow(change(settings), 'invalid', '', settings);
      refuseMissingPassword(wanted, settings);
      const next = freeze(sealSecrets(wanted, settings, box));
      noteProblem(refuseOverBroken);
      writeFile(file, next);
      return replace(next);
    },
    putBack(before) {
      writeFile(file, before);
      replace(before);
    },
    reload() {
      const next = noteProblem(() => {
        const document = readDocument(file);
        if (document === undefined)
          throw new Problem('settings-broken', `${file.path} is missing. The settings in force stay.`);
        return readSealed(document, settings);
      });
      return replace(next);
    },
    restore() {
      const kept = keepDifferent(file, settings);
      writeFile(file, settings);
      replace(settings);
      return { path: file.path, ...kept };
    },
    fileProblem() {
      // It may have been mended, or restored, since.
      if (problem) {
        try {
          const document = readDocument(file);
          if (document !== undefined) {
            parseBroken(file, document);
            problem = undefined;
          }
        } catch (error) {
          if (error instanceof Problem) problem = error;
        }
      }
      return problem;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return { store, isFirstRun, lastGood };
}

/** Keeps a file as `.broken` that holds anything but `settings`. */
function keepDifferent(file: SettingsFile, settings: Settings): { readonly keptAs?: string } {
  let isSame = false;
  try {
    isSame = isDeepStrictEqual(file.read(), settings);
  } catch {
    // No JSON: different.
  }
  if (isSame || !existsSync(file.path)) return {};
  const keptAs = `${file.path}.broken`;
  try {
    copyFileSync(file.path, keptAs);
  } catch (error) {
    throw new Problem('folder-unusable', `${keptAs} could not be written: ${reasonOf(error)}`, undefined, {
      cause: error,
    });
  }
  return { keptAs };
}

function writeFile(file: SettingsFile, settings: Settings): void {
  try {
    file.write(settings);
  } catch (error) {
    throw new Problem(
      'folder-unusable',
      `The settings file ${file.path} could not be written: ${reasonOf(error)}`,
      undefined,
      { cause: error },
    );
  }
}

/** For secrets that the file leaves "as they were"; without a copy there are none. */
function readLastGood(path: string): Settings | undefined {
  try {
    return readSettingsDocument(JSON.parse(readFileSync(lastGoodPathOf(path), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

const restoreHint = 'Mend the file, or put back the last good copy with: mailroot config restore';

function readDocument(file: SettingsFile): unknown {
  try {
    return file.read();
  } catch (error) {
    throw new Problem('settings-broken', `${file.path}: ${reasonOf(error)}. ${restoreHint}`, undefined, {
      cause: error,
    });
  }
}

function parseBroken(file: SettingsFile, document: unknown): Settings {
  return parseOrThrow(document, 'settings-broken', `${file.path}: `);
}

/** `before`: the settings that are being changed; a fault of what is new is told first. */
function parseOrThrow(
  document: unknown,
  code: 'invalid' | 'settings-broken',
  prefix: string,
  before?: Settings,
): Settings {
  const result = readSettingsDocument(document);
  if (result.success) return freeze(result.data);
  const faults = faultsOf(result.error);
  const isNew = ({ field }: FieldFault): boolean => valueAt(document, field) !== valueAt(before, field);
  const first = (before && faults.find(isNew)) ?? faults[0] ?? { field: '', reason: 'unknown' };
  const text =
    code === 'invalid'
      ? first.reason
      : `${prefix}${first.field === '' ? '' : `${first.field}: `}${first.reason} ${restoreHint}`;
  throw new Problem(code, text, first.field);
}

function valueAt(document: unknown, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      document,
    );
}

/**
 * A log-in that is being set up needs its password. Not a rule of the document: a password that this computer cannot
 * open, or never had (an export from another one), must not keep the service from starting.
 */
function refuseMissingPassword(next: Settings, before: Settings): void {
  const known = new Set(findMissingPasswords(before).map((place) => place.key));
  const missing = findMissingPasswords(next).find((place) => !known.has(place.key));
  if (missing) throw new Problem('invalid', 'Enter the password for the log-in.', missing.field);
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}

/** A convenience for the day the file is broken; failing to keep it must not refuse a change. */
function keepLastGood(path: string, settings: Settings): void {
  const copy = lastGoodPathOf(path);
  const text = `${JSON.stringify(settings, null, 2)}\n`;
  try {
    if (existsSync(copy) && readFileSync(copy, 'utf8') === text) return;
    const temporary = `${copy}.tmp`;
    const handle = openSync(temporary, 'w', 0o600);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, copy);
  } catch {
    // The settings file itself was read or written: that is the promise. The copy follows next time.
  }
}
