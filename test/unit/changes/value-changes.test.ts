import { describe, expect, it } from 'vitest';
import { describePeople } from '../../../src-main/changes/people-document';
import { findValueChanges } from '../../../src-main/changes/value-changes';
import { settingsDocument } from '../../../src-main/settings/schema';
import { hideSecrets } from '../../../src-main/settings/secrets';

const server = {
  id: 2,
  name: 'Relay',
  homeDirectory: '/srv/mail',
  bindings: [{ address: '', port: 25 }],
  domains: [{ type: 'default', name: 'corp.test' }],
};
const documentOf = (...servers: object[]) => {
  const raw = settingsDocument.parse({ version: 1, servers });
  return { raw, shown: hideSecrets(raw) };
};
const compare = (before: object, after: object) =>
  findValueChanges(documentOf({ ...server, ...before }), documentOf({ ...server, ...after }));

const addresses = (count: number): string[] => Array.from({ length: count }, (_, at) => `10.0.0.${at}`);

describe('changes of settings', () => {
  it.each([
    ['none', {}, {}, []],
    [
      'a value',
      {},
      { smartHost: 'mail.example.com', maxHops: 20 },
      [
        { field: 'servers.2.maxHops', before: '15', after: '20' },
        { field: 'servers.2.smartHost', before: '', after: 'mail.example.com' },
      ],
    ],
    [
      'a switch',
      { isLogging: false },
      { isLogging: true },
      [{ field: 'servers.2.isLogging', before: 'false', after: 'true' }],
    ],
    [
      'a limit that is gone',
      { maxMessageKb: 2048 },
      { maxMessageKb: null },
      [{ field: 'servers.2.maxMessageKb', before: '2048', after: 'none' }],
    ],
    [
      'a short list, whole',
      { relayList: ['10.0.0.1'] },
      { relayList: ['10.0.0.1', '10.0.0.2'] },
      [{ field: 'servers.2.relayList', before: '10.0.0.1', after: '10.0.0.1, 10.0.0.2' }],
    ],
    [
      'a long list, by what came and went',
      { relayList: addresses(200) },
      { relayList: [...addresses(200).slice(1), '10.9.9.9'] },
      [
        {
          field: 'servers.2.relayList',
          before: '200 entries, removed: 10.0.0.0',
          after: '200 entries, added: 10.9.9.9',
        },
      ],
    ],
    [
      'a long list in another order',
      { relayList: addresses(200) },
      { relayList: addresses(200).toReversed() },
      [{ field: 'servers.2.relayList', before: '200 entries', after: '200 entries, in another order' }],
    ],
    [
      'a domain that came',
      {},
      { domains: [...server.domains, { type: 'alias', name: 'a.test' }] },
      [{ field: 'servers.2.domains.a.test', after: expect.stringContaining('type=alias name=a.test') }],
    ],
    [
      'a domain that went',
      { domains: [...server.domains, { type: 'alias', name: 'a.test' }] },
      {},
      [{ field: 'servers.2.domains.a.test', before: expect.stringContaining('type=alias name=a.test') }],
    ],
    [
      'a domain that was renamed',
      { domains: [...server.domains, { type: 'alias', name: 'a.test' }] },
      { domains: [...server.domains, { type: 'alias', name: 'b.test' }] },
      [{ field: 'servers.2.domains.a.test.name', before: 'a.test', after: 'b.test' }],
    ],
    [
      'a setting of a domain',
      { domains: [...server.domains, { type: 'remote', name: 'r.test' }] },
      { domains: [...server.domains, { type: 'remote', name: 'r.test', smartHost: '[192.0.2.1]' }] },
      [{ field: 'servers.2.domains.r.test.smartHost', before: '', after: '[192.0.2.1]' }],
    ],
  ])('%s', (_, before, after, changes) => {
    expect(compare(before, after)).toEqual(changes);
  });

  it.each([
    ['', 'sealed:v1:AAAA', { before: 'not set', after: 'set' }],
    ['sealed:v1:AAAA', 'sealed:v1:BBBB', { before: 'set', after: 'changed' }],
    ['sealed:v1:AAAA', '', { before: 'set', after: 'not set' }],
  ])('a password from %j to %j, without it', (before, after, change) => {
    expect(compare({ outboundPassword: before }, { outboundPassword: after })).toEqual([
      { field: 'servers.2.outboundPassword', ...change },
    ]);
  });

  it('a virtual server that came or went, without its passwords', () => {
    const other = {
      ...server,
      id: 7,
      name: 'Other',
      homeDirectory: '/srv/other',
      outboundPassword: 'sealed:v1:AAAA',
    };
    const moved = { ...other, bindings: [{ address: '', port: 26 }] };
    const [row, ...rest] = findValueChanges(documentOf(server), documentOf(server, moved));
    expect(rest).toEqual([]);
    expect(row).toMatchObject({ field: 'servers.7' });
    expect(row).not.toHaveProperty('before');
    expect(row?.after).toContain('name=Other');
    expect(JSON.stringify(row)).not.toContain('AAAA');
    expect(findValueChanges(documentOf(server, moved), documentOf(server))).toMatchObject([
      { field: 'servers.7' },
    ]);
  });

  it('thousands of them, bounded', () => {
    const domains = (smartHost: string) =>
      Array.from({ length: 3000 }, (_, at) => ({ type: 'remote', name: `d${at}.test`, smartHost }));
    const changes = compare(
      { domains: [...server.domains, ...domains('a.test')] },
      { domains: [...server.domains, ...domains('b.test')] },
    );
    expect(changes).toHaveLength(201);
    expect(changes.at(-1)).toEqual({ field: '…', after: '2800 more' });
  });

  it('long values, cut', () => {
    const changes = findValueChanges(
      { raw: { a: 'x' }, shown: { a: 'x' } },
      { raw: { a: 'y'.repeat(9999) }, shown: { a: 'y'.repeat(9999) } },
    );
    expect(changes[0]?.after).toHaveLength(300);
  });
});

describe('changes of people', () => {
  const hash = (salt: string) => ({ scheme: 'scrypt', n: 32768, r: 8, p: 1, salt, key: `key-${salt}` });
  const people = (account: object, operators: object[] = [], systemOperators: object[] = []) =>
    describePeople({
      accounts: [{ name: 'scanner', createdAt: 1, isEnabled: true, password: hash('one'), ...account }],
      operators,
      systemOperators,
    });

  it('tell what is on or off and who has which role', () => {
    const before = people({}, [{ name: 'ann', role: 'viewer', createdAt: 1, password: hash('a') }]);
    const after = people(
      { isEnabled: false, methods: ['basic', 'ntlm'] },
      [{ name: 'ann', role: 'operator', createdAt: 1, password: hash('a') }],
      [{ kind: 'group', name: 'support', role: 'viewer', createdAt: 3 }],
    );
    expect(findValueChanges(before, after)).toEqual([
      { field: 'accounts.scanner.isEnabled', before: 'true', after: 'false' },
      { field: 'accounts.scanner.methods', after: 'basic, ntlm' },
      { field: 'operators.ann.role', before: 'viewer', after: 'operator' },
      { field: 'systemOperators.group support', after: 'kind=group name=support role=viewer' },
    ]);
  });

  it.each([
    ['a password', { password: hash('two') }],
    ['sealed secrets', { secrets: { ntlm: 'sealed:v1:XXXX' } }],
    ['whatever comes one day', { hint: 'the name of the dog' }],
  ])('never tell %s', (_, account) => {
    const changes = findValueChanges(people({}), people(account));
    expect(changes).toHaveLength(1);
    expect(JSON.stringify(changes)).not.toMatch(/one|two|XXXX|dog/);
    expect(changes[0]?.after).toMatch(/^(?:set|changed)$/);
  });

  it('tell nothing of a new account but that it has a password', () => {
    const [change] = findValueChanges(describePeople({ accounts: [] }), people({}));
    expect(change).toEqual({ field: 'accounts.scanner', after: 'name=scanner isEnabled=true password=set' });
  });
});
