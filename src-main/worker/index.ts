export { callInProcess, startWorker, type WorkerHost } from './host';
