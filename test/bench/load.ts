/**
 * The load: Postfix's smtp-source and smtp-sink, which cost next to nothing themselves. Where they are not
 * installed, small programs of ours that do the same stand in for them; figures with those compare with
 * nothing but themselves.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, waitFor } from '../support/service';

export interface LoadShape {
  /** Sessions at the same time. */
  readonly sessions: number;
  /** Connections are used for one message after another. False: a new connection for each message. */
  readonly isReused: boolean;
}

export const messageBytes = 5120;

const ownProgram = (name: string): string => join(import.meta.dirname, name);

/** Sends and waits until the last message got its 250. @returns milliseconds */
export async function sendLoad(
  shape: LoadShape,
  { port, count, smtpSource }: { port: number; count: number; smtpSource: string | undefined },
): Promise<number> {
  const args = ['-s', shape.sessions, '-l', messageBytes, '-m', count, ...(shape.isReused ? ['-d'] : [])];
  const envelope = ['-f', 'app@line.test', '-t', 'ann@elsewhere.test', `127.0.0.1:${port}`];
  const words = [...args.map(String), ...envelope];
  const started = performance.now();
  const child = smtpSource
    ? spawn(smtpSource, words, { stdio: ['ignore', 'ignore', 'pipe'] })
    : spawn(process.execPath, [ownProgram('load-source.mjs'), ...words], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
  let complaint = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    complaint += bytes.toString();
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  const elapsedMs = performance.now() - started;
  if (code !== 0) throw new Error(`the load generator ended with ${code}: ${complaint.trim()}`);
  return elapsedMs;
}

export interface Sink {
  readonly port: number;
  /** Messages taken since it was started. */
  count(): number;
  /** Waits until it has taken `count` messages since it was started. */
  reached(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** A next hop that takes everything, counts it and throws it away. */
export async function startSink(smtpSink: string | undefined): Promise<Sink> {
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-bench-sink-'));
  const path = join(folder, 'counters');
  // A file, not a pipe: nobody has to wake up for each message.
  const counters = openSync(path, 'w+');
  const words = ['-c', `127.0.0.1:${port}`, '1000'];
  const child: ChildProcess = smtpSink
    ? spawn(smtpSink, [...(process.getuid?.() === 0 ? ['-u', 'nobody'] : []), ...words], {
        stdio: ['ignore', counters, 'ignore'],
      })
    : spawn(process.execPath, [ownProgram('load-sink.mjs'), ...words], {
        stdio: ['ignore', counters, 'ignore'],
      });
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    closeSync(counters);
    rmSync(folder, { recursive: true, force: true });
  };
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const count = (): number => readLastCount(counters, path);
  await waitFor('the sink', async () => {
    if (child.exitCode !== null) throw new Error(`the sink ended with ${child.exitCode}`);
    return canConnect(port);
  });
  return {
    port,
    count,
    async reached(wanted) {
      let last = count();
      let stalledSince = Date.now();
      while (last < wanted) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        const now = count();
        if (now !== last) stalledSince = Date.now();
        if (Date.now() - stalledSince > 30_000)
          throw new Error(`the sink got ${now} of ${wanted} messages, and none for 30 s`);
        last = now;
      }
    },
    stop,
  };
}

/** It writes "sess=1 quit=1 mesg=1" and a carriage return after each event. */
function readLastCount(counters: number, path: string): number {
  const { size } = statSync(path);
  const tail = Buffer.alloc(Math.min(size, 256));
  readSync(counters, tail, 0, tail.length, size - tail.length);
  return Number([...tail.toString('latin1').matchAll(/mesg=(\d+)\r/g)].at(-1)?.[1] ?? 0);
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
