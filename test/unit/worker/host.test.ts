/** The host's side of a worker, against real threads of small programs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../../../src-main/engine/core/problem';
import { startWorker, type WorkerHost } from '../../../src-main/worker';
import type { FromWorker, ToWorker } from '../../../src-main/worker/messages';
import { serveWorker } from '../../../src-main/worker/serve';

type Calls = {
  echo: (value: string) => string;
  fail: (value: string) => never;
  hang: (value: string) => never;
  crash: (value: string) => never;
  eat: (value: string) => never;
};

/** Answers as serveWorker does, in the words of a program that needs no build. */
const program = `
const { parentPort, threadId } = require('node:worker_threads');
parentPort.on('message', ({ kind, id, name, input }) => {
  if (kind === 'close') return parentPort.close();
  if (name === 'echo') return parentPort.postMessage({ kind: 'answer', id, value: input + ' ' + threadId });
  if (name === 'fail')
    return parentPort.postMessage({ kind: 'failure', id, failure: { message: input, code: 'invalid', field: 'query' } });
  if (name === 'hang') for (;;);
  if (name === 'crash') process.exit(7);
  if (name === 'eat') { const all = []; for (;;) all.push(new Array(1e5).fill(Math.random())); }
});
parentPort.postMessage({ kind: 'notice', notice: 'up' });
`;

let folder: string;
let host: WorkerHost<Calls>;
let notices: unknown[];
let ends: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'worker-'));
  const file = join(folder, 'program.cjs');
  writeFileSync(file, program);
  notices = [];
  ends = [];
  host = startWorker<Calls>({
    name: 'program',
    file,
    timeoutMs: 20_000,
    memoryLimitMb: 64,
    onNotice: (notice) => notices.push(notice),
    onEnd: ({ message }) => ends.push(message),
  });
});
afterEach(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a worker', () => {
  it('answers, tells and is one thread for many calls', async () => {
    const answers = await Promise.all([host.call('echo', 'a'), host.call('echo', 'b')]);
    const [one, other] = answers.map((answer) => answer.split(' '));
    expect([one?.[0], other?.[0]]).toEqual(['a', 'b']);
    expect(one?.[1]).toBe(other?.[1]);
    expect(notices).toEqual(['up']);
  });

  it('rejects with the Problem that a handler threw', async () => {
    await expect(host.call('fail', 'wrong words')).rejects.toMatchObject({
      code: 'invalid',
      message: 'wrong words',
      field: 'query',
    });
  });

  it('that hangs is ended after the time limit, and the next call has another', async () => {
    const waiting = host.call('echo', 'x');
    await waiting;
    await expect(host.call('hang', '', { timeoutMs: 50 })).rejects.toBeInstanceOf(Problem);
    expect(await host.call('echo', 'again')).toContain('again');
    expect(ends).toHaveLength(1);
  });

  it('that dies costs the calls under way, and pauses before it is started again', async () => {
    const outcomes = await Promise.allSettled([host.call('crash', ''), host.call('echo', 'lost')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(host.call('echo', 'soon')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that takes too much memory is ended, and this process is not', async () => {
    await expect(host.call('eat', '')).rejects.toThrow(/memory/);
  });

  it('takes no calls once it is closed', async () => {
    await host.call('echo', 'a');
    await host.close();
    await expect(host.call('echo', 'b')).rejects.toMatchObject({ code: 'unavailable' });
    expect(ends).toEqual([]);
  });
});

describe('the worker side', () => {
  it('answers what it has, and refuses what it has not', async () => {
    const sent: FromWorker[] = [];
    let hear: (message: ToWorker) => void = () => undefined;
    let isClosed = false;
    const port = {
      postMessage: (message: FromWorker) => void sent.push(message),
      on: (_: 'message', listener: (message: ToWorker) => void) => {
        hear = listener;
      },
      close: () => {
        isClosed = true;
      },
    };
    const served = serveWorker(
      {
        double: (value: number) => value * 2,
        refuse: (_: number) => {
          throw new Problem('conflict', 'no');
        },
      },
      { port },
    );
    hear({ kind: 'call', id: 1, name: 'double', input: 4 });
    hear({ kind: 'call', id: 2, name: 'refuse', input: 4 });
    hear({ kind: 'call', id: 3, name: 'constructor', input: 4 });
    served.notify('note');
    hear({ kind: 'close' });
    await expect.poll(() => sent.length).toBe(4);
    expect(sent).toEqual(
      expect.arrayContaining([
        { kind: 'answer', id: 1, value: 8 },
        { kind: 'failure', id: 2, failure: { message: 'no', code: 'conflict' } },
        { kind: 'failure', id: 3, failure: { message: 'This worker has no call constructor.' } },
        { kind: 'notice', notice: 'note' },
      ]),
    );
    await expect.poll(() => isClosed).toBe(true);
  });
});
