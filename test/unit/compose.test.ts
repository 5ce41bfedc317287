import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { composeMailroot, type Mailroot } from '../../src-main/compose';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function listen(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, port: address !== null && typeof address === 'object' ? address.port : 0 };
}

async function findFreePort(): Promise<number> {
  const { server, port } = await listen();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface World {
  readonly mailroot: Mailroot;
  readonly folder: string;
  readonly file: { isBroken: boolean };
  readonly logged: string[];
}

/** Two running virtual servers, 1 and 2. */
async function openWorld(): Promise<World & { api: ReturnType<typeof clientOf> }> {
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-compose-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const serverOf = async (id: number) => ({
    id,
    name: `Server ${id}`,
    bindings: [{ address: '127.0.0.1', port: await findFreePort() }],
    homeDirectory: join(folder, `home-${id}`),
    domains: [{ type: 'default', name: `s${id}.test` }],
  });
  let document: unknown = { version: 1, servers: [await serverOf(1), await serverOf(2)] };
  const file = { isBroken: false };
  const logged: string[] = [];
  const mailroot = composeMailroot({
    dataFolder: folder,
    host: 'service',
    version: '0.0.0',
    log: (line) => logged.push(line),
    settingsFile: {
      path: join(folder, 'settings.json'),
      read: () => document,
      write(next) {
        if (file.isBroken) throw new Error('no space');
        document = next;
      },
    },
  });
  undo.push(() => mailroot.stop(0));
  await mailroot.start();
  expect(mailroot.engine.servers.map((server) => server.state)).toEqual(['started', 'started']);
  return { mailroot, folder, file, logged, api: clientOf(mailroot) };
}

function clientOf(mailroot: Mailroot) {
  return createRouterClient(mailroot.router, {
    context: { caller: { role: 'administrator', name: 'test', via: 'control' } },
  });
}

const statesOf = ({ mailroot }: World): string[] =>
  mailroot.engine.servers.map((server) => `${server.id} ${server.state}`);

describe('removing virtual servers', () => {
  it('a deletion that cannot be saved leaves the virtual server as it was', async () => {
    const world = await openWorld();
    world.file.isBroken = true;
    await expect(world.api.servers.delete({ serverId: 2 })).rejects.toThrow('could not be written');
    expect(statesOf(world)).toEqual(['1 started', '2 started']);
  });

  it('two deletions at once leave the last virtual server', async () => {
    const world = await openWorld();
    const results = await Promise.allSettled([
      world.api.servers.delete({ serverId: 1 }),
      world.api.servers.delete({ serverId: 2 }),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected']);
    expect(statesOf(world)).toEqual(['2 started']);
    expect(() => world.mailroot.engine.server(1)).toThrow();
  });

  it('a start that waits behind the deletion is refused and leaves nothing running', async () => {
    const world = await openWorld();
    const server = world.mailroot.engine.server(2);
    const deleted = world.api.servers.delete({ serverId: 2 });
    await new Promise<void>((resolve) => {
      const off = world.mailroot.engine.onEvent((event) => {
        if (event.type !== 'server-state' || event.state !== 'stopping') return;
        off();
        resolve();
      });
    });
    const started = world.api.servers.start({ serverId: 2 });
    await expect(started).rejects.toThrow();
    await deleted;
    expect(server.isRunning).toBe(false);
  });

  it('an import that cannot be carried out leaves running what it would have removed', async () => {
    const world = await openWorld();
    const taken = await listen();
    undo.push(() => taken.server.close());
    const [first] = world.mailroot.settings.current().servers;
    const document = {
      version: 1,
      servers: [{ ...first, bindings: [{ address: '127.0.0.1', port: taken.port }] }],
    };
    await expect(world.api.settings.import({ document })).rejects.toThrow('Port');
    expect(statesOf(world)).toEqual(['1 started', '2 started']);
  });

  it('an import may give the address of a removed virtual server to another', async () => {
    const world = await openWorld();
    const [first, second] = world.mailroot.settings.current().servers;
    const document = { version: 1, servers: [{ ...first, bindings: second?.bindings }] };
    await world.api.settings.import({ document });
    expect(statesOf(world)).toEqual(['1 started']);
  });
});

describe('creating virtual servers', () => {
  it('two at once get numbers of their own', async () => {
    const world = await openWorld();
    const create = async (name: string) =>
      world.api.servers.create({
        name,
        bindings: [{ address: '127.0.0.1', port: await findFreePort() }],
        homeDirectory: join(world.folder, name),
        defaultDomain: 'new.test',
        isStarted: false,
      });
    const made = await Promise.all([create('a'), create('b')]);
    expect(made.map((server) => server.id).sort()).toEqual([3, 4]);
  });
});

describe('a change of one virtual server', () => {
  it('is no business of the others', async () => {
    const { api, mailroot } = await openWorld();
    const told = [1, 2].map((id) => vi.spyOn(mailroot.engine.server(id), 'settingsChanged'));
    await api.servers.rename({ serverId: 1, name: 'Renamed' });
    expect(told.map((spy) => spy.mock.calls.length)).toEqual([1, 0]);
  });
});

describe('stopping', () => {
  it('works while the home directory is out of reach, and the next start finds it free', async () => {
    const world = await openWorld();
    const home = join(world.folder, 'home-1');
    renameSync(home, `${home}-away`);
    writeFileSync(home, 'in the way');
    await world.mailroot.engine.server(1).stop(0);
    expect(statesOf(world)).toEqual(['1 stopped', '2 started']);
    expect(world.logged.join('\n')).toContain('warning not-closed');
    rmSync(home);
    renameSync(`${home}-away`, home);
    mkdirSync(home, { recursive: true });
    await world.mailroot.engine.server(1).start();
    expect(statesOf(world)).toEqual(['1 started', '2 started']);
  });
});
