import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ORPCError } from '@orpc/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Admission } from '../../../../src-main/api/http/control-admission';
import { type ControlChannel, takeDataFolder } from '../../../../src-main/api/http/control-channel';
import {
  connectControl,
  createForwardingRouter,
  findOwner,
  requestSignInAddress,
} from '../../../../src-main/api/http/control-client';
import type { Caller } from '../../../../src-main/api/implementer';
import { createStandIn, type StandIn, standInStatus } from './stand-in-router';

const service = { product: 'Mailroot', version: '1.2.3', host: 'service' } as const;
let folder: string;
let standIn: StandIn;
const channels: ControlChannel[] = [];

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'control-')), 'data');
  standIn = createStandIn();
});
afterEach(async () => {
  for (const channel of channels.splice(0)) await channel.close();
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

async function take(dataFolder = folder): Promise<ControlChannel> {
  const channel = await takeDataFolder(dataFolder, service);
  channels.push(channel);
  return channel;
}

async function start(dataFolder = folder): Promise<ControlChannel> {
  const channel = await take(dataFolder);
  channel.serve(standIn.router);
  return channel;
}

const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('the data folder', () => {
  it.skipIf(process.platform === 'win32')('is made for its owner alone', async () => {
    await take();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('is refused to a second owner, naming the first', async () => {
    await take();
    const error = await failureOf(take());
    expect(error).toMatchObject({ code: 'data-folder-in-use' });
    expect(String(error)).toContain(`by the service, process ${process.pid}, since 20`);
  });

  it('is free again after close', async () => {
    await (await take()).close();
    await expect(take()).resolves.toBeDefined();
  });

  it('tells who owns it', async () => {
    expect(await findOwner(folder)).toBeUndefined();
    await take();
    expect(await findOwner(folder)).toMatchObject({ ...service, pid: process.pid });
  });

  it('that cannot be made is a problem of the folder', async () => {
    expect(await failureOf(take('/dev/null/data'))).toMatchObject({ code: 'folder-unusable' });
  });

  it('with a very long path works the same', async () => {
    const long = join(folder, 'long-folder-name'.repeat(8));
    await start(long);
    expect(await (await connectControl(long)).system.status()).toEqual(standInStatus);
    expect(await failureOf(take(long))).toMatchObject({ code: 'data-folder-in-use' });
  });
});

describe('calls over the control channel', () => {
  it('say that nothing runs, and how to start it', async () => {
    const error = await failureOf(connectControl(folder));
    expect(error).toMatchObject({
      code: 'unavailable',
      message: `Mailroot is not running on ${folder}. Start it with mailroot serve, or open the desktop.`,
    });
  });

  it('come as administrator', async () => {
    await start();
    await (await connectControl(folder)).system.status();
    expect(standIn.callers).toEqual([{ role: 'administrator', name: 'local', via: 'control' }]);
  });

  it('are told to wait while Mailroot starts', async () => {
    await take();
    const client = await connectControl(folder);
    expect(await failureOf(client.system.status())).toMatchObject({ code: 'unavailable', status: 503 });
  });

  it('carry problems with code and field', async () => {
    await start();
    const error = await failureOf((await connectControl(folder)).servers.start({ serverId: 1 }));
    expect(error).toBeInstanceOf(ORPCError);
    expect(error).toMatchObject({
      code: 'port-in-use',
      status: 409,
      message: 'Port 25 is used by postfix.',
      data: { field: 'bindings.0.port' },
    });
  });

  it('carry documents of megabytes and refuse more than sixty-four', async () => {
    await start();
    const client = await connectControl(folder);
    const five = await client.settings.validate({ document: 'x'.repeat(5_000_000) });
    expect(five.faults[0]?.reason).toBe('5000002');
    expect(await failureOf(client.settings.validate({ document: 'x'.repeat(68_000_000) }))).toBeDefined();
    expect(await client.system.status()).toEqual(standInStatus);
  });

  it('carry event streams, and end them when the client stops listening', async () => {
    await start();
    const client = await connectControl(folder);
    const seen: boolean[] = [];
    for await (const change of await client.system.watch()) {
      seen.push(change.servers);
      if (seen.length === 2) break;
      await vi.waitUntil(() => standIn.openStreams() === 1);
      setImmediate(() => standIn.push({ servers: false }));
    }
    expect(seen).toEqual([true, false]);
    await vi.waitUntil(() => standIn.openStreams() === 0);
  });

  it('end event streams when the owner closes', async () => {
    const channel = await start();
    const stream = await (await connectControl(folder)).system.watch();
    await stream.next();
    const next = failureOf(stream.next());
    await channel.close();
    await next;
    expect(await findOwner(folder)).toBeUndefined();
  });

  it('get a sign-in address where there is a browser console', async () => {
    const channel = await take();
    channel.serve(standIn.router, { createSignInAddress: () => 'http://127.0.0.1:1/sign-in?token=x' });
    expect(await requestSignInAddress(folder)).toBe('http://127.0.0.1:1/sign-in?token=x');
    channel.serve(standIn.router);
    expect(await failureOf(requestSignInAddress(folder))).toMatchObject({
      code: 'unavailable',
      message:
        'The desktop application works on this data folder: use its window. The browser console belongs to mailroot serve.',
    });
  });
});

describe('with an admission', () => {
  let caller: Caller | undefined;
  let changed: () => void;
  let isShared: boolean;
  const admission: Admission = {
    callerOf: async () => caller,
    stillIs: ({ role }) => caller?.role === role,
    isShared: () => isShared,
    onChange(listener) {
      changed = listener;
      return () => undefined;
    },
  };
  const viewer: Caller = { role: 'viewer', name: 'ann', via: 'control' };
  const serve = async (): Promise<void> => {
    const channel = await take();
    const createSignInAddress = ({ name }: { name: string }): string =>
      `http://127.0.0.1:1/sign-in?token=x&for=${name}`;
    channel.serve(standIn.router, { admission, createSignInAddress });
  };
  beforeEach(() => {
    caller = viewer;
    isShared = false;
    changed = () => undefined;
  });

  it('callers come by their names and roles', async () => {
    await serve();
    await (await connectControl(folder)).system.status();
    expect(standIn.callers).toEqual([viewer]);
  });

  it('strangers hear one sentence, whatever they ask', async () => {
    await serve();
    const client = await connectControl(folder);
    caller = undefined;
    const message =
      'You may not use this Mailroot. Its administrator can admit you: mailroot operator admit.';
    expect(await failureOf(connectControl(folder))).toMatchObject({ code: 'refused', message });
    expect(await failureOf(findOwner(folder))).toMatchObject({ code: 'refused', message });
    expect(await failureOf(client.system.status())).toMatchObject({
      code: 'forbidden',
      status: 403,
      message,
    });
    expect(await failureOf(client.settings.validate({ document: 'x'.repeat(5_000) }))).toMatchObject({
      code: 'forbidden',
    });
    expect(await failureOf(requestSignInAddress(folder))).toMatchObject({ message });
    expect(standIn.callers).toEqual([]);
  });

  it('strangers who are told of the owner of the data folder are not told who it is', async () => {
    await serve();
    caller = undefined;
    expect(String(await failureOf(take()))).toMatch(/ is in use by another user of this computer\.$/);
  });

  it('strangers hold few connections, and keep nobody out', async () => {
    await serve();
    const path = channels[0]?.path ?? '';
    caller = undefined;
    const sockets = Array.from({ length: 60 }, () => connect(path));
    let closed = 0;
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.once('close', () => {
        closed += 1;
      });
    }
    await vi.waitUntil(() => closed === 44);
    caller = viewer;
    expect(await (await connectControl(folder)).system.status()).toEqual(standInStatus);
    for (const socket of sockets) socket.destroy();
  });

  it('a sign-in address is for administrators, whoever else is admitted', async () => {
    await serve();
    for (const role of ['viewer', 'operator'] as const) {
      caller = { ...viewer, role };
      expect(await failureOf(requestSignInAddress(folder))).toMatchObject({
        message: 'A sign-in address needs the role administrator.',
      });
    }
    caller = { ...viewer, role: 'administrator' };
    expect(await requestSignInAddress(folder)).toContain('token=x&for=ann');
  });

  it.each([
    ['is dismissed', undefined, true],
    ['gets another role', { ...viewer, role: 'operator' } as const, true],
    ['stays what it is', viewer, false],
  ])('the streams of a person who %s', async (_, next, isEnded) => {
    await serve();
    const stream = await (await connectControl(folder)).system.watch();
    await stream.next();
    caller = next;
    changed();
    if (isEnded) {
      expect(await failureOf(stream.next())).toBeDefined();
      await vi.waitUntil(() => standIn.openStreams() === 0);
    } else {
      standIn.push({ servers: true });
      expect((await stream.next()).value).toMatchObject({ servers: true });
    }
  });

  it.skipIf(process.platform === 'win32')('others get as far as the socket while there are any', async () => {
    const modes = (): number[] =>
      [folder, channels[0]?.path ?? ''].map((path) => statSync(path).mode & 0o777);
    await serve();
    expect(modes()).toEqual([0o700, 0o600]);
    isShared = true;
    changed();
    expect(modes()).toEqual([0o711, 0o666]);
    isShared = false;
    changed();
    expect(modes()).toEqual([0o700, 0o600]);
  });

  it.skipIf(process.platform === 'win32')('the same where the path is too long for a socket', async () => {
    isShared = true;
    const long = join(folder, 'long-folder-name'.repeat(8));
    const channel = await take(long);
    channel.serve(standIn.router, { admission });
    expect(statSync(dirname(channel.path)).mode & 0o777).toBe(0o711);
    expect(await (await connectControl(long)).system.status()).toEqual(standInStatus);
    // It can be taken again after that, too.
    await channel.close();
    await take(long);
  });
});

describe('a forwarding router', () => {
  async function attach(): Promise<Awaited<ReturnType<typeof connectControl>>> {
    await start();
    const second = join(folder, 'second');
    const channel = await take(second);
    channel.serve(createForwardingRouter(await connectControl(folder)));
    return connectControl(second);
  }

  it('passes calls and answers on', async () => {
    expect(await (await attach()).system.status()).toEqual(standInStatus);
  });

  it('passes errors on with code and field', async () => {
    const client = await attach();
    expect(await failureOf(client.servers.start({ serverId: 1 }))).toMatchObject({
      code: 'port-in-use',
      message: 'Port 25 is used by postfix.',
      data: { field: 'bindings.0.port' },
    });
    expect(await failureOf(client.servers.stop({ serverId: 1 }))).toMatchObject({
      code: 'conflict',
      status: 409,
    });
  });

  it('passes event streams on and ends them behind it', async () => {
    const client = await attach();
    const stream = await client.system.watch();
    expect((await stream.next()).value).toMatchObject({ servers: true });
    expect(standIn.openStreams()).toBe(1);
    await stream.return?.();
    await vi.waitUntil(() => standIn.openStreams() === 0);
  });

  it('says that Mailroot is gone when the owner is', async () => {
    const client = await attach();
    await channels[0]?.close();
    expect(await failureOf(client.system.status())).toMatchObject({ code: 'unavailable' });
  });
});
