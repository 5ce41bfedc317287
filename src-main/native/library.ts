/**
 * Calls into the operating system's own libraries, through koffi.
 *
 * Owns the one copy of koffi in this process. It is loaded at the first question, never at start: a computer where
 * it cannot be loaded (another processor, a hardened system, a file that is missing) runs Mailroot as ever, without
 * what needs it. Trusts only the two folders that belong to this program; a search along the parent folders could
 * find a stranger's file. Never throws: callers get undefined, and `nativeProblem` says why.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type koffi from 'koffi';
import { reasonOf } from '../engine/core/problem';

export type Koffi = typeof koffi;
export type Library = ReturnType<Koffi['load']>;

let loaded: { readonly koffi: Koffi } | { readonly problem: string } | undefined;

/** koffi, or undefined where it cannot be loaded. */
export function openKoffi(): Koffi | undefined {
  loaded ??= loadKoffi([
    // Beside the bundles in dist/, where scripts/build.mjs puts it; in the desktop's package outside of app.asar.
    join(__dirname, '..', 'native', packageName()),
    join(__dirname, '..', '..', 'node_modules', '@koromix', packageName()),
  ]);
  return 'koffi' in loaded ? loaded.koffi : undefined;
}

/** Why there is no koffi, for people; undefined while it was not asked for, and when it works. */
export function nativeProblem(): string | undefined {
  return loaded && 'problem' in loaded ? loaded.problem : undefined;
}

function packageName(): string {
  return `koffi-${process.platform}-${process.arch}`;
}

/**
 * The first of the folders that can be loaded. Exported for tests.
 *
 * The package of one platform is loaded, not koffi's own entry: that one looks for the binary at places that do
 * not exist in a bundle, and adds nothing but deprecated names.
 */
export function loadKoffi(folders: readonly string[]): { koffi: Koffi } | { problem: string } {
  const load = createRequire(__filename);
  const reasons: string[] = [];
  for (const folder of folders) {
    try {
      const found = load(folder) as Koffi;
      // Resolving krb5 names may run the system's name services, which want more stack than koffi's 128 KiB.
      found.config({ async_stack_size: 1024 * 1024, max_async_calls: 64 });
      return { koffi: found };
    } catch (error) {
      reasons.push(reasonOf(error).split('\n', 1)[0] ?? '');
    }
  }
  return { problem: `The system's own libraries cannot be called: ${reasons.join('; ')}` };
}

/** One of the named libraries, or undefined when the system has none of them. */
export function openLibrary(names: readonly string[]): Library | undefined {
  const native = openKoffi();
  for (const name of native ? names : []) {
    try {
      return native?.load(name);
    } catch {
      // the next name
    }
  }
  return undefined;
}

/** What this process has loaded anyway: the C library. */
export function openProcessLibrary(): Library | undefined {
  try {
    return openKoffi()?.load(null);
  } catch {
    return undefined;
  }
}
