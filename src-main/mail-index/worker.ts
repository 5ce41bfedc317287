/** Program of the thread that the index of mail runs in. */
import { setPriority } from 'node:os';
import { workerData } from 'node:worker_threads';
import { serveWorker } from '../worker/serve';
import { createIndexCalls, type IndexNotice } from './calls';
import type { DatabasePaths } from './schema';

// On Linux this is the thread's own; elsewhere it would be the whole process's, engine and all.
if (process.platform === 'linux') {
  try {
    setPriority(0, 5);
  } catch {
    // The rests between batches have to do.
  }
}

const { calls, close } = createIndexCalls({
  paths: workerData as DatabasePaths,
  notify: (notice: IndexNotice) => served.notify(notice),
});
const served = serveWorker(calls, { close });
