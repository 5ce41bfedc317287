/**
 * The settings file through conf: `settings.json` in the data folder, the same file and format as the desktop
 * host's. conf writes to a temporary file, flushes and renames.
 */
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Conf from 'conf';
import type { SettingsFile } from '../settings/store';

/** Opens `settings.json` in the data folder; nothing is read before `read`. */
export function openSettingsFile(dataFolder: string): SettingsFile {
  const path = join(dataFolder, 'settings.json');
  // conf reads and parses when it is built, so each use builds one: a file mended meanwhile is read anew.
  const open = (): Conf<Record<string, unknown>> =>
    new Conf<Record<string, unknown>>({
      cwd: dataFolder,
      configName: 'settings',
      fileExtension: 'json',
      clearInvalidConfig: false,
      accessPropertiesByDotNotation: false,
      configFileMode: 0o600,
    });
  const read = (): unknown => {
    if (!existsSync(path)) return undefined;
    try {
      return { ...open().store };
    } catch (error) {
      throw error instanceof SyntaxError ? new SyntaxError(describeFault(path), { cause: error }) : error;
    }
  };
  return {
    path,
    read,
    write(document) {
      keepBroken(path, read);
      open().store = document as Record<string, unknown>;
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
