export type { Attention, AttentionAction } from './attention-list';
export { ComputerPage, type ComputerPageProps } from './computer-page';
export { type MailFolder, ServerPage, type ServerPageProps, type ServerStep } from './server-page';
export { TestMessageDialog, type TestMessageDialogProps } from './test-message-dialog';
