/**
 * The real service for integration tests: the built command line as a child process on a throw-away data
 * folder, and the contract over its control channel.
 *
 *   const service = await startService({ servers: [{ ... }] });     // homeDirectory is filled in
 *   await service.client.messages.list({ serverId: 1, folder: 'drop' });
 *   service.kill(); await service.restart();
 *   await service.remove();
 *
 * A folder of a failed test is kept when MAILROOT_KEEP is set.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract, ServerSettingsInput } from '../../src-main/api/contract';
import { connectControl } from '../../src-main/api/http/control-client';

export const commandLine = resolve(import.meta.dirname, '../../dist/service/mailroot.cjs');

/** Test files run side by side, each in a process of its own, and each process asks for ports among its own. */
const portsOfProcess = 200;
const firstPort = 20_000 + (process.pid % 60) * portsOfProcess;
let portCount = Math.floor(Math.random() * portsOfProcess);

/**
 * A port that nobody listens on at this moment, below those that the system gives to outgoing connections: one
 * of these could be taken between here and its use.
 */
export async function findFreePort(address = '127.0.0.1'): Promise<number> {
  for (;;) {
    const port = firstPort + (portCount++ % portsOfProcess);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, address, () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Looks again and again until `probe` gives something; fails after `deadlineMs` with `what`. */
export async function waitFor<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 20_000,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export interface RunningService {
  readonly dataFolder: string;
  readonly home: string;
  readonly port: number;
  readonly client: ContractRouterClient<Contract>;
  readonly output: () => string;
  readonly process: ChildProcess;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Starts it again on the same data folder. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
  /** Files of a mailroot folder, sorted. */
  files(folder: 'Pickup' | 'Drop' | 'Queue' | 'Badmail'): string[];
  /** Text of all messages in Drop. */
  dropped(): string[];
  /** A new one-time address of the browser console. */
  createSignInAddress(): Promise<string>;
}

export interface ServiceOptions {
  /** More variables of its environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Changes to the one virtual server; default: 127.0.0.1 on a free port, default domain corp.test. */
  readonly server?: Partial<ServerSettingsInput>;
  readonly dataFolder?: string;
  readonly home?: string;
  /** Serves the browser console on a free port of 127.0.0.1; see console-page.ts. */
  readonly hasConsole?: boolean;
  /** More virtual servers; their home directories are filled in. */
  readonly moreServers?: readonly (Partial<ServerSettingsInput> & Pick<ServerSettingsInput, 'id' | 'name'>)[];
}

/** Starts the service with one virtual server and waits until it says that it is ready. */
export async function startService(options: ServiceOptions = {}): Promise<RunningService> {
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'mailroot-service-'));
  const home = options.home ?? join(dataFolder, 'mailroot');
  const port = await findFreePort();
  const server: ServerSettingsInput = {
    id: 1,
    name: 'Default SMTP Virtual Server',
    bindings: [{ address: '127.0.0.1', port }],
    homeDirectory: home,
    fullyQualifiedDomainName: 'relay.corp.test',
    domains: [{ type: 'default', name: 'corp.test' }],
    ...options.server,
  };
  const config = join(dataFolder, 'import.json');
  const more = (options.moreServers ?? []).map((each) => ({
    homeDirectory: join(dataFolder, `mailroot-${each.id}`),
    domains: [{ type: 'default', name: `server-${each.id}.test` }],
    ...each,
  }));
  writeFileSync(config, JSON.stringify({ version: 1, servers: [server, ...more] }));
  const consoleAddress = options.hasConsole === true ? `127.0.0.1:${await findFreePort()}` : 'off';
  let output = '';
  let child: ChildProcess;
  let client: ContractRouterClient<Contract>;

  const start = async (words: readonly string[]): Promise<void> => {
    child = spawn(
      process.execPath,
      [commandLine, 'serve', '--data', dataFolder, '--console', consoleAddress, ...words],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.environment } },
    );
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    output = '';
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    await waitFor(`"mailroot ready" in: ${output}`, () => {
      if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}: ${output}`);
      return output.includes('mailroot ready');
    });
    client = await connectControl(dataFolder);
  };
  const ended = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
    return child.exitCode;
  };
  await start(['--config', config]);
  const service: RunningService = {
    dataFolder,
    home,
    port,
    get client() {
      return client;
    },
    get process() {
      return child;
    },
    output: () => output,
    kill: async () => void (await ended('SIGKILL')),
    stop: () => ended('SIGTERM'),
    restart: () => start([]),
    async remove() {
      await ended('SIGKILL');
      if (!process.env.MAILROOT_KEEP) rmSync(dataFolder, { recursive: true, force: true });
    },
    files(folder) {
      const path = join(home, folder);
      return existsSync(path) ? readdirSync(path).sort() : [];
    },
    async createSignInAddress() {
      const words = [commandLine, 'console', '--data', dataFolder];
      const { stdout } = await promisify(execFile)(process.execPath, words);
      return stdout.trim();
    },
    dropped() {
      return this.files('Drop')
        .filter((name) => name.endsWith('.eml'))
        .map((name) => readFileSync(join(home, 'Drop', name), 'latin1'));
    },
  };
  return service;
}
