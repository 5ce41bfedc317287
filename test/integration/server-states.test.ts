/** A virtual server through its states, on the real service: what goes on, what ends, and what is refused. */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findFreePort, type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';

let service: RunningService;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailroot-states-'));
  service = await startService();
});
afterEach(async () => {
  await service.remove();
  rmSync(folder, { recursive: true, force: true });
});

const message = { from: 'app@line.test', to: ['ann@corp.test'], data: 'Subject: state\r\n\r\nHello' };

describe('paused', () => {
  it('takes no new connection, while an open session and delivery go on', async () => {
    const client = await connectSmtp(service.port);
    await client.say('EHLO test');
    expect(await service.client.servers.pause({ serverId: 1 })).toMatchObject({ state: 'paused' });
    await expect(connectSmtp(service.port)).rejects.toThrow();
    expect(await client.send(message)).toMatch(/^250 2\.6\.0 /);
    await waitFor('the message in Drop', () => service.dropped().length === 1);
    expect(await service.client.servers.resume({ serverId: 1 })).toMatchObject({ state: 'started' });
    const other = await connectSmtp(service.port);
    expect(other.greeting).toMatch(
      /^220 relay\.corp\.test Mailroot ESMTP MAIL Service, Version: \S+ ready at {2}/,
    );
    other.end();
    client.end();
  });

  it('can be stopped and started', async () => {
    await service.client.servers.pause({ serverId: 1 });
    expect(await service.client.servers.stop({ serverId: 1 })).toMatchObject({ state: 'stopped' });
    expect(await service.client.servers.start({ serverId: 1 })).toMatchObject({ state: 'started' });
    (await connectSmtp(service.port)).end();
  });
});

describe('stopped', () => {
  it('an open session gets 421, and what waits in Queue is there after the next start', async () => {
    const port = await findFreePort();
    await service.client.servers.set({
      serverId: 1,
      patch: { smartHost: '[127.0.0.1]', outboundPort: port, relayList: ['127.0.0.1'] },
    });
    const client = await connectSmtp(service.port);
    await client.say('EHLO test');
    expect(await client.send({ ...message, to: ['x@elsewhere.test'] })).toMatch(/^250 /);
    const farewell = client.hear();
    expect(await service.client.servers.stop({ serverId: 1 })).toMatchObject({
      state: 'stopped',
      counts: { queue: 1, sessions: 0 },
    });
    expect(await farewell).toMatch(/^421 4\.3\.2 /);
    expect((await service.client.queue.list({ serverId: 1 })).rows).toHaveLength(1);
    await service.client.servers.start({ serverId: 1 });
    expect((await service.client.queue.list({ serverId: 1 })).total).toBe(1);
  });

  it('stays stopped after a restart of Mailroot; one that ran runs again', async () => {
    await service.client.servers.stop({ serverId: 1 });
    expect(await service.stop()).toBe(0);
    await service.restart();
    expect(await service.client.servers.list()).toMatchObject([{ state: 'stopped' }]);
    await service.client.servers.start({ serverId: 1 });
    await service.kill();
    await service.restart();
    expect(await service.client.servers.list()).toMatchObject([{ state: 'started' }]);
  });
});

describe('several virtual servers', () => {
  const second = (port: number) => ({
    name: 'Scanners',
    bindings: [{ address: '127.0.0.1', port }],
    homeDirectory: join(folder, 'scanners'),
    defaultDomain: 'scan.test',
  });

  it('each has its own port, Drop and default domain', async () => {
    const port = await findFreePort();
    expect(await service.client.servers.create(second(port))).toMatchObject({ id: 2, state: 'started' });
    const client = await connectSmtp(port);
    await client.say('EHLO test');
    expect(await client.send({ ...message, to: ['ann@corp.test'] })).toMatch(
      /^550 5\.7\.1 Unable to relay for ann@corp\.test/,
    );
    await client.say('RSET');
    expect(await client.send({ ...message, to: ['x@scan.test'] })).toMatch(/^250 /);
    client.end();
    await waitFor(
      'the message in its Drop',
      async () => (await service.client.messages.list({ serverId: 2, folder: 'drop' })).total === 1,
    );
    expect(service.dropped()).toEqual([]);
  });

  it('the same identity is refused with the name of the other, and nothing is created', async () => {
    await expect(service.client.servers.create(second(service.port))).rejects.toMatchObject({
      message: `127.0.0.1:${service.port} is used by "Default SMTP Virtual Server".`,
      data: { field: 'bindings.0' },
    });
    expect(await service.client.servers.list()).toHaveLength(1);
  });

  it('a port of another program leaves the new one failed, with the reason; it starts when it is given another', async () => {
    const port = await findFreePort();
    const owner = createServer().listen(port, '127.0.0.1');
    await once(owner, 'listening');
    const made = await service.client.servers.create(second(port));
    expect(made.state).toBe('failed');
    expect(made.problem).toMatch(new RegExp(`^Port 127\\.0\\.0\\.1:${port} .*(used by|in use)`));
    const free = await findFreePort();
    await service.client.servers.set({
      serverId: 2,
      patch: { bindings: [{ address: '127.0.0.1', port: free }] },
    });
    expect((await service.client.servers.get({ serverId: 2 })).summary).toMatchObject({ state: 'started' });
    owner.close();
  });
});

describe('identities', () => {
  it('are changed without touching an open session; a taken one changes nothing', async () => {
    const client = await connectSmtp(service.port);
    await client.say('EHLO test');
    const port = await findFreePort();
    await service.client.servers.set({ serverId: 1, patch: { bindings: [{ address: '127.0.0.1', port }] } });
    (await connectSmtp(port)).end();
    await expect(connectSmtp(service.port)).rejects.toThrow();
    expect(await client.send(message)).toMatch(/^250 /);
    client.end();

    const taken = await findFreePort();
    const owner = createServer().listen(taken, '127.0.0.1');
    await once(owner, 'listening');
    const change = service.client.servers.set({
      serverId: 1,
      patch: { bindings: [{ address: '127.0.0.1', port: taken }] },
    });
    await expect(change).rejects.toMatchObject({ code: 'port-in-use' });
    expect((await service.client.servers.get({ serverId: 1 })).settings.bindings).toMatchObject([
      { address: '127.0.0.1', port },
    ]);
    (await connectSmtp(port)).end();
    owner.close();
  });

  it('stays meant to run when a restart or a start fails, and is paused again after a restart', async () => {
    const { client } = service;
    await client.servers.pause({ serverId: 1 });
    expect(await client.servers.restart({ serverId: 1 })).toMatchObject({ state: 'paused' });

    const holder = createServer();
    await client.servers.stop({ serverId: 1 });
    expect((await client.servers.get({ serverId: 1 })).settings.startsAutomatically).toBe(false);
    await new Promise<void>((resolve) => holder.listen(service.port, '127.0.0.1', resolve));
    await expect(client.servers.restart({ serverId: 1 })).rejects.toMatchObject({ code: 'port-in-use' });
    expect((await client.servers.get({ serverId: 1 })).settings.startsAutomatically).toBe(true);
    await new Promise((resolve) => holder.close(resolve));
    expect(await client.servers.start({ serverId: 1 })).toMatchObject({ state: 'started' });
  });
});
