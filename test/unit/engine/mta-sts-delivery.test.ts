/** MTA-STS from end to end: a DNS server, a web server and mail hosts on loopback, and the engine's own wiring. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src-main/engine/core/clock';
import { openSecurity, type RouteSecurity } from '../../../src-main/engine/core/delivery';
import { explainDelivery } from '../../../src-main/engine/explain-delivery';
import { openServerDns } from '../../../src-main/engine/server-dns';
import type { ServerSettings } from '../../../src-main/settings/schema';
import { createAuthority, createCertificate, type TestAuthority } from '../../support/certificate';
import { startDnsServer } from '../../support/dns-server';
import { createServerSettings } from '../../support/settings';
import { startSmtpPeer } from '../../support/smtp-peer';
import { benchWith, brief, jobOf } from './delivery/delivery-bench';

let trusted: TestAuthority;
beforeAll(async () => {
  trusted = await createAuthority('Company CA');
  Object.assign(tls, { getCACertificates: () => [trusted.certificatePem] });
});

const endings: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const contextOf = ({ keyPem, certificatePem }: { keyPem: string; certificatePem: string }) => ({
  key: keyPem,
  cert: certificatePem,
});

async function startWebServer(policy: { text: string }): Promise<number> {
  const server = createServer(
    contextOf(await trusted.issue({ dns: ['mta-sts.far.test'] })),
    (_request, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end(policy.text),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const textOf = (mode: string, ...mx: string[]): string =>
  ['version: STSv1', `mode: ${mode}`, ...mx.map((name) => `mx: ${name}`), 'max_age: 604800'].join('\n');

/** far.test has its mail host at a peer with this certificate, and this policy. */
async function world(options: {
  policy: string;
  certificate: 'valid' | 'self-signed';
  settings?: Partial<ServerSettings>;
  hosts?: readonly (readonly [number, string])[];
}) {
  const credentials =
    options.certificate === 'valid'
      ? await trusted.issue({ dns: ['mx.far.test'] })
      : await createCertificate('mx.far.test');
  const peer = await startSmtpPeer({ tls: contextOf(credentials) });
  endings.push(() => peer.close());
  const policy = { text: options.policy };
  const dnsServer = await startDnsServer({
    'far.test': { mx: options.hosts ?? [[10, 'mx.far.test']] },
    'mx.far.test': { a: ['127.0.0.1'] },
    'mx.elsewhere.test': { a: ['127.0.0.1'] },
    '_mta-sts.far.test': { txt: ['v=STSv1; id=1;'] },
    'mta-sts.far.test': { a: ['127.0.0.1'] },
  });
  endings.push(() => dnsServer.close());
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-mta-sts-'));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  const settings = {
    ...createServerSettings(),
    dnsServers: [dnsServer.server],
    outboundPort: peer.port,
    ...options.settings,
  };
  const dns = openServerDns({
    settings: () => settings,
    fqdn: () => 'relay.corp.test',
    clock: systemClock,
    isOwnAddress: () => false,
    mtaSts: { folder, port: await startWebServer(policy) },
  });
  endings.push(() => dns.close());
  const bench = benchWith(dns.resolveTargets, { settings });
  const send = async (security: RouteSecurity = openSecurity) => {
    const route = { kind: 'mx' as const, domain: 'far.test', port: peer.port, security };
    return bench.send(jobOf({ route }));
  };
  return { peer, bench, send, dns, settings, dnsServer };
}

const taken = '250 2.0.0 queued as PEER';

describe('a policy that is enforced', () => {
  it('lets mail go to a host that it names and whose certificate is valid', async () => {
    const { send, peer } = await world({ policy: textOf('enforce', '*.far.test'), certificate: 'valid' });
    const result = await send();
    expect(brief(result)[0]).toContain(taken);
    expect(result.results[0]?.tls).toMatchObject({ isVerified: true, policy: 'mta-sts' });
    expect(peer.transactions[0]?.isSecure).toBe(true);
  });

  it('keeps it from a host with another certificate', async () => {
    const { send, peer } = await world({
      policy: textOf('enforce', 'mx.far.test'),
      certificate: 'self-signed',
    });
    expect(brief(await send())[0]).toMatch(/451 4\.7\.5 mx\.far\.test .*self-signed/);
    expect(peer.attempts).toEqual([]);
  });

  it('keeps it from hosts that it does not name, and goes to those behind them', async () => {
    const { send, peer } = await world({
      policy: textOf('enforce', 'mx.far.test'),
      certificate: 'valid',
      hosts: [
        [5, 'mx.elsewhere.test'],
        [10, 'mx.far.test'],
      ],
    });
    expect((await send()).results[0]?.remote?.name).toBe('mx.far.test');
    expect(peer.connections).toBe(1);
  });

  it('lets it wait when DNS has no host that it names', async () => {
    const { send, peer } = await world({
      policy: textOf('enforce', 'mx.far.test'),
      certificate: 'valid',
      hosts: [[10, 'mx.elsewhere.test']],
    });
    const result = await send();
    expect(brief(result)[0]).toMatch(
      /451 4\.7\.5 The MTA-STS policy of far\.test names none of the mail hosts/,
    );
    expect(peer.connections).toBe(0);
  });

  it('is explained', async () => {
    const { dns, settings } = await world({ policy: textOf('enforce', '*.far.test'), certificate: 'valid' });
    const { steps } = await explainDelivery(
      {
        settings,
        clock: systemClock,
        keyring: { unseal: (secret: string) => secret },
        resolveTargets: dns.resolveTargets,
      } as unknown as Parameters<typeof explainDelivery>[0],
      { recipient: 'ann@far.test', sender: 'app@corp.test', resolvesNextHop: true },
    );
    expect(steps).toContainEqual(
      expect.objectContaining({
        decision: 'security',
        rule: 'MTA-STS policy of far.test, mode enforce.',
        control: { setting: 'honoursMtaSts' },
      }),
    );
  });
});

it('a policy that is tested is told, and keeps nothing back', async () => {
  const { send, bench } = await world({
    policy: textOf('testing', 'mx.far.test'),
    certificate: 'self-signed',
  });
  expect(brief(await send())[0]).toContain(taken);
  expect(bench.events).toEqual([expect.objectContaining({ code: 'mta-sts-tested' })]);
});

it.each<[claim: string, Partial<ServerSettings>, RouteSecurity]>([
  ['not honoured', { honoursMtaSts: false }, openSecurity],
  ['for a route without encryption', {}, { ...openSecurity, tls: 'off' }],
])('a policy is not even asked for when it is %s', async (_claim, settings, security) => {
  const { send, dnsServer } = await world({
    policy: textOf('enforce', 'other.far.test'),
    certificate: 'self-signed',
    settings,
  });
  expect(brief(await send(security))[0]).toContain(taken);
  expect(dnsServer.queries.map(({ name }) => name)).not.toContain('_mta-sts.far.test');
});
