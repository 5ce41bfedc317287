import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../../src-main/engine/core/clock';
import { openSecurity, type Route, type TargetAnswer } from '../../../../src-main/engine/core/delivery';
import {
  createTargetResolver,
  type TargetResolver,
  type TargetResolverOptions,
} from '../../../../src-main/engine/routing/targets';
import { type ServerSettings, serverSettings } from '../../../../src-main/settings/schema';
import { type DnsZones, type LoopbackDnsServer, startDnsServer } from '../../../support/dns-server';

const many = Array.from({ length: 40 }, (_, at) => at);

const zones = (): DnsZones => ({
  'two.test': {
    mx: [
      [20, 'mx2.test'],
      [10, 'mx1.test'],
    ],
  },
  'equal.test': {
    mx: [
      [10, 'mx1.test'],
      [10, 'mx2.test'],
      [5, 'mx3.test'],
    ],
  },
  'mx1.test': { a: ['192.0.2.1'], aaaa: ['2001:db8::1'] },
  'mx2.test': { a: ['192.0.2.2'] },
  'mx3.test': { a: ['192.0.2.3'] },
  'mxdown.test': { a: 'servfail', aaaa: 'servfail' },
  'implicit.test': { a: ['192.0.2.9'] },
  'null.test': { mx: [[0, '']] },
  'empty.test': {},
  'nohost.test': { mx: [[10, 'gone.test']] },
  'servfail.test': 'servfail',
  'refused.test': 'refused',
  'silent.test': 'silent',
  'alldown.test': { mx: [[10, 'mxdown.test']] },
  'halfdown.test': {
    mx: [
      [10, 'mxdown.test'],
      [20, 'mx2.test'],
    ],
  },
  'half6.test': { a: ['192.0.2.6'], aaaa: 'servfail' },
  'backup.test': {
    mx: [
      [10, 'mx1.test'],
      [20, 'relay.test'],
      [30, 'mx2.test'],
    ],
  },
  'selfbest.test': {
    mx: [
      [10, 'RELAY.test'],
      [20, 'mx1.test'],
    ],
  },
  'selfaddress.test': {
    mx: [
      [10, 'mx2.test'],
      [20, 'self.test'],
      [20, 'mx3.test'],
    ],
  },
  'selfimplicit.test': { a: ['192.0.2.99'] },
  'self.test': { a: ['192.0.2.99'] },
  'relay.test': { a: ['192.0.2.98'] },
  'odd.test': {
    mx: [
      [1, 'bad..name'],
      [5, ''],
      [10, 'mx2.test'],
    ],
  },
  'nowhere.test': { a: ['0.0.0.0', '224.0.0.1', '255.255.255.255'], aaaa: ['::', 'ff02::1'] },
  'many.test': { mx: many.map((at) => [at, `m${at}.test`] as const) },
  ...Object.fromEntries(many.map((at) => [`m${at}.test`, { a: [`198.51.100.${at}`] }])),
});

let dns: LoopbackDnsServer;
let settings: ServerSettings;
let nowMs: number;
let resolvers: TargetResolver[];

const clock: Clock = { now: () => nowMs, startTimer: () => () => undefined };

beforeEach(async () => {
  dns = await startDnsServer(zones());
  nowMs = 1_000_000;
  resolvers = [];
  settings = serverSettings.parse({
    id: 1,
    name: 'test',
    bindings: [{}],
    homeDirectory: '/mailroot',
    dnsServers: [dns.server],
    domains: [{ type: 'default', name: 'local.test' }],
  });
});

afterEach(async () => {
  for (const resolver of resolvers) resolver.close();
  await dns.close();
});

function createResolver(changes: Partial<TargetResolverOptions> = {}): TargetResolver {
  const resolver = createTargetResolver({
    settings: () => settings,
    isOwnAddress: (address, port) => address === '192.0.2.99' && port === 25,
    fqdn: () => 'Relay.test',
    clock,
    random: () => 0,
    dnsTimeoutMs: 100,
    hasIpv6Route: () => false,
    ...changes,
  });
  resolvers.push(resolver);
  return resolver;
}

const mx = (domain: string, port = 25): Route => ({
  kind: 'mx',
  destination: `mx:${domain}:${port}`,
  rule: '',
  domain,
  port,
  hello: 'ehlo',
  security: openSecurity,
});
const smart = (host: string, port = 25): Route => ({
  kind: 'smart-host',
  destination: `smart:[${host}]:${port}`,
  rule: '',
  host,
  port,
  hello: 'ehlo',
  security: openSecurity,
});

/** "name address" of each target, or "code enhanced". */
const brief = (answer: TargetAnswer): string[] | string =>
  answer.kind === 'targets'
    ? answer.targets.map(({ name, address }) => `${name} ${address}`)
    : `${answer.status.code} ${answer.status.enhanced}`;

describe('targets of an MX route', () => {
  const rows: [string, string, string[] | string][] = [
    [
      'MX in the order of preference',
      'two.test',
      ['mx1.test 192.0.2.1', 'mx1.test 2001:db8::1', 'mx2.test 192.0.2.2'],
    ],
    ['no MX: the domain itself', 'implicit.test', ['implicit.test 192.0.2.9']],
    ['null MX: does not accept mail', 'null.test', '556 5.1.10'],
    ['no such domain: permanent', 'missing.test', '550 5.1.2'],
    ['a domain without MX and address: permanent', 'empty.test', '550 5.4.4'],
    ['MX hosts that do not exist: permanent', 'nohost.test', '550 5.4.4'],
    ['server failure: temporary', 'servfail.test', '451 4.4.3'],
    ['refused question: temporary', 'refused.test', '451 4.4.3'],
    ['no answer: temporary', 'silent.test', '451 4.4.3'],
    ['addresses of all MX hosts unknown for now: temporary', 'alldown.test', '451 4.4.3'],
    ['address of one MX host unknown for now: the others', 'halfdown.test', ['mx2.test 192.0.2.2']],
    ['no answer about IPv6: IPv4', 'half6.test', ['half6.test 192.0.2.6']],
    ['ourselves by name: only better hosts', 'backup.test', ['mx1.test 192.0.2.1', 'mx1.test 2001:db8::1']],
    ['ourselves as the best: loop', 'selfbest.test', '550 5.4.6'],
    ['ourselves by address: only better hosts', 'selfaddress.test', ['mx2.test 192.0.2.2']],
    ['ourselves by address of the domain: loop', 'selfimplicit.test', '550 5.4.6'],
    ['names that cannot be hosts are left out', 'odd.test', ['mx2.test 192.0.2.2']],
    ['addresses that name no host are left out', 'nowhere.test', '550 5.4.4'],
    ['an address literal goes there', '[192.0.2.44]', ['[192.0.2.44] 192.0.2.44']],
    ['an IPv6 literal goes there', '[ipv6:2001:db8::44]', ['[ipv6:2001:db8::44] 2001:db8::44']],
    ['a literal that is no address: permanent', '[999.1.1.1]', '550 5.1.2'],
    ['our own address as literal: loop', '[192.0.2.99]', '550 5.4.6'],
  ];
  it.each(rows)('%s (%s)', async (_claim, domain, expected) => {
    expect(brief(await createResolver().resolve(mx(domain)))).toEqual(expected);
  });

  it.each([
    ['missing.test', '451 4.1.2'],
    ['null.test', '451 4.1.10'],
    ['empty.test', '451 4.4.4'],
    ['selfbest.test', '451 4.4.6'],
    ['servfail.test', '451 4.4.3'],
    ['implicit.test', ['implicit.test 192.0.2.9']],
  ])('nobody to connect to is no reason to return held mail (%s)', async (domain, expected) => {
    const hold = { host: domain, canTurn: true };
    const held: Route = { ...(mx(domain) as Extract<Route, { kind: 'mx' }>), hold };
    expect(brief(await createResolver().resolve(held))).toEqual(expected);
  });

  it('takes equal preferences in random order', async () => {
    const draws = [0.9, 0.5, 0.1];
    const resolver = createResolver({ random: () => draws.shift() ?? 0 });
    expect(brief(await resolver.resolve(mx('equal.test')))).toEqual([
      'mx3.test 192.0.2.3',
      'mx2.test 192.0.2.2',
      'mx1.test 192.0.2.1',
      'mx1.test 2001:db8::1',
    ]);
  });

  it('another port of our address is another server', async () => {
    expect(brief(await createResolver().resolve(mx('selfimplicit.test', 2525)))).toEqual([
      'selfimplicit.test 192.0.2.99',
    ]);
  });

  it('uses 20 hosts of a domain that names 40', async () => {
    const answer = await createResolver().resolve(mx('many.test'));
    expect(answer.kind === 'targets' && answer.targets.length).toBe(20);
    expect(dns.queries.filter(({ type }) => type === 'a')).toHaveLength(20);
  });

  it('is temporary when no DNS server answers at all', async () => {
    await dns.close();
    expect(brief(await createResolver().resolve(mx('two.test')))).toBe('451 4.4.3');
    dns = await startDnsServer();
  });
});

describe('targets of a smart host route', () => {
  const rows: [string, string, number, string[] | string][] = [
    ['a name: its addresses, never its MX', 'two.test', 25, '451 4.4.4'],
    ['a name: its addresses', 'mx1.test', 25, ['mx1.test 192.0.2.1', 'mx1.test 2001:db8::1']],
    ['a literal needs no DNS', '[192.0.2.7]', 25, ['[192.0.2.7] 192.0.2.7']],
    ['an IPv6 literal needs no DNS', '[2001:db8::7]', 25, ['[2001:db8::7] 2001:db8::7']],
    ['a name that does not exist: temporary', 'missing.test', 25, '451 4.4.4'],
    ['server failure: temporary', 'servfail.test', 25, '451 4.4.3'],
    ['ourselves: temporary, mail waits for the setting to be mended', 'self.test', 25, '451 4.4.6'],
    ['ourselves by literal: temporary', '[192.0.2.99]', 25, '451 4.4.6'],
    ['our address with another port is another server', 'self.test', 587, ['self.test 192.0.2.99']],
    ['our own name elsewhere is another server', 'relay.test', 25, ['relay.test 192.0.2.98']],
  ];
  it.each(rows)('%s (%s:%i)', async (_claim, host, port, expected) => {
    expect(brief(await createResolver().resolve(smart(host, port)))).toEqual(expected);
    expect(dns.queries.every(({ type }) => type !== 'mx')).toBe(true);
  });

  it('reads the hosts file when no DNS servers are set', async () => {
    settings = { ...settings, dnsServers: [] };
    const answer = await createResolver().resolve(smart('localhost', 2525));
    expect(answer.kind === 'targets' && answer.targets.map(({ address }) => address)).toContain('127.0.0.1');
  });
});

describe('the DNS cache', () => {
  it('asks again after five minutes, for what does not exist after one', async () => {
    const resolver = createResolver();
    const ask = async (domain: string): Promise<number> => {
      dns.queries.length = 0;
      await resolver.resolve(mx(domain));
      return dns.queries.length;
    };
    expect(await ask('implicit.test')).toBe(3);
    expect(await ask('missing.test')).toBe(1);
    nowMs += 59_000;
    expect(await ask('implicit.test')).toBe(0);
    expect(await ask('missing.test')).toBe(0);
    nowMs += 2_000;
    // No MX and no AAAA are negative, the A record is not.
    expect(await ask('implicit.test')).toBe(2);
    expect(await ask('missing.test')).toBe(1);
    nowMs += 300_000;
    expect(await ask('implicit.test')).toBe(3);
  });

  it('asks once for equal questions at the same time', async () => {
    const resolver = createResolver();
    await Promise.all([1, 2, 3].map(() => resolver.resolve(mx('implicit.test'))));
    expect(dns.queries).toHaveLength(3);
  });

  it('does not keep a failure', async () => {
    const resolver = createResolver();
    expect(brief(await resolver.resolve(mx('servfail.test')))).toBe('451 4.4.3');
    dns.zones['servfail.test'] = { a: ['192.0.2.50'] };
    expect(brief(await resolver.resolve(mx('servfail.test')))).toEqual(['servfail.test 192.0.2.50']);
  });

  it('asks the new servers as soon as the setting changes', async () => {
    const resolver = createResolver();
    await resolver.resolve(mx('implicit.test'));
    const other = await startDnsServer({ 'implicit.test': { a: ['192.0.2.60'] } });
    settings = { ...settings, dnsServers: [other.server] };
    expect(brief(await resolver.resolve(mx('implicit.test')))).toEqual(['implicit.test 192.0.2.60']);
    await other.close();
  });
});
