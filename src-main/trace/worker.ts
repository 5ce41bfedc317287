/** The trace's worker: reads the journals and keeps their index, off the engine's thread. */
import { workerData } from 'node:worker_threads';
import { serveWorker } from '../worker/serve';
import { createTraceCalls, type TraceCalls } from './calls';

const { calls, close } = createTraceCalls(workerData as { root: string; path: string });
serveWorker<TraceCalls>(calls, { close });
