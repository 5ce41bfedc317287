export { buildRows, type TreeRow } from './model';
export {
  computerPlace,
  findExisting,
  folderTitles,
  type Place,
  parentOf,
  parsePlaceId,
  placeId,
  type ServerFolder,
  serverFolders,
  serverIdOf,
} from './places';
export { ConsoleTree, type ConsoleTreeProps } from './tree';
