/** Badmail of a virtual server: what failed, by cause, and sending it again. */
export { type BadmailSeams, BadmailView, type BadmailViewProps } from './badmail-view';
