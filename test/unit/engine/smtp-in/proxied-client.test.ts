/** Clients behind a load balancer: whose address counts, for what, and who is believed. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ServerSettingsInput } from '../../../../src-main/settings/schema';
import { type ListenerUnderTest, type RawClient, startListener } from '../../../protocol/listener-under-test';
import { createManualClock, type ManualClock } from '../../../protocol/manual-clock';

let server: ListenerUnderTest;
let clock: ManualClock;
afterEach(() => server?.close());

async function start(settings: Partial<ServerSettingsInput> = {}): Promise<void> {
  clock = createManualClock();
  server = await startListener({ proxyList: ['127.0.0.0/8'], ...settings }, { clock });
}
const headerOf = (from: string): string =>
  `PROXY ${from.includes(':') ? 'TCP6' : 'TCP4'} ${from} ${from.includes(':') ? '2001:db8::1' : '198.51.100.1'} 55555 25\r\n`;
/** A connection of this client by way of the proxy. */
async function connectFrom(from: string): Promise<RawClient> {
  const client = await server.connect();
  client.send(headerOf(from));
  return client;
}
async function greetedFrom(from: string): Promise<RawClient> {
  const client = await connectFrom(from);
  expect(await client.reply()).toMatch(/^220 /);
  return client;
}
async function goAway(client: RawClient): Promise<void> {
  const count = server.listener.sessions().length;
  client.destroy();
  await vi.waitFor(() => expect(server.listener.sessions()).toHaveLength(count - 1));
}

describe('a proxied client', () => {
  it('is the one whom relay rules, list, Received line and HELO speak of', async () => {
    await start({ relayList: ['203.0.113.7'] });
    const client = await greetedFrom('203.0.113.7');
    expect(server.listener.sessions()).toMatchObject([{ from: '203.0.113.7', localPort: 25 }]);
    expect(await client.say('HELO client.test')).toBe('250 mail.local.test Hello [203.0.113.7]');
    await client.say('MAIL FROM:<a@line.test>');
    expect(await client.say('RCPT TO:<b@elsewhere.test>')).toMatch(/^250 2\.1\.5/);
    await client.say('DATA');
    expect(await client.say('x\r\n.')).toMatch(/^250 2\.6\.0/);
    const [message] = server.intake.accepted;
    expect(message?.options.receivedFrom).toBe('from client.test ([203.0.113.7])');
    expect(message?.draft.source).toMatchObject({ peer: '203.0.113.7' });
    const other = await greetedFrom('203.0.113.8');
    await other.say('EHLO client.test');
    await other.say('MAIL FROM:<a@line.test>');
    expect(await other.say('RCPT TO:<b@elsewhere.test>')).toMatch(/^550 5\.7\.1/);
  });

  it('does not gain what is meant for the proxy', async () => {
    await start({ relayList: ['127.0.0.1'], connectionMode: 'except', connectionList: ['203.0.113.7'] });
    expect(await (await connectFrom('203.0.113.7')).reply()).toBe('554 5.7.1 Connection refused');
    const other = await greetedFrom('203.0.113.8');
    await other.say('EHLO client.test');
    await other.say('MAIL FROM:<a@line.test>');
    expect(await other.say('RCPT TO:<b@elsewhere.test>')).toMatch(/^550 5\.7\.1/);
  });

  it('loses nothing of what stands behind the header, and the header may come in pieces', async () => {
    await start();
    const client = await server.connect();
    const bytes = `${headerOf('2001:db8:1:2::7')}EHLO client.test\r\nNOOP\r\n`;
    for (const byte of bytes) {
      client.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.reply()).toMatch(/^220 /);
    expect(await client.reply()).toMatch(/Hello \[2001:db8:1:2::7\]/);
    expect(await client.reply()).toBe('250 2.0.0 OK');
    const inOne = await server.connect();
    inOne.send(bytes);
    expect(await inOne.reply()).toMatch(/^220 /);
    expect(await inOne.reply()).toMatch(/Hello \[2001:db8:1:2::7\]/);
    expect(await inOne.reply()).toBe('250 2.0.0 OK');
  });

  it('comes by version 2 too', async () => {
    await start();
    const client = await server.connect();
    const header = Buffer.concat([
      Buffer.from('0d0a0d0a000d0a515549540a2111000c', 'hex'),
      Buffer.from([203, 0, 113, 7, 198, 51, 100, 1, 1, 2, 0, 25]),
    ]);
    client.send(`${header.toString('latin1')}HELO client.test\r\n`);
    expect(await client.reply()).toMatch(/^220 /);
    expect(await client.reply()).toBe('250 mail.local.test Hello [203.0.113.7]');
  });

  it('makes its handshake behind the header where the port is encrypted from the first byte', async () => {
    await start({ certificate: '00000000000000aa' });
    await server.listener.rebind([{ address: '127.0.0.1', port: 0, encryption: 'implicit' }]);
    const client = await connectFrom('203.0.113.7');
    await client.startTls();
    expect(await client.reply()).toMatch(/^220 /);
    expect(await client.say('HELO client.test')).toBe('250 mail.local.test Hello [203.0.113.7]');
    expect(server.listener.sessions()).toMatchObject([
      { from: '203.0.113.7', tls: expect.stringMatching(/^TLS/) },
    ]);
  });
});

describe('the proxy itself', () => {
  it('keeps its own address for connections of its own', async () => {
    await start({ maxConnectionsPerAddress: 1 });
    for (let index = 0; index < 3; index++) {
      const client = await server.connect();
      client.send('PROXY UNKNOWN\r\n');
      expect(await client.reply()).toMatch(/^220 /);
    }
    expect(server.listener.sessions().map(({ from }) => from)).toEqual(new Array(3).fill('127.0.0.1'));
  });

  it.each([
    ['no header', 'EHLO client.test\r\n'],
    ['a header that is wrong', 'PROXY TCP4 203.0.113.300 198.51.100.1 55555 25\r\n'],
    ['a header that is too long', `PROXY UNKNOWN ${'x'.repeat(200)}`],
  ])('is cut off without a word for %s', async (_title, bytes) => {
    await start();
    const client = await server.connect();
    client.send(bytes);
    await client.closed();
    expect(server.listener.sessions()).toEqual([]);
    expect(clock.pendingCount()).toBe(0);
  });

  it('is cut off when the header does not come in ten seconds', async () => {
    await start();
    const client = await server.connect();
    client.send('PROXY TCP4 203');
    await vi.waitFor(() => expect(clock.pendingCount()).toBe(1));
    clock.advance(10_000);
    await client.closed();
  });

  it('counts as a connection while its header is awaited, and does not hold up a stop', async () => {
    await start({ maxConnections: 1 });
    const client = await server.connect();
    await vi.waitFor(() => expect(clock.pendingCount()).toBe(1));
    expect(await (await server.connect()).reply()).toBe('421 4.3.2 Too many connections');
    await server.listener.close(60_000);
    await client.closed();
  });

  it('may go away in the middle of its header', async () => {
    await start({ maxConnections: 1 });
    const client = await server.connect();
    client.send('PROXY TCP4 203');
    await vi.waitFor(() => expect(clock.pendingCount()).toBe(1));
    client.socket.resetAndDestroy();
    await vi.waitFor(() => expect(clock.pendingCount()).toBe(0));
    await greetedFrom('203.0.113.7');
  });
});

describe('connections of one address', () => {
  it('over the limit are refused, others are not, and the closed ones count no longer', async () => {
    await start({ maxConnectionsPerAddress: 2 });
    const first = await greetedFrom('203.0.113.7');
    await greetedFrom('203.0.113.7');
    const third = await connectFrom('203.0.113.7');
    expect(await third.reply()).toBe('421 4.7.0 Too many connections from your address');
    await third.closed();
    await greetedFrom('203.0.113.8');
    await goAway(first);
    await greetedFrom('203.0.113.7');
  });

  it('are counted by /64 for IPv6', async () => {
    await start({ maxConnectionsPerAddress: 1 });
    await greetedFrom('2001:db8:1:2::7');
    const neighbour = await connectFrom('2001:db8:1:2:ffff::9');
    expect(await neighbour.reply()).toBe('421 4.7.0 Too many connections from your address');
    await greetedFrom('2001:db8:1:3::7');
  });

  it('count until they are closed, not until they say goodbye', async () => {
    await start({ maxConnectionsPerAddress: 1 });
    const first = await greetedFrom('203.0.113.7');
    expect(await first.say('QUIT')).toMatch(/^221 /);
    expect(server.listener.sessions()).toEqual([]);
    expect(await (await connectFrom('203.0.113.7')).reply()).toMatch(/^421 4\.7\.0/);
    first.destroy();
    await vi.waitFor(async () => expect(await (await connectFrom('203.0.113.7')).reply()).toMatch(/^220 /));
  });
});

describe('an address that is locked out', () => {
  const guessing: Partial<ServerSettingsInput> = {
    allowsBasic: true,
    maxFailedLogOns: 2,
    lockOutMinutes: 30,
  };
  const plain = (password: string): string =>
    `AUTH PLAIN ${Buffer.from(`\0ann\0${password}`).toString('base64')}`;
  const refusal = '421 4.7.0 Too many failed authentications from your address, try again later';
  async function guess(client: RawClient): Promise<void> {
    const timers = clock.pendingCount();
    client.send(`${plain('wrong')}\r\n`);
    await vi.waitFor(() => expect(clock.pendingCount()).toBe(timers + 1));
    clock.advance(10_000);
    expect(await client.reply()).toBe('535 5.7.3 Authentication unsuccessful');
  }
  async function greetedWithHello(from: string): Promise<RawClient> {
    const client = await greetedFrom(from);
    await client.say('EHLO client.test');
    return client;
  }

  it('is refused before the greeting, may not log in on open connections, and the rest goes on', async () => {
    await start(guessing);
    const open = await greetedWithHello('203.0.113.7');
    const halfway = await greetedWithHello('203.0.113.7');
    expect(await halfway.say('AUTH PLAIN')).toBe('334 ');
    const busy = await greetedWithHello('203.0.113.7');
    // Over several connections.
    for (let index = 0; index < 2; index++) await guess(await greetedWithHello('203.0.113.7'));
    const late = await connectFrom('203.0.113.7');
    expect(await late.reply()).toBe(refusal);
    await late.closed();
    expect(await open.say(plain('secret'))).toBe(refusal);
    await open.closed();
    expect(await halfway.say(Buffer.from('\0ann\0secret').toString('base64'))).toBe(refusal);
    expect(await busy.say('NOOP')).toBe('250 2.0.0 OK');
    await greetedFrom('203.0.113.8');
    expect(server.events.filter(({ type }) => type === 'warning')).toMatchObject([
      {
        code: 'address-locked-out',
        text: '203.0.113.7 is locked out for 30 minutes after 2 failed log-ins.',
      },
    ]);
  });

  it('stands in the list, stays there over a pause, and is let in by hand', async () => {
    await start(guessing);
    const client = await greetedWithHello('203.0.113.7');
    await guess(client);
    await guess(client);
    expect(server.listener.lockOuts()).toMatchObject([
      { address: '203.0.113.7', failureCount: 2, lastUser: 'ann' },
    ]);
    await server.listener.pause();
    await server.listener.open([{ address: '127.0.0.1', port: 0 }]);
    expect(await (await connectFrom('203.0.113.7')).reply()).toBe(refusal);
    expect(server.listener.liftLockOuts(['203.0.113.7'])).toBe(1);
    await greetedFrom('203.0.113.7');
  });

  it('is one that never got it right: a success in between forgives', async () => {
    await start(guessing);
    await guess(await greetedWithHello('203.0.113.7'));
    expect(await (await greetedWithHello('203.0.113.7')).say(plain('secret'))).toMatch(/^235/);
    await guess(await greetedWithHello('203.0.113.7'));
    await greetedFrom('203.0.113.7');
  });

  it('is let in again when the time is up', async () => {
    await start(guessing);
    const client = await greetedWithHello('203.0.113.7');
    await guess(client);
    await guess(client);
    clock.advance(30 * 60_000);
    await greetedFrom('203.0.113.7');
  });
});
