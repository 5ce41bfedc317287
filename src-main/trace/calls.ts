/**
 * What the trace's worker is asked.
 *
 * Fails: an index that does not work is made anew once; while that does not help, the newest journals answer as they
 *   are, and 'catchUp' says 'unavailable'.
 */
import type { TraceQuery, TraceRow, TraceStory } from '../api/contract/trace';
import { Problem, reasonOf } from '../engine/core/problem';
import { tellStory } from './story';
import { removeIndex, TraceIndex } from './trace-index';
import { TraceScan } from './trace-scan';

export type TraceCalls = {
  /** False: there is more to read. */
  catchUp(input: { limitMs: number }): Promise<boolean>;
  find(input: { query: TraceQuery; offset: number; limit: number }): Promise<{
    rows: TraceRow[];
    total: number;
  }>;
  show(input: { serverId: number; id: string }): Promise<TraceStory>;
};

/** An index that cannot be made is not tried for each question. */
const pauseMs = 30_000;

/** @param options root: folder with a folder for each virtual server; path: file of the index */
export function createTraceCalls(options: { readonly root: string; readonly path: string }): {
  readonly calls: TraceCalls;
  close(): void;
} {
  const scan = new TraceScan(options);
  let index: TraceIndex | undefined;
  let failed: { readonly reason: string; readonly until: number } | undefined;
  // One after another: what is read is not read twice, and an index is not taken from under somebody.
  let last: Promise<unknown> = Promise.resolve();

  const drop = (): void => {
    try {
      index?.close();
    } catch {
      // It does not work: that is why it goes.
    }
    index = undefined;
  };
  const tryTwice = async <T>(use: (index: TraceIndex) => T | Promise<T>): Promise<T> => {
    if (failed && performance.now() < failed.until) throw new Problem('unavailable', failed.reason);
    try {
      index ??= new TraceIndex(options);
      return await use(index);
    } catch {
      drop();
    }
    try {
      removeIndex(options.path);
      index = new TraceIndex(options);
      const answer = await use(index);
      failed = undefined;
      return answer;
    } catch (error) {
      drop();
      const reason = `The index of the trace cannot be used: ${reasonOf(error)}`;
      failed = { reason, until: performance.now() + pauseMs };
      throw new Problem('unavailable', reason, undefined, { cause: error });
    }
  };
  /** Rejects with Problem 'unavailable' alone. */
  const inTurn = <T>(use: (index: TraceIndex) => T | Promise<T>): Promise<T> => {
    const done = last.then(() => tryTwice(use));
    last = done.catch(() => undefined);
    return done;
  };
  /** Questions do not wait for the reading, as long as nothing is wrong. */
  const ask = async <T>(use: (index: TraceIndex) => T | Promise<T>): Promise<T> => {
    if (!index) return inTurn(use);
    try {
      return await use(index);
    } catch {
      return inTurn(use);
    }
  };
  const factsOf = async (serverId: number, id: string) => {
    try {
      return await ask(async (own) => {
        const found = await own.records(serverId, id);
        if (!found) return undefined;
        const { records, entry, isCut } = found;
        return { records, following: own.following(serverId, id), ...(isCut && { whole: entry }) };
      });
    } catch {
      return scan.message(serverId, id);
    }
  };

  return {
    calls: {
      catchUp: ({ limitMs }) => inTurn((own) => own.catchUp(limitMs)),
      async find({ query, offset, limit }) {
        try {
          return await ask((own) => own.find(query, { offset, limit }));
        } catch {
          return scan.find(query, { offset, limit });
        }
      },
      async show({ serverId, id }) {
        const { records = [], ...facts } = (await factsOf(serverId, id)) ?? {};
        if (records.length > 0) return tellStory(records, { serverId, id, ...facts });
        throw new Problem(
          'not-found',
          'The trace does not have this message: it is too old, or of another virtual server.',
          'id',
        );
      },
    },
    close: drop,
  };
}
