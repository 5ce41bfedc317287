/**
 * The worker's side: answers the host's calls with functions.
 *
 * Trusts its host, which is the same program. A handler that throws fails its own call only; a Problem arrives as one.
 */
import { parentPort } from 'node:worker_threads';
import type { FromWorker, ToWorker, WorkerCalls } from './messages';
import { toFailure } from './messages';

/** What of a message port is used; an event emitter does for tests. */
export interface WorkerPort {
  postMessage(message: FromWorker): void;
  on(event: 'message', listener: (message: ToWorker) => void): unknown;
  close(): void;
}

export interface ServedWorker {
  /** Tells the host something that it did not ask for. */
  notify(notice: unknown): void;
}

/**
 * @param calls the handlers; several may be under way when they wait for something
 * @param close runs before the thread ends because the host closes it
 */
export function serveWorker<Calls extends WorkerCalls>(
  calls: Calls,
  { close, port = parentPort as WorkerPort }: { close?: () => unknown; port?: WorkerPort } = {},
): ServedWorker {
  async function answer(id: number, name: string, input: unknown): Promise<void> {
    try {
      if (!Object.hasOwn(calls, name)) throw new Error(`This worker has no call ${name}.`);
      const value = await (calls[name] as (input: unknown) => unknown)(input);
      port.postMessage({ kind: 'answer', id, value });
    } catch (error) {
      port.postMessage({ kind: 'failure', id, failure: toFailure(error) });
    }
  }
  async function end(): Promise<void> {
    try {
      await close?.();
    } finally {
      port.close();
    }
  }
  port.on('message', (message) => {
    if (message.kind === 'call') void answer(message.id, message.name, message.input);
    else void end();
  });
  return { notify: (notice) => port.postMessage({ kind: 'notice', notice }) };
}
