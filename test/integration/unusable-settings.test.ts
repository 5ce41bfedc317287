/** Settings that could not work: refused before they are saved, and nothing hangs on them. The real service. */
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../support/command';
import { findFreePort, type RunningService, type ServiceOptions, startService } from '../support/service';

async function serve(options: ServiceOptions = {}): Promise<RunningService> {
  const service = await startService(options);
  onTestFinished(() => service.remove());
  return service;
}

const attentionOf = async (service: RunningService): Promise<string[]> =>
  (await service.client.system.status()).attention.map(({ code }) => code);

it('a folder that cannot be used is refused at its setting, and the next start finds all as it was', async () => {
  const service = await serve();
  const before = await service.client.servers.get({ serverId: 1 });
  const file = join(service.dataFolder, 'settings.json');
  for (const [setting, path] of [
    ['badmailDirectory', file],
    ['dropDirectory', join(file, 'below')],
    ['homeDirectory', file],
    ['logDirectory', file],
    ['badmailDirectory', join(service.home, 'Drop')],
  ] as const) {
    await expect(
      service.client.servers.set({ serverId: 1, patch: { [setting]: path } }),
      `${setting}=${path}`,
    ).rejects.toMatchObject({ data: { field: setting } });
  }
  expect((await service.client.servers.get({ serverId: 1 })).settings).toEqual(before.settings);
  await service.stop();
  await service.restart();
  expect((await service.client.servers.get({ serverId: 1 })).summary.state).toBe('started');
});

it.runIf(process.platform === 'linux')('a home directory that nobody can create blocks nothing', async () => {
  const service = await serve();
  const values = {
    name: 'Second',
    bindings: [{ address: '127.0.0.1', port: await findFreePort() }],
    homeDirectory: '/proc/foo/x',
    defaultDomain: 'second.test',
    isStarted: true,
  };
  await expect(service.client.servers.create(values)).rejects.toMatchObject({
    data: { field: 'homeDirectory' },
  });
  await service.client.servers.set({ serverId: 1, patch: { name: 'Renamed' } });
  expect((await service.client.servers.list()).map(({ name }) => name)).toEqual(['Renamed']);
});

it('a port of another program is a warning before the virtual server is created, our own is none', async () => {
  const service = await serve();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const address = other.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const check = (bindings: { address: string; port: number }[]) => service.client.servers.check({ bindings });
  expect(await check([{ address: '127.0.0.1', port }])).toMatchObject({
    faults: [],
    warnings: [{ field: 'bindings.0', reason: expect.stringContaining(`Port 127.0.0.1:${port} is`) }],
  });
  const free = { address: '127.0.0.1', port: await findFreePort() };
  expect(await check([free])).toEqual({ faults: [], warnings: [] });
  const ours = await service.client.servers.check({
    serverId: 1,
    bindings: [{ address: '127.0.0.1', port: service.port }],
  });
  expect(ours).toEqual({ faults: [], warnings: [] });
});

it('a log-in that is set up needs its password; one that an import lost waits for a person', async () => {
  const service = await serve();
  const logIn = { outboundAuthentication: 'basic' as const, outboundUserName: 'relay' };
  await expect(service.client.servers.set({ serverId: 1, patch: logIn })).rejects.toMatchObject({
    message: 'Enter the password for the log-in.',
    data: { field: 'outboundPassword' },
  });
  const document = (await service.client.settings.export()) as { servers: object[] };
  const servers = document.servers.map((server) => ({
    ...server,
    ...logIn,
    outboundPassword: 'sealed:kept',
  }));
  await service.client.settings.import({ document: { ...document, servers } });
  expect(await attentionOf(service)).toContain('password-missing');
  await service.stop();
  await service.restart();
  await service.client.servers.set({ serverId: 1, patch: { name: 'Renamed' } });
  expect(await attentionOf(service)).toContain('password-missing');
  await service.client.servers.set({ serverId: 1, patch: { outboundPassword: 'secret' } });
  expect(await attentionOf(service)).not.toContain('password-missing');
});

it('restarts from the command line', async () => {
  const service = await serve();
  const { summary } = await service.client.servers.get({ serverId: 1 });
  const result = await runCommand(['server', 'restart', '1', '--data', service.dataFolder]);
  expect(result).toMatchObject({ code: 0, out: expect.stringContaining('is started.') });
  expect((await service.client.servers.get({ serverId: 1 })).summary.since).toBeGreaterThan(summary.since);
});

it.runIf(process.platform !== 'win32')(
  'a message whose file hangs holds up no change, no start, and not the end of the service',
  async () => {
    const service = await serve({
      moreServers: [
        {
          id: 2,
          name: 'Second',
          bindings: [{ address: '127.0.0.1', port: await findFreePort() }],
          startsAutomatically: false,
        },
      ],
    });
    await service.client.servers.start({ serverId: 2 });
    const { folders } = await service.client.servers.get({ serverId: 2 });
    await service.client.servers.stop({ serverId: 2 });
    // Nobody ever writes into it: whoever reads it waits as for a dead network share.
    execFileSync('mkfifo', [join(folders.queue, `${'0'.repeat(24)}.json`)]);
    await service.client.servers.start({ serverId: 2 });
    await service.client.servers.set({ serverId: 1, patch: { name: 'First' } });
    await service.client.servers.set({ serverId: 2, patch: { name: 'Other' } });
    expect((await service.client.servers.list()).map(({ name, state }) => [name, state])).toEqual([
      ['First', 'started'],
      ['Other', 'started'],
    ]);
    await service.stop();
    expect(service.output()).toContain('Not everything could be closed');
  },
  90_000,
);
