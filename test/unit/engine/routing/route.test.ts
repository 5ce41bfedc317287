import { describe, expect, it } from 'vitest';
import { destinationName, holdOf, openSecurity } from '../../../../src-main/engine/core/delivery';
import { decideRoute, findHoldingDomain, isHeldBelow } from '../../../../src-main/engine/routing/route';
import { describeRoutePolicy } from '../../../../src-main/engine/routing/route-words';
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
      'mx:other.test:587:then-[smtp.example.com]:587',
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
      destination: 'mx:other.test:587:then-[smtp.example.com]:587',
      rule: 'By MX, then smart host smtp.example.com, port 587',
      domain: 'other.test',
      port: 587,
      hello: 'ehlo',
      security: openSecurity,
      fallbacks: [{ host: 'smtp.example.com', port: 587, security: openSecurity }],
      limits: { maxConnections: 100, maxMessagesPerMinute: null },
    });
    expect(routeOf('a@old.test', settings)).toMatchObject({
      kind: 'mx',
      hello: 'helo',
      domain: 'old.test',
    });
    expect(routeOf('a@old.test', settings)).not.toHaveProperty('fallbacks');
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

  it.each([
    [{}, false],
    [{ outboundTls: 'required' as const }, true],
    [{ outboundTls: 'verified' as const }, true],
    [{ outboundTlsFromStart: true }, true],
  ])('of a domain with %j is turned over only encrypted: %s', (security, requiresTls) => {
    const domain = { type: 'remote' as const, name: 'branch.test', holdsForTrigger: true, ...security };
    expect(findHoldingDomain('branch.test', settingsWith({ domains: [domain] }))).toMatchObject({
      requiresTls,
    });
  });
});

describe('routes by sender', () => {
  const settings = settingsWith({
    ...smart,
    domains: [
      { type: 'default', name: 'local.test' },
      { type: 'remote', name: 'partner.test', smartHost: '[198.51.100.7]' },
    ],
    senderRoutes: [
      {
        name: 'Shop',
        senders: ['Shop@Line.test', '*.shop.test'],
        smartHost: 'shop.provider.test',
        port: 465,
      },
      { name: 'Line', senders: ['line.test', 'xn--bcher-kva.test'], smartHost: 'line.provider.test' },
      { name: 'Direct', senders: ['direct.test', 'shop@line.test'] },
      { name: 'Reports', senders: ['<>'], smartHost: 'reports.provider.test' },
    ],
  });
  const shop = 'smart:[shop.provider.test]:465';
  const line = 'smart:[line.provider.test]:587';
  const other = 'smart:[smtp.example.com]:587';
  it.each([
    // The first route in the list wins, not the one that says most about the sender.
    ['shop@line.test', shop, 'Route Shop for Shop@Line.test: smart host shop.provider.test, port 465'],
    ['SHOP@LINE.TEST', shop, 'Route Shop for Shop@Line.test: smart host shop.provider.test, port 465'],
    ['app@line.test', line, 'Route Line for line.test: smart host line.provider.test, port 587'],
    ['app@Line.Test.', line, 'Route Line for line.test: smart host line.provider.test, port 587'],
    ['app@x.y.shop.test', shop, 'Route Shop for *.shop.test: smart host shop.provider.test, port 465'],
    ['app@shop.test', other, 'Smart host smtp.example.com, port 587'],
    ['app@sub.line.test', other, 'Smart host smtp.example.com, port 587'],
    [
      'app@b\u00fccher.test',
      line,
      'Route Line for xn--bcher-kva.test: smart host line.provider.test, port 587',
    ],
    ['app@direct.test', 'mx:far.test:587', 'Route Direct for direct.test: by MX, port 587'],
    [
      '',
      'smart:[reports.provider.test]:587',
      'Route Reports for notifications: smart host reports.provider.test, port 587',
    ],
    ['app@elsewhere.test', other, 'Smart host smtp.example.com, port 587'],
  ])('mail of <%s> goes to %s', (sender, destination, rule) => {
    expect(decideRoute({ recipient: 'a@far.test', sender }, settings)).toMatchObject({ destination, rule });
  });

  it.each([
    ['a@local.test', 'drop'],
    ['a@partner.test', 'smart:[198.51.100.7]:587'],
    ['a@no domain', 'refuse'],
  ])('come after local and remote domains: %s goes to %s', (recipient, destination) => {
    expect(decideRoute({ recipient, sender: 'app@line.test' }, settings).destination).toBe(destination);
  });

  it('send no password to the hosts that a domain names by MX', () => {
    const direct = {
      outboundAuthentication: 'basic',
      outboundUserName: 'ann',
      outboundTls: 'required',
    } as const;
    const route = routeOf(
      'a@far.test',
      settingsWith({ senderRoutes: [{ name: 'Direct', senders: ['line.test'], ...direct }] }),
    );
    expect(route).toHaveProperty('security', { ...openSecurity, tls: 'required' });
  });
});

describe('several smart hosts', () => {
  const further: ServerSettingsInput['furtherSmartHosts'] = [
    { host: 'second.test', outboundTls: 'required', outboundSender: 'app@second.test' },
    {
      host: '[192.0.2.3]',
      port: 2525,
      outboundAuthentication: 'basic',
      outboundUserName: 'ann',
      outboundPassword: 'sealed:v1:third',
    },
    { host: 'fourth.test' },
  ];
  const hosts =
    'smtp.example.com, port 587, then second.test, port 587, then [192.0.2.3], port 2525, then fourth.test, port 2525';
  const login = { method: 'basic', user: 'ann', password: 'sealed:v1:third' };
  const fallbacks = [
    {
      host: 'second.test',
      port: 587,
      security: { ...openSecurity, tls: 'required' },
      sendAs: 'app@second.test',
    },
    { host: '[192.0.2.3]', port: 2525, security: { ...openSecurity, login } },
    // An empty port is that of the host before it.
    { host: 'fourth.test', port: 2525, security: openSecurity },
  ];
  const list = { smartHost: 'smtp.example.com', furtherSmartHosts: further };

  it.each<[string, Partial<ServerSettingsInput>, object]>([
    ['of the server', { ...list, outboundPort: 587 }, { rule: `Smart host ${hosts}` }],
    [
      'of a remote domain',
      {
        domains: [
          { type: 'default', name: 'l.test' },
          { type: 'remote', name: 'far.test', port: 587, ...list },
        ],
      },
      { rule: `Remote domain far.test: smart host ${hosts}` },
    ],
    [
      'of a route by sender',
      { senderRoutes: [{ name: 'Line', senders: ['line.test'], port: 587, ...list }] },
      { rule: `Route Line for line.test: smart host ${hosts}` },
    ],
  ])('%s are tried in order, each with its own port, security and Send as', (_whose, changes, rule) => {
    const route = routeOf('a@far.test', settingsWith(changes));
    expect(route).toMatchObject({
      kind: 'smart-host',
      host: 'smtp.example.com',
      port: 587,
      fallbacks,
      ...rule,
    });
  });

  it('come all behind MX when direct delivery is tried first', () => {
    const route = routeOf(
      'a@far.test',
      settingsWith({
        ...list,
        outboundPort: 587,
        triesDirectDelivery: true,
        outboundSender: 'app@first.test',
      }),
    );
    const first = { host: 'smtp.example.com', port: 587, security: openSecurity, sendAs: 'app@first.test' };
    expect(route).toMatchObject({ kind: 'mx', domain: 'far.test', fallbacks: [first, ...fallbacks] });
    // Direct mail keeps its senders.
    expect(route).not.toHaveProperty('sendAs');
  });

  it.each<[string, Partial<ServerSettingsInput>]>([
    ['a further host', { furtherSmartHosts: [{ host: 'second.test' }] }],
    ['its port', { furtherSmartHosts: [{ host: 'second.test', port: 26 }] }],
    ['its encryption', { furtherSmartHosts: [{ host: 'second.test', outboundTls: 'off' }] }],
    [
      'its sign-in',
      {
        furtherSmartHosts: [
          { host: 'second.test', outboundAuthentication: 'oauth2', outboundSignIn: '0123456789abcdef' },
        ],
      },
    ],
    ['its Send as', { furtherSmartHosts: [{ host: 'second.test', outboundSender: 'a@b.test' }] }],
    ['the order', { smartHost: 'second.test', furtherSmartHosts: [{ host: 'smtp.example.com' }] }],
    ['Send as', { outboundSender: 'a@b.test' }],
    ['TLS from the first byte', { outboundTlsFromStart: true }],
    ['the lowest TLS version', { outboundMinimumTls: 'TLSv1.3' }],
    ['a sign-in', { outboundAuthentication: 'oauth2', outboundSignIn: '0123456789abcdef' }],
  ])('%s makes another destination', (_what, changes) => {
    const plain = routeOf('a@far.test', settingsWith({ smartHost: 'smtp.example.com' })).destination;
    expect(plain).toBe('smart:[smtp.example.com]:25');
    const route = routeOf('a@far.test', settingsWith({ smartHost: 'smtp.example.com', ...changes }));
    expect(route.destination).not.toBe(plain);
  });
});

describe('limits', () => {
  const limited = { maxConnections: 2, maxMessagesPerMinute: 30 };
  const server = { maxOutboundConnectionsPerDomain: 7, maxMessagesPerMinute: 100 };
  it.each<[string, Partial<ServerSettingsInput>, object]>([
    ['of the server', server, { maxConnections: 7, maxMessagesPerMinute: 100 }],
    [
      'none at all',
      { maxOutboundConnectionsPerDomain: null },
      { maxConnections: null, maxMessagesPerMinute: null },
    ],
    // The limit of incoming connections has the same name and nothing to do with it.
    ['not of what comes in', { ...server, maxConnections: 3 }, { maxConnections: 7 }],
    [
      'of the remote domain',
      {
        ...server,
        domains: [
          { type: 'default', name: 'l.test' },
          { type: 'remote', name: 'far.test', ...limited },
        ],
      },
      limited,
    ],
    [
      'of the route by sender, and of the server where it has none',
      { ...server, senderRoutes: [{ name: 'Line', senders: ['line.test'], maxConnections: 2 }] },
      { maxConnections: 2, maxMessagesPerMinute: 100 },
    ],
  ])('%s', (_whose, changes, limits) => {
    const route = routeOf('a@far.test', settingsWith(changes));
    expect(route).toMatchObject({ limits });
    expect(route.destination).toBe('mx:far.test:25');
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
    [
      'a@own.test',
      {},
      { ...openSecurity, login: { method: 'basic', user: 'own', password: 'sealed:v1:own' } },
    ],
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
    [
      { ...smart, furtherSmartHosts: [{ host: 'b.test', port: 25 }] },
      'Everything else goes to smart host smtp.example.com, port 587, then b.test',
    ],
    [
      {
        ...smart,
        furtherSmartHosts: ['b.test', 'c.test', 'd.test', 'e.test'].map((host) => ({ host, port: 25 })),
      },
      'Everything else goes to smart host smtp.example.com, port 587, then b.test, then c.test, then 2 more',
    ],
    [
      { senderRoutes: [{ name: 'One', senders: ['a.test'] }] },
      'Everything else goes by MX, unless the route by sender applies',
    ],
    [
      {
        ...smart,
        senderRoutes: [
          { name: 'One', senders: ['a.test'] },
          { name: 'Two', senders: ['b.test'] },
        ],
      },
      'Everything else goes to smart host smtp.example.com, port 587, unless one of the 2 routes by sender applies',
    ],
  ];
  it.each(rows)('%j: %s', (changes, text) => {
    expect(describeRoutePolicy(settingsWith(changes))).toBe(text);
  });
});

describe('a way that an operator chose', () => {
  const held = settingsWith({
    ...smart,
    domains: [
      { name: 'local.test', type: 'default' },
      { name: 'corp.test', type: 'remote', port: 26, holdsForTrigger: true, outboundTls: 'required' },
      { name: 'hub.test', type: 'remote', smartHost: 'hub.example.com' },
    ],
  });
  it.each([
    [{ kind: 'drop' }, 'a@far.test', 'drop', 'Chosen by an operator: Drop'],
    [
      { kind: 'smart-host' },
      'a@local.test',
      'smart:[smtp.example.com]:587',
      'Chosen by an operator: smart host smtp.example.com, port 587',
    ],
    [{ kind: 'mx' }, 'a@far.test', 'mx:far.test:587', 'Chosen by an operator: by MX, port 587'],
    // What the settings ask of connections to a domain holds all the same.
    [{ kind: 'mx' }, 'a@corp.test', 'mx:corp.test:26:tls', 'Chosen by an operator: by MX, port 26'],
    [
      { kind: 'host', host: 'Other.test', port: 2525 },
      'a@far.test',
      'smart:[other.test]:2525',
      'Chosen by an operator: host Other.test, port 2525',
    ],
    // Nobody has to ask for what an operator sends.
    [
      { kind: 'remote-domain', name: 'CORP.test' },
      'a@far.test',
      'mx:corp.test:26:tls',
      'Chosen by an operator: Remote domain corp.test: by MX, port 26',
    ],
    [
      { kind: 'remote-domain', name: 'hub.test' },
      'a@far.test',
      'smart:[hub.example.com]:587',
      'Chosen by an operator: Remote domain hub.test: smart host hub.example.com, port 587',
    ],
  ] as const)('%j takes %s to %s', (way, recipient, destination, rule) => {
    const route = decideRoute({ recipient, sender: 'a@local.test', way }, held);
    expect(route).toMatchObject({ destination, rule });
    expect(holdOf(route)).toBeUndefined();
  });

  it.each([
    [
      { kind: 'remote-domain', name: 'gone.test' },
      'The remote domain gone.test that was chosen is no longer there',
    ],
    [
      { kind: 'remote-domain', name: 'local.test' },
      'The remote domain local.test that was chosen is no longer there',
    ],
    [{ kind: 'smart-host' }, 'The smart host of the virtual server that was chosen is no longer there'],
  ] as const)('mail waits when %j is no longer there', (way, text) => {
    const settings = settingsWith({ domains: [{ name: 'local.test', type: 'default' }] });
    expect(decideRoute({ recipient: 'a@far.test', sender: '', way }, settings)).toMatchObject({
      kind: 'refuse',
      status: { code: 451, text },
    });
  });
});

describe('the name of a destination', () => {
  it.each([
    ['a@local.test', 'Drop'],
    ['a@far.test', 'far.test'],
    ['a@partner.test', '[198.51.100.7]:25'],
    ['a@no domain', 'No route'],
  ])('of mail for %s is %s', (recipient, name) => {
    expect(destinationName(routeOf(recipient, settingsWith({})))).toBe(name);
  });
});
