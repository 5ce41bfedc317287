import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPolicyCache } from '../../../../src-main/engine/smtp-in/policy';
import {
  connectRaw,
  type ListenerUnderTest,
  type RawClient,
  startListener,
} from '../../../protocol/listener-under-test';
import { createManualClock } from '../../../protocol/manual-clock';
import { createServerSettings } from '../../../support/settings';

let server: ListenerUnderTest;
afterEach(() => server?.close());

async function startSession(): Promise<RawClient> {
  const client = await server.connect();
  await client.reply();
  await client.say('HELO client.test');
  return client;
}

/** All that the client sent was read, and so was worked on. */
async function untilRead(client: RawClient): Promise<void> {
  await vi.waitFor(() =>
    expect(server.listener.sessions()[0]?.receivedBytes).toBe(client.socket.bytesWritten),
  );
}

async function startMessage(client: RawClient): Promise<void> {
  for (const line of ['MAIL FROM:<a@x.test>', 'RCPT TO:<b@local.test>', 'DATA']) await client.say(line);
}

async function occupy(port = 0): Promise<Server> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  return other;
}

const portOf = (other: Server): number => (other.address() as { port: number }).port;
const refuses = (port: number) => expect(connectRaw(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });

describe('opening', () => {
  it('is all or nothing, and says which port is taken by whom', async () => {
    server = await startListener();
    await server.listener.pause();
    const other = await occupy();
    const free = await occupy();
    const freePort = portOf(free);
    await new Promise((resolve) => free.close(resolve));
    const error = await server.listener
      .open([
        { address: '127.0.0.1', port: freePort },
        { address: '127.0.0.1', port: portOf(other) },
      ])
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'port-in-use' });
    expect(String(error)).toContain(`127.0.0.1:${portOf(other)}`);
    expect(server.listener.boundPorts()).toEqual([]);
    await refuses(freePort);
    other.close();
  });

  it('listens on all addresses, IPv4 and IPv6, for an empty address', async () => {
    server = await startListener();
    await server.listener.open([{ address: '', port: 0 }]);
    const [bound] = server.listener.boundPorts();
    expect(bound?.address).toBe('');
    const client = await connectRaw(bound?.port ?? 0);
    expect(await client.reply()).toMatch(/^220/);
    // An IPv4 peer of the dual-stack socket is shown as IPv4.
    expect(await client.say('HELO a')).toBe('250 mail.local.test Hello [127.0.0.1]');
    client.destroy();
    const client6 = await connectRaw(bound?.port ?? 0, '::1').catch(() => undefined);
    if (client6) {
      await client6.reply();
      expect(await client6.say('HELO a')).toBe('250 mail.local.test Hello [::1]');
      client6.destroy();
    }
  });

  it('names an address that this computer does not have', async () => {
    server = await startListener();
    await expect(server.listener.open([{ address: '192.0.2.1', port: 2525 }])).rejects.toMatchObject({
      code: 'address-unavailable',
      message: expect.stringContaining('192.0.2.1:2525'),
    });
  });

  it.skipIf(process.platform !== 'linux')('finds itself as the owner of its other port', async () => {
    server = await startListener();
    const second = await startListener();
    await expect(second.listener.open([{ address: '127.0.0.1', port: server.port() }])).rejects.toMatchObject(
      { message: expect.stringContaining('used by Mailroot itself') },
    );
    await second.close();
  });
});

describe('pausing', () => {
  it('refuses new connections and leaves sessions alone', async () => {
    server = await startListener();
    const client = await startSession();
    const port = server.port();
    await server.listener.pause();
    await refuses(port);
    await startMessage(client);
    expect(await client.say('.')).toMatch(/^250 2\.6\.0/);
    await server.listener.open([{ address: '127.0.0.1', port }]);
    expect(await (await server.connect()).reply()).toMatch(/^220/);
    expect(await client.say('NOOP')).toBe('250 2.0.0 OK');
  });
});

describe('changing the bindings', () => {
  it('opens the new and closes the gone without touching a session', async () => {
    server = await startListener();
    const client = await startSession();
    const oldPort = server.port();
    await server.listener.rebind([{ address: '127.0.0.2', port: 0 }]);
    await refuses(oldPort);
    const [bound] = server.listener.boundPorts();
    const second = await connectRaw(bound?.port ?? 0, '127.0.0.2');
    expect(await second.reply()).toMatch(/^220/);
    second.destroy();
    expect(await client.say('NOOP')).toBe('250 2.0.0 OK');
  });

  it('goes from one address to all addresses on the same port', async () => {
    server = await startListener();
    const other = await occupy();
    const port = portOf(other);
    await new Promise((resolve) => other.close(resolve));
    await server.listener.rebind([{ address: '127.0.0.1', port }]);
    await server.listener.rebind([{ address: '', port }]);
    expect(server.listener.boundPorts()).toMatchObject([{ address: '', port }]);
    await server.listener.rebind([{ address: '127.0.0.1', port }]);
    expect(server.listener.boundPorts()).toMatchObject([{ address: '127.0.0.1', port }]);
  });

  it('keeps the old ones when a new one fails', async () => {
    server = await startListener();
    const other = await occupy();
    const before = server.listener.boundPorts();
    await expect(
      server.listener.rebind([{ address: '127.0.0.1', port: portOf(other) }]),
    ).rejects.toMatchObject({ code: 'port-in-use' });
    expect(server.listener.boundPorts()).toEqual(before);
    expect(await (await server.connect()).reply()).toMatch(/^220/);
    other.close();
  });
});

describe('stopping', () => {
  it('says 421 to an idle session at once and refuses new connections', async () => {
    server = await startListener();
    const client = await startSession();
    const port = server.port();
    const closed = server.listener.close(60_000);
    expect(await client.reply()).toBe('421 4.3.2 Service not available');
    await client.closed();
    client.destroy();
    await closed;
    await refuses(port);
    expect(server.listener.sessions()).toEqual([]);
  });

  it('answers a message whose commit is under way, then says 421', async () => {
    server = await startListener();
    let release: () => void = () => undefined;
    server.intake.commitGate = new Promise((resolve) => {
      release = resolve;
    });
    const client = await startSession();
    await startMessage(client);
    client.send('text\r\n.\r\n');
    await untilRead(client);
    const closed = server.listener.close(60_000);
    release();
    expect(await client.reply()).toMatch(/^250 2\.6\.0/);
    expect(await client.reply()).toBe('421 4.3.2 Service not available');
    client.destroy();
    await closed;
    expect(server.intake.accepted).toHaveLength(1);
  });

  it('lets a message come to its end, then says 421', async () => {
    server = await startListener();
    const client = await startSession();
    await startMessage(client);
    const closed = server.listener.close(60_000);
    client.send('text\r\n.\r\nMAIL FROM:<second@x.test>\r\n');
    expect(await client.reply()).toMatch(/^250 2\.6\.0/);
    expect(await client.reply()).toBe('421 4.3.2 Service not available');
    await client.closed();
    client.destroy();
    await closed;
  });

  it('cuts what is left after the grace time, and nothing half-sent is accepted', async () => {
    const clock = createManualClock();
    server = await startListener({}, { clock });
    const client = await startSession();
    await startMessage(client);
    client.send('half');
    const closed = server.listener.close(5_000);
    clock.advance(5_000);
    await closed;
    expect(server.intake.accepted).toEqual([]);
    expect(server.intake.openCount()).toBe(0);
    expect(clock.pendingCount()).toBe(0);
  });

  it('can be followed by another start', async () => {
    server = await startListener();
    await server.listener.close(0);
    await server.listener.open([{ address: '127.0.0.1', port: 0 }]);
    const client = await startSession();
    expect(await client.say('NOOP')).toBe('250 2.0.0 OK');
  });
});

describe('connections', () => {
  it('over the limit are refused with 421, and the limit is live', async () => {
    server = await startListener({ maxConnections: 1 });
    const first = await startSession();
    const second = await server.connect();
    expect(await second.reply()).toBe('421 4.3.2 Too many connections');
    await second.closed();
    expect(server.listener.sessions()).toHaveLength(1);
    server.change({ maxConnections: 2 });
    expect(await (await server.connect()).reply()).toMatch(/^220/);
    await first.say('QUIT');
    await vi.waitFor(() => expect(server.listener.sessions()).toHaveLength(1));
  });

  it('that say nothing are closed after the time-out, by the clock', async () => {
    const clock = createManualClock();
    server = await startListener({ connectionTimeoutMinutes: 1 }, { clock });
    const idle = await startSession();
    clock.advance(40_000);
    const busy = await startSession();
    clock.advance(30_000);
    expect(await idle.reply()).toBe('421 4.4.2 Connection timed out');
    await idle.closed();
    expect(await busy.say('NOOP')).toBe('250 2.0.0 OK');
    clock.advance(59_000);
    expect(await busy.say('NOOP')).toBe('250 2.0.0 OK');
    server.change({ connectionTimeoutMinutes: 0.1 });
    clock.advance(8_000);
    expect(await busy.reply()).toBe('421 4.4.2 Connection timed out');
  });

  it('are not idle while they wait for us', async () => {
    const clock = createManualClock();
    server = await startListener({ connectionTimeoutMinutes: 1 }, { clock });
    let release: () => void = () => undefined;
    server.intake.commitGate = new Promise((resolve) => {
      release = resolve;
    });
    const client = await startSession();
    await startMessage(client);
    client.send('.\r\n');
    await untilRead(client);
    clock.advance(600_000);
    release();
    expect(await client.reply()).toMatch(/^250 2\.6\.0/);
  });

  it('stop in the middle of DATA is timed out and the message forgotten', async () => {
    const clock = createManualClock();
    server = await startListener({ connectionTimeoutMinutes: 1 }, { clock });
    const client = await startSession();
    await startMessage(client);
    client.send('half');
    await untilRead(client);
    clock.advance(62_000);
    clock.advance(62_000);
    expect(await client.reply()).toBe('421 4.4.2 Connection timed out');
    await vi.waitFor(() => expect(server.intake.abortedCount()).toBe(1));
  });
});

describe('the list of sessions', () => {
  it('shows peer, name, last command, messages and bytes', async () => {
    const clock = createManualClock(5_000);
    server = await startListener({}, { clock });
    const client = await startSession();
    await startMessage(client);
    await client.say('.');
    await client.say('RSET');
    expect(server.listener.sessions()).toEqual([
      {
        id: expect.stringMatching(/^1-/),
        user: 'client.test',
        from: '127.0.0.1',
        hello: 'client.test',
        tls: '',
        cipher: '',
        state: 'greeted',
        connectedAt: 5_000,
        command: 'RSET',
        messageCount: 1,
        receivedBytes: 'HELO client.test MAIL FROM:<a@x.test> RCPT TO:<b@local.test> DATA . RSET '.length + 6,
        localPort: server.port(),
      },
    ]);
    await client.say('QUIT');
    await vi.waitFor(() => expect(server.listener.sessions()).toEqual([]));
    expect(server.events.map(({ type }) => type)).toEqual([
      'session-opened',
      'session-changed',
      'session-changed',
      'session-changed',
      'session-changed',
      'session-closed',
    ]);
  });

  it('ends a session by its name with 421, also in the middle of a message', async () => {
    server = await startListener();
    const client = await startSession();
    await startMessage(client);
    client.send('half');
    const id = server.listener.sessions()[0]?.id ?? '';
    expect(server.listener.terminate('nobody')).toBe(false);
    expect(server.listener.terminate(id)).toBe(true);
    expect(await client.reply()).toBe('421 4.3.2 Session terminated');
    await client.closed();
    expect(server.listener.sessions()).toEqual([]);
    expect(server.intake.accepted).toEqual([]);
    expect(server.intake.openCount()).toBe(0);
  });
});

describe('back-pressure', () => {
  it('stops reading while the queue cannot write', async () => {
    server = await startListener({ maxMessageKb: null, maxSessionKb: null });
    let release: () => void = () => undefined;
    server.intake.writeGate = new Promise((resolve) => {
      release = resolve;
    });
    const client = await startSession();
    await startMessage(client);
    const total = 32 * 1024 * 1024;
    client.send(`${'x'.repeat(total)}\r\n.\r\n`);
    // The socket's buffers fill and the client stops; what was read stays far below the message.
    await vi.waitFor(() => expect(client.socket.writableLength).toBeGreaterThan(0));
    expect(server.listener.sessions()[0]?.receivedBytes).toBeLessThan(total / 4);
    release();
    expect(await client.reply()).toMatch(/^250 2\.6\.0/);
    expect(server.intake.accepted[0]?.content.length).toBe(total + 2);
  });

  it('does not collect replies for a client that never reads them', async () => {
    server = await startListener({ maxCommands: null });
    const client = await server.connect();
    client.socket.pause();
    const sent = 'HELP\r\n'.repeat(1_000_000);
    client.send(sent);
    await vi.waitFor(() => expect(client.socket.writableLength).toBeGreaterThan(0));
    let seen = -1;
    await vi.waitFor(() => {
      const bytes = server.listener.sessions()[0]?.receivedBytes ?? 0;
      const isStill = bytes === seen;
      seen = bytes;
      expect(isStill).toBe(true);
    });
    expect(seen).toBeLessThan(sent.length);
  });
});

describe('the policy', () => {
  it('is made anew only for another settings object or name', () => {
    let settings = createServerSettings();
    let name = 'a.test';
    const policy = createPolicyCache(
      () => settings,
      () => name,
    );
    const first = policy();
    expect(policy()).toBe(first);
    name = 'b.test';
    const second = policy();
    expect(second.fqdn).toBe('b.test');
    settings = createServerSettings({ maxMessageKb: null, maxSessionKb: null });
    expect(policy()).not.toBe(second);
    expect(policy().maxMessageBytes).toBe(Number.POSITIVE_INFINITY);
  });
});
