/** Reading mail: the parts of any message, and two messages side by side. */
export { CompareView } from './compare-view';
export { MessagePane, QueuedMessage } from './message-pane';
export { type OpenedFile, OpenedMailDialog } from './opened-mail';
export { readReplyDraft } from './reply-draft';
