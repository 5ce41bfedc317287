/** How the service starts, refuses to start, and ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../support/command';
import { commandLine, findFreePort, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';

interface Started {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly error: () => string;
  readonly ended: Promise<number | null>;
}

let folder: string;
let port: number;
let children: ChildProcess[];
let others: Server[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailroot-start-'));
  port = await findFreePort();
  children = [];
  others = [];
});
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  for (const server of others) server.close();
  rmSync(folder, { recursive: true, force: true });
});

const data = () => join(folder, 'data');
const settingsPath = () => join(data(), 'settings.json');

function settings(...ports: number[]): string {
  const file = join(folder, 'settings.json');
  const servers = ports.map((each, at) => ({
    id: at + 1,
    name: `Server ${at + 1}`,
    bindings: [{ address: '127.0.0.1', port: each }],
    homeDirectory: join(folder, `mailroot-${at + 1}`),
    domains: [{ type: 'default', name: 'corp.test' }],
  }));
  writeFileSync(file, JSON.stringify({ version: 1, servers }));
  return file;
}

function start(...words: string[]): Started {
  const child = spawn(process.execPath, [commandLine, 'serve', '--data', data(), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let out = '';
  let error = '';
  child.stdout?.on('data', (piece: Buffer) => {
    out += piece.toString();
  });
  child.stderr?.on('data', (piece: Buffer) => {
    error += piece.toString();
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, out: () => out, error: () => error, ended };
}

async function startReady(...words: string[]): Promise<Started> {
  const started = start(...words);
  await waitFor('mailroot ready', () => {
    if (started.child.exitCode !== null)
      throw new Error(`ended with ${started.child.exitCode}: ${started.error()}`);
    return started.out().includes('mailroot ready\n');
  });
  return started;
}

async function takePort(): Promise<number> {
  const server = createServer();
  others.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const facts = server.address();
  return typeof facts === 'object' && facts ? facts.port : 0;
}

describe('a start', () => {
  it('prints a one-time sign-in address, then that it is ready, and means it', async () => {
    const started = await startReady('--config', settings(port), '--console', '127.0.0.1:0');
    expect(started.out()).toMatch(
      /^Sign in once at http:\/\/127\.0\.0\.1:\d+\/sign-in\?token=[\w-]{43}\nData folder \S+\. Stop with Ctrl-C\.\nmailroot ready\n$/,
    );
    const client = await connectSmtp(port);
    client.end();
    const again = await runCommand(['console', '--data', data()]);
    expect(again).toMatchObject({
      code: 0,
      error: '',
      out: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/sign-in\?token=/),
    });
    const address = again.out.trim();
    expect((await fetch(address)).status).toBe(200);
    expect((await fetch(address)).status).toBe(401);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s', async (signal) => {
    const started = await startReady('--config', settings(port), '--console', 'off');
    started.child.kill(signal);
    expect(await started.ended).toBe(0);
    expect(await runCommand(['status', '--data', data()])).toMatchObject({
      code: 1,
      error: expect.stringContaining('is not running'),
    });
  });

  it('reads the settings again on SIGHUP, and keeps them when they are wrong', async () => {
    const started = await startReady('--config', settings(port), '--console', 'off');
    const document = JSON.parse(readFileSync(settingsPath(), 'utf8'));
    document.servers[0].maxHops = 77;
    writeFileSync(settingsPath(), JSON.stringify(document));
    started.child.kill('SIGHUP');
    await waitFor('the line', () => started.error().includes('The settings were read again.'));
    const hops = async () =>
      JSON.parse((await runCommand(['server', 'show', '1', '--json', '--data', data()])).out).settings
        .maxHops;
    expect(await hops()).toBe(77);
    document.servers[0].maxHops = 5;
    writeFileSync(settingsPath(), JSON.stringify(document));
    started.child.kill('SIGHUP');
    await waitFor('the refusal', () => started.error().includes('servers.0.maxHops: At least 10.'));
    expect(await hops()).toBe(77);
  });
});

describe('a first run', () => {
  it('listens where --listen says, and there alone; a later start is told that it has no say', async () => {
    const first = await startReady('--console', 'off', '--listen', `127.0.0.1:${port}`);
    expect(first.error()).toContain(`"Default SMTP Virtual Server" listens on 127.0.0.1:${port}.`);
    (await connectSmtp(port)).end();
    first.child.kill('SIGTERM');
    await first.ended;
    const second = await startReady('--console', 'off', '--listen', '127.0.0.1:1');
    expect(second.error()).toContain('--listen is for a first run');
    expect(second.error()).toContain(`listens on 127.0.0.1:${port}.`);
  });

  it('stays where --listen says when the port is taken', async () => {
    const taken = await takePort();
    const started = await startReady('--console', '127.0.0.1:0', '--listen', `127.0.0.1:${taken}`);
    expect(started.error()).toContain('"Default SMTP Virtual Server" did not start: ');
    expect(started.error()).not.toContain('2525');
  });

  it('says whom of the computer it admits, and how to take that back', async () => {
    const started = await startReady('--console', 'off', '--listen', `127.0.0.1:${port}`);
    const listed = await runCommand(['operator', 'list', '--json', '--data', data()]);
    const groups = (JSON.parse(listed.out) as { kind: string; name: string }[]).map(({ name }) => name);
    expect(started.error().match(/^mailroot: Members of .*$/gm) ?? []).toEqual(
      groups.map(
        (name) =>
          `mailroot: Members of the group ${name} may use the command line; mailroot operator dismiss group ${name} takes that back.`,
      ),
    );
  });
});

describe('what cannot start is one line each', () => {
  it('a virtual server whose port is taken: the others and the service go on', async () => {
    const taken = await takePort();
    const started = await startReady('--config', settings(taken, port), '--console', 'off');
    const lines = started
      .error()
      .split('\n')
      .filter((line) => line.includes('did not start'));
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^mailroot: "Server 1" did not start: .*${taken}`)),
    ]);
    (await connectSmtp(port)).end();
  });

  it('nothing at all: exit code 1', async () => {
    const started = start('--config', settings(await takePort()), '--console', 'off');
    expect(await started.ended).toBe(1);
    expect(started.out()).toBe('');
    expect(started.error()).toContain('"Server 1" did not start');
  });

  it('no virtual server but the console: it goes on, to be mended there', async () => {
    const started = await startReady('--config', settings(await takePort()), '--console', '127.0.0.1:0');
    expect(started.out()).toContain('Sign in once at');
  });

  it('a console whose port is taken: the relay goes on', async () => {
    const taken = await takePort();
    const started = await startReady('--config', settings(port), '--console', `127.0.0.1:${taken}`);
    expect(started.error()).toContain(
      `mailroot: The browser console cannot listen on 127.0.0.1:${taken}: the port is in use.`,
    );
    expect(started.out()).toMatch(/^Data folder [^\n]+\nmailroot ready\n$/);
  });

  it('a console beyond loopback: nothing is started', async () => {
    const started = start('--config', settings(port), '--console', '0.0.0.0:0');
    expect(await started.ended).toBe(1);
    expect(started.error()).toMatch(/^mailroot: [^\n]*listens on loopback only[^\n]*\n$/);
  });
});

describe('what stops a start', () => {
  async function refusal(...words: string[]): Promise<string> {
    const started = start('--console', 'off', ...words);
    expect(await started.ended).toBe(1);
    expect(started.out()).toBe('');
    expect(started.error()).toMatch(/^mailroot: [^\n]+\n$/);
    return started.error();
  }

  it('a settings file that is no JSON: file and place', async () => {
    mkdirSync(data());
    writeFileSync(settingsPath(), '{"version": 1,');
    const line = await refusal();
    expect(line).toContain(settingsPath());
    expect(line).toContain('not JSON');
    expect(readFileSync(settingsPath(), 'utf8')).toBe('{"version": 1,');
  });

  it('a wrong setting: file, field and reason; the last good copy can be put back', async () => {
    const started = await startReady('--config', settings(port), '--console', 'off');
    started.child.kill('SIGTERM');
    await started.ended;
    const good = readFileSync(settingsPath(), 'utf8');
    const document = JSON.parse(good);
    document.servers[0].maxHops = 5;
    writeFileSync(settingsPath(), JSON.stringify(document));
    const line = await refusal();
    expect(line).toContain(`${settingsPath()}: servers.0.maxHops: At least 10.`);
    expect(line).toContain('mailroot config restore');
    const restored = await runCommand(['config', 'restore', '--data', data()]);
    expect(restored).toMatchObject({
      code: 0,
      error: '',
      out: expect.stringContaining('settings.json.broken'),
    });
    expect(JSON.parse(readFileSync(settingsPath(), 'utf8'))).toEqual(JSON.parse(good));
    await startReady('--console', 'off');
  });

  it('a wrong --config: nothing is taken over', async () => {
    const file = settings(port, port);
    expect(await refusal('--config', file)).toMatch(
      /^mailroot: servers\.1\.bindings\.0: 127\.0\.0\.1:\d+ is used by "Server 1"\.\n$/,
    );
    expect(await runCommand(['config', 'export', '--data', data()])).toMatchObject({
      code: 1,
      error: expect.stringContaining('no settings yet'),
    });
  });

  it('a data folder that cannot be made', async () => {
    writeFileSync(data(), 'a file');
    expect(await refusal()).toContain(`The data folder ${data()} cannot be used: `);
  });

  it('a data folder that another one owns', async () => {
    const started = await startReady('--config', settings(port), '--console', 'off');
    expect(await refusal()).toContain(`is in use by the service, process ${started.child.pid}, since 20`);
    expect(started.child.exitCode).toBeNull();
  });
});

describe('after kill -9', () => {
  it('the next start takes the data folder over', async () => {
    const started = await startReady('--config', settings(port), '--console', 'off');
    started.child.kill('SIGKILL');
    await started.ended;
    expect(await runCommand(['status', '--data', data()])).toMatchObject({
      code: 1,
      error: expect.stringContaining('is not running'),
    });
    await startReady('--console', 'off');
    (await connectSmtp(port)).end();
  });

  it('of two that start at once exactly one does', async () => {
    const killed = await startReady('--config', settings(port), '--console', 'off');
    killed.child.kill('SIGKILL');
    await killed.ended;
    const two = [start('--console', 'off'), start('--console', 'off')] as const;
    const code = await Promise.race(two.map((each) => each.ended));
    expect(code).toBe(1);
    const [winner] = two.filter((each) => each.child.exitCode === null);
    await waitFor('the other one', () => winner?.out().includes('mailroot ready'));
    const loser = two.find((each) => each !== winner);
    expect(loser?.error()).toMatch(/^mailroot: The data folder .* is in use .*\n$/);
  });
});
