/** The settings file through electron-store: the same file, format and rights as the service host's. */
import Store from 'electron-store';
import { createSettingsFile, settingsFileOptions } from '../settings/settings-file';
import type { SettingsFile } from '../settings/store';

/** Opens `settings.json` in the data folder; nothing is read before `read`. */
export function openSettingsFile(dataFolder: string): SettingsFile {
  return createSettingsFile(
    dataFolder,
    () => new Store<Record<string, unknown>>({ ...settingsFileOptions, cwd: dataFolder, name: 'settings' }),
  );
}
