/** What the trace's worker is asked. */
import type { TraceQuery, TraceRow, TraceStory } from '../api/contract/trace';
import { Problem } from '../engine/core/problem';
import { tellStory } from './story';
import { TraceIndex } from './trace-index';

export type TraceCalls = {
  /** False: there is more to read. */
  catchUp(input: { limitMs: number }): Promise<boolean>;
  find(input: { query: TraceQuery; offset: number; limit: number }): { rows: TraceRow[]; total: number };
  show(input: { serverId: number; id: string }): Promise<TraceStory>;
};

/** @param options root: folder with a folder for each virtual server; path: file of the index */
export function createTraceCalls(options: { readonly root: string; readonly path: string }): {
  readonly calls: TraceCalls;
  close(): void;
} {
  let index: TraceIndex | undefined;
  const opened = (): TraceIndex => {
    index ??= new TraceIndex(options);
    return index;
  };
  // One after another: what is read is not read twice.
  let last: Promise<unknown> = Promise.resolve();
  const catchUp = (limitMs: number): Promise<boolean> => {
    const done = last.then(() => opened().catchUp(limitMs));
    last = done.catch(() => undefined);
    return done;
  };
  return {
    calls: {
      catchUp: ({ limitMs }) => catchUp(limitMs),
      find: ({ query, offset, limit }) => opened().find(query, { offset, limit }),
      async show({ serverId, id }) {
        const records = await opened().records(serverId, id);
        if (!records || records.length === 0)
          throw new Problem(
            'not-found',
            'The trace does not have this message: it is too old, or of another virtual server.',
            'id',
          );
        return tellStory(records, { serverId, id, following: opened().following(serverId, id) });
      },
    },
    close: () => index?.close(),
  };
}
