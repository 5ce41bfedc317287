export { ExplainDialog, type ExplainQuestion } from './explain-dialog';
export { type MessageDraft, TestMessageDialog } from './test-message-dialog';
