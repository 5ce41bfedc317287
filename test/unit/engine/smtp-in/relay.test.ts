import { describe, expect, it } from 'vitest';
import {
  createRelayPolicy,
  decideRelay,
  describeRelayPolicy,
} from '../../../../src-main/engine/smtp-in/relay';
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

function decide(settings: ServerSettings, recipientDomain: string, peerAddress: string) {
  const recipient = `b@${recipientDomain}`;
  return decideRelay({ recipientDomain, peerAddress, policy: createRelayPolicy(settings), recipient });
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
    ['a damaged entry among good ones', mode('only', ['192.0.2.7', 'nonsense'])],
    ['a damaged list in "except"', mode('except', ['nonsense'])],
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
      'Relays for: 10.0.4.0/24 and 2 more; everybody to partner.test',
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
      'Relays for everybody except 10.1.1.1 and 1 more: this is an open relay',
      true,
    ],
    [{ domains: local, relayList: ['0.0.0.0/0'] }, 'Relays for everybody: this is an open relay', true],
    [
      { domains: local, relayList: ['0.0.0.0/1', '128.0.0.0/1'] },
      'Relays for everybody: this is an open relay',
      true,
    ],
    [{ domains: local, relayList: ['::/0'] }, 'Relays for everybody: this is an open relay', true],
    [{ domains: local, relayList: ['10.0.0.0/8', 'fc00::/7'] }, 'Relays for: 10.0.0.0/8 and 1 more', false],
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
