/** Sending messages again, from any folder in which they rest or from a file: as they were, or with another envelope or way. */
export { resendMessages, type SentFile, whyNotSent } from './resend';
export { ResendDialog } from './resend-dialog';
