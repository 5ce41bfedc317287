/** The settings file through conf: `settings.json` in the data folder, the same as the desktop host's. */
import Conf from 'conf';
import { createSettingsFile, settingsFileOptions } from '../settings/settings-file';
import type { SettingsFile } from '../settings/store';

/** Opens `settings.json` in the data folder; nothing is read before `read`. */
export function openSettingsFile(dataFolder: string): SettingsFile {
  return createSettingsFile(
    dataFolder,
    () =>
      new Conf<Record<string, unknown>>({
        ...settingsFileOptions,
        cwd: dataFolder,
        configName: 'settings',
        fileExtension: 'json',
      }),
  );
}
