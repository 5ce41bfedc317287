/** Lists of mail: the Drop folder and the search over everything. */
export { DropView } from './drop-view';
export { ExportDialog } from './export-dialog';
export { type ListQuery, wholeList } from './list-query';
export type { MailListSeams } from './mail-list';
export { PickupView } from './pickup-view';
export { SearchView } from './search-view';
