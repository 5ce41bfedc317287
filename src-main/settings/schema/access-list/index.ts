/** Entries of connection and relay lists: read, compared, and judged by how many strangers they let in. Pure. */
export { type Breadth, countWords, findBreadth, isPrivate } from './breadth';
export {
  type AddressEntry,
  anyReason,
  type Entry as AccessEntry,
  kindWords,
  readComputer,
  readDomain,
  readEntry,
  readSubnet,
} from './entry';
export { formatIp, formatMask } from './ip-address';
export { isOpenRelay, opensRelay, type RelaySettings as RelayListSettings } from './open-relay';
