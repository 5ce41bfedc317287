/** The settings document against whatever a file, an import or a program can hold; each property stops by itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src-main/engine/core/problem';
import { type Settings, type SettingsInput, settingsDocument } from '../../src-main/settings/schema';
import type { SecretBox } from '../../src-main/settings/secret-box';
import { hideSecrets } from '../../src-main/settings/secrets';
import { findDocumentFaults, openSettings } from '../../src-main/settings/store';
import { type Change, changeDocument, changes } from '../support/changed-document';

const limits = { interruptAfterTimeLimit: 1500, markInterruptAsFailure: false, numRuns: 20_000 };

const password = 'correct horse battery staple';
const remote = { type: 'remote', outboundAuthentication: 'basic', outboundUserName: 'ann' } as const;

/** With something in every list, and every default written out. */
const whole: Settings = settingsDocument.parse({
  version: 1,
  servers: [
    {
      id: 1,
      name: 'Default SMTP Virtual Server',
      bindings: [
        { address: '', port: 25 },
        { address: '192.0.2.1', port: 465, encryption: 'implicit', certificate: '00000000000000aa' },
      ],
      homeDirectory: '/srv/one',
      relayList: ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32', 'corp.test'],
      connectionList: ['192.0.2.0/24'],
      proxyList: ['192.0.2.7'],
      dnsServers: ['192.0.2.53', '[2001:db8::53]:5353'],
      verbsOff: ['TURN'],
      allowsBasic: true,
      sendNdrTo: 'admin@corp.test',
      smartHost: 'smart.corp.test',
      outboundAuthentication: 'basic',
      outboundUserName: 'relay',
      outboundPassword: password,
      domains: [
        { type: 'default', name: 'corp.test' },
        { type: 'alias', name: 'www.corp.test' },
        { ...remote, name: '*.partner.test', outboundPassword: password, turnAccounts: ['ann'] },
        { type: 'remote', name: 'other.test', isRelayAllowed: true, smartHost: '[192.0.2.25]' },
      ],
    },
    {
      id: 2,
      name: 'Second',
      bindings: [{ address: '127.0.0.1', port: 2525 }],
      homeDirectory: '/srv/two',
      domains: [{ type: 'default', name: 'second.test' }],
    },
  ],
} satisfies SettingsInput);

/** What people and programs put into some place or other. */
const plausible = fc.oneof(
  fc.constantFrom<unknown>(
    'only',
    'except',
    'basic',
    'none',
    'implicit',
    'TLSv1',
    '',
    'sealed:kept',
    'a.test',
  ),
  fc.constantFrom<unknown>(
    'sealed:v1:xxxx',
    password,
    '10.0.0.0/8',
    '0.0.0.0/0',
    '::/0',
    'com',
    '[192.0.2.1]',
  ),
  fc.constantFrom<unknown>(
    '/srv/one',
    '/srv/one/drop',
    'C:\\mail',
    '__proto__',
    'constructor',
    'ann@corp.test',
  ),
  fc.constantFrom<unknown>(true, false, null, 0, 1, 25, 2, 1024, 0.1, -1, 1e9, [], {}),
);
/** What JSON can say: files and calls hold nothing else. */
const json = fc.oneof(plausible, fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>);
const changed = fc
  .array(changes(json), { minLength: 1, maxLength: 4 })
  .map((list: readonly Change[]) => changeDocument(whole, list));

/** Says what was sealed, so that a test can see what got where. */
const box: SecretBox = {
  seal: (text) => `sealed:v1:${Buffer.from(text).toString('base64')}`,
  open: (text) => Buffer.from(text.slice('sealed:v1:'.length), 'base64').toString(),
  derive: (purpose) => Buffer.from(purpose),
};

const roundTrip = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The store on this document; there is no folder for its copy, which it can do without. */
function openStore(document: unknown) {
  const written: unknown[] = [];
  const file = {
    path: '/nonexistent/settings.json',
    read: () => document,
    write: (next: unknown) => void written.push(roundTrip(next)),
  };
  const never = (): never => {
    throw new Error('this is no first run');
  };
  return { ...openSettings(file, never, box), written };
}

const problemOf = (run: () => unknown): Problem | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
};

describe('any document', () => {
  it('is taken, or refused with fields and sentences, and never damages anything', () => {
    fc.assert(
      fc.property(fc.oneof(changed, json), (document) => {
        const before = JSON.stringify(document);
        for (const { field, reason } of findDocumentFaults(document)) {
          expect(field).toBeTypeOf('string');
          expect(reason).toMatch(/^[A-Z0-9"(].*\.$/s);
        }
        expect(JSON.stringify(document)).toBe(before);
        expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      }),
      limits,
    );
  });

  it('in the settings file stops the start with a field, or starts with just that', () => {
    fc.assert(
      fc.property(changed, (document) => {
        const faults = findDocumentFaults(document);
        const problem = problemOf(() => {
          const { store, written } = openStore(document);
          const [now] = written;
          // Written only to seal what a person wrote there.
          if (now !== undefined) expect(now).toEqual(roundTrip(store.current()));
        });
        expect(problem?.code).toBe(faults.length === 0 ? undefined : 'settings-broken');
        expect(problem?.field).toBe(faults[0]?.field);
      }),
      { ...limits, numRuns: 3000 },
    );
  });
});

describe('a document that is taken', () => {
  const taken = changed
    .map((document) => settingsDocument.safeParse(document))
    .filter(({ success }) => success);

  it('is taken again unchanged after it was written and read', () => {
    fc.assert(
      fc.property(taken, ({ data }) => {
        expect(settingsDocument.parse(roundTrip(data))).toEqual(data);
      }),
      limits,
    );
  });

  it('shows no secret once it is hidden, and has none in clear once it is stored', () => {
    fc.assert(
      fc.property(taken, fc.stringMatching(/^[!-~]{12,40}$/), ({ data }, secret) => {
        const settings = data as Settings;
        const own = (text: string): boolean => text !== '' && !text.startsWith('sealed:');
        const withSecrets = settingsDocument.parse({
          ...settings,
          servers: settings.servers.map((server) => ({
            ...server,
            outboundPassword: own(server.outboundPassword) ? secret : server.outboundPassword,
            domains: server.domains.map((domain) =>
              domain.type === 'remote' && own(domain.outboundPassword)
                ? { ...domain, outboundPassword: secret }
                : domain,
            ),
          })),
        });
        fc.pre(!JSON.stringify(settings).includes(secret));
        expect(JSON.stringify(hideSecrets(withSecrets))).not.toContain(JSON.stringify(secret));
        const { store } = openStore(withSecrets);
        expect(JSON.stringify(store.current())).not.toContain(JSON.stringify(secret));
        const shown = hideSecrets(store.current());
        // What was shown goes in again as it is, and changes nothing.
        const before = store.current();
        expect(store.update(() => shown)).toEqual(before);
      }),
      { ...limits, numRuns: 3000 },
    );
  });
});

describe('a hostile text in any place', () => {
  it('takes time in proportion to its length', () => {
    // Quadratic work on these would outlast the test's own deadline by far.
    const units = [
      'a',
      'a.',
      'a-',
      '-',
      '1',
      '1.',
      ':',
      '::',
      '/',
      '[',
      '@',
      'a@',
      '..',
      '\\',
      '/..',
      ' ',
      '\ud800',
    ];
    const texts = units.map((unit) => unit.repeat(100_000 / unit.length));
    const [server] = whole.servers;
    const domain = server?.domains.find(({ type }) => type === 'remote');
    for (const text of texts) {
      for (const [key, value] of Object.entries(server ?? {})) {
        const hostile = Array.isArray(value) ? [text, { address: text, name: text, type: 'remote' }] : text;
        expect(findDocumentFaults({ version: 1, servers: [{ ...server, [key]: hostile }] })).toBeInstanceOf(
          Array,
        );
      }
      for (const key of Object.keys(domain ?? {})) {
        const domains = [{ ...domain, [key]: text }];
        expect(findDocumentFaults({ version: 1, servers: [{ ...server, domains }] })).not.toEqual([]);
      }
    }
  });

  it('a thousand virtual servers, ten thousand domains and a deep document do too', () => {
    const [server] = whole.servers;
    const servers = Array.from({ length: 999 }, (_, at) => ({ ...server, id: at + 1, name: `Server ${at}` }));
    expect(findDocumentFaults({ version: 1, servers })).not.toEqual([]);
    const domains = Array.from({ length: 10_000 }, (_, at) => ({ type: 'remote', name: `d${at}.test` }));
    expect(findDocumentFaults({ version: 1, servers: [{ ...server, domains }] })).not.toEqual([]);
    let deep: unknown = 1;
    for (let level = 0; level < 20_000; level++) deep = [deep];
    expect(findDocumentFaults({ version: 1, servers: [{ ...server, relayList: deep }] })).not.toEqual([]);
  });
});
