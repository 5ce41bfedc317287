import { describe, expect, it } from 'vitest';
import { undecidedHostName } from '../../../../src-main/engine/core/host-name';
import { createRelayPolicy, decideRelay } from '../../../../src-main/engine/smtp-in/relay';
import { describeRelayPolicy } from '../../../../src-main/engine/smtp-in/relay-words';
import type { ServerSettings, ServerSettingsInput } from '../../../../src-main/settings/schema';
import { createServerSettings } from '../../../support/settings';

const domains: ServerSettingsInput['domains'] = [
  { type: 'default', name: 'Local.test' },
  { type: 'alias', name: 'alias.test' },
  { type: 'remote', name: 'partner.test', isRelayAllowed: true },
  { type: 'remote', name: 'closed.test' },
  { type: 'remote', name: '*.wild.test', isRelayAllowed: true },
  { type: 'remote', name: '*.deep.wild.test', isRelayAllowed: false },
  { type: 'remote', name: 'closed.wild.test', isRelayAllowed: false },
];
const list = ['10.0.4.0/24', '192.0.2.7', '2001:db8:1::/48', '2001:db8::7', '::ffff:198.51.100.0/120'];

function settingsOf(change: Partial<ServerSettingsInput> = {}): ServerSettings {
  return createServerSettings({ domains, ...change });
}

function decide(
  settings: ServerSettings,
  recipientDomain: string,
  peerAddress: string,
  client: { readonly hostName?: string | undefined; readonly account?: string } = {},
) {
  const recipient = `b@${recipientDomain}`;
  const { hostName, account } = client;
  return decideRelay({
    recipientDomain,
    peerAddress,
    hostName,
    account,
    policy: createRelayPolicy(settings),
    recipient,
  });
}

describe('relay by the recipient domain, for a stranger', () => {
  it.each([
    ['local.test', true, 'default domain local.test'],
    ['LOCAL.TEST', true, 'default domain local.test'],
    ['local.test.', true, 'default domain local.test'],
    ['alias.test', true, 'alias domain alias.test'],
    ['sub.local.test', false, 'relay restrictions'],
    ['xlocal.test', false, 'relay restrictions'],
    ['partner.test', true, 'remote domain partner.test allows relay to everybody'],
    ['sub.partner.test', false, 'relay restrictions'],
    ['closed.test', false, 'relay restrictions'],
    ['a.wild.test', true, 'remote domain *.wild.test allows relay to everybody'],
    ['a.b.wild.test', true, 'remote domain *.wild.test allows relay to everybody'],
    ['wild.test', false, 'relay restrictions'],
    ['deep.wild.test', true, 'remote domain *.wild.test allows relay to everybody'],
    ['a.deep.wild.test', false, 'relay restrictions'],
    ['closed.wild.test', false, 'relay restrictions'],
    ['elsewhere.test', false, 'relay restrictions'],
    ['[192.0.2.25]', false, 'relay restrictions'],
    ['[127.0.0.1]', false, 'relay restrictions'],
    ['', false, 'relay restrictions'],
    ['constructor', false, 'relay restrictions'],
  ])('%s: %s', (domain, allowed, rule) => {
    expect(decide(settingsOf(), domain, '203.0.113.9')).toMatchObject({ allowed, rule });
  });

  it('is refused with the address in the text', () => {
    const decision = decide(settingsOf(), 'elsewhere.test', '203.0.113.9');
    expect(decision).toMatchObject({
      status: { code: 550, enhanced: '5.7.1', text: 'Unable to relay for b@elsewhere.test' },
    });
  });
});

describe('relay by the list', () => {
  const peers: [string, boolean][] = [
    ['10.0.4.1', true],
    ['10.0.5.1', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['::ffff:192.0.2.7', true],
    ['::FFFF:192.0.2.7', true],
    ['::ffff:c000:207', true],
    ['::ffff:192.0.2.8', false],
    ['198.51.100.9', true],
    ['2001:db8:1:2::3', true],
    ['2001:db8:2::3', false],
    ['2001:db8::7', true],
    ['2001:0DB8:0::7', true],
    ['2001:db8::7%eth0', true],
    ['127.0.0.1', false],
    ['::1', false],
  ];
  it.each(peers)('"only": %s is listed: %s', (peer, isListed) => {
    const settings = settingsOf({ relayList: list });
    expect(decide(settings, 'elsewhere.test', peer).allowed).toBe(isListed);
    expect(decide(settings, '[192.0.2.25]', peer).allowed).toBe(isListed);
    expect(decide(settings, 'closed.test', peer).allowed).toBe(isListed);
  });

  it.each(peers)('"except": %s is listed: %s', (peer, isListed) => {
    const settings = settingsOf({ relayMode: 'except', relayList: list });
    expect(decide(settings, 'elsewhere.test', peer).allowed).toBe(!isListed);
  });

  it('is not asked for a local domain', () => {
    const settings = settingsOf({ relayMode: 'except', relayList: ['192.0.2.7'] });
    expect(decide(settings, 'local.test', '192.0.2.7').allowed).toBe(true);
  });

  const mode = (relayMode: unknown, relayList: unknown): ServerSettings =>
    ({ ...settingsOf(), relayMode, relayList }) as ServerSettings;
  it.each([
    ['an empty list', mode('only', [])],
    ['a missing list', mode('only', undefined)],
    ['a missing list in "except"', mode('except', undefined)],
    ['a damaged list', mode('only', ['10.0.0.0/99'])],
    ['a damaged entry among good ones', mode('only', ['192.0.2.7', '10.0.0.0/8/8'])],
    ['a damaged entry beside a domain', mode('only', ['192.0.2.7', 'example.com', '192.0.2'])],
    ['an entry that is no text', mode('only', ['192.0.2.7', null])],
    ['a damaged list in "except"', mode('except', ['not an entry'])],
    ['an unknown mode', mode('everybody', ['192.0.2.7'])],
    ['no mode', mode(undefined, ['192.0.2.7'])],
  ])('%s is nobody', (_name, settings) => {
    expect(decide(settings, 'elsewhere.test', '192.0.2.7').allowed).toBe(false);
    expect(describeRelayPolicy({ ...settings, domains: [] })).toEqual({
      text: 'Relays for nobody',
      isOpenRelay: false,
    });
  });

  it.each(['only', 'except'] as const)('a peer without a readable address is nobody in "%s"', (relayMode) => {
    const settings = settingsOf({ relayMode, relayList: ['10.0.0.0/8'] });
    for (const peer of ['', 'unix', '10.0.0', '10.0.0.1 '])
      expect(decide(settings, 'elsewhere.test', peer).allowed).toBe(false);
  });
});

describe('relay by the verified host name', () => {
  const domainList = ['app.example', 'Mail.Example', '10.0.4.0/24'];
  const names: [string | undefined, boolean][] = [
    ['app.example', true],
    ['web1.app.example', true],
    ['a.b.APP.example.', true],
    ['mail.example', true],
    ['xapp.example', false],
    ['app.example.evil.test', false],
    ['example', false],
  ];
  it.each(names)('"only": %s is listed: %s', (hostName, isListed) => {
    const settings = settingsOf({ relayList: domainList });
    expect(decide(settings, 'elsewhere.test', '203.0.113.9', { hostName })).toMatchObject({
      allowed: isListed,
      isNameDecisive: true,
    });
  });

  it.each(names)('"except": %s is listed: %s', (hostName, isListed) => {
    const settings = settingsOf({ relayMode: 'except', relayList: domainList });
    expect(decide(settings, 'elsewhere.test', '203.0.113.9', { hostName }).allowed).toBe(!isListed);
  });

  it.each(['only', 'except'] as const)('a client without a verified name is nobody in "%s"', (relayMode) => {
    const settings = settingsOf({ relayMode, relayList: domainList });
    expect(decide(settings, 'elsewhere.test', '203.0.113.9')).toMatchObject({
      allowed: false,
      isNameDecisive: true,
    });
  });

  it.each(['only', 'except'] as const)(
    'is not refused for good while DNS cannot tell, in "%s"',
    (relayMode) => {
      const settings = settingsOf({ relayMode, relayList: domainList });
      const hostName = undecidedHostName;
      expect(decide(settings, 'elsewhere.test', '203.0.113.9', { hostName })).toMatchObject({
        allowed: false,
        status: { code: 451, enhanced: '4.4.3' },
      });
      // A list without domains asks nobody.
      const plain = settingsOf({ relayList: ['10.0.4.0/24'] });
      expect(decide(plain, 'elsewhere.test', '203.0.113.9', { hostName })).toMatchObject({
        status: { code: 550 },
      });
    },
  );

  it.each([
    ['a listed address', domainList, '10.0.4.1', 'elsewhere.test'],
    ['a list without domains', ['10.0.4.0/24'], '203.0.113.9', 'elsewhere.test'],
    ['a local recipient', domainList, '203.0.113.9', 'local.test'],
    ['an unreadable address', domainList, 'unix', 'elsewhere.test'],
  ])('is not asked for with %s', (_what, relayList, peer, domain) => {
    for (const relayMode of ['only', 'except'] as const)
      expect(decide(settingsOf({ relayMode, relayList }), domain, peer).isNameDecisive).toBe(false);
  });
});

describe('relay by log-in', () => {
  it('is allowed to whoever has logged in, whatever the list says', () => {
    for (const relayMode of ['only', 'except'] as const)
      expect(
        decide(settingsOf({ relayMode, relayList: ['203.0.113.9'] }), 'elsewhere.test', '203.0.113.10', {
          account: 'ann',
        }),
      ).toMatchObject({ allowed: true, isNameDecisive: false });
    expect(decide(settingsOf(), 'elsewhere.test', '203.0.113.9', { account: 'ann' })).toMatchObject({
      allowed: true,
      by: 'authenticated',
      rule: 'authenticated',
    });
  });

  it.each([false, undefined, 'yes'])('is not when the setting is %o', (relaysForAuthenticated) => {
    const settings = { ...settingsOf(), relaysForAuthenticated } as ServerSettings;
    expect(decide(settings, 'elsewhere.test', '203.0.113.9', { account: 'ann' })).toMatchObject({
      allowed: false,
      rule: 'relay restrictions',
    });
  });
});

describe('the relay policy in words', () => {
  const local: ServerSettingsInput['domains'] = [{ type: 'default', name: 'local.test' }];
  it.each<[Partial<ServerSettingsInput>, string, boolean]>([
    [{ domains: local }, 'Relays for nobody', false],
    [{ domains: local, relayList: ['10.0.4.0/24'] }, 'Relays for: 10.0.4.0/24', false],
    [
      {
        domains: [...local, { type: 'remote', name: 'partner.test', isRelayAllowed: true }],
        relayList: ['10.0.4.0/24', '10.1.1.1', '::1'],
      },
      'Relays for: this computer, 10.0.4.0/24, and 10.1.1.1; everybody to partner.test',
      false,
    ],
    [
      { domains: [...local, { type: 'remote', name: 'partner.test', isRelayAllowed: true }] },
      'Relays for: everybody to partner.test',
      false,
    ],
    [{ domains: local, relayMode: 'except' }, 'Relays for everybody: this is an open relay', true],
    [
      { domains: local, relayMode: 'except', relayList: ['10.1.1.1', '10.1.1.2'] },
      'Relays for everybody except 10.1.1.1 and 10.1.1.2: this is an open relay',
      true,
    ],
    [{ domains: local, relayList: ['0.0.0.0/0'] }, 'Relays for everybody: this is an open relay', true],
    [
      { domains: local, relayList: ['0.0.0.0/1', '128.0.0.0/1'] },
      'Relays for everybody: this is an open relay',
      true,
    ],
    [{ domains: local, relayList: ['::/0'] }, 'Relays for everybody: this is an open relay', true],
    [{ domains: local, relayList: ['10.0.0.0/8', 'fc00::/7'] }, 'Relays for: 10.0.0.0/8 and fc00::/7', false],
    [
      { domains: local, relayList: ['10.0.4.0/24', '127.0.0.1', '::1'], allowsBasic: true },
      'Relays for: this computer, 10.0.4.0/24, and authenticated users',
      false,
    ],
    [{ domains: local, relayList: ['127.0.0.0/8', '::1/128'] }, 'Relays for: this computer', false],
    [{ domains: local, relayList: ['::ffff:127.0.0.1'] }, 'Relays for: this computer', false],
    [
      { domains: local, relayList: ['127.0.0.1', 'app.example'] },
      'Relays for: this computer and app.example',
      false,
    ],
    [
      { domains: local, relayList: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'] },
      'Relays for: 10.0.0.1, 10.0.0.2, and 2 more',
      false,
    ],
    [{ domains: local, allowsBasic: true }, 'Relays for: authenticated users', false],
    [{ domains: local, allowsIntegrated: true }, 'Relays for: authenticated users', false],
    [{ domains: local, allowsChallengeResponse: true }, 'Relays for: authenticated users', false],
    [{ domains: local, allowsBasic: true, relaysForAuthenticated: false }, 'Relays for nobody', false],
    [{ domains: local, relayList: ['com'] }, 'Relays for everybody: this is an open relay', true],
    [{ domains: local, relayList: ['lan'] }, 'Relays for: lan', false],
    [
      { domains: local, relayMode: 'except', relayList: ['app.example'] },
      'Relays for everybody except app.example: this is an open relay',
      true,
    ],
    ...['::ffff:0.0.0.0/96', '::ffff:0:0/97', '::/64'].map(
      (subnet): [Partial<ServerSettingsInput>, string, boolean] => [
        { domains: local, relayList: [subnet] },
        'Relays for everybody: this is an open relay',
        true,
      ],
    ),
    [{ domains: local, relayList: ['::ffff:10.0.0.0/104'] }, 'Relays for: ::ffff:10.0.0.0/104', false],
    [{ domains: local, relayList: ['fe80::/64'] }, 'Relays for: fe80::/64', false],
  ])('%o', (change, text, isOpenRelay) => {
    expect(describeRelayPolicy(settingsOf(change))).toEqual({ text, isOpenRelay });
  });
});
