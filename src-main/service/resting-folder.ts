/** The folders whose messages rest, as the command line names them. */
import type { OptionValues } from './command';

export const restingFolders = ['drop', 'badmail', 'pickup'] as const;
export type RestingFolder = (typeof restingFolders)[number];
export const folderTitles = { drop: 'Drop', badmail: 'Badmail', pickup: 'Pickup' } as const;

export const folderOf = (options: OptionValues): RestingFolder =>
  restingFolders.find((folder) => folder === options.text('folder')) ?? 'drop';
