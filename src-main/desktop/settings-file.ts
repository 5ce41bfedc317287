/** The settings file through electron-store: the same file, format and rights as the service host's. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Store from 'electron-store';
import type { SettingsFile } from '../settings/store';

/** Opens `settings.json` in the data folder; nothing is read before `read`. */
export function openSettingsFile(dataFolder: string): SettingsFile {
  const path = join(dataFolder, 'settings.json');
  let opened: Store<Record<string, unknown>> | undefined;
  // The store reads and checks the file when it is built: a broken one is reported by read(), not before.
  const store = (): Store<Record<string, unknown>> => {
    opened ??= new Store<Record<string, unknown>>({
      cwd: dataFolder,
      name: 'settings',
      clearInvalidConfig: false,
      accessPropertiesByDotNotation: false,
      configFileMode: 0o600,
    });
    return opened;
  };
  return {
    path,
    read: () => (existsSync(path) ? store().store : undefined),
    write(document) {
      store().store = document as Record<string, unknown>;
    },
  };
}
