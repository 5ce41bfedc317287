/** Log-ins by token and by NTLM: the deliverer against peers with a mind of their own. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openSecurity, type RouteLogin } from '../../../../src-main/engine/core/delivery';
import type { AccessToken, Keyring } from '../../../../src-main/engine/core/keyring';
import { Problem } from '../../../../src-main/engine/core/problem';
import type { ProtocolEntry } from '../../../../src-main/engine/core/protocol-entry';
import { createDeliveryWatch } from '../../../../src-main/engine/delivery/delivery-watch';
import { createNtlmClient, splitUser } from '../../../../src-main/engine/delivery/ntlm-client';
import { md4 } from '../../../../src-main/engine/ntlm/md4';
import { createNtlmDialogue } from '../../../../src-main/engine/smtp-in/ntlm';
import type { PeerSasl, SmtpPeerOptions } from '../../../support/smtp-peer';
import { benchWith, brief, hostAt, jobOf, peerWith } from './delivery-bench';

const taken = '250 2.0.0 queued as PEER';
const fixture = (name: string): Buffer => readFileSync(`test/fixtures/tls/${name}`);
const tls = { key: fixture('self-signed.key.pem'), cert: fixture('self-signed.cert.pem') };
const oauth2: RouteLogin = { method: 'oauth2', user: '', signIn: '7' };
const mailbox = 'reports@corp.test';
const denied = Buffer.from('{"status":"401","schemes":"bearer"}').toString('base64');

/** Hands out these tokens one after the other, the next one whenever one was refused. */
function tokensOf(...tokens: (string | Problem)[]) {
  const asked: [signIn: string, refused: string | undefined][] = [];
  const accessToken: Keyring['accessToken'] = async (signIn, refused): Promise<AccessToken> => {
    asked.push([signIn, refused]);
    if (refused !== undefined && tokens.length > 1) tokens.shift();
    const [token = ''] = tokens;
    if (token instanceof Problem) throw token;
    return { token, user: mailbox };
  };
  return { asked, accessToken };
}

/** Takes one token; refuses others with 535 at once, or as XOAUTH2 has it, with a challenge first. */
const takes = (right: string, how: 'at-once' | 'challenge' = 'challenge') => {
  const heard: string[] = [];
  const answers: string[] = [];
  const script: PeerSasl = async (initial = '', ask) => {
    const message = Buffer.from(initial, 'base64').toString();
    heard.push(message);
    if (message.includes(`auth=Bearer ${right}\u0001`)) return { reply: '235 2.7.0 welcome', user: message };
    if (how === 'challenge') answers.push(await ask(denied));
    return { reply: '535 5.7.3 Authentication unsuccessful' };
  };
  return { heard, answers, script };
};

async function attempt(peerOptions: SmtpPeerOptions, keyring: Partial<Keyring>, login: RouteLogin = oauth2) {
  const peer = await peerWith({ tls, ...peerOptions });
  const watch = createDeliveryWatch();
  const log: ProtocolEntry[] = [];
  const bench = benchWith([hostAt('smtp.provider.test', peer.port)], {
    keyring,
    watch,
    logProtocol: (entry) => log.push(entry),
  });
  const job = jobOf({ route: { security: { ...openSecurity, login } } });
  const lines: string[] = [];
  watch.watch(job.envelope.queueId, ({ text }) => lines.push(text));
  const result = await bench.send(job);
  const shown = JSON.stringify([lines, log, result, bench.events]);
  return { peer, bench, result, text: brief(result)[0], lines, shown };
}

describe('log-in by token', () => {
  it('XOAUTH2: the token of the sign-in, in the name of the mailbox that signed in', async () => {
    const { heard, script } = takes('good-token');
    const { asked, accessToken } = tokensOf('good-token');
    const { text, peer } = await attempt({ sasl: { XOAUTH2: script } }, { accessToken });
    expect(text).toContain(taken);
    expect(heard).toEqual([`user=${mailbox}\u0001auth=Bearer good-token\u0001\u0001`]);
    expect(asked).toEqual([['7', undefined]]);
    expect(peer.transactions[0]?.isSecure).toBe(true);
  });

  it('in the name of another mailbox, when one is set', async () => {
    const { heard, script } = takes('good-token');
    await attempt({ sasl: { XOAUTH2: script } }, tokensOf('good-token'), {
      ...oauth2,
      user: 'shared@corp.test',
    } as RouteLogin);
    expect(heard[0]).toContain('user=shared@corp.test\u0001');
  });

  it('OAUTHBEARER, when that alone is offered', async () => {
    const { heard, answers, script } = takes('second');
    const { peer, text } = await attempt({ sasl: { OAUTHBEARER: script } }, tokensOf('first', 'second'), {
      ...oauth2,
      user: 'a=b,c@corp.test',
    } as RouteLogin);
    expect(text).toContain(taken);
    expect(heard[1]).toBe(
      `n,a=a=3Db=2Cc@corp.test,\u0001host=smtp.provider.test\u0001port=${peer.port}\u0001auth=Bearer second\u0001\u0001`,
    );
    expect(answers).toEqual(['AQ==']);
  });

  it.each(['at-once', 'challenge'] as const)(
    'a token that was refused (%s) is renewed once, and tried on the same connection',
    async (how) => {
      const { answers, script } = takes('second', how);
      const { asked, accessToken } = tokensOf('first', 'second');
      const { text, peer, bench } = await attempt({ sasl: { XOAUTH2: script } }, { accessToken });
      expect(text).toContain(taken);
      expect(asked).toEqual([
        ['7', undefined],
        ['7', 'first'],
      ]);
      expect(answers).toEqual(how === 'challenge' ? [''] : []);
      expect(peer.connections).toBe(1);
      expect(bench.events).toEqual([]);
    },
  );

  it('on a new connection, when the host closed the one it refused', async () => {
    const { script } = takes('second', 'at-once');
    const peer = await peerWith({ tls, sasl: { XOAUTH2: script } });
    const { accessToken } = tokensOf('first', 'second');
    const bench = benchWith([hostAt('smtp.provider.test', peer.port)], {
      keyring: {
        accessToken(signIn, refused) {
          if (refused !== undefined) peer.dropConnections();
          return accessToken(signIn, refused);
        },
      },
    });
    const result = await bench.send(jobOf({ route: { security: { ...openSecurity, login: oauth2 } } }));
    expect(brief(result)[0]).toContain(taken);
    expect(peer.connections).toBe(2);
  });

  it('a host that challenges without end is left', async () => {
    let count = 0;
    const script: PeerSasl = async (_initial, ask) => {
      for (; count < 1_000; count++) await ask(denied);
      return { reply: '235 2.7.0 welcome' };
    };
    const { text, peer } = await attempt({ sasl: { XOAUTH2: script } }, tokensOf('good-token'));
    expect(text).toMatch(/451 4\.4\.1 .*It asks again and again/);
    expect(count).toBeLessThan(10);
    expect(peer.attempts).toEqual([]);
  });

  it('refused again: mail waits, it is said once, and no third token is asked for', async () => {
    const { script } = takes('third');
    const { asked, accessToken } = tokensOf('first', 'second', 'third');
    const { text, bench } = await attempt({ sasl: { XOAUTH2: script } }, { accessToken });
    expect(text).toMatch(/451 4\.7\.8 .*It refused the token \(535 Authentication unsuccessful\)/);
    expect(asked).toHaveLength(2);
    expect(bench.events).toEqual([expect.objectContaining({ code: 'login-refused' })]);
  });

  it('a token that stays the same is not tried again', async () => {
    const { heard, script } = takes('other');
    const { text } = await attempt({ sasl: { XOAUTH2: script } }, tokensOf('first'));
    expect(text).toContain('It refused the token');
    expect(heard).toHaveLength(1);
  });

  it.each([
    ['there is none', 0],
    ['it cannot be renewed', 1],
  ])('when %s, mail waits with the words of the sign-in', async (_c, at) => {
    const problem = new Problem('unavailable', 'The sign-in of reports@corp.test has ended; sign in again.');
    const { script } = takes('other');
    const tokens = tokensOf(...['first', problem].slice(1 - at));
    const { text, result } = await attempt({ sasl: { XOAUTH2: script } }, tokens);
    expect(text).toMatch(/451 4\.7\.8 .*The sign-in of reports@corp\.test has ended; sign in again/);
    expect(result.isDestinationDown).toBe(true);
  });

  it.each<[string, SmtpPeerOptions, 'off' | 'opportunistic', RegExp]>([
    [
      'offers no TLS',
      { tls: undefined as never },
      'opportunistic',
      /4\.7\.4 .*token of the log-in is sent over TLS alone, and it does not offer/,
    ],
    [
      'breaks TLS',
      { tls: 'broken' },
      'opportunistic',
      /4\.7\.5 .*TLS failed .*the token is not sent without it/,
    ],
    ['may not be asked for TLS', {}, 'off', /4\.7\.4 .*over TLS alone, and TLS encryption is off/],
  ])('a host that %s gets no token', async (_c, options, mode, words) => {
    const { heard, script } = takes('good-token');
    const { tls: offered = tls } = options;
    const peer = await peerWith({
      sasl: { XOAUTH2: script },
      ...('tls' in options && options.tls === undefined ? {} : { tls: offered }),
    });
    const bench = benchWith([hostAt('smtp.provider.test', peer.port)], { keyring: tokensOf('good-token') });
    const security = { ...openSecurity, tls: mode, login: oauth2 };
    expect(brief(await bench.send(jobOf({ route: { security } })))[0]).toMatch(words);
    expect(heard).toEqual([]);
    expect(peer.attempts).toEqual([]);
  });

  it('a host without a fitting way to log in: what it offers is said', async () => {
    const { text } = await attempt({ auth: { user: 'a', password: 'b' } }, tokensOf('good-token'));
    expect(text).toMatch(
      /4\.7\.4 .*it does not offer AUTH XOAUTH2 or AUTH OAUTHBEARER: it offers PLAIN, LOGIN/,
    );
  });

  it('what the token server hands out is not sent when it is no token', async () => {
    const { heard, script } = takes('x');
    const { text } = await attempt({ sasl: { XOAUTH2: script } }, tokensOf('a\u0001auth=Bearer b'));
    expect(text).toMatch(/451 4\.3\.5 .*no token/);
    expect(heard).toEqual([]);
  });

  it('no line, log, result or warning has a token, in clear or in base64, whatever the host says back', async () => {
    const token = 'ya29.secret-token-4711';
    const whole = Buffer.from(`user=${mailbox}\u0001auth=Bearer ${token}\u0001\u0001`).toString('base64');
    const base64 = Buffer.from(token).toString('base64');
    let isRefusing = true;
    const script: PeerSasl = async () => {
      const reply = isRefusing ? `535 5.7.8 not ${token} ${whole}` : `235 2.7.0 you are ${whole}`;
      isRefusing = false;
      return { reply, user: mailbox };
    };
    const { shown, text, peer } = await attempt(
      { sasl: { XOAUTH2: script }, onMessage: () => `451 4.3.0 not ${token} ${base64}` },
      { accessToken: async (_signIn, refused) => ({ token: refused ? `${token}2` : token, user: mailbox }) },
    );
    expect(peer.attempts).toHaveLength(1);
    expect(text).toMatch(/451 4\.3\.0 not \*\*\*\*/);
    for (const form of [token, whole, base64, base64.replace(/=+$/, '')]) expect(shown).not.toContain(form);
    expect(shown).toContain('AUTH XOAUTH2 ****');
  });
});

describe('log-in by NTLM', () => {
  const password = 'Wint\u00e9r-4711';
  const login: RouteLogin = { method: 'ntlm', user: 'FARM\\scanner', password: 'sealed' };
  const unseal = () => password;

  /** Our own server's side of the dialogue, with one account. */
  function server(account: string, right = password) {
    const answers: Buffer[] = [];
    const script: PeerSasl = async (initial, ask) => {
      const dialogue = createNtlmDialogue({
        fqdn: 'mail.farm.test',
        defaultLogonDomain: '',
        now: () => Date.now(),
        keyring: {
          logOnSecret: (name: string) =>
            name.toLowerCase() === account.toLowerCase()
              ? { account, secret: { ntHash: md4(Buffer.from(right, 'utf16le')) } }
              : undefined,
        },
      } as unknown as Parameters<typeof createNtlmDialogue>[0]);
      let line = initial ?? (await ask('ntlm supported'));
      for (;;) {
        answers.push(Buffer.from(line, 'base64'));
        const step = await dialogue.step(Buffer.from(line, 'base64'));
        if (step.kind === 'accepted') return { reply: '235 2.7.0 welcome', user: step.account };
        if (step.kind !== 'challenge') return { reply: '535 5.7.3 Authentication unsuccessful' };
        line = await ask(Buffer.from(step.data).toString('base64'));
      }
    };
    return { answers, script };
  }

  it.each([
    ['FARM\\scanner', 'FARM\\scanner'],
    ['scanner@farm.test', 'scanner@farm.test'],
    ['scanner', 'scanner'],
  ])('as %s, with version 2 and a MIC', async (user, account) => {
    const { answers, script } = server(account);
    const { text, peer } = await attempt({ sasl: { NTLM: script } }, { unseal }, {
      ...login,
      user,
    } as RouteLogin);
    expect(text).toContain(taken);
    expect(peer.transactions[0]?.user).toBe(account);
    // LM response: 24 zeros. MIC: not zeros.
    const [, last = Buffer.alloc(0)] = answers;
    expect(last.subarray(88, 112)).toEqual(Buffer.alloc(24));
    expect(last.subarray(72, 88)).not.toEqual(Buffer.alloc(16));
  });

  it('a wrong password: mail waits, with words, and nothing shows it', async () => {
    const { script } = server('FARM\\scanner', 'another');
    const { text, shown, bench } = await attempt({ sasl: { NTLM: script } }, { unseal }, login);
    expect(text).toMatch(/451 4\.7\.8 .*It refused the user name or password \(535 /);
    expect(bench.events).toEqual([expect.objectContaining({ code: 'login-refused' })]);
    expect(shown).not.toContain(password);
    // Neither of its two messages is shown.
    expect(shown).not.toContain('TlRMTVNTUAABAAAA');
    expect(shown).not.toContain('TlRMTVNTUAADAAAA');
  });

  it.each([
    ['nonsense', 'bm9uc2Vuc2U='],
    [
      'a challenge without target info, as of version 1',
      Buffer.concat([Buffer.from('NTLMSSP\0'), Buffer.from([2]), Buffer.alloc(47)]).toString('base64'),
    ],
    ['no base64', '!!!'],
  ])('a host that answers with %s is given nothing', async (_c, challenge) => {
    const answers: string[] = [];
    const script: PeerSasl = async (_initial, ask) => {
      await ask('');
      answers.push(await ask(challenge));
      return { reply: '501 5.5.2 called off' };
    };
    const { text } = await attempt({ sasl: { NTLM: script } }, { unseal }, login);
    expect(answers).toEqual(['*']);
    expect(text).toMatch(/451 4\.7\.8 .*It refused the log-in \(501 called off\)/);
  });

  it('goes in clear where there is no TLS, for the password does not', async () => {
    const { script } = server('FARM\\scanner');
    const peer = await peerWith({ sasl: { NTLM: script } });
    const bench = benchWith([hostAt('smtp.provider.test', peer.port)], { keyring: { unseal } });
    const result = await bench.send(jobOf({ route: { security: { ...openSecurity, login } } }));
    expect(brief(result)[0]).toContain(taken);
    expect(bench.events).toEqual([]);
  });

  // MS-NLMP 4.2.4: user "User", domain "Domain", password "Password", challenge 0123456789abcdef.
  it('answers as the example of MS-NLMP does', () => {
    const challenge = Buffer.from(
      '4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef00000000000000002400240044000000' +
        '0600701700000000' +
        Buffer.from('Server', 'utf16le').toString('hex') +
        '02000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000'.slice(0, 72),
      'hex',
    );
    const client = createNtlmClient(
      { user: 'Domain\\User', password: 'Password' },
      // 1601, as in the example.
      { now: () => -11_644_473_600_000, random: () => Buffer.alloc(8, 0xaa) },
    );
    client.respond('');
    const answer = client.respond(challenge.toString('base64')) ?? Buffer.alloc(0);
    const at = answer.readUInt32LE(24);
    expect(answer.subarray(at, at + 16).toString('hex')).toBe('68cd0ab851e51c96aabc927bebef6a1c');
  });

  it.each([
    ['FARM\\ann', { domain: 'FARM', user: 'ann' }],
    ['ann@farm.test', { domain: '', user: 'ann@farm.test' }],
    ['ann', { domain: '', user: 'ann' }],
  ])('splitUser(%j)', (text, expected) => {
    expect(splitUser(text)).toEqual(expected);
  });
});

it('a log-in that is challenged without end is called off', async () => {
  const answers: string[] = [];
  const script: PeerSasl = async (_initial, ask) => {
    while (answers.at(-1) !== '*') answers.push(await ask(denied));
    return { reply: '501 5.5.2 called off' };
  };
  const { text } = await attempt({ sasl: { XOAUTH2: script } }, tokensOf('good-token'));
  expect(text).toContain('4.7.8');
  expect(answers).toEqual(['', '', '', '', '', '*']);
});
