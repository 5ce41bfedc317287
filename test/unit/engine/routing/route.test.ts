import { describe, expect, it } from 'vitest';
import { holdOf, openSecurity } from '../../../../src-main/engine/core/delivery';
import {
  decideRoute,
  describeRoutePolicy,
  findHoldingDomain,
  isHeldBelow,
} from '../../../../src-main/engine/routing/route';
import { type ServerSettingsInput, serverSettings } from '../../../../src-main/settings/schema';

const routeOf = (recipient: string, settings: Parameters<typeof decideRoute>[1]) =>
  decideRoute({ recipient, sender: 'app@line.test' }, settings);

const settingsWith = (changes: Partial<ServerSettingsInput> = {}) =>
  serverSettings.parse({
    id: 1,
    name: 'test',
    bindings: [{ port: 2525 }],
    homeDirectory: '/mailroot',
    domains: [
      { type: 'default', name: 'Local.test' },
      { type: 'alias', name: 'alias.test' },
      { type: 'remote', name: 'partner.test', smartHost: '[198.51.100.7]' },
      { type: 'remote', name: '*.partner.test', smartHost: 'gate.partner.test', port: 2526 },
      { type: 'remote', name: '*.deep.partner.test' },
      { type: 'remote', name: 'old.test', sendsHelo: true, port: 26 },
      { type: 'remote', name: 'six.test', smartHost: '[2001:db8::7]' },
    ],
    ...changes,
  });

const smart = { smartHost: 'smtp.example.com', outboundPort: 587 };

describe('decideRoute', () => {
  const rows: [string, Partial<ServerSettingsInput>, string, string][] = [
    // recipient, server settings, destination, rule
    ['a@local.test', {}, 'drop', 'Default domain Local.test: Drop'],
    ['a@LOCAL.TEST.', {}, 'drop', 'Default domain Local.test: Drop'],
    ['a@alias.test', {}, 'drop', 'Alias domain alias.test: Drop'],
    ['a@sub.local.test', {}, 'mx:sub.local.test:25', 'By MX'],
    [
      'a@partner.test',
      {},
      'smart:[198.51.100.7]:25',
      'Remote domain partner.test: smart host [198.51.100.7]',
    ],
    [
      'a@x.partner.test',
      {},
      'smart:[gate.partner.test]:2526',
      'Remote domain *.partner.test: smart host gate.partner.test, port 2526',
    ],
    [
      'a@x.y.partner.test',
      {},
      'smart:[gate.partner.test]:2526',
      'Remote domain *.partner.test: smart host gate.partner.test, port 2526',
    ],
    [
      'a@deep.partner.test',
      {},
      'smart:[gate.partner.test]:2526',
      'Remote domain *.partner.test: smart host gate.partner.test, port 2526',
    ],
    // The longest wildcard, and a remote domain by DNS ignores the server's smart host.
    [
      'a@x.deep.partner.test',
      smart,
      'mx:x.deep.partner.test:587',
      'Remote domain *.deep.partner.test: by MX, port 587',
    ],
    ['a@old.test', {}, 'mx:old.test:26:helo', 'Remote domain old.test: by MX, port 26'],
    ['a@six.test', {}, 'smart:[2001:db8::7]:25', 'Remote domain six.test: smart host [2001:db8::7]'],
    ['a@other.test', {}, 'mx:other.test:25', 'By MX'],
    ['a@notpartner.test', {}, 'mx:notpartner.test:25', 'By MX'],
    ['a@other.test', smart, 'smart:[smtp.example.com]:587', 'Smart host smtp.example.com, port 587'],
    [
      'a@other.test',
      { ...smart, triesDirectDelivery: true },
      'mx:other.test:587',
      'By MX, then smart host smtp.example.com, port 587',
    ],
    ['a@[192.0.2.1]', {}, 'mx:[192.0.2.1]:25', 'By MX'],
    ['a@[IPv6:2001:DB8::1]', {}, 'mx:[ipv6:2001:db8::1]:25', 'By MX'],
    ['a@[192.0.2.1]', smart, 'smart:[smtp.example.com]:587', 'Smart host smtp.example.com, port 587'],
    ['"a@b"@other.test', {}, 'mx:other.test:25', 'By MX'],
    ['nobody', {}, 'refuse', 'The address has no usable domain'],
    ['a@no domain', {}, 'refuse', 'The address has no usable domain'],
  ];
  it.each(rows)('%s with %j goes to %s', (recipient, changes, destination, rule) => {
    expect(routeOf(recipient, settingsWith(changes))).toMatchObject({ destination, rule });
  });

  it('carries host, port, HELO and fallback for delivery', () => {
    const settings = settingsWith({ ...smart, triesDirectDelivery: true });
    expect(routeOf('a@other.test', settings)).toEqual({
      kind: 'mx',
      destination: 'mx:other.test:587',
      rule: 'By MX, then smart host smtp.example.com, port 587',
      domain: 'other.test',
      port: 587,
      hello: 'ehlo',
      security: openSecurity,
      fallbacks: [{ host: 'smtp.example.com', port: 587, security: openSecurity }],
    });
    expect(routeOf('a@old.test', settings)).toMatchObject({
      kind: 'mx',
      hello: 'helo',
      domain: 'old.test',
    });
    expect(routeOf('a@old.test', settings)).not.toHaveProperty('fallback');
    expect(routeOf('a@six.test', settings)).toMatchObject({ kind: 'smart-host', host: '[2001:db8::7]' });
  });

  it('uses changed settings at once', () => {
    expect(routeOf('a@other.test', settingsWith()).kind).toBe('mx');
    expect(routeOf('a@other.test', settingsWith(smart)).kind).toBe('smart-host');
  });
});

describe('held mail', () => {
  const settings = settingsWith({
    domains: [
      { type: 'default', name: 'local.test' },
      { type: 'remote', name: 'branch.test', holdsForTrigger: true },
      { type: 'remote', name: '*.dial.test', holdsForTrigger: true, turnAccounts: ['ann'] },
      { type: 'remote', name: 'office.test', holdsForTrigger: true, smartHost: 'gate.test', port: 26 },
      { type: 'remote', name: 'open.dial.test', turnAccounts: ['ann'] },
    ],
  });
  it.each([
    [
      'a@Branch.test',
      'held:mx:branch.test:25',
      'Remote domain branch.test: waits for ETRN, then by MX',
      { host: 'branch.test', canTurn: false },
    ],
    [
      'a@x.dial.test',
      'held:mx:x.dial.test:25',
      'Remote domain *.dial.test: waits for ATRN, TURN or ETRN, then by MX',
      { host: 'x.dial.test', canTurn: true },
    ],
    [
      'a@office.test',
      'held:smart:[gate.test]:26',
      'Remote domain office.test: waits for ETRN, then smart host gate.test, port 26',
      { host: 'gate.test', canTurn: false },
    ],
    ['a@open.dial.test', 'mx:open.dial.test:25', 'Remote domain open.dial.test: by MX', undefined],
    ['a@dial.test', 'mx:dial.test:25', 'By MX', undefined],
    ['a@local.test', 'drop', 'Default domain local.test: Drop', undefined],
  ])('%s: %s, %s', (recipient, destination, rule, hold) => {
    const route = routeOf(recipient, settings);
    expect(route).toMatchObject({ destination, rule });
    expect(holdOf(route)).toEqual(hold);
  });

  it.each([
    ['branch.test', []],
    ['X.dial.test.', ['ann']],
    ['open.dial.test', undefined],
    ['dial.test', undefined],
    ['local.test', undefined],
  ])('whose accounts fetch the mail of %s: %j', (domain, accounts) => {
    expect(findHoldingDomain(domain, settings)?.turnAccounts).toEqual(accounts);
  });

  it.each([
    ['dial.test', true],
    ['test', true],
    ['x.dial.test', false],
    ['branch.test', false],
    ['h.test', false],
  ])('is held below %s: %s', (domain, isHeld) => {
    expect(isHeldBelow(domain, settings)).toBe(isHeld);
  });
});

describe('outbound security', () => {
  const server: Partial<ServerSettingsInput> = {
    ...smart,
    outboundAuthentication: 'basic',
    outboundUserName: 'relay',
    outboundPassword: 'sealed:v1:server',
    outboundTls: 'required',
    domains: [
      { type: 'default', name: 'local.test' },
      { type: 'remote', name: 'plain.test', smartHost: 'gate.test' },
      { type: 'remote', name: 'bymx.test', outboundTls: 'required' },
      {
        type: 'remote',
        name: 'own.test',
        smartHost: 'smtp.example.com',
        outboundAuthentication: 'basic',
        outboundUserName: 'own',
        outboundPassword: 'sealed:v1:own',
      },
    ],
  };
  const login = { method: 'basic' as const, user: 'relay', password: 'sealed:v1:server' };
  const rows: [string, Partial<ServerSettingsInput>, object][] = [
    ['a@other.test', {}, { ...openSecurity, tls: 'required', login }],
    // What is set up for the smart host is never sent to hosts found by MX.
    ['a@other.test', { smartHost: '' }, { ...openSecurity, tls: 'required' }],
    ['a@other.test', { triesDirectDelivery: true }, { ...openSecurity, tls: 'required' }],
    ['a@plain.test', {}, openSecurity],
    ['a@bymx.test', {}, { ...openSecurity, tls: 'required' }],
    ['a@own.test', {}, { ...openSecurity, login: { method: 'basic', user: 'own', password: 'sealed:v1:own' } }],
    ['a@other.test', { outboundAuthentication: 'anonymous' }, { ...openSecurity, tls: 'required' }],
    ['a@other.test', { outboundTls: 'opportunistic' }, { ...openSecurity, login }],
  ];
  it.each(rows)('%s with %j: %j', (recipient, changes, security) => {
    const route = routeOf(recipient, settingsWith({ ...server, ...changes }));
    expect(route).toHaveProperty('security', security);
  });

  it('logs in at the smart host that direct delivery falls back to', () => {
    const route = routeOf('a@other.test', settingsWith({ ...server, triesDirectDelivery: true }));
    expect(route).toHaveProperty('fallbacks.0.security', { ...openSecurity, tls: 'required', login });
  });

  it('makes another destination of each other security, and shows no secret in it', () => {
    const variants: Partial<ServerSettingsInput>[] = [
      {},
      { outboundAuthentication: 'anonymous' },
      { outboundTls: 'opportunistic' },
      { outboundUserName: 'other' },
      { outboundPassword: 'sealed:v1:changed' },
      { triesDirectDelivery: true },
      { triesDirectDelivery: true, outboundPassword: 'sealed:v1:changed' },
    ];
    const keys = variants.map(
      (changes) => routeOf('a@other.test', settingsWith({ ...server, ...changes })).destination,
    );
    expect(new Set(keys).size).toBe(variants.length);
    expect(keys.join()).not.toMatch(/sealed|server|changed|relay/);
    const again = routeOf('b@another.test', settingsWith(server));
    expect(again.destination).toBe(keys[0]);
  });
});

describe('describeRoutePolicy', () => {
  const rows: [Partial<ServerSettingsInput>, string][] = [
    [{}, 'Everything else goes by MX'],
    [{ outboundPort: 2525 }, 'Everything else goes by MX, port 2525'],
    [smart, 'Everything else goes to smart host smtp.example.com, port 587'],
    [{ smartHost: '[192.0.2.9]' }, 'Everything else goes to smart host [192.0.2.9]'],
    [
      { ...smart, triesDirectDelivery: true },
      'Everything else goes by MX first, and to smart host smtp.example.com, port 587 when that fails',
    ],
  ];
  it.each(rows)('%j: %s', (changes, text) => {
    expect(describeRoutePolicy(settingsWith(changes))).toBe(text);
  });
});
