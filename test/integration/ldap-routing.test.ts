/** LDAP routing in the real service: mail by SMTP, a directory in slapd, the Drop folder, what senders are told. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServerSettingsInput } from '../../src-main/api/contract';
import { runCommand } from '../support/command';
import { type LoopbackDnsServer, startDnsServer } from '../support/dns-server';
import { describeWith } from '../support/packages';
import { type RunningService, startService, waitFor } from '../support/service';
import { group, groupName, person, personName, type RunningSlapd, startSlapd } from '../support/slapd';
import { connectSmtp } from '../support/smtp-client';

const crowd = Array.from({ length: 2500 }, (_, at) => `Person ${at}`);
const entries = [
  person('Ann', { proxyAddresses: ['SMTP:ann@corp.test', 'smtp:a.smith@corp.test'] }),
  person('Bo', { mail: 'bo@corp.test' }),
  person('Boss', { mail: 'boss@corp.test', altRecipient: personName('Bo'), deliverAndRedirect: 'TRUE' }),
  person('Round 1', { mail: 'round@corp.test', altRecipient: personName('Round 2') }),
  person('Round 2', { mail: 'round2@corp.test', altRecipient: personName('Round 1') }),
  person('Twin 1', { mail: 'twin@corp.test' }),
  person('Twin 2', { mail: 'twin@corp.test' }),
  person('Bad', { proxyAddresses: ['SMTP:not an address', 'smtp:bad@corp.test'] }),
  person('Cy', { mail: 'cy@corp.test' }, 'contact'),
  ...crowd.map((cn, at) => person(cn, { mail: `person${at}@corp.test` })),
  group('All', { mail: 'all@corp.test', member: [personName('Ann'), groupName('Inner')] }),
  group('Inner', {
    mail: 'inner@corp.test',
    member: [personName('Bo'), personName('Ann'), groupName('All')],
  }),
  group('Empty', { mail: 'empty@corp.test' }),
  group('Crowd', { mail: 'crowd@corp.test', member: crowd.map(personName) }),
  // As of a Site Server Membership Directory.
  group(
    'Site',
    { mail: 'site@corp.test', member: personName('Bo'), rfc822MailMember: 'guest@corp.test' },
    'mailGroup',
  ),
];

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

describeWith(['slapd'], 'LDAP routing', () => {
  let directory: RunningSlapd;
  beforeAll(async () => {
    directory = await startSlapd({ entries, needsLogIn: true });
  });
  afterAll(() => directory?.remove());

  const start = async (change: Partial<ServerSettingsInput> = {}): Promise<RunningService> => {
    const service = await startService({
      server: {
        usesLdapRouting: true,
        ldapServer: '127.0.0.1',
        ldapPort: directory.port,
        ldapBinding: 'plain',
        ldapUserName: directory.administrator.name,
        ldapPassword: directory.administrator.password,
        firstRetryMinutes: 0.05,
        quickRetries: 0,
        relayList: ['127.0.0.1'],
        ...change,
      },
    });
    cleanUp.push(() => service.remove());
    return service;
  };
  const send = async (
    service: RunningService,
    to: readonly string[],
    from = 'app@line.test',
  ): Promise<string> => {
    const client = await connectSmtp(service.port);
    await client.say('EHLO test');
    const reply = await client.send({ from, to, data: 'Subject: to the directory\r\n\r\nHello\r\n' });
    client.end();
    return reply;
  };
  const receiversOf = (message: string): string[] =>
    [...message.matchAll(/^x-receiver: (.*)\r?$/gim)].map((match) => match[1] ?? '').sort();
  /** The receivers of the messages in Drop; waits until Queue is empty. */
  const receivers = async (service: RunningService): Promise<string[]> => {
    await waitFor('an empty queue', () => service.files('Queue').length === 0);
    return service.dropped().flatMap(receiversOf).sort();
  };

  it('rewrites recipients and the sender, expands groups, and leaves others alone', async () => {
    const service = await start();
    expect(
      await send(service, ['a.smith@corp.test', 'inner@corp.test', 'nobody@corp.test'], 'a.smith@corp.test'),
    ).toMatch(/^250 /);
    expect(await receivers(service)).toEqual(['ann@corp.test', 'bo@corp.test', 'nobody@corp.test']);
    expect(service.dropped()[0]).toMatch(/^x-sender: ann@corp\.test\r?$/im);
    const { counters, isConnected } = await service.client.ldap.status({ serverId: 1 });
    expect(isConnected).toBe(true);
    expect(counters).toMatchObject({ unresolved: 1, groupsExpanded: 1, failures: 0 });
  });

  it('a mailbox that forwards and keeps a copy is two recipients', async () => {
    const service = await start();
    await send(service, ['boss@corp.test']);
    expect(await receivers(service)).toEqual(['bo@corp.test', 'boss@corp.test']);
  });

  it.each([
    ['an ambiguous address', 'twin@corp.test', '5.1.4'],
    ['an illegal address in the directory', 'bad@corp.test', '5.1.3'],
    ['a forwarding loop', 'round@corp.test', '5.4.6'],
    ['an empty group', 'empty@corp.test', '5.2.4'],
    ['an unknown recipient of a local domain', 'nobody@corp.test', '5.1.1'],
  ])('%s is returned', async (_claim, address, code) => {
    const service = await start({ ldapRefusesUnknown: true });
    await send(service, [address], 'ann@corp.test');
    await waitFor('an empty queue', () => service.files('Queue').length === 0);
    const [notification] = service.dropped();
    expect(notification).toContain(`Final-Recipient: rfc822; ${address}`);
    expect(notification).toContain(`Status: ${code}`);
    expect(service.dropped()).toHaveLength(1);
  });

  it('2,500 members get one message each, and more than the limit nobody', async () => {
    const service = await start();
    await send(service, ['crowd@corp.test'], 'ann@corp.test');
    expect(await receivers(service)).toHaveLength(2500);
    const strict = await start({ ldapMaxGroupMembers: 2499 });
    await send(strict, ['crowd@corp.test'], 'ann@corp.test');
    expect(await receivers(strict)).toEqual(['ann@corp.test']);
    expect(strict.dropped()[0]).toContain('Status: 5.2.4');
  });

  it('a sender who asks for it is told that the group was expanded', async () => {
    const service = await start();
    const client = await connectSmtp(service.port);
    await client.say('EHLO test');
    await client.say('MAIL FROM:<ann@corp.test>');
    await client.say('RCPT TO:<inner@corp.test> NOTIFY=SUCCESS,FAILURE');
    await client.say('DATA');
    await client.say('Subject: x\r\n\r\nHello\r\n.');
    client.end();
    await waitFor('an empty queue', () => service.files('Queue').length === 0);
    const notifications = service.dropped().filter((message) => message.includes('Action: '));
    expect(notifications).toHaveLength(1);
    expect(notifications[0]).toContain('Action: expanded');
    expect(notifications[0]).toContain('Final-Recipient: rfc822; inner@corp.test');
  });

  it('a directory that is down makes mail wait, says so once, and gets it when it is back', async () => {
    const service = await start();
    await directory.stop();
    try {
      for (let count = 0; count < 5; count++) await send(service, ['a.smith@corp.test']);
      await waitFor('a failed attempt', async () => {
        const { rows } = await service.client.queue.list({ serverId: 1, offset: 0, limit: 10 });
        // One tries for all.
        return rows.length === 5 && rows.some(({ recipients }) => (recipients[0]?.attempts ?? 0) > 0);
      });
      expect(service.dropped()).toEqual([]);
      const status = await service.client.ldap.status({ serverId: 1 });
      expect(status.problem).toContain('cannot be reached: nobody listens there');
      const { attention } = await service.client.system.status();
      expect(attention.filter(({ text }) => text.includes('LDAP routing'))).toHaveLength(1);
    } finally {
      await directory.start();
    }
    expect(await receivers(service)).toEqual(Array.from({ length: 5 }, () => 'ann@corp.test'));
    const { attention } = await service.client.system.status();
    expect(attention.filter(({ text }) => text.includes('LDAP routing'))).toEqual([]);
  });

  it('a wrong password makes mail wait until the right one is entered, which is tried at once', async () => {
    const service = await start({ ldapPassword: 'wrong', firstRetryMinutes: 100 });
    await send(service, ['a.smith@corp.test']);
    await waitFor('a refused log-in', async () => {
      const { problem } = await service.client.ldap.status({ serverId: 1 });
      return problem?.includes('refuses the log-in');
    });
    expect(service.dropped()).toEqual([]);
    await service.client.servers.set({
      serverId: 1,
      patch: { ldapPassword: directory.administrator.password },
    });
    expect(await receivers(service)).toEqual(['ann@corp.test']);
  });

  it('mail that waits goes as it is when LDAP routing is switched off', async () => {
    const service = await start({ ldapPassword: 'wrong', firstRetryMinutes: 100 });
    await send(service, ['a.smith@corp.test']);
    await waitFor(
      'a refused log-in',
      async () => (await service.client.ldap.status({ serverId: 1 })).problem,
    );
    await service.client.servers.set({ serverId: 1, patch: { usesLdapRouting: false } });
    expect(await receivers(service)).toEqual(['a.smith@corp.test']);
  });

  it('kill -9 while the directory is down loses nothing', async () => {
    const service = await start({ ldapPassword: 'wrong', firstRetryMinutes: 100 });
    for (let count = 0; count < 10; count++) await send(service, ['inner@corp.test']);
    await service.kill();
    await service.restart();
    await service.client.servers.set({
      serverId: 1,
      patch: { ldapPassword: directory.administrator.password },
    });
    expect(await receivers(service)).toHaveLength(20);
  });

  it.each([
    ['site-server', 'site@corp.test', ['bo@corp.test', 'guest@corp.test']],
    ['exchange', 'inner@corp.test', ['bo@corp.test']],
  ] as const)('entries of the schema %s are read', async (ldapSchema, to, expected) => {
    const service = await start({ ldapSchema });
    await send(service, [to]);
    expect(await receivers(service)).toEqual(expected);
  });

  it('hostile addresses are looked up as what they are', async () => {
    const service = await start();
    expect(await send(service, ['"*)(mail=*"@corp.test', '*@corp.test'])).toMatch(/^250 /);
    expect(await receivers(service)).toEqual(['"*)(mail=*"@corp.test', '*@corp.test']);
  });

  it('explain and the command line say what the directory does', async () => {
    const service = await start();
    const words = ['--data', service.dataFolder];
    const test = await runCommand(['ldap', 'test', 'a.smith@corp.test', ...words]);
    expect(test).toMatchObject({ code: 0, out: expect.stringContaining('Mail goes to ann@corp.test.') });
    const refused = await runCommand(['ldap', 'test', 'twin@corp.test', ...words]);
    expect(refused.out).toContain('Reply: 550 5.1.4');
    const status = await runCommand(['ldap', 'status', ...words]);
    expect(status.out).toContain('questions to the directory');
    const explain = await runCommand(['explain', '--to', 'inner@corp.test', ...words]);
    expect(explain.out).toMatch(/^Accepted, and sent to 2 recipients in its place\./);
    expect(explain.out).toMatch(/directory\s+yes\s+It is cn=Inner,/);
    const rewritten = await runCommand(['explain', '--to', 'a.smith@corp.test', ...words]);
    expect(rewritten.out).toContain('put into the Drop folder');
    const bad = await runCommand(['ldap', 'test', 'no address', ...words]);
    expect(bad).toMatchObject({ code: 1, error: expect.stringContaining('Enter a mail address') });
  });

  it('a test message is over when those are who stand for its recipient', async () => {
    const service = await start();
    const events = [];
    const input = { serverId: 1, from: 'app@line.test', to: ['inner@corp.test'] };
    for await (const event of await service.client.test.run(input)) events.push(event);
    expect(events.at(-1)).toMatchObject({
      kind: 'end',
      text: '1 expanded by the directory, 2 in the Drop folder.',
    });
  });

  describe('server of the domain', () => {
    let dns: LoopbackDnsServer;
    beforeAll(async () => {
      dns = await startDnsServer({
        '_ldap._tcp.corp.test': { srv: [[0, 100, directory.port, 'localhost']] },
      });
    });
    afterAll(() => dns?.close());

    it('is found in DNS when none is set', async () => {
      const service = await start({
        ldapServer: '',
        ldapPort: null,
        ldapDomain: 'corp.test',
        dnsServers: [dns.server],
      });
      await send(service, ['a.smith@corp.test']);
      expect(await receivers(service)).toEqual(['ann@corp.test']);
    });

    it('that DNS does not know is told in words', async () => {
      const service = await start({ ldapServer: '', ldapDomain: 'other.test', dnsServers: [dns.server] });
      await expect(service.client.ldap.test({ serverId: 1, address: 'ann@corp.test' })).rejects.toThrow(
        'DNS knows no directory server of other.test',
      );
    });
  });
});
