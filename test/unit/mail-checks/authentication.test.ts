/** Messages signed by our own signer and sealed by mailauth, keys and policies in a real DNS server on loopback. */
import { dkimSign, authenticate as seal } from 'mailauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuthenticationResult } from '../../../src-main/api/contract';
import { type AuthenticationInput, authenticate } from '../../../src-main/mail-checks/authentication';
import { openBoundedDns } from '../../../src-main/mail-checks/bounded-dns';
import { makeDkimKey } from '../../support/dkim-keys';
import { type DnsZones, type LoopbackDnsServer, startDnsServer } from '../../support/dns-server';

const key = makeDkimKey('corp.test', 'one');
const ed25519 = makeDkimKey('corp.test', 'two', 'ed25519');
const foreign = makeDkimKey('mailer.test', 'm');
const weak = makeDkimKey('corp.test', 'weak', 'rsa', 768);
const forwarder = makeDkimKey('forward.test', 'arc');

const zones = (): DnsZones => ({
  ...Object.fromEntries(
    [key, ed25519, foreign, weak, forwarder].map(({ name, record }) => [name, { txt: [record] }]),
  ),
  'corp.test': { txt: ['v=spf1 ip4:192.0.2.7 -all'] },
  'mailer.test': { txt: ['v=spf1 ip4:192.0.2.8 ~all'] },
  'many.test': {
    txt: [`v=spf1 ${Array.from({ length: 12 }, (_, n) => `include:i${n}.test`).join(' ')} -all`],
  },
  ...Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`i${n}.test`, { txt: ['v=spf1 ?all'] }])),
  'broken.test': 'servfail',
  '_dmarc.corp.test': { txt: ['v=DMARC1; p=reject'] },
});

let dns: LoopbackDnsServer;
beforeAll(async () => {
  dns = await startDnsServer();
});
beforeEach(() => {
  for (const name of Object.keys(dns.zones)) delete dns.zones[name];
  Object.assign(dns.zones, zones());
  dns.queries.length = 0;
});
afterAll(() => dns.close());

const now = Date.UTC(2025, 2, 4, 12);
const mail = (from = 'Ann <ann@corp.test>', body = 'Hello\r\n'): string =>
  `From: ${from}\r\nTo: far@far.test\r\nSubject: hello\r\nDate: Tue, 4 Mar 2025 10:15:00 +0100\r\nMessage-ID: <1@corp.test>\r\n\r\n${body}`;

async function sign(
  message: string,
  by: typeof key,
  more: { readonly expires?: Date; readonly maxBodyLength?: number } = {},
): Promise<string> {
  const { signatures } = await dkimSign(message, {
    signatureData: [
      {
        signingDomain: by.setting.domain,
        selector: by.setting.selector,
        privateKey: by.pkcs8Pem,
        algorithm: by.setting.algorithm,
        ...(more.maxBodyLength === undefined ? {} : { maxBodyLength: more.maxBodyLength }),
      },
    ],
    signTime: new Date(now - 60_000),
    ...(more.expires ? { expires: more.expires } : {}),
  } as never);
  return signatures + message;
}

const judge = async (
  message: string,
  more: Partial<AuthenticationInput> = {},
): Promise<AuthenticationResult[]> =>
  authenticate({ bytes: Buffer.from(message, 'latin1'), dnsServers: [dns.server], now, ...more });
const direct = { sender: 'ann@corp.test', peer: '192.0.2.7', hello: 'mail.corp.test' };
const brief = (results: readonly AuthenticationResult[]): string[] =>
  results.map(({ method, result }) => `${method} ${result}`);
const of = (results: readonly AuthenticationResult[], method: string): AuthenticationResult | undefined =>
  results.find((each) => each.method === method);

describe('who a message is from', () => {
  it('is proved by SPF, DKIM and DMARC', async () => {
    const results = await judge(await sign(mail(), key), direct);
    expect(brief(results)).toEqual(['spf pass', 'dkim pass', 'dmarc pass', 'arc none']);
    expect(of(results, 'dkim')).toMatchObject({ domain: 'corp.test', selector: 'one', isAligned: true });
    expect(of(results, 'spf')).toMatchObject({ domain: 'corp.test', isAligned: true });
    expect(of(results, 'dmarc')?.text).toBe('The domain of From is proved by DKIM and SPF.');
  });

  it('has one result for each signature', async () => {
    const signed = await sign(await sign(await sign(mail(), key), ed25519), foreign);
    const results = (await judge(signed, direct)).filter(({ method }) => method === 'dkim');
    expect(results.map(({ domain, result, isAligned }) => [domain, result, isAligned])).toEqual([
      ['mailer.test', 'pass', false],
      ['corp.test', 'pass', true],
      ['corp.test', 'pass', true],
    ]);
  });

  it('is not believed when the text was changed', async () => {
    const signed = (await sign(mail(), key)).replace('Hello', 'Hullo');
    const results = await judge(signed, { ...direct, peer: '192.0.2.9' });
    expect(brief(results)).toEqual(['spf fail', 'dkim fail', 'dmarc fail', 'arc none']);
    expect(of(results, 'dkim')?.text).toContain('changed after it was signed');
    expect(of(results, 'dmarc')?.text).toContain('p=reject');
  });

  it('is not believed when a signed field was changed', async () => {
    const signed = (await sign(mail(), key)).replace('Subject: hello', 'Subject: money');
    expect(of(await judge(signed, direct), 'dkim')).toMatchObject({ result: 'fail' });
  });

  it('is not believed after the signature has expired', async () => {
    const signed = await sign(mail(), key, { expires: new Date(now - 1_000) });
    const result = of(await judge(signed), 'dkim');
    expect(result).toMatchObject({
      result: 'fail',
      text: 'The signature has expired, or its times are wrong.',
    });
  });

  it('tells what a signature does not cover', async () => {
    const signed = `${await sign(mail(), key, { maxBodyLength: 7 })}and more\r\n`;
    expect(of(await judge(signed), 'dkim')).toMatchObject({
      result: 'pass',
      text: expect.stringContaining('The end of the message is not signed'),
    });
  });

  it.each<[string, () => Promise<string>, DnsZones, string, string]>([
    [
      'a key that is missing',
      () => sign(mail(), key),
      { [key.name]: 'nxdomain' },
      'permerror',
      'DNS has no key',
    ],
    [
      'a key that was revoked',
      () => sign(mail(), key),
      { [key.name]: { txt: ['v=DKIM1; p='] } },
      'permerror',
      'no key that can be used',
    ],
    ['a short key', () => sign(mail(), weak), {}, 'policy', '2048'],
    [
      'DNS that fails',
      () => sign(mail(), key),
      { [key.name]: 'servfail' },
      'temperror',
      'DNS did not answer',
    ],
    [
      'an algorithm that nobody knows',
      async () => (await sign(mail(), key)).replace('rsa-sha256', 'rsa-md5'),
      {},
      'permerror',
      'algorithm',
    ],
  ])('tells %s', async (_, make, changes, result, words) => {
    Object.assign(dns.zones, changes);
    const found = of(await judge(await make()), 'dkim');
    expect(found?.result).toBe(result);
    expect(found?.text).toContain(words);
  });

  it('counts no signature of another domain for DMARC', async () => {
    const signed = await sign(mail(), foreign);
    const results = await judge(signed, {
      sender: 'bounce@mailer.test',
      peer: '192.0.2.8',
      hello: 'x.mailer.test',
    });
    expect(brief(results)).toEqual(['spf pass', 'dkim pass', 'dmarc fail', 'arc none']);
    expect(of(results, 'spf')?.isAligned).toBe(false);
  });

  it.each([
    ['pass', '192.0.2.7', 'ann@corp.test'],
    ['fail', '192.0.2.9', 'ann@corp.test'],
    ['softfail', '192.0.2.9', 'x@mailer.test'],
    ['none', '192.0.2.9', 'x@nothing.test'],
    ['temperror', '192.0.2.9', 'x@broken.test'],
    ['permerror', '192.0.2.9', 'x@many.test'],
    ['pass', '::ffff:192.0.2.7', 'ann@corp.test'],
  ])('has SPF %s of %s for %s', async (result, peer, sender) => {
    const found = of(await judge(mail(), { sender, peer, hello: 'mail.test' }), 'spf');
    expect(found?.result).toBe(result);
    expect(found?.text).not.toBe('');
  });

  it('takes the name of HELO for a null reverse-path', async () => {
    expect(
      of(await judge(mail(), { sender: '', peer: '192.0.2.7', hello: 'corp.test' }), 'spf'),
    ).toMatchObject({
      result: 'pass',
      domain: 'corp.test',
    });
  });

  it('says that SPF cannot be known without the host, and does not take it from the header', async () => {
    const forged = `Received: from mail.corp.test (mail.corp.test [192.0.2.7]) by here\r\nReturn-Path: <ann@corp.test>\r\n${mail()}`;
    const results = await judge(forged);
    expect(brief(results)).toEqual(['spf not-checked', 'dkim none', 'dmarc not-checked', 'arc none']);
    expect(of(results, 'spf')?.text).toContain('Nobody knows which host');
  });

  it('is proved by DKIM alone where the host is not known', async () => {
    expect(brief(await judge(await sign(mail(), key)))).toEqual([
      'spf not-checked',
      'dkim pass',
      'dmarc pass',
      'arc none',
    ]);
  });

  it('is not checked by DMARC without a record, or with several authors', async () => {
    expect(of(await judge(mail('x@mailer.test')), 'dmarc')?.result).toBe('none');
    expect(of(await judge(mail('a@corp.test, b@other.test')), 'dmarc')?.result).toBe('permerror');
  });

  it('survives a forwarder in the seals of ARC', async () => {
    const signed = await sign(mail(), key);
    const { headers } = (await seal(signed, {
      resolver: (name: string, type: string) => openBoundedDns({ servers: [dns.server] }).resolve(name, type),
      ip: '192.0.2.7',
      helo: 'mail.corp.test',
      sender: 'ann@corp.test',
      disableBimi: true,
      mta: 'mx.forward.test',
      seal: { signingDomain: 'forward.test', selector: 'arc', privateKey: forwarder.pkcs8Pem },
    } as never)) as { headers: string };
    const forwarded = headers + signed;
    const from = { sender: 'list@forward.test', peer: '192.0.2.99', hello: 'mx.forward.test' };
    const good = of(await judge(forwarded, from), 'arc');
    expect(good).toMatchObject({ result: 'pass', domain: 'forward.test', selector: 'arc' });
    expect(good?.text).toContain('dmarc=pass');
    const changed = await judge(forwarded.replace('Hello', 'Hullo'), from);
    expect(brief(changed)).toEqual(['spf none', 'dkim fail', 'dmarc fail', 'arc fail']);
  });

  it('is checked with few questions, whatever is in the header', async () => {
    const [signature = ''] = (await sign(mail(), key)).split('From: ');
    const many =
      Array.from({ length: 300 }, (_, n) => signature.replace('s=one', `s=s${n}`)).join('') + mail();
    const results = await judge(many, direct);
    expect(results.filter(({ method }) => method === 'dkim').length).toBe(11);
    expect(results.some(({ text }) => text.includes('300 signatures'))).toBe(true);
    expect(dns.queries.length).toBeLessThan(20);
  });

  it('asks each question once', async () => {
    const twice = await sign(await sign(mail(), key), key);
    await judge(twice);
    expect(dns.queries.filter(({ name }) => name === key.name).length).toBe(1);
  });

  it('is not checked in a header without end', async () => {
    const results = await judge(`X: ${'y'.repeat(2 * 1024 * 1024)}\r\n${mail()}`);
    expect(new Set(results.map(({ result }) => result))).toEqual(new Set(['not-checked']));
    expect(dns.queries).toEqual([]);
  });
});

describe('DNS for a check', () => {
  it('ends with the number of questions', async () => {
    const bounded = openBoundedDns({ servers: [dns.server], mostQuestions: 2 });
    await bounded.resolve('corp.test', 'TXT');
    await bounded.resolve('corp.test', 'TXT');
    await bounded.resolve('mailer.test', 'TXT');
    await expect(bounded.resolve('many.test', 'TXT')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    expect(dns.queries.length).toBe(2);
    bounded.close();
  });

  it('ends with its time', async () => {
    dns.zones['silent.test'] = 'silent';
    const bounded = openBoundedDns({ servers: [dns.server], timeoutMs: 20 });
    await expect(bounded.resolve('silent.test', 'TXT')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    await expect(bounded.resolve('corp.test', 'TXT')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    bounded.close();
  });
});
