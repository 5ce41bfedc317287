/** Encryption of outgoing sessions by mode, version and certificate: the deliverer against peers on loopback. */
import tls from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSecurity, type RouteSecurity, type Target } from '../../../../src-main/engine/core/delivery';
import type { TlsCredentials } from '../../../../src-main/engine/core/keyring';
import { createDeliveryWatch } from '../../../../src-main/engine/delivery/delivery-watch';
import { createAuthority, createCertificate, type TestAuthority } from '../../../support/certificate';
import type { SmtpPeerOptions } from '../../../support/smtp-peer';
import { benchWith, brief, hostAt, jobOf, peerWith } from './delivery-bench';

const taken = '250 2.0.0 queued as PEER';
const verified: RouteSecurity = { ...openSecurity, tls: 'verified' };
const oldOnly = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

let trusted: TestAuthority;
let strange: TestAuthority;
beforeAll(async () => {
  [trusted, strange] = await Promise.all([createAuthority('Company CA'), createAuthority('Somebody')]);
  // As Node 22.15 and later tell what the system trusts; asked once in a process.
  Object.assign(tls, {
    getCACertificates: (type: string) => (type === 'system' ? [trusted.certificatePem] : []),
  });
});

const contextOf = ({ keyPem, certificatePem }: TlsCredentials) => ({ key: keyPem, cert: certificatePem });
const issued = async (
  names: Parameters<TestAuthority['issue']>[0],
  authority = trusted,
): Promise<{ key: string; cert: string }> => contextOf(await authority.issue(names));

async function attempt(
  peerOptions: SmtpPeerOptions,
  security: RouteSecurity,
  { name = 'smart.test', minutes = 1 }: { name?: string; minutes?: number } = {},
) {
  const peer = await peerWith(peerOptions);
  const bench = benchWith([hostAt(name, peer.port)], { settings: { outboundTimeoutMinutes: minutes } });
  const result = await bench.send(jobOf({ route: { security } }));
  return { peer, bench, result, text: brief(result)[0], tls: result.results[0]?.tls };
}

describe('verified TLS', () => {
  it('delivers to a host with a certificate of its name from an authority that the system trusts', async () => {
    const { text, tls: facts } = await attempt({ tls: await issued({ dns: ['smart.test'] }) }, verified);
    expect(text).toContain(taken);
    expect(facts).toEqual({
      version: 'TLSv1.3',
      cipher: expect.stringMatching(/^TLS_/),
      isVerified: true,
      policy: 'route',
    });
  });

  it.each([
    ['a wildcard for its domain', { dns: ['*.far.test'] }, 'mx.far.test'],
    ['the IP address of a literal', { ip: ['127.0.0.1'] }, '[127.0.0.1]'],
  ])('%s counts as its name', async (_claim, names, name) => {
    expect((await attempt({ tls: await issued(names) }, verified, { name })).text).toContain(taken);
  });

  const day = 86_400_000;
  const refused: [claim: string, make: () => Promise<{ key: string; cert: string }>, words: RegExp][] = [
    [
      'expired',
      () => issued({ dns: ['smart.test'], validFromMs: -9 * day, validForMs: day }),
      /it expired on \d+ \w+ \d{4}/,
    ],
    ['not valid yet', () => issued({ dns: ['smart.test'], validFromMs: day }), /it is not valid before \d/],
    [
      'for another name',
      () => issued({ dns: ['other.test', 'third.test'] }),
      /it is for other\.test, third\.test, not for smart\.test/,
    ],
    ['for no name but the common one', () => issued({}), /it names no host, so it cannot be for smart\.test/],
    [
      'self-signed',
      async () => contextOf(await createCertificate('smart.test')),
      /it is self-signed, so nobody vouches/,
    ],
    [
      'of an authority that nobody knows',
      () => issued({ dns: ['smart.test'] }, strange),
      /it comes from an authority that this computer does not trust \(Somebody\)/,
    ],
  ];
  it.each(refused)(
    'a certificate that is %s: mail waits, and nothing is said to the host',
    async (_c, make, words) => {
      const { text, peer, result } = await attempt({ tls: await make() }, verified);
      expect(text).toMatch(
        /^one@far\.test: 451 4\.7\.5 smart\.test \[127\.0\.0\.1\]: Its certificate is not valid: /,
      );
      expect(text).toMatch(words);
      expect(result.isDestinationDown).toBe(true);
      expect(peer.commands.map(({ line }) => line)).toEqual(['EHLO relay.corp.test', 'STARTTLS']);
      expect(peer.connections).toBe(1);
    },
  );

  it('the common name is no name of a host, also beside an address', async () => {
    const { text, peer } = await attempt({ tls: await issued({ ip: ['10.0.0.1'] }) }, verified);
    expect(text).toMatch(/4\.7\.5 .*it is for 10\.0\.0\.1, not for smart\.test/);
    expect(peer.attempts).toEqual([]);
  });

  it('a connection that was verified is not that of another name at the same address', async () => {
    const peer = await peerWith({ tls: await issued({ dns: ['smart.test'] }) });
    const targets = ['smart.test', 'mx.victim.test'].map((name) => [hostAt(name, peer.port)]);
    const bench = benchWith(() => ({ kind: 'targets', targets: targets.shift() ?? [] }));
    const job = jobOf({ route: { security: verified } });
    expect(brief(await bench.send(job))[0]).toContain(taken);
    expect(brief(await bench.send(job))[0]).toMatch(
      /4\.7\.5 .*it is for smart\.test, not for mx\.victim\.test/,
    );
    expect(peer.transactions).toHaveLength(1);
  });

  it('a literal asks for its address in the certificate', async () => {
    const { text } = await attempt({ tls: await issued({ dns: ['smart.test'] }) }, verified, {
      name: '[127.0.0.1]',
    });
    expect(text).toMatch(/4\.7\.5 .*it is for smart\.test, not for 127\.0\.0\.1/);
  });

  it.each([
    ['takes STARTTLS out of its reply', {}, /4\.7\.4 .*TLS is required, and it does not offer STARTTLS/],
    [
      'refuses STARTTLS',
      { tls: 'broken', onStartTls: () => '454 4.7.0 not now' },
      /4\.7\.5 .*TLS failed \(454 not now\), and TLS is required/,
    ],
    [
      'answers with what is no TLS',
      { tls: 'broken' },
      /4\.7\.5 .*TLS failed \(what it answered is not TLS\), and TLS is required/,
    ],
  ] satisfies [string, SmtpPeerOptions, RegExp][])(
    'a host that %s gets nothing',
    async (_c, options, words) => {
      const { text, peer } = await attempt(options, verified);
      expect(text).toMatch(words);
      expect(peer.attempts).toEqual([]);
    },
  );

  it('a handshake that hangs is given up after the time-out', async () => {
    const { text } = await attempt({ tls: 'hanging' }, verified, { minutes: 0.005 });
    // The SMTP client's time-out and ours run side by side; either may be first.
    expect(text).toMatch(/4\.(?:7\.5|4\.1) .*in time/);
  });

  it('the next host is tried', async () => {
    const first = await peerWith({ tls: contextOf(await createCertificate('smart.test')) });
    const second = await peerWith({ tls: await issued({ dns: ['smart.test'] }) });
    const bench = benchWith([hostAt('smart.test', first.port), hostAt('smart.test', second.port)]);
    expect(brief(await bench.send(jobOf({ route: { security: verified } })))[0]).toContain(taken);
    expect(first.attempts).toEqual([]);
  });

  it('the dialogue says in plain words what is wrong', async () => {
    const peer = await peerWith({ tls: contextOf(await createCertificate('smart.test')) });
    const watch = createDeliveryWatch();
    const texts: string[] = [];
    const job = jobOf({ route: { security: verified } });
    watch.watch(job.envelope.queueId, ({ text }) => texts.push(text));
    await benchWith([hostAt('smart.test', peer.port)], { watch }).send(job);
    expect(texts.join('\n')).toMatch(
      /the certificate is not valid: it is self-signed[\s\S]*Not usable: Its certificate/,
    );
  });

  it('a smart host whose certificate is not valid is told once, until it is', async () => {
    const certificate = { tls: contextOf(await createCertificate('smart.test')) };
    const first = await peerWith(certificate);
    const bench = benchWith([hostAt('smart.test', first.port)]);
    const job = jobOf({
      route: { kind: 'smart-host', host: 'smart.test', port: first.port, security: verified },
    });
    await bench.send(job);
    await bench.send(job);
    expect(bench.events).toEqual([
      expect.objectContaining({
        code: 'security-missing',
        text: expect.stringMatching(
          /^Mail for smart\.test .* waits: Its certificate is not valid: it is self-signed/,
        ),
      }),
    ]);
  });
});

describe('TLS facts', () => {
  it('judge the certificate also where any will do', async () => {
    const { tls: facts, text } = await attempt(
      { tls: contextOf(await createCertificate('smart.test')) },
      openSecurity,
    );
    expect(text).toContain(taken);
    expect(facts).toMatchObject({ isVerified: false, fault: 'it is self-signed, so nobody vouches for it' });
    expect(facts).not.toHaveProperty('policy');
  });

  it('say that a certificate is good where nobody asked', async () => {
    const { tls: facts } = await attempt({ tls: await issued({ dns: ['smart.test'] }) }, openSecurity);
    expect(facts).toMatchObject({ isVerified: true });
  });

  it.each<[string, SmtpPeerOptions, RouteSecurity]>([
    ['no TLS', {}, openSecurity],
    ['TLS that fails, and a second try in clear', { tls: 'broken' }, openSecurity],
  ])('are absent with %s', async (_c, options, security) => {
    const { tls: facts, text } = await attempt(options, security);
    expect(text).toContain(taken);
    expect(facts).toBeUndefined();
  });

  it('are those of the connection, also for the next message over it', async () => {
    const peer = await peerWith({ tls: await issued({ dns: ['smart.test'] }) });
    const bench = benchWith([hostAt('smart.test', peer.port)]);
    const facts = [await bench.send(jobOf()), await bench.send(jobOf())].map(
      ({ results }) => results[0]?.tls,
    );
    expect(peer.connections).toBe(1);
    expect(facts[0]).toMatchObject({ isVerified: true });
    expect(facts[1]).toEqual(facts[0]);
  });
});

describe('TLS from the first byte', () => {
  const implicit: RouteSecurity = { ...verified, isImplicitTls: true };

  it('needs no STARTTLS, and verifies all the same', async () => {
    const options = { tls: await issued({ dns: ['smart.test'] }), isImplicitTls: true };
    const { text, tls: facts, peer } = await attempt(options, implicit);
    expect(text).toContain(taken);
    expect(facts).toMatchObject({ isVerified: true, policy: 'route' });
    expect(peer.commands[0]?.line).toBe('EHLO relay.corp.test');
  });

  it('a certificate that is not valid gets not a word', async () => {
    const options = { tls: contextOf(await createCertificate('smart.test')), isImplicitTls: true };
    const { text, peer } = await attempt(options, implicit);
    expect(text).toMatch(/4\.7\.5 .*self-signed/);
    expect(peer.commands).toEqual([]);
  });

  it('a host that wants STARTTLS there is told apart', async () => {
    const { text, peer } = await attempt({}, { ...openSecurity, isImplicitTls: true });
    expect(text).toMatch(/4\.7\.5 .*it does not begin with TLS on this port; it may want STARTTLS/);
    expect(peer.attempts).toEqual([]);
  });
});

describe('the lowest version', () => {
  const old = async () => ({ tls: { ...(await issued({ dns: ['smart.test'] })), ...oldOnly } });

  it('opportunistic: a host with older ones gets mail in clear', async () => {
    const { text, tls: facts, bench } = await attempt(await old(), openSecurity);
    expect(text).toContain(taken);
    expect(facts).toBeUndefined();
    expect(bench.events).toEqual([
      expect.objectContaining({
        code: 'tls-failed',
        text: expect.stringContaining('no version of TLS from 1.2 on'),
      }),
    ]);
  });

  it.each(['required', 'verified'] as const)('%s: its mail waits', async (mode) => {
    const { text, peer } = await attempt(await old(), { ...openSecurity, tls: mode });
    expect(text).toMatch(/4\.7\.5 .*it has no version of TLS from 1\.2 on, the lowest that is used/);
    expect(peer.attempts).toEqual([]);
  });

  it('1.0 is spoken where it is allowed', async () => {
    const { text, tls: facts } = await attempt(await old(), { ...verified, minimumTls: 'TLSv1' });
    expect(text).toContain(taken);
    expect(facts).toMatchObject({ version: 'TLSv1', isVerified: true });
  });

  it('1.3: a host with 1.2 is too old', async () => {
    const options = { tls: { ...(await issued({ dns: ['smart.test'] })), maxVersion: 'TLSv1.2' as const } };
    const { text } = await attempt(options, { ...verified, minimumTls: 'TLSv1.3' });
    expect(text).toMatch(/no version of TLS from 1\.3 on/);
  });
});

it('off: STARTTLS is not used, though it is offered', async () => {
  const options = { tls: await issued({ dns: ['smart.test'] }) };
  const { text, peer } = await attempt(options, { ...openSecurity, tls: 'off' });
  expect(text).toContain(taken);
  expect(peer.commands.map(({ line }) => line)).not.toContain('STARTTLS');
});

it('what is injected behind the reply to STARTTLS is not believed', async () => {
  const auth = { user: 'relay', password: 'secret-password' };
  const { peer, result, text } = await attempt(
    { tls: await issued({ dns: ['smart.test'] }), injected: '250-injected\r\n250 AUTH PLAIN\r\n', auth },
    { ...verified, login: { method: 'basic', ...auth } },
  );
  // The host's own EHLO reply, over TLS, is what counts.
  expect(text).toContain(taken);
  expect(result.results[0]?.tls).toMatchObject({ isVerified: true });
  expect(peer.transactions[0]).toMatchObject({ isSecure: true, user: 'relay' });
});

describe('an MTA-STS policy', () => {
  const targetWith = (port: number, mode: 'enforce' | 'testing', isListed = true): Target => ({
    ...hostAt('mx.far.test', port),
    policy: { mode, domain: 'far.test', isListed },
  });

  it('enforced: asks for a valid certificate, whatever the route says', async () => {
    const peer = await peerWith({ tls: await issued({ dns: ['mx.far.test'] }) });
    const result = await benchWith([targetWith(peer.port, 'enforce')]).send(jobOf());
    expect(result.results[0]?.tls).toMatchObject({ isVerified: true, policy: 'mta-sts' });
    expect(result.results[0]?.remote).toEqual({ name: 'mx.far.test', address: '127.0.0.1', port: peer.port });
  });

  it.each<[string, SmtpPeerOptions['tls'] | 'self-signed', RegExp]>([
    [
      'a certificate that is not',
      'self-signed',
      /4\.7\.5 .*self-signed.*The MTA-STS policy of far\.test asks for TLS/,
    ],
    [
      'no STARTTLS',
      undefined,
      /4\.7\.4 .*The MTA-STS policy of far\.test asks for TLS, and it does not offer/,
    ],
    [
      'a handshake that fails',
      'broken',
      /4\.7\.5 .*TLS failed .*the MTA-STS policy of far\.test asks for TLS/,
    ],
  ])('enforced: with %s the mail waits', async (_c, what, words) => {
    const offered = what === 'self-signed' ? contextOf(await createCertificate('mx.far.test')) : what;
    const peer = await peerWith(offered === undefined ? {} : { tls: offered });
    const result = await benchWith([targetWith(peer.port, 'enforce')]).send(jobOf());
    expect(brief(result)[0]).toMatch(words);
    expect(peer.attempts).toEqual([]);
  });

  it.each([
    ['a certificate that is not valid', true, /because its certificate is not valid: it is self-signed/],
    ['a host that it does not name', false, /because the policy does not name it/],
  ])('tested: %s is told once a day, and the mail goes', async (_c, isListed, words) => {
    const peer = await peerWith({ tls: contextOf(await createCertificate('mx.far.test')) });
    const bench = benchWith([targetWith(peer.port, 'testing', isListed)]);
    const result = await bench.send(jobOf());
    await bench.send(jobOf());
    expect(brief(result)[0]).toContain(taken);
    expect(result.results[0]?.tls).not.toHaveProperty('policy');
    expect(bench.events).toEqual([
      expect.objectContaining({ code: 'mta-sts-tested', text: expect.stringMatching(words) }),
    ]);
  });
});
