import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openSecurity, type RouteSecurity } from '../../../../src-main/engine/core/delivery';
import type { SmtpPeerOptions } from '../../../support/smtp-peer';
import { benchWith, brief, hostAt, jobOf, peerWith, refusingPort, until } from './delivery-bench';

const taken = '250 2.0.0 queued as PEER';
const fixture = (name: string): Buffer => readFileSync(`test/fixtures/tls/${name}`);
const tls = { key: fixture('self-signed.key.pem'), cert: fixture('self-signed.cert.pem') };
const auth = { user: 'relay', password: 'p\u00e4ss w\u00f6rd' };
/** As the settings hold it; the keyring below opens it. */
const login = { method: 'basic' as const, user: 'relay', password: `sealed:${auth.password}` };
const keyring = { unseal: (secret: string) => secret.slice('sealed:'.length) };

const jobWith = (security: RouteSecurity, hello: 'ehlo' | 'helo' = 'ehlo') =>
  jobOf({ route: { security, hello } });

async function attempt(peerOptions: SmtpPeerOptions, security: RouteSecurity, hello?: 'ehlo' | 'helo') {
  const peer = await peerWith(peerOptions);
  const bench = benchWith([hostAt('smart.test', peer.port)], { keyring });
  const result = await bench.send(jobWith(security, hello));
  return { peer, bench, result, text: brief(result)[0] };
}

describe('log-in', () => {
  it.each([['PLAIN'], ['LOGIN']] as const)('AUTH %s over STARTTLS', async (method) => {
    const { peer, text, bench } = await attempt(
      { tls, auth: { ...auth, methods: [method], isOnlySecure: true } },
      { ...openSecurity, login },
    );
    expect(text).toBe(`one@far.test: ${taken} (smart.test)`);
    expect(peer.transactions[0]).toMatchObject({ isSecure: true, user: 'relay' });
    expect(bench.events).toEqual([]);
  });

  it('in clear text only to a host that offers no TLS, and then it is said, once', async () => {
    const { peer, text, bench } = await attempt({ auth }, { ...openSecurity, login });
    expect(text).toBe(`one@far.test: ${taken} (smart.test)`);
    expect(peer.transactions[0]).toMatchObject({ isSecure: false, user: 'relay' });
    for (let count = 0; count < 3; count++) await bench.send(jobWith({ ...openSecurity, login }));
    peer.dropConnections();
    await bench.send(jobWith({ ...openSecurity, login }));
    expect(bench.events).toEqual([expect.objectContaining({ code: 'password-in-clear' })]);
  });

  it('a host that offers AUTH is not told the name of a route without log-in', async () => {
    const { peer } = await attempt({ auth }, openSecurity);
    expect(peer.commands.map(({ line }) => line).join()).not.toContain('AUTH');
  });

  const neverSent: [claim: string, peer: SmtpPeerOptions, words: RegExp][] = [
    ['the handshake fails', { tls: 'broken', auth }, /451 4\.7\.5 .*TLS failed .*password is not sent/],
    [
      'STARTTLS is refused',
      { tls, auth, onStartTls: () => '454 4.7.0 not now' },
      /451 4\.7\.5 .*TLS failed .*not now.*password is not sent/,
    ],
  ];
  it.each(neverSent)(
    'the password is not sent when TLS is offered and %s',
    async (_claim, options, words) => {
      const { peer, text, result } = await attempt(options, { ...openSecurity, login });
      expect(text).toMatch(words);
      expect(result.isDestinationDown).toBe(true);
      expect(peer.commands.filter(({ line }) => line.startsWith('AUTH'))).toEqual([]);
    },
  );

  it('a host without AUTH: mail waits', async () => {
    const { peer, text } = await attempt({}, { ...openSecurity, login });
    expect(text).toMatch(/451 4\.7\.4 smart\.test .*log-in is set up.*AUTH PLAIN or AUTH LOGIN/);
    await until(() => peer.openConnections === 0);
    expect(peer.commands.map(({ line }) => line)).toEqual(['EHLO relay.corp.test', 'QUIT']);
  });

  it('behind HELO there is no AUTH: mail waits', async () => {
    const { text } = await attempt({ auth }, { ...openSecurity, login }, 'helo');
    expect(text).toMatch(/451 4\.7\.4 .*behind HELO there is no AUTH/);
  });

  it('a wrong password makes mail wait, with words, never a return; it is said once until it is right', async () => {
    const changing = { ...auth, password: 'other' };
    const peer = await peerWith({ tls, auth: changing });
    const bench = benchWith([hostAt('smart.test', peer.port)], { keyring });
    const send = async () => brief(await bench.send(jobWith({ ...openSecurity, tls: 'required', login })))[0];
    expect(await send()).toMatch(
      /^one@far\.test: 451 4\.7\.8 smart\.test .*refused the user name or password \(535 authentication failed\)/,
    );
    await send();
    expect(bench.events).toEqual([expect.objectContaining({ code: 'login-refused' })]);
    changing.password = auth.password;
    expect(await send()).toContain(taken);
    peer.dropConnections();
    changing.password = 'third';
    await send();
    expect(bench.events).toHaveLength(2);
  });

  it('a refused password is not tried at the next address of the host', async () => {
    const first = await peerWith({ auth: { ...auth, password: 'other' } });
    const second = await peerWith({ auth });
    const bench = benchWith([hostAt('smart.test', first.port), hostAt('smart.test', second.port)], {
      keyring,
    });
    const result = await bench.send(jobWith({ ...openSecurity, login }));
    expect(brief(result)[0]).toContain('4.7.8');
    expect(result.isDestinationDown).toBe(true);
    expect(second.connections).toBe(0);
  });

  it.each([
    ['454 4.7.0 try later', /451 4\.4\.1 .*454 try later/],
    ['421 4.3.2 closing', /451 4\.4\.1 .*421 closing/],
    ['534 5.7.9 too weak', /451 4\.7\.8 .*refused the log-in \(534 too weak\)/],
    [null, /451 4\.4\.1/],
  ])('%s at the log-in makes mail wait', async (reply, words) => {
    const { text } = await attempt({ auth, onLogIn: () => reply }, { ...openSecurity, login });
    expect(text).toMatch(words);
  });

  it('what a host says back of the password is not passed on', async () => {
    const plain = Buffer.from(`\0relay\0${auth.password}`).toString('base64');
    const { text, bench } = await attempt(
      { auth, onLogIn: (_user, password) => `535 5.7.8 no: ${password} ${plain}` },
      { ...openSecurity, login },
    );
    expect(text).toContain('535 no: **** ****');
    expect(JSON.stringify(bench.events)).not.toContain(auth.password);
  });

  it.each([
    [
      'cannot be opened',
      () => {
        throw new Error('sealed with another key than that in /data/secret.key');
      },
      /451 4\.3\.5 .*stored password.*enter it again/,
    ],
    ['is none', () => '', /451 4\.3\.5 .*No password is set/],
  ])('a stored password that %s makes mail wait', async (_what, unseal, words) => {
    const peer = await peerWith({ auth });
    const bench = benchWith([hostAt('smart.test', peer.port)], { keyring: { unseal } });
    const result = await bench.send(jobWith({ ...openSecurity, login }));
    expect(brief(result)[0]).toMatch(words);
    expect(brief(result)[0]).not.toContain('/data');
    expect(result.isDestinationDown).toBe(true);
  });
});

describe('required TLS', () => {
  const security: RouteSecurity = { ...openSecurity, tls: 'required' };

  it('is used, with any certificate', async () => {
    const { peer, text } = await attempt({ tls }, security);
    expect(text).toContain(taken);
    expect(peer.transactions[0]?.isSecure).toBe(true);
  });

  const rows: [claim: string, peer: SmtpPeerOptions, words: RegExp][] = [
    ['does not offer it', {}, /451 4\.7\.4 .*TLS is required, and it does not offer STARTTLS/],
    ['fails in the handshake', { tls: 'broken' }, /451 4\.7\.5 .*TLS failed .* and TLS is required/],
    ['refuses STARTTLS', { tls, onStartTls: () => '454 4.7.0 no' }, /451 4\.7\.5 .*TLS is required/],
    [
      'knows no EHLO',
      { tls, onHello: (line) => (line.startsWith('EHLO') ? '502 what' : undefined) },
      /451 4\.7\.4 .*TLS is required/,
    ],
  ];
  it.each(rows)('a host that %s gets nothing, and the mail waits', async (_claim, options, words) => {
    const { peer, text, result, bench } = await attempt(options, security);
    expect(text).toMatch(words);
    expect(result.isDestinationDown).toBe(true);
    expect(peer.attempts).toEqual([]);
    expect(peer.connections).toBe(1);
    expect(bench.events).toEqual([]);
  });

  it('HELO first cannot be encrypted', async () => {
    const { text } = await attempt({ tls }, security, 'helo');
    expect(text).toMatch(/451 4\.7\.4 .*behind HELO there is no STARTTLS/);
  });

  it('the next host is asked when one cannot', async () => {
    const [first, second] = [await peerWith(), await peerWith({ tls })];
    const bench = benchWith([hostAt('mx1.test', first.port), hostAt('mx2.test', second.port)]);
    expect(brief(await bench.send(jobWith(security)))).toEqual([`one@far.test: ${taken} (mx2.test)`]);
  });

  it('that a host offers none is said, not that the next one is down', async () => {
    const first = await peerWith();
    const bench = benchWith([hostAt('mx1.test', first.port), hostAt('mx2.test', await refusingPort())]);
    expect(brief(await bench.send(jobWith(security)))[0]).toContain('does not offer STARTTLS');
  });
});

describe('connections', () => {
  it('are shared only by mail with the same security', async () => {
    const peer = await peerWith({ tls, onLogIn: () => '235 2.7.0 welcome', auth });
    const open = await peerWith({ tls });
    const bench = benchWith(
      (route) => ({
        kind: 'targets',
        targets: [hostAt('smart.test', 'security' in route && route.security.login ? peer.port : open.port)],
      }),
      { keyring },
    );
    const securities: RouteSecurity[] = [
      { ...openSecurity, login },
      { ...openSecurity, tls: 'required', login },
      { ...openSecurity, login: { ...login, user: 'other' } },
      { ...openSecurity, login: { ...login, password: 'sealed:other' } },
    ];
    for (const security of [...securities, ...securities]) await bench.send(jobWith(security));
    expect(peer.connections).toBe(4);
    await bench.send(jobWith(openSecurity));
    await bench.send(jobWith({ ...openSecurity, tls: 'required' }));
    expect(open.connections).toBe(2);
  });
});

describe('direct delivery before the smart host', () => {
  it('logs in at the smart host and shows the password to nobody else', async () => {
    const direct = await peerWith({ auth, greeting: '554 no service' });
    const smart = await peerWith({ tls, auth });
    const bench = benchWith(
      (route) => ({
        kind: 'targets',
        targets: [hostAt('any.test', route.kind === 'mx' ? direct.port : smart.port)],
      }),
      { keyring },
    );
    const fallbacks = [{ host: 'smart.test', port: 25, security: { ...openSecurity, login } }];
    await bench.send(jobOf({ route: { security: openSecurity, fallbacks } }));
    expect(smart.transactions[0]?.user).toBe('relay');
    expect(direct.commands.filter(({ line }) => line.startsWith('AUTH'))).toEqual([]);
  });
});
