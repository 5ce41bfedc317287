/**
 * What both hosts do around conf (which electron-store is, too), so that the settings file is the same whichever
 * wrote it. conf writes to a temporary file, flushes and renames.
 *
 * Promises: nothing is read before `read`; a file that is no JSON is never written over, but kept beside.
 */
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingsFile } from './store';

/** Of conf's options, those that decide name, place, rights and format. */
export const settingsFileOptions = {
  clearInvalidConfig: false,
  accessPropertiesByDotNotation: false,
  configFileMode: 0o600,
} as const;

/** A store as conf builds it. */
export interface BuiltStore {
  store: Record<string, unknown>;
}

/** `settings.json` in the data folder. `build` reads and parses the file, and throws SyntaxError. */
export function createSettingsFile(dataFolder: string, build: () => BuiltStore): SettingsFile {
  const path = join(dataFolder, 'settings.json');
  const read = (): unknown => {
    if (!existsSync(path)) return undefined;
    try {
      // Built for each use: a file mended meanwhile is read anew.
      return { ...build().store };
    } catch (error) {
      throw error instanceof SyntaxError ? new SyntaxError(describeFault(path), { cause: error }) : error;
    }
  };
  return {
    path,
    read,
    write(document) {
      keepBroken(path, read);
      build().store = document as Record<string, unknown>;
    },
  };
}

/** conf refuses to write over a file that it cannot parse; what was in it is kept, as a person wrote it. */
function keepBroken(path: string, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    renameSync(path, `${path}.broken`);
  }
}

/** conf says only that it is no JSON; the parser itself says where. */
function describeFault(path: string): string {
  try {
    JSON.parse(readFileSync(path, 'utf8'));
    return 'This is not JSON';
  } catch (error) {
    return `This is not JSON (${error instanceof Error ? error.message : String(error)})`;
  }
}
