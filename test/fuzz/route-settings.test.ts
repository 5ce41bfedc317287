/**
 * Whatever of the lists of routes, hosts, keys and directories may be saved, the engine can use: nothing that passes the
 * schema throws where mail is routed, explained, asked for or signed. Each property stops by itself.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextAskAt } from '../../src-main/engine/collection/schedule';
import { systemClock } from '../../src-main/engine/core/clock';
import { Problem } from '../../src-main/engine/core/problem';
import { hasSigningKeys, keyNameOf, signingKeysOf } from '../../src-main/engine/delivery/dkim-keys';
import { hopsOf } from '../../src-main/engine/delivery/hops';
import { fillFilter } from '../../src-main/engine/directory/filter';
import { schemaOf } from '../../src-main/engine/directory/schemas';
import { explainDelivery } from '../../src-main/engine/explain-delivery';
import { decideRoute, findHoldingDomain, isHeldBelow } from '../../src-main/engine/routing/route';
import { describeRoutePolicy } from '../../src-main/engine/routing/route-words';
import { wayOutOf } from '../../src-main/engine/routing/way-out';
import { type ServerSettings, serverSettings } from '../../src-main/settings/schema';
import { createServerSettings } from '../support/settings';

const limits = { interruptAfterTimeLimit: 2000, markInterruptAsFailure: false, numRuns: 20_000 };

const odd = fc.constantFrom<unknown>(
  null,
  undefined,
  '',
  ' ',
  0,
  -1,
  65_536,
  1.5,
  true,
  [],
  {},
  '__proto__',
  'constructor',
);
const name = fc.oneof(
  fc.constantFrom(
    'far.test',
    'FAR.test',
    'a.far.test',
    '*.far.test',
    'corp.test',
    'test',
    '*',
    '*.',
    '_x.test',
    'xn--bcher-kva.test',
  ),
  fc.constantFrom(
    'b\u00fccher.test',
    'far.test.',
    '[192.0.2.1]',
    '[::1]',
    '[IPv6:::1]',
    '192.0.2.1',
    '__proto__',
    'constructor',
    'x'.repeat(64),
  ),
  fc.domain(),
  fc.string({ maxLength: 12 }),
);
const sender = fc.oneof(
  fc.constantFrom(
    '<>',
    'app@corp.test',
    'APP@Corp.Test',
    '"a b"@corp.test',
    'corp.test',
    '*.corp.test',
    '*',
    '@corp.test',
    'a@*.test',
  ),
  fc.emailAddress(),
  name,
);
const security = {
  outboundAuthentication: fc.constantFrom('anonymous', 'basic', 'ntlm', 'oauth2'),
  outboundUserName: fc.constantFrom('', 'relay', 'CORP\\relay', 'a@corp.test', '\u00fc'),
  outboundPassword: fc.constantFrom('', 'secret', 'sealed:kept', 'sealed:v1:x', 'sealed:'),
  outboundSignIn: fc.constantFrom('', '00112233445566ff', '7', 'x'),
  outboundTls: fc.constantFrom('off', 'opportunistic', 'required', 'verified'),
  outboundTlsFromStart: fc.boolean(),
  outboundMinimumTls: fc.constantFrom('TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'),
  outboundSender: fc.constantFrom('', 'noreply@corp.test', 'x', '\u00fc@corp.test'),
};
const port = fc.oneof(fc.constant(null), fc.integer({ min: -1, max: 70_000 }));
const count = fc.oneof(fc.constant(null), fc.integer({ min: -1, max: 3_000_000_000 }));
/** Most fields are left to their defaults, or nothing would pass. */
const part = <T extends Record<string, fc.Arbitrary<unknown>>>(fields: T, required: readonly (keyof T)[]) =>
  fc.record(fields, { requiredKeys: [...required] as never[] });
const further = part({ host: name, port, ...security }, ['host']);
const way = {
  smartHost: name,
  furtherSmartHosts: fc.array(further, { maxLength: 3 }),
  maxConnections: count,
  maxMessagesPerMinute: count,
  ...security,
};
const senderRoute = part(
  { name: fc.string({ maxLength: 8 }), senders: fc.array(sender, { maxLength: 4 }), port, ...way },
  ['name', 'senders'],
);
const domain = fc.oneof(
  part({ type: fc.constant('alias'), name }, ['type', 'name']),
  part(
    {
      type: fc.constant('remote'),
      name,
      port,
      holdsForTrigger: fc.boolean(),
      turnAccounts: fc.array(fc.constantFrom('ann', 'bob', ''), { maxLength: 2 }),
      sendsHelo: fc.boolean(),
      ...way,
    },
    ['type', 'name'],
  ),
);
const time = fc.constantFrom('00:00', '23:59', '12:30', '24:00', '9:00', '22:00');
const collection = part(
  {
    name: fc.string({ maxLength: 8 }),
    host: name,
    port,
    command: fc.constantFrom('etrn', 'atrn', 'turn', 'x'),
    domains: fc.array(name, { maxLength: 3 }),
    everyMinutes: fc.integer({ min: -1, max: 100_000 }),
    days: fc.array(fc.constantFrom('monday', 'sunday', 'friday'), { maxLength: 4 }),
    fromTime: time,
    toTime: time,
    ...security,
  },
  ['name', 'host', 'domains'],
);
const dkimKey = part(
  {
    domain: name,
    selector: name,
    algorithm: fc.constantFrom('rsa-sha256', 'ed25519-sha256'),
    privateKey: fc.constantFrom('', 'AAAA', 'sealed:kept', '!'),
    isSigning: fc.boolean(),
  },
  ['domain', 'selector', 'privateKey'],
);
const filter = fc.oneof(
  fc.constantFrom(
    '(mail={address})',
    '(|(mail={address})(uid={local}))',
    '(mail=*{local}*@{domain})',
    '(!(x={address}))',
    '(&)',
    '()',
  ),
  fc.constantFrom(
    '(mail~={address})',
    '(a:dn:2.4=x)',
    '(mail=\\2a{address})',
    '(mail=\\zz)',
    '(',
    ')',
    '(((((',
    'mail={address}',
    '({address}=x)',
  ),
  fc
    .array(
      fc.constantFrom('(', ')', '&', '|', '!', '=', '*', 'mail', '{address}', '\\', '\\2', '>=', ':', ' '),
      { maxLength: 14 },
    )
    .map((parts) => parts.join('')),
  fc.string({ maxLength: 20 }),
);
const attribute = fc.constantFrom(
  'mail',
  'member',
  '',
  'x y',
  '1.2.3',
  'a;binary',
  '(',
  '__proto__',
  'constructor',
);
const everything = part(
  {
    ...way,
    outboundPort: port,
    triesDirectDelivery: fc.boolean(),
    senderRoutes: fc.array(senderRoute, { maxLength: 3 }),
    domains: fc.array(domain, { maxLength: 3 }),
    collections: fc.array(collection, { maxLength: 2 }),
    dkimKeys: fc.array(dkimKey, { maxLength: 3 }),
    ldapSchema: fc.constantFrom('active-directory', 'site-server', 'exchange', 'custom'),
    ldapFilter: filter,
    ldapAddressAttribute: attribute,
    ldapMemberAttribute: attribute,
  },
  [],
);

/** One place in it is something that no program of ours would write. */
const damaged = fc
  .tuple(everything, fc.option(fc.tuple(fc.nat(20), odd), { nil: undefined }))
  .map(([all, damage]) => {
    if (!damage) return all;
    const keys = Object.keys(all);
    const key = keys[damage[0] % Math.max(1, keys.length)];
    return key === undefined ? all : { ...all, [key]: damage[1] };
  });

const base = createServerSettings();
/** What of it may be saved: the entries and values that the schema refuses are left out, until it refuses nothing. */
function read(change: object): ServerSettings | undefined {
  const { domains, ...rest } = change as { domains?: unknown };
  const wanted: Record<string, unknown> = {
    ...base,
    ...rest,
    domains: Array.isArray(domains) ? [...base.domains, ...domains] : base.domains,
  };
  for (let tries = 0; tries < 20; tries++) {
    const parsed = serverSettings.safeParse(wanted);
    if (parsed.success) return parsed.data;
    for (const { path } of parsed.error.issues) {
      const [field = '', at, inner] = path as [string?, number?, string?];
      const list = wanted[field];
      const entry = Array.isArray(list) && at !== undefined ? (list[at] as unknown) : undefined;
      if (entry instanceof Object && inner !== undefined && inner in entry && !kept.has(inner)) {
        const { [inner]: _, ...others } = entry as Record<string, unknown>;
        wanted[field] = (list as unknown[]).map((each) => (each === entry ? others : each));
      } else if (entry instanceof Object)
        wanted[field] = (list as unknown[]).filter((each) => each !== entry);
      else delete wanted[field];
    }
  }
  return undefined;
}
/** Without these an entry is none. */
const kept = new Set(['name', 'type', 'host', 'domains', 'senders', 'domain', 'selector', 'privateKey']);

const recipient = fc.oneof(
  fc.constantFrom(
    'a@far.test',
    'a@b.a.far.test',
    'a@corp.test',
    'a@[192.0.2.1]',
    'a@[IPv6:::1]',
    'a',
    '',
    '@',
    'a@',
    'a@__proto__',
  ),
  fc.constantFrom('a@b\u00fccher.test', '"x@y"@far.test', 'a@.', 'a@constructor'),
  name.map((domainName) => `a@${domainName.replace(/^\*\./, '')}`),
);
const reversePath = fc.oneof(fc.constantFrom('', 'app@corp.test', 'x', '@'), sender);

const questions = fc.array(fc.record({ to: recipient, from: reversePath, resolvesNextHop: fc.boolean() }), {
  minLength: 1,
  maxLength: 12,
});

async function expectUsable(
  settings: ServerSettings,
  { to, from, resolvesNextHop }: { to: string; from: string; resolvesNextHop: boolean },
): Promise<void> {
  const route = decideRoute({ recipient: to, sender: from }, settings);
  expect(route.rule).not.toBe('');
  if (route.kind === 'smart-host' || route.kind === 'mx') {
    for (const hop of hopsOf(route)) {
      expect(hop.port).toBeGreaterThan(0);
      if (hop.kind === 'smart-host') expect(hop.host).not.toBe('');
      // A log-in is made for one host, and never goes to one that DNS names for a domain of somebody else.
      else if (settings.domains.every(({ type }) => type !== 'remote'))
        expect(hop.security.login).toBeUndefined();
    }
    // No secret stands in a name that is logged.
    expect(route.destination).not.toContain('secret');
  }
  findHoldingDomain(to, settings);
  isHeldBelow(to, settings);
  const explained = await explainDelivery(
    {
      settings,
      clock: systemClock,
      keyring: { unseal: (text) => text },
      resolveTargets: () =>
        Promise.resolve({
          kind: 'targets',
          targets: [{ name: 'mx.test', address: '192.0.2.1', port: 25 }],
        }),
    },
    { recipient: to, sender: from, resolvesNextHop },
  );
  expect(explained.outcome).toMatch(/\.$/);
  expect(JSON.stringify(explained)).not.toContain('secret');
}

describe('settings that may be saved', () => {
  it('route and explain every address', async () => {
    let [tried, passed] = [0, 0];
    await fc.assert(
      fc.asyncProperty(damaged, questions, async (change, asked) => {
        tried++;
        const settings = read(change);
        if (!settings) return;
        passed++;
        for (const place of [settings, ...settings.senderRoutes]) wayOutOf(place, settings);
        describeRoutePolicy(settings);
        for (const question of asked) await expectUsable(settings, question);
      }),
      limits,
    );
    expect(passed).toBeGreaterThan(tried / 3);
  });

  it('give every host a next time, and every domain its keys', () => {
    fc.assert(
      fc.property(
        damaged,
        recipient,
        fc.nat(4e12),
        fc.option(fc.nat(4e12), { nil: undefined }),
        (change, to, now, last) => {
          const settings = read(change);
          if (!settings) return;
          for (const each of settings.collections) {
            const next = nextAskAt(each, now, last);
            expect(next).toBeGreaterThanOrEqual(now);
            // A window a week, behind the longest interval.
            expect(next - now).toBeLessThanOrEqual(each.everyMinutes * 60_000 + 9 * 86_400_000);
          }
          const keys = signingKeysOf(settings, to.slice(to.lastIndexOf('@') + 1).toLowerCase());
          if (keys.length > 0) expect(hasSigningKeys(settings)).toBe(true);
          for (const key of keys) {
            expect(key.isSigning).toBe(true);
            expect(keyNameOf(key)).toMatch(/^[^\s;]+\._domainkey\.[^\s;]+$/);
          }
        },
      ),
      limits,
    );
  });

  it('find in a directory by values alone, or say what is wrong with the filter', async () => {
    const library = await import('ldapts');
    fc.assert(
      fc.property(damaged, fc.emailAddress(), (change, address) => {
        const settings = read(change);
        if (!settings) return;
        try {
          const wanted = schemaOf(settings).filterFor(address);
          if (wanted.kind !== 'text') return;
          const at = address.lastIndexOf('@');
          const values = { address, local: address.slice(0, at), domain: address.slice(at + 1) };
          const shape = (text: string): string => text.replace(/[^()&|!]+/g, '').replace(/\s/g, '');
          const filled = fillFilter(wanted.text, { library, values }).toString();
          const empty = fillFilter(wanted.text, {
            library,
            values: { address: '', local: '', domain: '' },
          }).toString();
          // What is filled in may hold any character, and none of them makes another filter.
          const hostile = fillFilter(wanted.text, {
            library,
            values: { address: ')(*\\\0|', local: '*)(&', domain: '!' },
          }).toString();
          expect(shape(filled.replace(/\\[0-9a-f]{2}|[!&|]/gi, ''))).toBe(shape(empty.replace(/[!&|]/g, '')));
          expect(shape(hostile.replace(/\\[0-9a-f]{2}|[!&|]/gi, ''))).toBe(
            shape(empty.replace(/\\[0-9a-f]{2}|[!&|]/gi, '')),
          );
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          expect(['refused', 'invalid']).toContain(error.code);
        }
      }),
      limits,
    );
  });
});
