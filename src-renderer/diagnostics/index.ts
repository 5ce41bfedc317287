export { ExplainDialog, type ExplainQuestion } from './explain-dialog';
export { TestMessageDialog } from './test-message-dialog';
