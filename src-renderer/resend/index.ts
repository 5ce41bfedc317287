/** Sending messages again, from any folder in which they rest: as they were, or with another envelope or way. */
export { type ResendInput, type Resent, resendMessages } from './resend';
export { ResendDialog, type ResendDialogProps } from './resend-dialog';
