export { callInProcess, startWorker, type WorkerHost } from './host';
export type { WorkerCalls } from './messages';
