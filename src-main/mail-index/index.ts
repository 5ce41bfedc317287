/**
 * The index of mail as the rest of Mailroot sees it: search, marks of people, saved searches.
 *
 * Owns the worker that does everything. Tells it the folders, when a folder may have changed, and how busy this
 * thread is. Promises: neither its start nor its failure is waited for by anything that moves mail; what it cannot
 * answer is rejected with Problem 'unavailable' in words for people.
 */

import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { MessageMarks } from '../api/contract';
import type { EngineEvent } from '../engine/core/event';
import { Problem, reasonOf } from '../engine/core/problem';
import { startWorker, type WorkerHost } from '../worker';
import type { IndexCalls, IndexNotice, IndexStatus } from './calls';
import type { DaysInput, FindInput, SearchInput } from './finder';
import type { IndexedServer } from './indexer';
import type { MarkInput } from './marks';
import type { IndexedFolder } from './query';

export type { IndexedServer } from './indexer';

type Answer<Name extends keyof IndexCalls> = Promise<Awaited<ReturnType<IndexCalls[Name]>>>;

export interface MailIndex {
  /** Begins to follow the folders; also after the settings changed. */
  follow(servers: readonly IndexedServer[]): void;
  noteEvent(event: EngineEvent): void;
  status(): Promise<IndexStatus>;
  find(input: FindInput): Answer<'find'>;
  days(input: DaysInput): Answer<'days'>;
  addresses(input: SearchInput): Answer<'addresses'>;
  mark(input: MarkInput): Answer<'mark'>;
  /** In the order of `ids`; undefined when the index cannot tell soon. */
  marksOf(
    serverId: number,
    folder: IndexedFolder,
    ids: readonly string[],
  ): Promise<readonly MessageMarks[] | undefined>;
  tags(): Answer<'tags'>;
  saved(): Answer<'saved'>;
  save(entry: { readonly name: string; readonly query: string }): Promise<void>;
  forget(name: string): Promise<void>;
  rebuild(): Promise<void>;
  close(): Promise<void>;
}

export interface MailIndexOptions {
  readonly dataFolder: string;
  readonly onChange: () => void;
  readonly warn: (text: string) => void;
  /** In place of the thread, for tests. */
  readonly worker?: WorkerHost<IndexCalls>;
}

/** Long: on a computer that is overloaded the worker, which comes last, must not be taken for one that hangs. */
const callMs = 120_000;
const rebuildMs = 120_000;
/** Lists do not wait longer for marks. */
const marksMs = 250;
const memoryLimitMb = 768;
const loadMs = 1000;
const retryMs = 15_000;

export function openMailIndex({ dataFolder, onChange, warn, worker: given }: MailIndexOptions): MailIndex {
  const worker =
    given ??
    startWorker<IndexCalls>({
      name: 'mail-index',
      data: { cache: join(dataFolder, 'Cache', 'mail.db'), marks: join(dataFolder, 'Marks', 'marks.db') },
      timeoutMs: callMs,
      memoryLimitMb,
      onNotice: (notice) => hear(notice as IndexNotice),
      onEnd: (problem) => {
        warn(problem.message);
        failure = problem.message;
        retry();
      },
    });
  let servers: readonly IndexedServer[] = [];
  let isFollowing = false;
  let isClosed = false;
  /** Why there is no worker; the worker tells its own troubles. */
  let failure: string | undefined;
  let loadTimer: NodeJS.Timeout | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  /** Folders with a hint on its way, so that a burst is one. */
  const hinted = new Set<string>();

  function hear(notice: IndexNotice): void {
    if (notice.kind === 'warning') warn(notice.text);
    else onChange();
  }

  function configure(): void {
    worker.call('configure', { servers }, { timeoutMs: rebuildMs }).then(
      () => {
        failure = undefined;
        onChange();
      },
      (error: unknown) => {
        failure = reasonOf(error);
        onChange();
        retry();
      },
    );
  }

  function retry(): void {
    if (isClosed || retryTimer) return;
    retryTimer = setTimeout(() => {
      retryTimer = undefined;
      configure();
    }, retryMs);
    retryTimer.unref();
  }

  /** The relay goes first: a busy thread of the host makes the index rest longer. */
  function watchLoad(): void {
    let last = performance.eventLoopUtilization();
    let told = 0;
    loadTimer = setInterval(() => {
      const now = performance.eventLoopUtilization();
      const load = performance.eventLoopUtilization(now, last).utilization;
      last = now;
      if (Math.abs(load - told) < 0.1 || failure !== undefined) return;
      told = load;
      worker.call('load', { load }).catch(() => undefined);
    }, loadMs);
    loadTimer.unref();
  }

  async function ask<Name extends keyof IndexCalls & string>(
    name: Name,
    input: Parameters<IndexCalls[Name]>[0],
    timeoutMs = callMs,
  ): Answer<Name> {
    if (!isFollowing) throw new Problem('unavailable', 'The index of mail is being started. Try again.');
    if (failure !== undefined) throw new Problem('unavailable', failureText(failure));
    return worker.call(name, input, { timeoutMs });
  }

  return {
    follow(wanted) {
      if (isClosed || JSON.stringify(wanted) === JSON.stringify(servers)) return;
      servers = wanted;
      if (!isFollowing) watchLoad();
      isFollowing = true;
      configure();
    },
    noteEvent(event) {
      if (event.type !== 'folder-changed' || !isFollowing || failure !== undefined) return;
      const { serverId, folder } = event;
      const key = `${serverId}/${folder}`;
      if (hinted.has(key)) return;
      hinted.add(key);
      setTimeout(() => {
        hinted.delete(key);
        if (!isClosed) worker.call('hint', { serverId, folder }).catch(() => undefined);
      }, 100).unref();
    },
    async status() {
      if (failure !== undefined) return { state: 'failed', done: 0, total: 0, text: failureText(failure) };
      if (!isFollowing) return { state: 'starting', done: 0, total: 0 };
      return worker.call('status', {});
    },
    find: (input) => ask('find', input),
    days: (input) => ask('days', input),
    addresses: (input) => ask('addresses', input),
    mark: (input) => ask('mark', input),
    async marksOf(serverId, folder, ids) {
      if (!isFollowing || failure !== undefined) return undefined;
      const names = folder === 'pickup' ? ids : ids.map((id) => id.toLowerCase());
      const answer = worker.call('marksOf', { serverId, names }).catch(() => undefined);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<undefined>((resolve) => {
        timer = setTimeout(resolve, marksMs, undefined);
      });
      return Promise.race([answer, late]).finally(() => clearTimeout(timer));
    },
    tags: () => ask('tags', {}),
    saved: () => ask('saved', {}),
    save: (entry) => ask('save', entry),
    forget: (name) => ask('forget', { name }),
    rebuild: () => ask('rebuild', {}, rebuildMs),
    async close() {
      isClosed = true;
      clearInterval(loadTimer);
      clearTimeout(retryTimer);
      await worker.close();
    },
  };
}

const failureText = (reason: string): string =>
  `The index of mail does not run, so nothing can be searched: ${reason} It is tried again by itself. Mail is not affected.`;
