import { describe, expect, it } from 'vitest';
import {
  domainSettings,
  keptSecret,
  type Settings,
  serverSettings,
  settingsDocument,
} from '../../../src-main/settings/schema';
import type { SecretBox } from '../../../src-main/settings/secret-box';
import { hideSecrets, sealFile, sealSecrets } from '../../../src-main/settings/secrets';

/** Shows what it sealed. */
const box: SecretBox = {
  seal: (clear) => `sealed:v1:<${clear}>`,
  open: (sealed) => sealed.slice('sealed:v1:<'.length, -1),
  derive: (purpose) => Buffer.from(purpose),
};

interface Passwords {
  readonly server?: string;
  readonly partner?: string;
  readonly id?: number;
  readonly domain?: string;
}

const documentOf = (...servers: readonly Passwords[]): Settings =>
  settingsDocument.parse({
    version: 1,
    servers: servers.map(({ server = '', partner = '', id, domain = 'partner.test' }, at) => ({
      id: id ?? at + 1,
      name: `Server ${id ?? at + 1}`,
      bindings: [{ address: '127.0.0.1', port: 2500 + (id ?? at + 1) }],
      homeDirectory: `/srv/${id ?? at + 1}`,
      outboundPassword: server,
      domains: [
        { type: 'default', name: `s${at}.test` },
        { type: 'remote', name: domain, outboundPassword: partner },
      ],
    })),
  });

/** Server and domain passwords, server by server. */
const passwordsOf = (document: Settings): string[] =>
  document.servers.flatMap(({ outboundPassword, domains }) => [
    outboundPassword,
    ...domains.flatMap((domain) => (domain.type === 'remote' ? [domain.outboundPassword] : [])),
  ]);

describe('sealSecrets', () => {
  const none = documentOf();
  const stored = documentOf({ server: 'sealed:v1:<s>', partner: 'sealed:v1:<p>' });
  const rows: [claim: string, next: Passwords, previous: Settings, server: string, partner: string][] = [
    ['clear texts are sealed', { server: 's', partner: 'p' }, none, 'sealed:v1:<s>', 'sealed:v1:<p>'],
    ['none stays none', {}, none, '', ''],
    ['none takes a secret away', {}, stored, '', ''],
    [
      '"kept" is what the same place held',
      { server: keptSecret, partner: keptSecret },
      stored,
      'sealed:v1:<s>',
      'sealed:v1:<p>',
    ],
    ['"kept" without a secret before is none', { server: keptSecret, partner: keptSecret }, none, '', ''],
    ['"kept" in another server is none', { id: 7, server: keptSecret }, stored, '', ''],
    ['"kept" in another domain is none', { domain: 'other.test', partner: keptSecret }, stored, '', ''],
    [
      'domains are the same whatever their case',
      { domain: 'PARTNER.test', partner: keptSecret },
      stored,
      '',
      'sealed:v1:<p>',
    ],
    [
      'a sealed text stays where it was',
      { server: 'sealed:v1:<s>', partner: 'sealed:v1:<p>' },
      stored,
      'sealed:v1:<s>',
      'sealed:v1:<p>',
    ],
    [
      'a renamed domain takes its own along',
      { domain: 'renamed.test', partner: 'sealed:v1:<p>' },
      stored,
      '',
      'sealed:v1:<p>',
    ],
  ];
  it.each(rows)('%s', (_claim, next, previous, server, partner) => {
    expect(passwordsOf(sealSecrets(documentOf(next), previous, box))).toEqual([server, partner]);
  });

  it.each([
    ['was never stored', { server: 'sealed:v1:<x>' }, 'servers.0.outboundPassword'],
    [
      'belongs to another server',
      { id: 7, partner: 'sealed:v1:<s>' },
      'servers.0.domains.1.outboundPassword',
    ],
  ])('refuses a sealed text that %s, with its field', (_why, next, field) => {
    expect(() => sealSecrets(documentOf(next), stored, box)).toThrow(
      expect.objectContaining({ code: 'invalid', field }),
    );
  });

  it('a document without a change is the same object', () => {
    expect(sealSecrets(stored, stored, box)).toBe(stored);
  });
});

describe('sealFile', () => {
  it('seals what was written by hand, and trusts what is sealed', () => {
    const read = documentOf({ server: 'by hand', partner: 'sealed:v1:<p>' }, { server: keptSecret });
    expect(passwordsOf(sealFile(read, undefined, box))).toEqual([
      'sealed:v1:<by hand>',
      'sealed:v1:<p>',
      '',
      '',
    ]);
  });

  it('takes "kept" from what was there, and never a clear text with it', () => {
    const read = documentOf({ server: keptSecret, partner: keptSecret });
    const before = documentOf({ server: 'sealed:v1:<s>', partner: 'in clear' });
    expect(passwordsOf(sealFile(read, before, box))).toEqual(['sealed:v1:<s>', 'sealed:v1:<in clear>']);
  });
});

describe('the password of an entry of a list', () => {
  const withRoutes = (...routes: readonly (readonly [name: string, password: string])[]): Settings => {
    const [server] = documentOf({}).servers;
    const senderRoutes = routes.map(([name, outboundPassword]) => ({
      name,
      senders: ['<>'],
      smartHost: `${name}.test`,
      outboundPassword,
    }));
    return settingsDocument.parse({ version: 1, servers: [{ ...server, senderRoutes }] });
  };
  const before = withRoutes(['one', 'sealed:v1:<1>'], ['two', 'sealed:v1:<2>']);
  const sealedOf = (next: Settings): string[] =>
    sealSecrets(next, before, box).servers[0]?.senderRoutes.map((each) => each.outboundPassword) ?? [];

  it.each<[string, Settings, string[]]>([
    [
      'goes along when the order changes',
      withRoutes(['two', keptSecret], ['one', keptSecret]),
      ['sealed:v1:<2>', 'sealed:v1:<1>'],
    ],
    [
      'goes along when one is renamed',
      withRoutes(['one', keptSecret], ['other', keptSecret]),
      ['sealed:v1:<1>', 'sealed:v1:<2>'],
    ],
    [
      'is nobody knows whose when two change',
      withRoutes(['this', keptSecret], ['that', keptSecret]),
      ['', ''],
    ],
    ['is gone with its entry', withRoutes(['two', keptSecret]), ['sealed:v1:<2>']],
    [
      'is not that of an entry that is gone when another one is new',
      withRoutes(['two', keptSecret], ['new', '']),
      ['sealed:v1:<2>', ''],
    ],
  ])('%s', (_, next, passwords) => {
    expect(sealedOf(next)).toEqual(passwords);
  });
});

describe('hideSecrets', () => {
  const document = documentOf({ server: 'sealed:v1:<s>', partner: 'clear all the same' }, {});

  it('leaves nothing of a secret, and says whether there is one', () => {
    expect(passwordsOf(hideSecrets(document))).toEqual([keptSecret, keptSecret, '', '']);
  });

  it('works on parts of the document', () => {
    const [server] = document.servers;
    const domain = server?.domains[1];
    if (!server || !domain) throw new Error('no server');
    expect(hideSecrets(server, serverSettings).outboundPassword).toBe(keptSecret);
    expect(hideSecrets(domain, domainSettings)).toMatchObject({ outboundPassword: keptSecret });
  });

  it('changes nothing in what it was given, and nothing else', () => {
    const before = JSON.stringify(document);
    const hidden = JSON.stringify(hideSecrets(document));
    expect(JSON.stringify(document)).toBe(before);
    expect(hidden).toBe(
      before.replace('sealed:v1:<s>', keptSecret).replace('clear all the same', keptSecret),
    );
  });

  it('what was hidden comes back as it was', () => {
    const stored = documentOf({ server: 'sealed:v1:<s>', partner: 'sealed:v1:<p>' });
    expect(sealSecrets(hideSecrets(stored), stored, box)).toEqual(stored);
  });
});

describe('the schema of a secret', () => {
  const fieldOf = (password: string) =>
    serverSettings.shape.outboundPassword.safeParse(password).error?.issues[0]?.message;

  it.each([
    ['1000 characters', 'x'.repeat(1000), undefined],
    ['1001 characters', 'x'.repeat(1001), 'At most 1000 characters.'],
    ['a line break', 'a\nb', 'A password cannot contain control characters.'],
    ['a zero character', 'a\0b', 'A password cannot contain control characters.'],
    ['what 1000 characters are when sealed', `sealed:v1:${'A'.repeat(4100)}`, undefined],
  ])('%s', (_what, password, fault) => {
    expect(fieldOf(password)).toBe(fault);
  });
});
