/** AUTH on a real listener: each mechanism over the line, and what becomes of a log-in afterwards. */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../../../../src-main/engine/core/problem';
import type { SecurityPackage } from '../../../../src-main/engine/core/security-package';
import { type ListenerUnderTest, type RawClient, startListener } from '../../../protocol/listener-under-test';
import { createManualClock } from '../../../protocol/manual-clock';
import { createMemoryKeyring, type MemoryKeyring } from '../../../protocol/memory-keyring';
import { authenticateMessage, negotiateMessage } from '../../../support/ntlm-client';

let server: ListenerUnderTest;
let keyring: MemoryKeyring;
beforeEach(async () => {
  keyring = createMemoryKeyring();
  await keyring.prepareSecrets();
});
afterEach(() => server?.close());

const all = { allowsBasic: true, allowsIntegrated: true, allowsChallengeResponse: true };
const success = '235 2.7.0 Authentication successful.';
const encode = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');
/** The bytes of a challenge. */
const challengeIn = (reply: string | undefined): Buffer => {
  expect(reply).toMatch(/^334 /);
  return Buffer.from(reply?.slice(4) ?? '', 'base64');
};

async function start(settings = {}): Promise<RawClient> {
  server = await startListener({ ...all, ...settings }, { keyring });
  const client = await server.connect();
  await client.reply();
  await client.say('EHLO client.test');
  return client;
}

async function logOnByCram(client: RawClient, user: string, password: string): Promise<string | undefined> {
  const challenge = challengeIn(await client.say('AUTH CRAM-MD5'));
  return client.say(encode(`${user} ${createHmac('md5', password).update(challenge).digest('hex')}`));
}

async function logOnByNtlm(
  client: RawClient,
  user: string,
  hasInitial: boolean,
): Promise<string | undefined> {
  const negotiate = negotiateMessage();
  if (!hasInitial) expect(await client.say('AUTH NTLM')).toBe('334 ');
  const reply = await client.say(`${hasInitial ? 'AUTH NTLM ' : ''}${encode(negotiate)}`);
  const client3 = { user, password: 'secret', hasMic: true };
  return client.say(encode(authenticateMessage(client3, negotiate, challengeIn(reply))));
}

/** Up to the server's proof. */
async function beginScram(client: RawClient, hasInitial = true): Promise<string | undefined> {
  const hmac = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const bare = 'n=ann,r=abc';
  if (!hasInitial) expect(await client.say('AUTH SCRAM-SHA-256')).toBe('334 ');
  const reply = await client.say(`${hasInitial ? 'AUTH SCRAM-SHA-256 ' : ''}${encode(`n,,${bare}`)}`);
  const serverFirst = challengeIn(reply).toString();
  const [, nonce = '', salt = '', count = ''] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(serverFirst) ?? [];
  const salted = pbkdf2Sync('secret', Buffer.from(salt, 'base64'), Number(count), 32, 'sha256');
  const clientKey = hmac(salted, 'Client Key');
  const withoutProof = `c=biws,r=${nonce}`;
  const signature = hmac(
    createHash('sha256').update(clientKey).digest(),
    `${bare},${serverFirst},${withoutProof}`,
  );
  const proof = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0));
  return client.say(encode(`${withoutProof},p=${encode(proof)}`));
}

const mailAnswer = (client: RawClient) => client.say('MAIL FROM:<a@x.test>');

describe('AUTH', () => {
  it('CRAM-MD5 logs in, and the account hears of it', async () => {
    const client = await start();
    expect(await logOnByCram(client, 'ann', 'secret')).toBe(success);
    expect(keyring.loggedOn).toEqual(['ann']);
    expect(server.listener.sessions()[0]).toMatchObject({ user: 'ann' });
  });

  it.each([true, false])('NTLM logs in, with an initial response: %s', async (hasInitial) => {
    expect(await logOnByNtlm(await start(), 'ann', hasInitial)).toBe(success);
  });

  it.each([true, false])(
    'SCRAM-SHA-256 logs in behind the empty line, with an initial response: %s',
    async (hasInitial) => {
      const client = await start();
      expect(challengeIn(await beginScram(client, hasInitial)).toString()).toMatch(/^v=/);
      expect(server.listener.sessions()[0]).toMatchObject({ user: 'client.test' });
      expect(await client.say('')).toBe(success);
      expect(server.listener.sessions()[0]).toMatchObject({ user: 'ann' });
    },
  );

  it.each([
    ['*', '501 5.7.0 Authentication cancelled'],
    [encode('x'), '501 5.5.2 Cannot decode response'],
  ])('SCRAM-SHA-256 logs nobody in behind "%s"', async (line, answer) => {
    const client = await start();
    await beginScram(client);
    expect(await client.say(line)).toBe(answer);
    expect(server.listener.sessions()[0]).toMatchObject({ user: 'client.test' });
    expect(keyring.loggedOn).toEqual([]);
  });

  it('counts what is wrong over all mechanisms, and answers it late', async () => {
    const clock = createManualClock();
    server = await startListener(all, { keyring, clock });
    const client = await server.connect();
    await client.reply();
    await client.say('EHLO client.test');
    const wrong = async (): Promise<string | undefined> => {
      const challenge = challengeIn(await client.say('AUTH CRAM-MD5'));
      const pending = clock.pendingCount();
      client.send(`${encode(`ann ${createHmac('md5', 'guess').update(challenge).digest('hex')}`)}\r\n`);
      await vi.waitFor(() => expect(clock.pendingCount()).toBe(pending + 1));
      clock.advance(4000);
      return client.reply();
    };
    expect(await wrong()).toBe('535 5.7.3 Authentication unsuccessful');
    for (let count = 0; count < 3; count++) expect(await wrong()).toMatch(/^535/);
    expect(await wrong()).toBe('421 4.7.0 Too many failed authentications');
  });
});

describe('a log-in that cannot be judged', () => {
  it('is postponed, and told once in an hour however many come', async () => {
    const clock = createManualClock();
    server = await startListener(all, { keyring, clock });
    const client = await server.connect();
    await client.reply();
    await client.say('EHLO client.test');
    const warnings = () => server.events.filter(({ type }) => type === 'warning');
    keyring.failure = new Problem('unavailable', 'A stored secret cannot be read.');
    for (let count = 0; count < 3; count++)
      expect(await logOnByCram(client, 'ann', 'secret')).toBe('454 4.7.0 Temporary authentication failure');
    expect(warnings()).toMatchObject([
      {
        code: 'accounts-unavailable',
        text: 'A log-in from 127.0.0.1 could not be checked: A stored secret cannot be read.',
      },
    ]);
    clock.advance(60 * 60_000);
    const later = await server.connect();
    await later.reply();
    await later.say('EHLO client.test');
    expect(await logOnByCram(later, 'ann', 'secret')).toMatch(/^454/);
    expect(warnings()).toHaveLength(2);
    keyring.failure = undefined;
    expect(await logOnByCram(later, 'ann', 'secret')).toBe(success);
  });
});

describe('a log-in', () => {
  it.each([
    ['disabled or deleted', () => keyring.accounts.delete('ann')],
    ['no longer allowed this way', () => keyring.methods.set('ann', ['basic'])],
  ])('ends at the next MAIL when its account is %s', async (_title, change) => {
    const client = await start({ allowsAnonymous: false });
    expect(await logOnByCram(client, 'ann', 'secret')).toBe(success);
    expect(await mailAnswer(client)).toMatch(/^250/);
    await client.say('RSET');
    change();
    expect(await mailAnswer(client)).toMatch(/^530/);
    expect(server.listener.sessions()[0]).toMatchObject({ user: 'client.test' });
  });

  it('that ended relays no more, and another one may follow', async () => {
    const client = await start();
    expect(await logOnByCram(client, 'ann', 'secret')).toBe(success);
    keyring.methods.set('ann', ['basic']);
    await mailAnswer(client);
    expect(await client.say('RCPT TO:<b@elsewhere.test>')).toMatch(/^550 5\.7\.1/);
    await client.say('RSET');
    expect(await client.say(`AUTH PLAIN ${encode('\0ann\0secret')}`)).toBe(success);
    await mailAnswer(client);
    expect(await client.say('RCPT TO:<b@elsewhere.test>')).toMatch(/^250/);
  });

  it('stands in the envelope', async () => {
    const client = await start();
    const send = async (): Promise<void> => {
      for (const line of ['MAIL FROM:<a@x.test>', 'RCPT TO:<b@local.test>', 'DATA', '.'])
        await client.say(line);
    };
    await send();
    await logOnByCram(client, 'ann', 'secret');
    await send();
    const sources = server.intake.accepted.map(({ draft }) => draft.source);
    expect(sources[0]).not.toHaveProperty('account');
    expect(sources[1]).toMatchObject({ kind: 'smtp', account: 'ann' });
  });
});

describe('GSSAPI', () => {
  /** A system that believes a client whose ticket is this long. */
  const believe = (lengthBytes: number, log: string[]): SecurityPackage => ({
    isUsable: (keytab) => keytab === '/etc/smtp.keytab',
    accept: () => ({
      step: async (token) => ({ reply: Buffer.alloc(0), isEstablished: token.length === lengthBytes }),
      principal: () => 'ann',
      wrap: (message) => message,
      unwrap: (message) => message,
      close: () => void log.push('close'),
    }),
  });
  const settings = { kerberosKeytab: '/etc/smtp.keytab' };
  const longTicket = encode(Buffer.alloc(45_000));

  it('is offered with a key of the service alone', async () => {
    const client = await start(settings);
    expect(await client.say('EHLO again')).not.toContain('GSSAPI');
    keyring.securityPackage = believe(1, []);
    expect(await client.say('EHLO again')).toContain(
      '250-AUTH GSSAPI NTLM LOGIN PLAIN SCRAM-SHA-256 CRAM-MD5',
    );
    server.change({ ...all, kerberosKeytab: '/etc/other.keytab' });
    expect(await client.say('EHLO again')).not.toContain('GSSAPI');
  });

  it.each([
    ['with AUTH', async (client: RawClient) => client.say(`AUTH GSSAPI ${longTicket}`)],
    [
      'after AUTH',
      async (client: RawClient) => {
        expect(await client.say('AUTH GSSAPI')).toBe('334 ');
        return client.say(longTicket);
      },
    ],
    [
      'with AUTH, in pieces',
      async (client: RawClient) => {
        client.socket.setNoDelay(true);
        client.send('AU');
        await new Promise((resolve) => setImmediate(resolve));
        return client.say(`TH GSSAPI ${longTicket}`);
      },
    ],
  ])('takes the tickets of Windows, which are long, %s', async (_title, begin) => {
    const log: string[] = [];
    keyring.securityPackage = believe(45_000, log);
    const client = await start(settings);
    expect([...challengeIn(await begin(client))]).toEqual([1, 0, 0, 0]);
    expect(await client.say(encode(Buffer.from([1, 0, 0, 0])))).toBe(success);
    expect(log).toEqual(['close']);
    // What may be long was this line alone.
    expect(await client.say(`NOOP ${'x'.repeat(5000)}`)).toBe('500 5.5.2 Command line too long');
  });

  it('frees what the system keeps when the client goes away in the middle', async () => {
    const log: string[] = [];
    keyring.securityPackage = believe(1, log);
    const client = await start(settings);
    challengeIn(await client.say(`AUTH GSSAPI ${encode('xy')}`));
    expect(log).toEqual([]);
    client.socket.resetAndDestroy();
    await vi.waitFor(() => expect(log).toEqual(['close']));
  });

  it('that is endless is refused', async () => {
    keyring.securityPackage = believe(1, []);
    const client = await start(settings);
    expect(await client.say('AUTH GSSAPI')).toBe('334 ');
    expect(await client.say('A'.repeat(70_000))).toBe('500 5.5.6 Authentication response too long');
    expect(await client.say(`AUTH GSSAPI ${'A'.repeat(70_000)}`)).toBe('500 5.5.2 Command line too long');
    expect(await client.say('NOOP')).toBe('250 2.0.0 OK');
  });
});
