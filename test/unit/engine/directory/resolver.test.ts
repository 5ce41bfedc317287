import { describe, expect, it } from 'vitest';
import type { RecipientResolution } from '../../../../src-main/engine/core/resolution';
import { createLookUp, LookUpMemory } from '../../../../src-main/engine/directory/look-up';
import {
  type ResolutionCounters,
  type ResolverOptions,
  resolveAddresses,
} from '../../../../src-main/engine/directory/resolver';
import { schemaOf } from '../../../../src-main/engine/directory/schemas';
import type { ServerSettingsInput } from '../../../../src-main/settings/schema';
import { createFakeClock } from '../../../support/fake-clock';
import { createServerSettings } from '../../../support/settings';
import { createFakeDirectory, type FakeDirectory, type FakeEntry } from './fake-directory';

const user = (name: string, attributes: Omit<FakeEntry, 'name'> = {}): FakeEntry => ({
  name: `cn=${name}`,
  objectClass: 'user',
  ...attributes,
});
const group = (
  name: string,
  member: readonly string[],
  attributes: Omit<FakeEntry, 'name'> = {},
): FakeEntry => ({
  name: `cn=${name}`,
  objectClass: ['top', 'group'],
  mail: `${name.toLowerCase()}@corp.test`,
  member: member.map((cn) => (cn.includes('@') || cn.includes('=') ? cn : `cn=${cn}`)),
  ...attributes,
});
const mailbox = (name: string): FakeEntry => user(name, { mail: `${name.toLowerCase()}@corp.test` });

function bench(entries: readonly FakeEntry[], change: Partial<ServerSettingsInput> = {}) {
  const settings = createServerSettings({ usesLdapRouting: true, ...change });
  const directory = createFakeDirectory(entries);
  const counters: ResolutionCounters = {
    unresolved: 0,
    ambiguous: 0,
    illegal: 0,
    loops: 0,
    groupsExpanded: 0,
    tooLarge: 0,
  };
  const memory = new LookUpMemory(createFakeClock());
  const options: ResolverOptions = {
    lookUp: createLookUp({
      directory,
      schema: schemaOf(settings),
      memory,
      rememberMs: 60_000,
      mostMembers: settings.ldapMaxGroupMembers * 4,
      counters: { lookups: 0, cacheHits: 0 },
    }),
    counters,
    maxGroupMembers: settings.ldapMaxGroupMembers,
    refusesUnknown: settings.ldapRefusesUnknown,
    isLocal: (address) => address.endsWith('@corp.test'),
  };
  const resolve = async (recipient: string, isUtf8 = false): Promise<RecipientResolution> => {
    const { recipients } = await resolveAddresses({ sender: '', recipients: [recipient], isUtf8 }, options);
    return recipients[0] as RecipientResolution;
  };
  const senderOf = async (sender: string): Promise<string> =>
    (await resolveAddresses({ sender, recipients: [], isUtf8: false }, options)).sender;
  return { directory, counters, resolve, senderOf };
}

const addressesOf = (answer: RecipientResolution): readonly string[] | string =>
  answer.kind === 'expanded' ? answer.members.map(({ address }) => address) : answer.kind;
const codeOf = (answer: RecipientResolution): string =>
  answer.kind === 'refused' ? `${answer.status.code} ${answer.status.enhanced}` : answer.kind;

describe('one entry', () => {
  it.each<[string, FakeEntry, string, RecipientResolution]>([
    [
      'an alias becomes the primary address',
      user('Ann', { proxyAddresses: ['SMTP:ann@corp.test', 'smtp:a.smith@corp.test', 'X400:c=us'] }),
      'a.smith@corp.test',
      { kind: 'rewritten', address: 'ann@corp.test' },
    ],
    ['without Exchange, mail is the address', mailbox('Ann'), 'ANN@corp.test', { kind: 'unchanged' }],
    [
      'a contact is sent to where it is',
      {
        name: 'cn=Bo',
        objectClass: 'contact',
        proxyAddresses: ['SMTP:bo@corp.test'],
        targetAddress: 'SMTP:bo@far.test',
      },
      'bo@corp.test',
      { kind: 'rewritten', address: 'bo@far.test' },
    ],
    [
      'an address of another kind is none',
      user('Ann', { mail: 'ann@corp.test', targetAddress: 'X400:c=us' }),
      'ann@corp.test',
      { kind: 'unchanged' },
    ],
    [
      'a name of another script is written for DNS',
      user('Ann', { proxyAddresses: ['SMTP:ann@bücher.test', 'smtp:ann@corp.test'] }),
      'ann@corp.test',
      { kind: 'rewritten', address: 'ann@xn--bcher-kva.test' },
    ],
  ])('%s', async (_claim, entry, address, expected) => {
    expect(await bench([entry]).resolve(address)).toEqual(expected);
  });

  it('an unknown recipient passes through unchanged', async () => {
    const { resolve, counters } = bench([]);
    expect(await resolve('nobody@corp.test')).toEqual({ kind: 'unchanged' });
    expect(counters.unresolved).toBe(1);
  });

  it('an unknown recipient of a local domain is returned when that is set, one of another domain is not', async () => {
    const { resolve } = bench([], { ldapRefusesUnknown: true });
    expect(codeOf(await resolve('nobody@corp.test'))).toBe('550 5.1.1');
    expect(codeOf(await resolve('nobody@far.test'))).toBe('unchanged');
  });

  it('an address in two entries is returned as ambiguous', async () => {
    const { resolve, counters } = bench([mailbox('Ann'), user('Ann 2', { mail: 'ann@corp.test' })]);
    expect(codeOf(await resolve('ann@corp.test'))).toBe('550 5.1.4');
    expect(counters.ambiguous).toBe(1);
  });

  it.each([
    ['not an address', '550 5.1.3'],
    ['a@b@c d', '550 5.1.3'],
    ['two@corp.test\r\nRCPT TO:<x@y.test>', '550 5.1.3'],
    ['änn@corp.test', '553 5.6.7'],
  ])('the illegal address %j in the directory is returned', async (bad, code) => {
    const { resolve, counters } = bench([
      user('Ann', { proxyAddresses: [`SMTP:${bad}`, 'smtp:ann@corp.test'] }),
    ]);
    expect(codeOf(await resolve('ann@corp.test'))).toBe(code);
    expect(counters.illegal).toBe(1);
  });

  it('an address in UTF-8 is taken where the message may have one', async () => {
    const { resolve } = bench([
      user('Ann', { proxyAddresses: ['SMTP:änn@corp.test', 'smtp:ann@corp.test'] }),
    ]);
    expect(await resolve('ann@corp.test', true)).toEqual({ kind: 'rewritten', address: 'änn@corp.test' });
  });

  it('a domain literal is asked of nobody', async () => {
    const { resolve, directory } = bench([]);
    expect(codeOf(await resolve('root@[192.0.2.1]'))).toBe('unchanged');
    expect(directory.questions).toEqual([]);
  });

  it('a hostile address is a value, never a part of the filter', async () => {
    const { resolve, directory } = bench([mailbox('Ann')]);
    expect(codeOf(await resolve('"*)(uid=*"@corp.test'))).toBe('unchanged');
    expect(directory.questions[0]).toContain(String.raw`smtp:\"*)(uid=*\"@corp.test`);
  });
});

describe('sender', () => {
  it.each([
    ['is rewritten to the address of its entry', 'a.smith@corp.test', 'ann@corp.test'],
    ['stays when it is unknown', 'who@far.test', 'who@far.test'],
    ['stays when it is not clear', 'twin@corp.test', 'twin@corp.test'],
    ['stays when it is a group', 'all@corp.test', 'all@corp.test'],
    ['stays the null reverse-path', '', ''],
  ])('%s', async (_claim, sender, expected) => {
    const { senderOf } = bench([
      user('Ann', { proxyAddresses: ['SMTP:ann@corp.test', 'smtp:a.smith@corp.test'] }),
      user('Twin 1', { mail: 'twin@corp.test' }),
      user('Twin 2', { mail: 'twin@corp.test' }),
      group('All', ['Ann']),
    ]);
    expect(await senderOf(sender)).toBe(expected);
  });
});

describe('group', () => {
  it('comes to its members, nested ones and addresses among them, each once and in order', async () => {
    const { resolve, counters } = bench([
      mailbox('Ann'),
      mailbox('Bo'),
      mailbox('Cy'),
      group('Inner', ['Bo', 'Ann']),
      group('All', ['Ann', 'Inner', 'Cy', 'guest@far.test', 'Gone', 'bo@corp.test']),
    ]);
    expect(addressesOf(await resolve('all@corp.test'))).toEqual([
      'ann@corp.test',
      'cy@corp.test',
      'guest@far.test',
      'bo@corp.test',
    ]);
    expect(counters.groupsExpanded).toBe(1);
  });

  it('members that lead in circles are met once', async () => {
    const { resolve } = bench([
      mailbox('Ann'),
      group('A', ['B', 'Ann']),
      group('B', ['A', 'C']),
      group('C', ['B']),
    ]);
    expect(addressesOf(await resolve('a@corp.test'))).toEqual(['ann@corp.test']);
  });

  it('groups that hold nothing but each other are a loop', async () => {
    const { resolve, counters } = bench([group('A', ['B']), group('B', ['A'])]);
    expect(codeOf(await resolve('a@corp.test'))).toBe('554 5.4.6');
    expect(counters.loops).toBe(1);
  });

  it('a group without members is returned', async () => {
    expect(codeOf(await bench([group('A', [])]).resolve('a@corp.test'))).toBe('550 5.2.4');
  });

  it.each([
    [3, 'expanded'],
    [2, '550 5.2.4'],
  ])('three members at a limit of %i: %s', async (limit, expected) => {
    const { resolve } = bench(
      [mailbox('Ann'), mailbox('Bo'), mailbox('Cy'), group('A', ['Ann', 'B']), group('B', ['Bo', 'Cy'])],
      {
        ldapMaxGroupMembers: limit,
      },
    );
    expect(codeOf(await resolve('a@corp.test'))).toBe(expected);
  });

  it('a group of a hundred thousand that lead nowhere is not read as a whole', async () => {
    const nobody = Array.from({ length: 100_000 }, (_, at) => `nobody${at}`);
    const { resolve, directory } = bench([group('A', nobody)], { ldapMaxGroupMembers: 10 });
    expect(codeOf(await resolve('a@corp.test'))).toBe('550 5.2.4');
    expect(directory.questions.length).toBeLessThan(2000);
  });

  it('members that cannot be sent to are returned one by one, and keep nobody else from it', async () => {
    const { resolve } = bench([
      mailbox('Ann'),
      user('Bad', { mail: 'no address' }),
      user('Twin 1', { mail: 'twin@corp.test' }),
      user('Twin 2', { mail: 'twin@corp.test' }),
      group('A', ['Ann', 'Bad', 'twin@corp.test']),
    ]);
    expect(await resolve('a@corp.test')).toMatchObject({
      members: [
        { address: 'ann@corp.test' },
        { address: 'no?address', refusal: { enhanced: '5.1.3' } },
        { address: 'twin@corp.test', refusal: { enhanced: '5.1.4' } },
      ],
    });
  });

  it('members that the server hands out in pieces are all read', async () => {
    const names = Array.from({ length: 25 }, (_, at) => `Person${at}`);
    const { resolve, directory } = bench([...names.map(mailbox), group('A', names)]);
    directory.piece = 10;
    expect(addressesOf(await resolve('a@corp.test'))).toHaveLength(25);
  });

  it('a server that hands out the same piece for ever is left', async () => {
    const { resolve, directory } = bench([mailbox('Ann'), group('A', ['Ann'])]);
    const { find } = directory;
    const endless = (entry: { name: string; values: ReadonlyMap<string, readonly string[]> }) => ({
      ...entry,
      values: new Map(
        [...entry.values].map(([name, values]) => [name === 'member' ? 'member;range=0-0' : name, values]),
      ),
    });
    directory.find = async (...question) => (await find(...question)).map(endless);
    const { read } = directory;
    directory.read = async (...question) => {
      const entry = await read(...question);
      return entry?.name === 'cn=A'
        ? endless({ ...entry, values: new Map([['member', ['cn=Ann']]]) })
        : entry;
    };
    expect(addressesOf(await resolve('a@corp.test'))).toEqual(['ann@corp.test']);
  });
});

describe('forwarding', () => {
  it.each<[string, FakeEntry[], string | readonly string[]]>([
    ['leads on', [user('Ann', { mail: 'ann@corp.test', altRecipient: 'cn=Bo' }), mailbox('Bo')], 'rewritten'],
    [
      'with a copy goes to both',
      [
        user('Ann', { mail: 'ann@corp.test', altRecipient: 'cn=Bo', deliverAndRedirect: 'TRUE' }),
        mailbox('Bo'),
      ],
      ['ann@corp.test', 'bo@corp.test'],
    ],
    ['to nobody is none', [user('Ann', { mail: 'ann@corp.test', altRecipient: 'cn=Gone' })], 'unchanged'],
    [
      'to a group expands it',
      [user('Ann', { mail: 'ann@corp.test', altRecipient: 'cn=All' }), group('All', ['Bo']), mailbox('Bo')],
      ['bo@corp.test'],
    ],
  ])('%s', async (_claim, entries, expected) => {
    const answer = await bench(entries).resolve('ann@corp.test');
    expect(addressesOf(answer)).toEqual(expected);
  });

  it('that comes back is a loop', async () => {
    const { resolve, counters } = bench([
      user('Ann', { mail: 'ann@corp.test', altRecipient: 'cn=Bo' }),
      user('Bo', { mail: 'bo@corp.test', altRecipient: 'CN = Ann' }),
      { name: 'CN = Ann', altRecipient: 'cn=Bo' },
    ]);
    expect(codeOf(await resolve('ann@corp.test'))).toBe('554 5.4.6');
    expect(counters.loops).toBe(1);
  });
});

describe('other schemas', () => {
  it('Site Server: mail, a forwarding, and members by name and address', async () => {
    const { resolve } = bench(
      [
        user('Ann', { mail: 'ann@corp.test', mailForwardingAddress: 'ann@far.test' }),
        {
          name: 'cn=All',
          objectClass: 'mailGroup',
          mail: 'all@corp.test',
          member: 'cn=Ann',
          rfc822MailMember: 'x@far.test',
        },
      ],
      { ldapSchema: 'site-server' },
    );
    expect(await resolve('ann@corp.test')).toEqual({ kind: 'rewritten', address: 'ann@far.test' });
    expect(addressesOf(await resolve('all@corp.test'))).toEqual(['ann@far.test', 'x@far.test']);
  });

  it('Exchange 5.5: the second address stands in otherMailbox, and a custom recipient is elsewhere', async () => {
    const { resolve } = bench(
      [
        user('Ann', {
          mail: 'ann@corp.test',
          rfc822Mailbox: 'ann@corp.test',
          otherMailbox: ['smtp$a.smith@corp.test'],
        }),
        { name: 'cn=Bo', mail: 'bo@corp.test', 'Target-Address': 'SMTP:bo@far.test' },
        { name: 'cn=All', objectClass: 'groupOfNames', mail: 'all@corp.test', member: ['cn=Ann', 'cn=Bo'] },
      ],
      { ldapSchema: 'exchange' },
    );
    expect(await resolve('A.Smith@corp.test')).toEqual({ kind: 'rewritten', address: 'ann@corp.test' });
    expect(addressesOf(await resolve('all@corp.test'))).toEqual(['ann@corp.test', 'bo@far.test']);
  });
});

describe('memory', () => {
  const settings = createServerSettings();
  const create = (directory: FakeDirectory, rememberMs = 60_000) => {
    const clock = createFakeClock();
    const counters = { lookups: 0, cacheHits: 0 };
    const memory = new LookUpMemory(clock);
    const lookUp = createLookUp({
      directory,
      schema: schemaOf(settings),
      memory,
      rememberMs,
      mostMembers: 100,
      counters,
    });
    return { clock, counters, memory, lookUp };
  };

  it('answers are used again for their time, those that nobody is there as well', async () => {
    const { lookUp, counters, clock } = create(createFakeDirectory([mailbox('Ann')]));
    for (const address of ['ann@corp.test', 'no@corp.test', 'ANN@corp.test', 'no@corp.test'])
      await lookUp.byAddress(address);
    expect(counters).toEqual({ lookups: 2, cacheHits: 2 });
    await clock.advance(60_000);
    await lookUp.byAddress('ann@corp.test');
    expect(counters.lookups).toBe(3);
  });

  it('the same question at the same time is asked once', async () => {
    const directory = createFakeDirectory([]);
    const { lookUp } = create(directory, 0);
    await Promise.all([lookUp.byAddress('a@corp.test'), lookUp.byAddress('a@corp.test')]);
    expect(directory.questions).toHaveLength(1);
  });

  it('is bounded', async () => {
    const { lookUp, memory } = create(createFakeDirectory([]));
    for (let at = 0; at < 100_100; at++) await lookUp.byName(`cn=${at}`);
    expect(memory.size).toBe(100_000);
  });
});
