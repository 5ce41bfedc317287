export type { Attention, AttentionAction } from './attention-list';
export { ComputerPage } from './computer-page';
export { ServerPage, type ServerStep } from './server-page';
