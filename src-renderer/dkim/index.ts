/** DKIM keys of a virtual server: made, brought in, published, checked, and switched on. */
export { DkimDialog } from './dkim-dialog';
