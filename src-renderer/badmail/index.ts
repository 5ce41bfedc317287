/** Badmail of a virtual server: what failed, by cause, and sending it again. */
export { BadmailView } from './badmail-view';
