/**
 * Answers where mail is, from the journals of all virtual servers of a data folder.
 *
 * Owns: the worker that reads them and its index, Trace/index.db, which is a cache.
 * Promises: nothing is read before somebody asks, and then in another thread; a question is answered within a few
 *   seconds, from the newest mail where not all of it is read yet.
 * Fails: without an index (its disk is full, say) answers come from the newest files alone, and say that they are not
 *   complete; with Problem 'unavailable' when the worker fails, 'not-found' for a message that is not in the trace.
 */
import { join } from 'node:path';
import type { TraceQuery, TraceRow, TraceStory } from '../api/contract/trace';
import { startWorker, type WorkerHost } from '../worker';
import type { TraceCalls } from './calls';
import { formatStory } from './story-text';

export interface TraceReader {
  find(
    query: TraceQuery,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<{ rows: TraceRow[]; total: number; isComplete: boolean }>;
  show(serverId: number, id: string): Promise<TraceStory>;
  close(): Promise<void>;
}

/** A question waits so long for what is not read yet; the rest is read behind it. */
const waitMs = 1_500;
const pieceMs = 500;

/** @param host default: the worker's thread */
export function openTrace({
  dataFolder,
  host,
}: {
  readonly dataFolder: string;
  readonly host?: WorkerHost<TraceCalls>;
}): TraceReader {
  const root = join(dataFolder, 'Trace');
  const worker =
    host ??
    startWorker<TraceCalls>({
      name: 'trace',
      data: { root, path: join(root, 'index.db') },
      timeoutMs: 30_000,
      memoryLimitMb: 256,
    });
  let reading: Promise<void> | undefined;
  let isClosed = false;

  /** Goes on until all is read; questions come in between. */
  const readRest = (): void => {
    reading ??= (async () => {
      while (!isClosed && !(await worker.call('catchUp', { limitMs: pieceMs })));
    })()
      .catch(() => undefined)
      .finally(() => {
        reading = undefined;
      });
  };
  const catchUp = async (): Promise<boolean> => {
    const isComplete = await worker
      .call('catchUp', { limitMs: reading ? 1 : waitMs })
      .catch((): undefined => undefined);
    // There is no index, and what can be answered without it is not complete.
    if (isComplete === undefined) return false;
    if (!isComplete) readRest();
    return isComplete;
  };
  const show = async (serverId: number, id: string): Promise<TraceStory> => {
    await catchUp();
    return worker.call('show', { serverId, id });
  };

  return {
    async find(query, page) {
      const isComplete = await catchUp();
      return { ...(await worker.call('find', { query, ...page })), isComplete };
    },
    show,
    async close() {
      isClosed = true;
      await worker.close();
    },
  };
}

/** The story as a text file for a help desk. */
export function createStoryFile(
  story: TraceStory,
  id: string,
  hasDialogues: boolean,
): { fileName: string; text: string } {
  const name = id.replace(/[^0-9A-Za-z-]+/g, '-').slice(0, 60);
  return { fileName: `trace-${name}.txt`, text: formatStory(story, { hasDialogues }) };
}
