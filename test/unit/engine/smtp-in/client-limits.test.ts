/** What one client may cost, on a real listener whose clock stands still until a test moves it. */
import { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ServerSettingsInput } from '../../../../src-main/settings/schema';
import { type ListenerUnderTest, type RawClient, startListener } from '../../../protocol/listener-under-test';
import { createManualClock, type ManualClock } from '../../../protocol/manual-clock';
import { testCertificate } from '../../../protocol/memory-keyring';

let server: ListenerUnderTest;
let clock: ManualClock;
afterEach(() => server?.close());

async function start(settings: Partial<ServerSettingsInput>): Promise<void> {
  clock = createManualClock();
  server = await startListener(settings, { clock });
}
async function greeted(): Promise<RawClient> {
  const client = await server.connect();
  expect(await client.reply()).toMatch(/^220 /);
  return client;
}
async function beginMessage(client: RawClient): Promise<void> {
  await client.say('EHLO client.test');
  await client.say('MAIL FROM:<a@line.test>');
  await client.say('RCPT TO:<b@local.test>');
  expect(await client.say('DATA')).toMatch(/^354 /);
}
/** Sends, and waits until the server has read it. */
async function drip(client: RawClient, bytes: string): Promise<void> {
  const before = server.listener.sessions()[0]?.receivedBytes ?? 0;
  client.send(bytes);
  await vi.waitFor(() => expect(server.listener.sessions()[0]?.receivedBytes).toBe(before + bytes.length));
}
const second = 1000;
const minute = 60 * second;

/** Announces a chunk of three bytes and sends it. */
async function sendChunk(client: RawClient): Promise<string | undefined> {
  client.send('BDAT 3\r\nabc');
  return client.reply();
}

describe('a message that was given up between two chunks', () => {
  it('does not have the next one cut off when the connection becomes too old', async () => {
    await start({ maxSessionMinutes: 2, connectionTimeoutMinutes: 60, minBytesPerSecond: null });
    const client = await greeted();
    await client.say('EHLO client.test');
    for (const line of ['MAIL FROM:<a@line.test>', 'RCPT TO:<b@local.test>']) await client.say(line);
    expect(await sendChunk(client)).toMatch(/^250 /);
    await client.say('RSET');
    await beginMessage(client);
    await drip(client, 'Subject: x\r\n');
    clock.advance(5 * minute);
    client.send('.\r\n');
    expect(await client.reply()).toMatch(/^250 2\.6\.0/);
  });

  it('does not keep the connection open while chunks come in for nothing', async () => {
    await start({ maxSessionMinutes: 2, connectionTimeoutMinutes: 60, minBytesPerSecond: null });
    const client = await greeted();
    await client.say('EHLO client.test');
    await drip(client, 'BDAT 1000\r\nabc');
    clock.advance(3 * minute);
    expect(await client.reply()).toBe('421 4.3.2 Connection has been open too long');
  });
});

describe('a client that does not read the answer to STARTTLS', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('is idle like any other', async () => {
    await start({ certificate: testCertificate, connectionTimeoutMinutes: 3 });
    const client = await greeted();
    await client.say('EHLO client.test');
    const write = Socket.prototype.write;
    // What a full window does to the last thing that is written: it never leaves.
    vi.spyOn(Socket.prototype, 'write').mockImplementation(function (this: Socket, ...given: unknown[]) {
      if (String(given[0]).startsWith('220 2.0.0')) return false;
      return Reflect.apply(write, this, given) as boolean;
    });
    await drip(client, 'STARTTLS\r\n');
    clock.advance(4 * minute);
    await client.closed();
    expect(server.listener.sessions()).toEqual([]);
  });
});

describe('a client that drips', () => {
  it('one byte a minute, and no whole command, is idle', async () => {
    await start({ connectionTimeoutMinutes: 3 });
    const client = await greeted();
    for (const byte of ['N', 'O']) {
      await drip(client, byte);
      clock.advance(minute);
    }
    await drip(client, 'O');
    clock.advance(minute);
    expect(await client.reply()).toBe('421 4.4.2 Connection timed out');
    await client.closed();
  });

  it('one command a minute is not', async () => {
    await start({ connectionTimeoutMinutes: 3 });
    const client = await greeted();
    for (let index = 0; index < 10; index++) {
      expect(await client.say('NOOP')).toBe('250 2.0.0 OK');
      clock.advance(minute);
    }
    expect(await client.say('NOOP')).toBe('250 2.0.0 OK');
  });

  it('its message is cut off after a minute, and nothing of it is left', async () => {
    await start({ minBytesPerSecond: 64, connectionTimeoutMinutes: 10 });
    const client = await greeted();
    await beginMessage(client);
    for (let index = 0; index < 61; index++) {
      await drip(client, 'x');
      clock.advance(second);
    }
    expect(await client.reply()).toBe('421 4.4.2 Message is coming in too slowly');
    await client.closed();
    await vi.waitFor(() => expect(server.intake.abortedCount()).toBe(1));
    expect(server.intake.openCount()).toBe(0);
  });

  it('its message may take its time where no rate is set', async () => {
    await start({ minBytesPerSecond: null, connectionTimeoutMinutes: 10 });
    const client = await greeted();
    await beginMessage(client);
    for (let index = 0; index < 20; index++) {
      await drip(client, 'x');
      clock.advance(5 * minute);
    }
    client.send('\r\n.\r\n');
    expect(await client.reply()).toMatch(/^250 2\.6\.0/);
  });

  it('is not blamed for the time that the queue takes', async () => {
    await start({ minBytesPerSecond: 64 });
    const client = await greeted();
    await beginMessage(client);
    let release: () => void = () => undefined;
    server.intake.writeGate = new Promise((resolve) => {
      release = resolve;
    });
    await drip(client, 'x'.repeat(1000));
    clock.advance(10 * minute);
    server.intake.writeGate = undefined;
    release();
    client.send('\r\n.\r\n');
    expect(await client.reply()).toMatch(/^250 2\.6\.0/);
  });
});

describe('a connection that is too old', () => {
  it('is closed between messages, never in one', async () => {
    await start({ maxSessionMinutes: 60, connectionTimeoutMinutes: 120, minBytesPerSecond: null });
    const client = await greeted();
    clock.advance(50 * minute);
    await beginMessage(client);
    clock.advance(50 * minute);
    client.send('x\r\n.\r\n');
    expect(await client.reply()).toMatch(/^250 2\.6\.0/);
    clock.advance(2 * second);
    expect(await client.reply()).toBe('421 4.3.2 Connection has been open too long');
    await client.closed();
  });
});

describe('the tar pit', () => {
  const refused = 'RCPT TO:<x@elsewhere.test>';
  async function greetedInMail(settings: Partial<ServerSettingsInput> = {}): Promise<RawClient> {
    await start({ tarPitSeconds: 20, ...settings });
    const client = await greeted();
    await client.say('EHLO client.test');
    expect(await client.say('MAIL FROM:<a@line.test>')).toMatch(/^250/);
    return client;
  }
  async function held(client: RawClient, line: string): Promise<void> {
    const timers = clock.pendingCount();
    client.send(`${line}\r\n`);
    await vi.waitFor(() => expect(clock.pendingCount()).toBe(timers + 1));
  }

  it('holds a permanent refusal back, and what was said behind it, and nobody else', async () => {
    const client = await greetedInMail();
    await held(client, `${refused}\r\nRCPT TO:<b@local.test>`);
    const other = await greeted();
    expect(await other.say('NOOP')).toBe('250 2.0.0 OK');
    clock.advance(20 * second - 1);
    let answer: string | undefined;
    const answered = client.reply().then((reply) => {
      answer = reply;
    });
    expect(await other.say('NOOP')).toBe('250 2.0.0 OK');
    expect(answer).toBeUndefined();
    clock.advance(1);
    await answered;
    expect(answer).toMatch(/^550 5\.7\.1/);
    expect(await client.reply()).toMatch(/^250 2\.1\.5/);
  });

  it('does not make the client idle', async () => {
    const client = await greetedInMail({ connectionTimeoutMinutes: 0.1 });
    await held(client, refused);
    clock.advance(20 * second);
    expect(await client.reply()).toMatch(/^550 5\.7\.1/);
  });

  it('holds the refusal of a message back too', async () => {
    const client = await greetedInMail({ maxMessageKb: 1 });
    await client.say('RCPT TO:<b@local.test>');
    await client.say('DATA');
    await held(client, `${'x'.repeat(2000)}\r\n.`);
    clock.advance(20 * second);
    expect(await client.reply()).toMatch(/^552 5\.3\.4/);
    expect(await client.say('NOOP')).toBe('250 2.0.0 OK');
  });

  it('lets go at once of who is told to go', async () => {
    const client = await greetedInMail();
    await held(client, refused);
    const [session] = server.listener.sessions();
    expect(server.listener.terminate(session?.id ?? '')).toBe(true);
    expect(await client.reply()).toMatch(/^550 5\.7\.1/);
    expect(await client.reply()).toBe('421 4.3.2 Session terminated');
    await client.closed();
  });

  it('does not hold up a stop', async () => {
    const client = await greetedInMail();
    await held(client, refused);
    const closed = server.listener.close(minute);
    expect(await client.reply()).toMatch(/^550 5\.7\.1/);
    expect(await client.reply()).toBe('421 4.3.2 Service not available');
    client.end();
    await closed;
  });

  it('keeps nothing of a client whose connection breaks', async () => {
    const client = await greetedInMail();
    await held(client, refused);
    client.socket.resetAndDestroy();
    await vi.waitFor(() => expect(server.listener.sessions()).toEqual([]));
    clock.advance(2 * second);
    expect(clock.pendingCount()).toBe(0);
  });

  it('is not for who has logged in', async () => {
    await start({ tarPitSeconds: 20, allowsBasic: true, relaysForAuthenticated: false });
    const client = await greeted();
    await client.say('EHLO client.test');
    const login = Buffer.from('\0ann\0secret').toString('base64');
    expect(await client.say(`AUTH PLAIN ${login}`)).toMatch(/^235/);
    await client.say('MAIL FROM:<a@line.test>');
    expect(await client.say(refused)).toMatch(/^550 5\.7\.1/);
  });
});

describe('the wait before the greeting', () => {
  const waiting: Partial<ServerSettingsInput> = { greetingDelaySeconds: 10 };
  /** Connects, and waits until the server has the session. */
  async function connected(): Promise<RawClient> {
    const count = server.listener.sessions().length;
    const client = await server.connect();
    await vi.waitFor(() => expect(server.listener.sessions()).toHaveLength(count + 1));
    return client;
  }

  it('refuses who speaks before it, at the first byte', async () => {
    await start(waiting);
    const client = await connected();
    client.send('E');
    expect(await client.reply()).toBe('554 5.5.1 Client spoke before it was greeted');
    await client.closed();
    expect(server.listener.sessions()).toEqual([]);
    clock.advance(minute);
    expect(clock.pendingCount()).toBe(0);
  });

  it('greets who is silent, and not a moment earlier', async () => {
    await start(waiting);
    const client = await connected();
    clock.advance(10 * second - 1);
    expect(client.socket.bytesRead).toBe(0);
    clock.advance(1);
    expect(await client.reply()).toMatch(/^220 /);
    expect(await client.say('NOOP')).toBe('250 2.0.0 OK');
  });

  it('is not for computers in the relay list', async () => {
    await start({ ...waiting, relayList: ['127.0.0.0/8'] });
    const client = await greeted();
    expect(await client.say('NOOP')).toBe('250 2.0.0 OK');
  });

  it('ends at once when the server stops', async () => {
    await start(waiting);
    const client = await connected();
    const closed = server.listener.close(minute);
    expect(await client.reply()).toBe('421 4.3.2 Service not available');
    client.end();
    await closed;
  });

  it('survives a client that goes away', async () => {
    await start(waiting);
    (await connected()).socket.resetAndDestroy();
    await vi.waitFor(() => expect(server.listener.sessions()).toEqual([]));
    clock.advance(minute);
    expect(clock.pendingCount()).toBe(0);
  });
});
