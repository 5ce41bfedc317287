import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ControlEndpoint } from '../../../../src-main/api/http/control-endpoint';
import { claimEndpoint, directoryFault } from '../../../../src-main/api/http/data-folder-claim';

let directory: string;
const servers: Server[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'claim-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
  rmSync(directory, { recursive: true, force: true });
});

const endpoint = (): ControlEndpoint => ({
  kind: 'socket',
  path: join(directory, 'control.sock'),
  directory,
  base: 'control',
  isShared: false,
});

function newServer(): Server {
  const server = createServer((socket) => socket.destroy());
  servers.push(server);
  return server;
}

/** A socket file as a killed process leaves it: a file that refuses connections. */
async function leaveStaleSocket(name: string): Promise<void> {
  const server = createServer();
  const first = join(directory, 'stale');
  await new Promise<void>((resolve) => server.listen(first, resolve));
  renameSync(first, join(directory, name));
  await new Promise((resolve) => server.close(resolve));
}

describe.skipIf(process.platform === 'win32')('claiming a data folder', () => {
  it('gives the folder to the first and refuses the second', async () => {
    expect(await claimEndpoint(endpoint(), newServer())).toBe('owned');
    expect(await claimEndpoint(endpoint(), newServer())).toBe('taken');
    expect(readdirSync(directory)).toEqual(['control.sock']);
  });

  it('makes a socket that only its owner can open', async () => {
    await claimEndpoint(endpoint(), newServer());
    expect(statSync(join(directory, 'control.sock')).mode & 0o777).toBe(0o600);
  });

  it('takes over from a killed process', async () => {
    await leaveStaleSocket('control.sock');
    expect(await claimEndpoint(endpoint(), newServer())).toBe('owned');
    expect(await claimEndpoint(endpoint(), newServer())).toBe('taken');
  });

  it('removes the claim of a process that was killed while it started', async () => {
    await leaveStaleSocket('control.claim.00000001');
    expect(await claimEndpoint(endpoint(), newServer())).toBe('owned');
    expect(readdirSync(directory)).toEqual(['control.sock']);
  });

  it('waits for a live claim and gives up when it stays', async () => {
    const rival = newServer();
    await new Promise<void>((resolve) => rival.listen(join(directory, 'control.claim.00000001'), resolve));
    expect(await claimEndpoint(endpoint(), newServer())).toBe('taken');
    expect(existsSync(join(directory, 'control.sock'))).toBe(false);
  });

  it('never gives it to two of many that start at once', async () => {
    for (let round = 0; round < 15; round += 1) {
      await leaveStaleSocket('control.sock');
      const starters = Array.from({ length: 6 }, newServer);
      const results = await Promise.all(starters.map((server) => claimEndpoint(endpoint(), server)));
      expect(results.filter((result) => result === 'owned').length).toBe(1);
      expect(readdirSync(directory)).toEqual(['control.sock']);
      for (const server of starters) await new Promise((resolve) => server.close(resolve));
    }
  });

  it('says why the socket cannot be made', async () => {
    const nowhere = join(directory, 'missing');
    const at: ControlEndpoint = {
      kind: 'socket',
      path: join(nowhere, 'control.sock'),
      directory: nowhere,
      base: 'control',
      isShared: false,
    };
    await expect(claimEndpoint(at, newServer())).rejects.toMatchObject({ code: 'folder-unusable' });
  });
});

describe.skipIf(process.platform === 'win32')('the directory for long paths', () => {
  it('must be a private directory of the user in its name', () => {
    const uid = process.getuid?.() ?? 0;
    const good = join(directory, `mailroot-${uid}`);
    mkdirSync(good, { mode: 0o700 });
    expect(directoryFault(good)).toBeUndefined();
    chmodSync(good, 0o755);
    expect(directoryFault(good)).toBe('is open to other users');
    const foreign = join(directory, `mailroot-${uid + 1}`);
    mkdirSync(foreign, { mode: 0o700 });
    expect(directoryFault(foreign)).toBe('belongs to another user');
    const link = join(directory, `link-${uid}`);
    symlinkSync(good, link);
    expect(directoryFault(link)).toBe('is not a directory');
    expect(directoryFault(join(directory, 'none'))).toBe('is missing');
  });
});
