/** The directory part against a real slapd: log-in, encryption, searches, what goes wrong in words. */
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src-main/engine/core/clock';
import type { EngineEvent } from '../../src-main/engine/core/event';
import { openConnection } from '../../src-main/engine/directory/connection';
import { examineAddress } from '../../src-main/engine/directory/examine';
import { createLdapDirectory } from '../../src-main/engine/directory/ldap-directory';
import type { ServerSettingsInput } from '../../src-main/settings/schema';
import { createAuthority, type TestAuthority } from '../support/certificate';
import { describeWith } from '../support/packages';
import { createServerSettings } from '../support/settings';
import { group, groupName, person, personName, type RunningSlapd, startSlapd } from '../support/slapd';

let trusted: TestAuthority;
let strange: TestAuthority;
beforeAll(async () => {
  [trusted, strange] = await Promise.all([createAuthority('Company CA'), createAuthority('Somebody')]);
  // As Node 22.15 and later tell what the system trusts; asked once in a process.
  Object.assign(tls, {
    getCACertificates: (type: string) => (type === 'system' ? [trusted.certificatePem] : []),
  });
});

const crowd = Array.from({ length: 2500 }, (_, at) => `Person ${at}`);
const entries = [
  person('Ann', { proxyAddresses: ['SMTP:ann@corp.test', 'smtp:a.smith@corp.test'], userPassword: 'secret' }),
  person('Bo', { mail: 'bo@corp.test' }),
  person('Twin 1', { mail: 'twin@corp.test' }),
  person('Twin 2', { mail: 'twin@corp.test' }),
  person('Odd, "the" *(one)', { mail: 'odd@corp.test' }),
  ...crowd.map((cn, at) => person(cn, { mail: `person${at}@corp.test` })),
  group('All', { mail: 'all@corp.test', member: crowd.map(personName) }),
  group('Odd', {
    mail: 'odds@corp.test',
    member: [personName('Odd, "the" *(one)'), groupName('Ring')],
  }),
  group('Ring', { mail: 'ring@corp.test', member: [groupName('Odd'), personName('Bo')] }),
];

const settingsFor = (port: number, change: Partial<ServerSettingsInput> = {}) =>
  createServerSettings({ usesLdapRouting: true, ldapServer: '127.0.0.1', ldapPort: port, ...change });
const means = {
  clock: systemClock,
  unseal: (sealed: string) => sealed,
  findServers: () => Promise.reject(new Error('nobody asks DNS here')),
  isLocal: () => true,
};
const examine = (address: string, port: number, change: Partial<ServerSettingsInput> = {}) =>
  examineAddress(address, { ...means, settings: settingsFor(port, change) });

describeWith(['slapd'], 'directory', () => {
  let directory: RunningSlapd;
  beforeAll(async () => {
    const credentials = await trusted.issue({ ip: ['127.0.0.1'] });
    directory = await startSlapd({ entries, tls: credentials });
  });
  afterAll(() => directory?.remove());

  it.each([
    ['ann@corp.test', 'unchanged'],
    ['A.Smith@corp.test', 'rewritten'],
    ['nobody@corp.test', 'unknown'],
    ['twin@corp.test', 'refused'],
    ['odds@corp.test', 'expanded'],
  ])('%s is %s', async (address, result) => {
    expect((await examine(address, directory.port)).result).toBe(result);
  });

  it('the base that the server names is taken when none is set', async () => {
    const { base, server } = await examine('ann@corp.test', directory.port);
    expect({ base, server }).toEqual({ base: directory.base, server: `127.0.0.1:${directory.port}` });
  });

  it('2,500 members are found, beyond what the server hands out in one search', async () => {
    const { addressCount } = await examine('all@corp.test', directory.port);
    expect(addressCount).toBe(2500);
  });

  it('names with all kinds of characters are followed, and groups in a circle', async () => {
    const { addresses } = await examine('odds@corp.test', directory.port);
    expect(addresses).toEqual(['odd@corp.test', 'bo@corp.test']);
  });

  it.each(['*@corp.test', '"*)(mail=*"@corp.test', '"\\*"@corp.test', '"a*)(|(mail=*"@corp.test'])(
    'the hostile address %s finds nobody',
    async (address) => {
      expect(await examine(address, directory.port)).toMatchObject({ result: 'unknown' });
    },
  );

  it.each(['*@corp.test', '"a)(|(mail=*"@corp.test', String.raw`"\*"@corp.test`])(
    'and not with a filter of one’s own: %s',
    async (address) => {
      const custom = {
        ldapSchema: 'custom',
        ldapFilter: '(|(mail={address})(&(cn={local})(mail=*@{domain})))',
      } as const;
      expect(await examine(address, directory.port, custom)).toMatchObject({ result: 'unknown' });
      expect(await examine('bo@corp.test', directory.port, custom)).toMatchObject({
        entries: [personName('Bo')],
      });
    },
  );

  it('a filter that is none is told with its field', async () => {
    const custom = { ldapSchema: 'custom', ldapFilter: '(mail={address}' } as const;
    await expect(examine('bo@corp.test', directory.port, custom)).rejects.toMatchObject({
      field: 'ldapFilter',
      message: expect.stringContaining('The filter cannot be read'),
    });
  });

  it('Exchange and Site Server entries are found by mail', async () => {
    for (const ldapSchema of ['exchange', 'site-server'] as const)
      expect(await examine('bo@corp.test', directory.port, { ldapSchema })).toMatchObject({
        result: 'unchanged',
        entries: [personName('Bo')],
      });
  });

  describe('encryption', () => {
    it.each([
      ['starttls', () => directory.port],
      ['ldaps', () => directory.tlsPort],
    ] as const)('%s with a valid certificate', async (ldapEncryption, port) => {
      expect(await examine('ann@corp.test', port(), { ldapEncryption })).toMatchObject({
        result: 'unchanged',
      });
    });

    it.each([
      ['starttls', 'port'],
      ['ldaps', 'tlsPort'],
    ] as const)(
      '%s with a certificate of somebody is refused, and taken when nobody checks',
      async (ldapEncryption, port) => {
        const other = await startSlapd({ entries: [], tls: await strange.issue({ ip: ['127.0.0.1'] }) });
        try {
          await expect(examine('ann@corp.test', other[port], { ldapEncryption })).rejects.toMatchObject({
            field: 'ldapVerifiesCertificate',
            message: expect.stringMatching(/certificate .* is not valid: it comes from an authority/),
          });
          expect(
            await examine('ann@corp.test', other[port], { ldapEncryption, ldapVerifiesCertificate: false }),
          ).toMatchObject({ result: 'unknown' });
        } finally {
          await other.remove();
        }
      },
    );

    it('a certificate for another name is refused', async () => {
      const other = await startSlapd({ entries: [], tls: await trusted.issue({ dns: ['ldap.far.test'] }) });
      try {
        await expect(examine('ann@corp.test', other.tlsPort, { ldapEncryption: 'ldaps' })).rejects.toThrow(
          'it is for ldap.far.test, not for 127.0.0.1',
        );
      } finally {
        await other.remove();
      }
    });

    it('a server without StartTLS says so', async () => {
      const other = await startSlapd({ entries: [] });
      try {
        await expect(examine('ann@corp.test', other.port, { ldapEncryption: 'starttls' })).rejects.toThrow(
          'does not offer StartTLS',
        );
      } finally {
        await other.remove();
      }
    });

    it('LDAPS at the port for clear text is told', async () => {
      await expect(examine('ann@corp.test', directory.port, { ldapEncryption: 'ldaps' })).rejects.toThrow(
        'Is it the port for LDAPS?',
      );
    });
  });

  describe('log-in', () => {
    let guarded: RunningSlapd;
    beforeAll(async () => {
      guarded = await startSlapd({ entries, needsLogIn: true });
    });
    afterAll(() => guarded?.remove());
    const asReader = { ldapBinding: 'plain', ldapUserName: 'cn=reader,dc=corp,dc=test' } as const;

    it('with name and password', async () => {
      const login = { ...asReader, ldapPassword: guarded.administrator.password };
      expect(await examine('ann@corp.test', guarded.port, login)).toMatchObject({ result: 'unchanged' });
    });

    it('a wrong password is told with its field, and not repeated', async () => {
      const refusal = examine('ann@corp.test', guarded.port, { ...asReader, ldapPassword: 'wrong one' });
      await expect(refusal).rejects.toMatchObject({
        field: 'ldapPassword',
        message: expect.stringContaining('refuses the log-in'),
      });
      await expect(refusal).rejects.not.toThrow('wrong one');
    });

    it('an empty password is never sent: the server would take it for nobody', async () => {
      await expect(examine('ann@corp.test', guarded.port, asReader)).rejects.toThrow(
        'Enter the password for the directory.',
      );
    });

    it.each(['sspi', 'service-account'] as const)(
      '%s is refused with what to choose',
      async (ldapBinding) => {
        await expect(examine('ann@corp.test', guarded.port, { ldapBinding })).rejects.toMatchObject({
          field: 'ldapBinding',
          message: expect.stringContaining('Choose Plain text'),
        });
      },
    );
  });

  it('a base that is not there is told with its field', async () => {
    await expect(examine('ann@corp.test', directory.port, { ldapBase: 'dc=other' })).rejects.toMatchObject({
      field: 'ldapBase',
    });
  });

  it('nobody there is told in words', async () => {
    const gone = await startSlapd({ entries: [] });
    await gone.remove();
    await expect(examine('ann@corp.test', gone.port)).rejects.toThrow(
      'cannot be reached: nobody listens there.',
    );
  });

  it('a connection that is lost stays lost, and the next question opens another one', async () => {
    const connection = await openConnection(settingsFor(directory.port), means);
    await directory.stop();
    await expect(connection.read('dc=corp,dc=test', ['dc'])).rejects.toThrow(/was lost/);
    await directory.start();
    expect(connection.isOpen).toBe(false);
    await expect(connection.read('dc=corp,dc=test', ['dc'])).rejects.toThrow(/was lost/);
  });

  it('a directory that goes and comes back is warned of once, and then answers', async () => {
    const events: EngineEvent[] = [];
    const routing = createLdapDirectory({
      ...means,
      serverId: 1,
      settings: () => settingsFor(directory.port),
      emit: (event) => events.push(event),
    });
    let count = 0;
    // Each time another one: nothing is remembered of it.
    const resolve = () =>
      routing.resolve(
        { sender: '', recipients: [`new${count++}@corp.test`, 'a.smith@corp.test'], isUtf8: false },
        new AbortController().signal,
      );
    const resolved = { recipients: [{ kind: 'unchanged' }, { address: 'ann@corp.test' }] };
    expect(await resolve()).toMatchObject(resolved);
    await directory.stop();
    for (let times = 0; times < 3; times++)
      expect(await resolve()).toMatchObject({ kind: 'failed', status: { enhanced: '4.4.3' } });
    expect(routing.status()).toMatchObject({ isConnected: false, counters: { failures: 3 } });
    await directory.start();
    expect(await resolve()).toMatchObject(resolved);
    // An idle connection that the server closed is no failure.
    await directory.stop();
    await directory.start();
    expect(await resolve()).toMatchObject(resolved);
    expect(events.map((event) => event.type === 'warning' && event.code)).toEqual([
      'directory-unavailable',
      'directory-available',
    ]);
    routing.close();
  });
});

describe('settings', () => {
  it('changed settings are followed at the next question', () => {
    let settings = settingsFor(1);
    const routing = createLdapDirectory({
      ...means,
      serverId: 1,
      settings: () => settings,
      emit: () => undefined,
    });
    const before = routing.route?.destination;
    settings = settingsFor(2);
    expect(routing.route?.destination).not.toBe(before);
    settings = settingsFor(2, { usesLdapRouting: false });
    expect(routing.route?.destination).toBeUndefined();
  });
});
