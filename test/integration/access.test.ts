/** Who may connect and relay, on the real service with a DNS server on loopback: addresses, host names, explanations. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ServerSettingsInput } from '../../src-main/api/contract';
import { runCommand } from '../support/command';
import { type DnsZones, type LoopbackDnsServer, startDnsServer } from '../support/dns-server';
import { findFreePort, type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

const reverse = '1.0.0.127.in-addr.arpa';
const honest: DnsZones = {
  [reverse]: { ptr: ['client.app.test'] },
  'client.app.test': { a: ['127.0.0.1'] },
};
const liar: DnsZones = {
  [reverse]: { ptr: ['client.app.test'] },
  'client.app.test': { a: ['192.0.2.1'] },
};

async function start(
  zones: DnsZones,
  server: Partial<ServerSettingsInput>,
): Promise<{ service: RunningService; dns: LoopbackDnsServer }> {
  const dns = await startDnsServer({ ...zones });
  cleanUp.push(() => dns.close());
  const service = await startService({
    server: {
      dnsServers: [dns.server],
      // Nobody listens there: what is relayed waits in Queue.
      smartHost: '[127.0.0.1]',
      outboundPort: await findFreePort(),
      ...server,
    },
  });
  cleanUp.push(() => service.remove());
  return { service, dns };
}

/** The answer to RCPT for somebody elsewhere, or what the server said and did instead of greeting. */
async function tryToRelay(service: RunningService): Promise<string> {
  const client = await connectSmtp(service.port);
  try {
    if (!client.greeting.startsWith('220 ')) {
      await expect(client.hear()).rejects.toThrow('connection closed');
      return client.greeting;
    }
    await client.say('EHLO test');
    await client.say('MAIL FROM:<app@line.test>');
    return await client.say('RCPT TO:<x@elsewhere.test>');
  } finally {
    client.end();
  }
}

const accepted = /^250 2\.1\.5 x@elsewhere\.test/;
const refused = '550 5.7.1 Unable to relay for x@elsewhere.test';

describe('a relay list with a domain', () => {
  it('lets in a client whose host name is verified, and asks once', async () => {
    const { service, dns } = await start(honest, { relayList: ['app.test'] });
    expect(await tryToRelay(service)).toMatch(accepted);
    expect(await tryToRelay(service)).toMatch(accepted);
    expect(dns.queries).toEqual([
      { name: reverse, type: 'ptr' },
      { name: 'client.app.test', type: 'a' },
    ]);
  });

  it.each<[string, DnsZones]>([
    ['a host name that leads elsewhere', liar],
    ['no host name', {}],
    ['a host name in another domain', { ...honest, [reverse]: { ptr: ['client.app.test.evil.test'] } }],
  ])('refuses a client with %s', async (_what, zones) => {
    const { service } = await start(zones, { relayList: ['app.test'] });
    expect(await tryToRelay(service)).toBe(refused);
  });

  it('has a client come again while its DNS server is broken', async () => {
    const { service } = await start({ [reverse]: 'servfail' }, { relayList: ['app.test'] });
    expect(await tryToRelay(service)).toMatch(/^451 4\.4\.3 /);
  });

  it('in "all except" refuses the named and the nameless', async () => {
    const settings: Partial<ServerSettingsInput> = { relayMode: 'except', relayList: ['app.test'] };
    const { service, dns } = await start(honest, settings);
    expect(await tryToRelay(service)).toBe(refused);
    await service.client.servers.set({ serverId: 1, patch: { relayList: ['other.test'] } });
    expect(await tryToRelay(service)).toMatch(accepted);
    for (const name of Object.keys(dns.zones)) delete dns.zones[name];
    await service.client.servers.stop({ serverId: 1 });
    await service.client.servers.start({ serverId: 1 });
    expect(await tryToRelay(service)).toBe(refused);
  });

  it('is not looked at for a local recipient, nor without a domain in it', async () => {
    const { service, dns } = await start(honest, { relayList: ['127.0.0.1'] });
    expect(await tryToRelay(service)).toMatch(accepted);
    expect(dns.queries).toEqual([]);
  });
});

describe('connection control', () => {
  it('greets nobody on the list, and closes', async () => {
    const { service } = await start({}, { connectionList: ['127.0.0.0/8'] });
    expect(await tryToRelay(service)).toBe('554 5.7.1 Connection refused');
    expect((await service.client.sessions.list({ serverId: 1 })).total).toBe(0);
    const [row, ...others] = (await service.client.sessions.recent({ serverId: 1 })).rows;
    expect(row).toMatchObject({ from: '127.0.0.1', lastReply: '554 5.7.1 Connection refused' });
    expect(others).toEqual([]);
    const { lines } = await service.client.sessions.dialogue({ serverId: 1, sessionId: row?.id ?? '' });
    expect(lines[0]?.text).toMatch(/^Refused by connection control: /);
    await service.client.servers.set({ serverId: 1, patch: { connectionList: ['192.0.2.1'] } });
    expect(await tryToRelay(service)).toBe(refused);
  });

  it.each<[string, Partial<ServerSettingsInput>, DnsZones, boolean]>([
    ['only a domain: its clients', { connectionMode: 'only', connectionList: ['app.test'] }, honest, true],
    ['only a domain: nobody else', { connectionMode: 'only', connectionList: ['app.test'] }, liar, false],
    ['all except a domain: not its clients', { connectionList: ['app.test'] }, honest, false],
    ['all except a domain: the nameless too', { connectionList: ['app.test'] }, liar, true],
  ])('%s', async (_what, settings, zones, mayConnect) => {
    const { service } = await start(zones, settings);
    expect(await tryToRelay(service)).toBe(mayConnect ? refused : '554 5.7.1 Connection refused');
  });
});

describe('reverse DNS lookup', () => {
  it.each<[string, DnsZones, string]>([
    ['a verified host name', honest, 'from test (client.app.test [127.0.0.1]) by'],
    ['one that leads elsewhere', liar, 'from test ([127.0.0.1] unverified) by'],
  ])('marks the Received line: %s', async (_what, zones, line) => {
    const { service } = await start(zones, { performsReverseDnsLookup: true });
    const client = await connectSmtp(service.port);
    await client.say('EHLO test');
    const message = { from: 'app@line.test', to: ['ann@corp.test'], data: 'Subject: marked\r\n\r\nHello' };
    expect(await client.send(message)).toMatch(/^250 2\.6\.0 /);
    const [mail] = await waitFor('the message in Drop', () => {
      const dropped = service.dropped();
      return dropped.length > 0 && dropped;
    });
    expect(mail).toContain(`Received: ${line}`);
    client.end();
  });
});

describe('explain and lookup', () => {
  it('say before the mail what the session says', async () => {
    const { service } = await start(honest, { relayList: ['app.test'] });
    const mailroot = (...words: string[]) => runCommand([...words, '--data', service.dataFolder]);
    const yes = await mailroot('explain', '--to', 'x@elsewhere.test', '--client', '127.0.0.1');
    expect(yes).toMatchObject({ code: 0, error: '' });
    expect(yes.out).toContain('this one is in it as app.test. (relayList)');
    expect(yes.out).toContain('Accepted, and sent to smart host [127.0.0.1]');
    expect(await tryToRelay(service)).toMatch(accepted);

    const no = await mailroot('explain', '--to', 'x@elsewhere.test', '--client', '192.0.2.7', '--json');
    expect(JSON.parse(no.out)).toMatchObject({
      isAccepted: false,
      outcome: `Refused: the client gets "${refused}".`,
    });
    expect(await mailroot('explain', '--client', '127.0.0.1')).toMatchObject({ code: 1 });
    expect((await mailroot('explain', '--to', 'a@b.test', '--client', 'printer')).error).toMatch(
      /^mailroot: [^\n]*IP address[^\n]*\n$/,
    );
  });

  it('work while the virtual server is stopped', async () => {
    const { service } = await start(honest, { relayList: ['app.test'] });
    await service.client.servers.stop({ serverId: 1 });
    const explanation = await service.client.diagnostics.explain({
      serverId: 1,
      from: 'app@line.test',
      to: 'x@elsewhere.test',
      clientAddress: '127.0.0.1',
    });
    expect(explanation.isAccepted).toBe(true);
    expect(explanation.steps.map(({ decision, verdict }) => `${decision} ${verdict}`)).toEqual([
      'connect info',
      'connect pass',
      'submit pass',
      'relay pass',
      'route pass',
      'next-hop pass',
      'security info',
      'retry info',
    ]);
  });

  it('asks the DNS servers of the virtual server', async () => {
    const zones: DnsZones = {
      ...honest,
      'app.test': { mx: [[10, 'client.app.test']] },
      'sad.test': 'servfail',
    };
    const { service } = await start(zones, {});
    const lookUp = (name: string) => service.client.diagnostics.lookUp({ serverId: 1, name });
    const nothing = { addresses: [], names: [], mailHosts: [] };
    expect(await lookUp('Client.App.test.')).toEqual({ ...nothing, addresses: ['127.0.0.1'] });
    expect(await lookUp('[127.0.0.1]')).toEqual({ ...nothing, names: ['client.app.test'] });
    expect(await lookUp('app.test')).toEqual({
      ...nothing,
      mailHosts: [{ name: 'client.app.test', preference: 10 }],
    });
    expect(await lookUp('gone.test')).toEqual({ ...nothing, problem: 'gone.test does not exist.' });
    expect(await lookUp('sad.test')).toMatchObject({
      problem: expect.stringMatching(/^sad\.test could not/),
    });
    await expect(lookUp('a b')).rejects.toMatchObject({ code: 'invalid' });
    const { out } = await runCommand(['lookup', 'app.test', '-s', '1', '--data', service.dataFolder]);
    expect(out).toMatch(/mail host +client\.app\.test, preference 10/);
  });
});
