/** Asking a host for our mail: whom it asks, what it shows, and the connection that it gives away. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src-main/engine/core/clock';
import { openSecurity, type RouteLogin } from '../../../../src-main/engine/core/delivery';
import { emptyKeyring } from '../../../../src-main/engine/core/keyring';
import { type AskingRequest, askForMail } from '../../../../src-main/engine/delivery/asking-session';
import { hostAt } from './delivery-bench';

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** A host that answers each command by its verb, and writes it down. */
async function hostWith(replies: Readonly<Record<string, string>>) {
  const said: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.write('220 host.test\r\n');
    socket.on('data', (data) => {
      for (const line of data.toString().split('\r\n').filter(Boolean)) {
        said.push(line);
        socket.write(replies[line.split(' ', 1)[0] as string] ?? '250 ok\r\n');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, said };
}

const login: RouteLogin = { method: 'basic', user: 'branch', password: 'sealed' };
const request = (change: Partial<AskingRequest>): AskingRequest => ({
  command: 'atrn',
  domains: ['branch.test'],
  security: { ...openSecurity, login },
  targets: [],
  ...change,
});
const ask = (change: Partial<AskingRequest>) =>
  askForMail(
    request(change),
    {
      fqdn: 'branch.test',
      timeoutMs: 5_000,
      clock: systemClock,
      keyring: { ...emptyKeyring, unseal: () => 'fetch-4711' },
      sessionId: 'ask-1',
    },
    new AbortController().signal,
  );

const auth = '250-host.test\r\n250 AUTH PLAIN\r\n';

describe('a host that refuses', () => {
  it('the password is not asked at its next address: each refusal brings the account nearer to being locked', async () => {
    const hosts = [
      await hostWith({ EHLO: auth, AUTH: '535 5.7.8 no\r\n' }),
      await hostWith({ EHLO: auth, AUTH: '535 5.7.8 no\r\n' }),
    ];
    const answer = await ask({ targets: hosts.map(({ port }) => hostAt('host.test', port)) });
    expect(answer).toMatchObject({ isOk: false, text: expect.stringContaining('535') });
    expect(hosts[1]?.said).toEqual([]);
  });

  it('to talk is followed by its next address', async () => {
    const hosts = [
      await hostWith({ EHLO: '421 busy\r\n' }),
      await hostWith({ EHLO: auth, AUTH: '235 ok\r\n' }),
    ];
    const answer = await ask({
      command: 'etrn',
      targets: hosts.map(({ port }) => hostAt('host.test', port)),
    });
    expect(answer).toEqual({ isOk: true, text: 'branch.test: 250 2.0.0 ok' });
  });
});

describe('a connection that was turned around', () => {
  it('brings along what came behind the reply', async () => {
    const { port } = await hostWith({
      EHLO: auth,
      AUTH: '235 ok\r\n',
      ATRN: '250 ok\r\nEHLO host.test\r\nNO',
    });
    const { turned } = await ask({ targets: [hostAt('host.test', port)] });
    const socket = turned?.socket as Socket;
    endings.push(() => socket.destroy());
    let heard = '';
    socket.on('data', (data) => {
      heard += data.toString();
    });
    socket.resume();
    socket.write('NOOP\r\n');
    while (!heard.endsWith('250 ok\r\n')) await once(socket, 'data');
    expect(heard).toBe('EHLO host.test\r\nNO250 ok\r\n');
  });

  it('is left alone: nobody here listens any more, and it stays open', async () => {
    const { port, said } = await hostWith({ EHLO: auth, AUTH: '235 ok\r\n', ATRN: '250 ok\r\n' });
    const { turned } = await ask({ targets: [hostAt('host.test', port)] });
    const socket = turned?.socket as Socket;
    endings.push(() => socket.destroy());
    expect(socket.listenerCount('data') + socket.listenerCount('timeout')).toBe(0);
    expect(socket.writable).toBe(true);
    expect(said.at(-1)).toBe('ATRN branch.test');
  });
});
