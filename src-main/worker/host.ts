/**
 * The host's side: work that would hold the engine's thread, done in a thread of its own.
 *
 * Owns one thread of a program that scripts/build.mjs made of `src-main/<name>/worker.ts`. It is started by the first
 * call and again by the first call after it ended, so that nobody has to look after it.
 * Promises: every call is answered or rejected, within its time limit; a worker that exceeds its time or memory is
 * ended, and costs the calls that were under way, nothing else. Does not keep the process alive without calls.
 * Trusts: the worker is the same program; what it reads may be hostile.
 * Fails with Problem 'unavailable': time limit, crash, closed, no such program; with what the handler threw otherwise.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Problem, reasonOf } from '../engine/core/problem';
import {
  type AnswerOf,
  type FromWorker,
  type InputOf,
  type ToWorker,
  toError,
  type WorkerCalls,
} from './messages';

export interface WorkerHost<Calls extends WorkerCalls> {
  call<Name extends keyof Calls & string>(
    name: Name,
    input: InputOf<Calls, Name>,
    options?: { readonly timeoutMs?: number },
  ): Promise<AnswerOf<Calls, Name>>;
  /** Lets the worker finish its close handler; calls under way and later ones are rejected. */
  close(): Promise<void>;
}

export interface WorkerOptions {
  /** Folder below src-main that has the worker.ts: the program is dist/workers/<name>.cjs. */
  readonly name: string;
  /** `workerData` of each thread. */
  readonly data?: unknown;
  /** For calls that name no other. */
  readonly timeoutMs: number;
  /** Of JavaScript's heap; beyond it the worker is ended. */
  readonly memoryLimitMb: number;
  readonly onNotice?: (notice: unknown) => void;
  /** The thread ended by itself or was ended for its time limit; the next call starts another one. */
  readonly onEnd?: (problem: Problem) => void;
  /** Another program than the built one, for tests. */
  readonly file?: string;
}

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

interface Thread {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
  readonly ended: Promise<void>;
}

const longestCloseMs = 3000;
/** A worker that dies again and again is not started for every call. */
const longestPauseMs = 60_000;

export function startWorker<Calls extends WorkerCalls>(options: WorkerOptions): WorkerHost<Calls> {
  let thread: Thread | undefined;
  let isClosed = false;
  let lastId = 0;
  let crashCount = 0;
  let pausedUntil = 0;

  function start(): Thread {
    const pausedMs = pausedUntil - performance.now();
    if (pausedMs > 0) {
      const text = `The worker ${options.name} has crashed and is started again in ${Math.ceil(pausedMs / 1000)} seconds.`;
      throw new Problem('unavailable', text);
    }
    const worker = new Worker(options.file ?? fileOf(options.name), {
      name: options.name,
      workerData: options.data,
      resourceLimits: { maxOldGenerationSizeMb: options.memoryLimitMb },
      // The host's own switches ("--inspect") are not for it.
      execArgv: [],
    });
    worker.unref();
    const pending = new Map<number, Pending>();
    let reason: string | undefined;
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        resolve();
        if (thread?.worker !== worker) return;
        thread = undefined;
        if (isClosed) return;
        crashCount += 1;
        pausedUntil = performance.now() + Math.min(longestPauseMs, 250 * 2 ** crashCount);
        const text = `The worker ${options.name} crashed${reason === undefined ? '' : `: ${reason}`}.`;
        abandon(pending, new Problem('unavailable', text));
      });
    });
    worker.on('error', (error) => {
      reason = reasonOf(error);
    });
    worker.on('message', (message: FromWorker) => hear(worker, pending, message));
    return { worker, pending, ended };
  }

  function hear(worker: Worker, pending: Map<number, Pending>, message: FromWorker): void {
    if (message.kind === 'notice') {
      options.onNotice?.(message.notice);
      return;
    }
    const waiting = pending.get(message.id);
    if (!waiting) return;
    forget(worker, pending, message.id);
    crashCount = 0;
    if (message.kind === 'answer') waiting.resolve(message.value as never);
    else waiting.reject(toError(message.failure));
  }

  function forget(worker: Worker, pending: Map<number, Pending>, id: number): void {
    clearTimeout(pending.get(id)?.timer);
    pending.delete(id);
    if (pending.size === 0) worker.unref();
  }

  function abandon(pending: Map<number, Pending>, problem: Problem): void {
    for (const waiting of pending.values()) {
      clearTimeout(waiting.timer);
      waiting.reject(problem);
    }
    pending.clear();
    options.onEnd?.(problem);
  }

  function endForTime({ worker, pending }: Thread, name: string, timeoutMs: number): void {
    if (thread?.worker === worker) thread = undefined;
    const text = `The worker ${options.name} did not answer "${name}" within ${timeoutMs / 1000} seconds.`;
    abandon(pending, new Problem('unavailable', text));
    void worker.terminate();
  }

  return {
    async call(name, input, { timeoutMs = options.timeoutMs } = {}) {
      if (isClosed) throw new Problem('unavailable', `The worker ${options.name} is closed.`);
      thread ??= start();
      const used = thread;
      const id = ++lastId;
      return new Promise<never>((resolve, reject) => {
        const timer = setTimeout(() => endForTime(used, name, timeoutMs), timeoutMs);
        used.pending.set(id, { resolve, reject, timer });
        used.worker.ref();
        try {
          used.worker.postMessage({ kind: 'call', id, name, input } satisfies ToWorker);
        } catch (error) {
          forget(used.worker, used.pending, id);
          reject(error);
        }
      });
    },
    async close() {
      isClosed = true;
      const last = thread;
      thread = undefined;
      if (!last) return;
      for (const waiting of last.pending.values()) {
        clearTimeout(waiting.timer);
        waiting.reject(new Problem('unavailable', `The worker ${options.name} is closed.`));
      }
      last.pending.clear();
      last.worker.ref();
      last.worker.postMessage({ kind: 'close' } satisfies ToWorker);
      const timer = setTimeout(() => void last.worker.terminate(), longestCloseMs);
      await last.ended;
      clearTimeout(timer);
    },
  };
}

/** The same calls without a thread, for tests: inputs and answers are cloned as on their way to a thread. */
export function callInProcess<Calls extends WorkerCalls>(
  calls: Calls,
  close?: () => unknown,
): WorkerHost<Calls> {
  return {
    async call(name, input) {
      const answer = await (calls[name] as (input: unknown) => unknown)(structuredClone(input));
      return structuredClone(answer) as never;
    },
    async close() {
      await close?.();
    },
  };
}

/** Beside the bundles in dist/, inside of app.asar too; from the sources, what was built last. */
function fileOf(name: string): string {
  const built = join(__dirname, '..', 'workers', `${name}.cjs`);
  return existsSync(built) ? built : join(__dirname, '..', '..', 'dist', 'workers', `${name}.cjs`);
}
