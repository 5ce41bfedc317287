export { buildRows } from './model';
export {
  type Place,
  placeId,
  type ServerFolder,
} from './places';
export { ConsoleTree } from './tree';
