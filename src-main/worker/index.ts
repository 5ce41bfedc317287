export { callInProcess, isWorkerBuilt, startWorker, type WorkerHost, type WorkerOptions } from './host';
export type { WorkerCalls } from './messages';
