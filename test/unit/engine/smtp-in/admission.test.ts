/** Connections that wait for their host name, on a real listener whose DNS is in the test's hands. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ServerSettingsInput } from '../../../../src-main/settings/schema';
import { type ListenerUnderTest, type RawClient, startListener } from '../../../protocol/listener-under-test';
import { waitFor } from '../../../support/service';

let server: ListenerUnderTest;
/** Addresses that were asked for; `answer` tells the name to all that wait. */
let asked: string[] = [];
let waiting: ((name: string | undefined) => void)[] = [];

async function start(settings: Partial<ServerSettingsInput>): Promise<void> {
  asked = [];
  waiting = [];
  server = await startListener(settings, {
    verifyHostName: (address) =>
      new Promise((resolve) => {
        asked.push(address);
        waiting.push(resolve);
      }),
  });
}
afterEach(() => server.close());

function answer(name: string | undefined): void {
  for (const resolve of waiting.splice(0)) resolve(name);
}
const lastCommand = (): string | undefined => server.listener.sessions()[0]?.command;
async function connectAndWait(): Promise<RawClient> {
  const before = asked.length;
  const client = await server.connect();
  await waitFor('the question for the name', () => asked.length > before);
  return client;
}

const only: Partial<ServerSettingsInput> = { connectionMode: 'only', connectionList: ['app.test'] };

describe('a connection that waits for its name', () => {
  it('has no session; with the right name it is greeted, with another refused and closed', async () => {
    await start(only);
    const one = await connectAndWait();
    const other = await connectAndWait();
    expect(server.listener.sessions()).toEqual([]);
    expect(asked).toEqual(['127.0.0.1', '127.0.0.1']);
    waiting.shift()?.('web.app.test');
    expect(await one.reply()).toMatch(/^220 /);
    answer(undefined);
    expect(await other.reply()).toBe('554 5.7.1 Connection refused');
    await other.closed();
    expect(server.listener.sessions()).toHaveLength(1);
  });

  it('what it says meanwhile is answered behind the greeting', async () => {
    await start(only);
    const client = await connectAndWait();
    client.send('EHLO client.test\r\nNOOP\r\n');
    answer('app.test');
    expect(await client.reply()).toMatch(/^220 /);
    expect(await client.reply()).toMatch(/^250-/);
    expect(await client.reply()).toBe('250 2.0.0 OK');
  });

  it('may go away', async () => {
    await start(only);
    const client = await connectAndWait();
    client.socket.resetAndDestroy();
    const next = await connectAndWait();
    answer('app.test');
    expect(await next.reply()).toMatch(/^220 /);
    await waitFor('one session', () => server.listener.sessions().length === 1);
  });

  it('counts as a connection', async () => {
    await start({ ...only, maxConnections: 1 });
    const first = await connectAndWait();
    const second = await server.connect();
    expect(await second.reply()).toBe('421 4.3.2 Too many connections');
    answer('app.test');
    expect(await first.reply()).toMatch(/^220 /);
  });

  it('is told when the server stops', async () => {
    await start(only);
    const client = await connectAndWait();
    const closed = server.listener.close(5_000);
    answer('app.test');
    expect(await client.reply()).toBe('421 4.3.2 Service not available');
    client.end();
    await closed;
  });
});

describe('a host name', () => {
  it('is not asked for where no setting needs it', async () => {
    await start({ connectionList: ['192.0.2.1'], relayList: ['192.0.2.1'] });
    const client = await server.connect();
    await client.reply();
    await client.say('EHLO client.test');
    await client.say('MAIL FROM:<a@line.test>');
    expect(await client.say('RCPT TO:<b@elsewhere.test>')).toMatch(/^550 /);
    expect(asked).toEqual([]);
  });

  it('is asked for at once, and waited for only where it decides', async () => {
    await start({ relayList: ['app.test'] });
    const client = await server.connect();
    await client.reply();
    expect(asked).toEqual(['127.0.0.1']);
    await client.say('EHLO client.test');
    await client.say('MAIL FROM:<a@line.test>');
    expect(await client.say('RCPT TO:<b@local.test>')).toMatch(/^250 /);
    await client.say('NOOP');
    client.send('RCPT TO:<b@elsewhere.test>\r\n');
    await waitFor('RCPT', () => lastCommand() === 'RCPT');
    answer('app.test');
    expect(await client.reply()).toMatch(/^250 2\.1\.5 b@elsewhere\.test/);
    expect(await client.say('VRFY b@elsewhere.test')).toMatch(/^252 /);
    expect(asked).toHaveLength(1);
  });

  it('stands in the Received line where that is set, and DATA waits for it', async () => {
    await start({ performsReverseDnsLookup: true });
    const client = await server.connect();
    await client.reply();
    await client.say('EHLO client.test');
    await client.say('MAIL FROM:<a@line.test>');
    await client.say('RCPT TO:<b@local.test>');
    client.send('DATA\r\n');
    await waitFor('DATA', () => lastCommand() === 'DATA');
    answer('web.app.test');
    expect(await client.reply()).toMatch(/^354 /);
    expect(await client.say('Subject: x\r\n\r\nHello\r\n.')).toMatch(/^250 /);
    expect(server.intake.accepted.map(({ options }) => options.receivedFrom)).toEqual([
      'from client.test (web.app.test [127.0.0.1])',
    ]);
  });
});
