/** Log-in on a real listener: what a wrong password costs, and where a right one is seen. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../../../../src-main/engine/core/problem';
import { describeFailedLogOn, failureDelaysMs } from '../../../../src-main/engine/smtp-in/log-on';
import { type ListenerUnderTest, type RawClient, startListener } from '../../../protocol/listener-under-test';
import { createManualClock, type ManualClock } from '../../../protocol/manual-clock';

let server: ListenerUnderTest;
afterEach(() => server?.close());

const plain = (user: string, password: string): string =>
  `AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`;

async function start(clock?: ManualClock): Promise<RawClient> {
  server = await startListener({ allowsBasic: true }, clock ? { clock } : {});
  const client = await server.connect();
  await client.reply();
  await client.say('EHLO client.test');
  return client;
}

describe('a wrong password', () => {
  it('is answered later each time, and the last time with 421', async () => {
    const clock = createManualClock();
    const client = await start(clock);
    for (const [index, delayMs] of failureDelaysMs.entries()) {
      client.send(`${plain('ann', `guess ${index}`)}\r\n`);
      await vi.waitFor(() => expect(server.keyring.asked).toHaveLength(index + 1));
      // The answer waits for its timer, not for us: one millisecond less and there is none.
      clock.advance(delayMs - 1);
      expect(server.listener.sessions()).toHaveLength(1);
      let answer: string | undefined;
      const answered = client.reply().then((reply) => {
        answer = reply;
      });
      await new Promise((resolve) => setImmediate(resolve));
      expect(answer).toBeUndefined();
      clock.advance(1);
      await answered;
      expect(answer).toBe(
        index === failureDelaysMs.length - 1
          ? '421 4.7.0 Too many failed authentications'
          : '535 5.7.3 Authentication unsuccessful',
      );
    }
    await client.closed();
    expect(server.listener.sessions()).toEqual([]);
  });

  it('delays grow', () => {
    expect([...failureDelaysMs].sort((a, b) => a - b)).toEqual(failureDelaysMs);
  });

  it('is counted over the commands in between: neither RSET nor EHLO forgives it', async () => {
    const clock = createManualClock();
    const client = await start(clock);
    const fail = async (): Promise<string | undefined> => {
      const asked = server.keyring.asked.length;
      client.send(`${plain('ann', 'x')}\r\n`);
      await vi.waitFor(() => expect(server.keyring.asked).toHaveLength(asked + 1));
      await vi.waitFor(() => expect(clock.pendingCount()).toBe(2));
      clock.advance(4000);
      return client.reply();
    };
    for (let count = 1; count < failureDelaysMs.length; count++) {
      expect(await fail()).toMatch(/^535/);
      await client.say('RSET');
      await client.say('EHLO again');
    }
    expect(await fail()).toMatch(/^421/);
  });

  it('costs the others nothing: a session is answered while another one waits', async () => {
    const clock = createManualClock();
    const client = await start(clock);
    client.send(`${plain('ann', 'x')}\r\n`);
    await vi.waitFor(() => expect(server.keyring.asked).toHaveLength(1));
    const other = await server.connect();
    await other.reply();
    await other.say('EHLO other');
    expect(await other.say(plain('ann', 'secret'))).toBe('235 2.7.0 Authentication successful.');
    clock.advance(500);
    expect(await client.reply()).toMatch(/^535/);
  });

  it('goes with its connection', async () => {
    const clock = createManualClock();
    const client = await start(clock);
    client.send(`${plain('ann', 'x')}\r\n`);
    await vi.waitFor(() => expect(server.keyring.asked).toHaveLength(1));
    client.socket.resetAndDestroy();
    await vi.waitFor(() => expect(server.listener.sessions()).toEqual([]));
    clock.advance(10_000);
    expect(server.events.filter(({ type }) => type === 'warning')).toEqual([]);
  });
});

describe('a log-in', () => {
  it('is seen in the list of sessions, by the account and never by what was typed', async () => {
    const client = await start();
    await client.say('AUTH LOGIN');
    await client.say(Buffer.from('ann').toString('base64'));
    expect(server.listener.sessions()[0]).toMatchObject({ command: 'AUTH', user: 'client.test' });
    expect(await client.say(Buffer.from('secret').toString('base64'))).toMatch(/^235/);
    expect(server.listener.sessions()[0]).toMatchObject({
      command: 'AUTH',
      user: 'ann',
      hello: 'client.test',
      tls: '',
      cipher: '',
    });
    expect(server.events.at(-1)).toMatchObject({ type: 'session-changed' });
    const told = JSON.stringify([server.events, server.listener.sessions()]);
    expect(told).not.toContain('secret');
    expect(told).not.toContain(Buffer.from('secret').toString('base64'));
  });

  it('is not possible while the accounts cannot be asked, and that is told', async () => {
    const client = await start();
    server.keyring.failure = new Error('the file is gone');
    expect(await client.say(plain('ann', 'secret'))).toBe('454 4.7.0 Temporary authentication failure');
    expect(server.events.at(-1)).toMatchObject({
      type: 'warning',
      code: 'accounts-unavailable',
      text: 'A log-in from 127.0.0.1 could not be checked: the file is gone',
    });
    server.keyring.failure = new Problem('unavailable', 'Too many people are logging in.');
    const before = server.events.length;
    expect(await client.say(plain('ann', 'secret'))).toMatch(/^454/);
    expect(server.events).toHaveLength(before);
    server.keyring.failure = undefined;
    expect(await client.say(plain('ann', 'secret'))).toMatch(/^235/);
  });

  it('is not even tried with what cannot be a name or a password', async () => {
    const clock = createManualClock();
    const client = await start(clock);
    client.send(`${plain('', '')}\r\n`);
    await vi.waitFor(() => expect(clock.pendingCount()).toBe(2));
    clock.advance(500);
    expect(await client.reply()).toMatch(/^535/);
    expect(server.keyring.asked).toEqual([]);
  });

  it('waits for nothing when the server stops', async () => {
    const client = await start();
    await client.say('AUTH LOGIN');
    const closed = server.listener.close(1000);
    expect(await client.reply()).toBe('421 4.3.2 Service not available');
    client.end();
    await closed;
  });
});

describe('the note about a log-in that failed', () => {
  const keyring = {
    findAccount: (name: string) => (name === 'ann' || name === 'eve@corp.test' ? name : undefined),
    isDisabled: (name: string) => name === 'dan',
    allows: (name: string, method: string) => name === 'ann' && method === 'basic',
  };
  it.each([
    ['ann', 'PLAIN', '"ann" could not log in by PLAIN. The password is wrong.'],
    ['ann', 'NTLM', '"ann" could not log in by NTLM. The account may not log in in this way.'],
    ['eve', 'LOGIN', '"eve" could not log in by LOGIN. The account may not log in in this way.'],
    ['dan', 'CRAM-MD5', '"dan" could not log in by CRAM-MD5. The account is disabled.'],
    ['zoe', 'PLAIN', '"zoe" could not log in by PLAIN. There is no account of this name.'],
    ['', 'PLAIN', 'A client could not log in by PLAIN. It gave no name.'],
    ['a\r\nb', 'PLAIN', '"a??b" could not log in by PLAIN. This cannot be the name of an account.'],
  ] as const)('%j by %s', (user, mechanism, text) => {
    expect(describeFailedLogOn({ user, mechanism, keyring, defaultLogonDomain: 'corp.test' })).toBe(text);
  });

  it('is bounded', () => {
    const failed = { user: 'x'.repeat(500), mechanism: 'PLAIN', keyring, defaultLogonDomain: '' } as const;
    expect(describeFailedLogOn(failed).length).toBeLessThan(180);
  });

  it('stands in the record of the session, and the client hears nothing of it', async () => {
    const clock = createManualClock();
    const client = await start(clock);
    client.send(`${plain('nobody', 'hunter2')}\r\n`);
    await vi.waitFor(() => expect(server.keyring.asked).toHaveLength(1));
    await vi.waitFor(() => expect(clock.pendingCount()).toBe(2));
    clock.advance(500);
    expect(await client.reply()).toBe('535 5.7.3 Authentication unsuccessful');
    const [session] = server.listener.sessions();
    const said = JSON.stringify(server.listener.dialogue(session?.id ?? '')?.lines);
    expect(said).toContain('could not log in by PLAIN. There is no account of this name.');
    expect(said).not.toContain('hunter2');
  });
});
