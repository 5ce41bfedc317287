/** Routing, a real DNS server and delivery together: recipient in, message at the right host. */
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../../../src-main/engine/core/clock';
import { decideRoute } from '../../../../src-main/engine/routing/route';
import { createTargetResolver } from '../../../../src-main/engine/routing/targets';
import { type DnsZones, startDnsServer } from '../../../support/dns-server';
import { createServerSettings } from '../../../support/settings';
import { benchWith, brief, jobOf, peerWith } from './delivery-bench';

const routeOf = (recipient: string, settings: Parameters<typeof decideRoute>[1]) =>
  decideRoute({ recipient, sender: 'app@line.test' }, settings);

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

async function sendThroughDns(zones: DnsZones, change: Parameters<typeof createServerSettings>[0]) {
  const dns = await startDnsServer(zones);
  const settings = createServerSettings({ ...change, dnsServers: [dns.server] });
  const resolver = createTargetResolver({
    settings: () => settings,
    isOwnAddress: (_address, port) => port === 2525,
    fqdn: () => 'relay.corp.test',
    clock: systemClock,
  });
  endings.push(() => resolver.close(), dns.close);
  const bench = benchWith((route) => resolver.resolve(route), { settings });
  return bench.send(jobOf({ route: routeOf('one@far.test', settings) }));
}

const zones: DnsZones = {
  'far.test': {
    mx: [
      [10, 'mx1.far.test'],
      [20, 'mx2.far.test'],
    ],
  },
  'mx1.far.test': { a: ['127.0.0.2'] },
  'mx2.far.test': { a: ['127.0.0.1'] },
  'smart.corp.test': { a: ['127.0.0.1'] },
};

it('the first MX host refuses the connection, the second takes the message', async () => {
  const peer = await peerWith();
  const result = await sendThroughDns(zones, { outboundPort: peer.port });
  expect(brief(result)).toEqual(['one@far.test: 250 2.0.0 queued as PEER (mx2.far.test)']);
  expect(peer.transactions[0]?.recipients).toEqual(['one@far.test']);
});

it('a smart host takes what DNS does not know, when direct delivery is tried first', async () => {
  const peer = await peerWith();
  const { 'far.test': _gone, ...rest } = zones;
  const result = await sendThroughDns(rest, {
    outboundPort: peer.port,
    smartHost: 'smart.corp.test',
    triesDirectDelivery: true,
  });
  expect(brief(result)).toEqual(['one@far.test: 250 2.0.0 queued as PEER (smart.corp.test)']);
});

it('a domain that does not exist is returned, a DNS server that is down is not', async () => {
  const { 'far.test': _gone, ...rest } = zones;
  const unknown = await sendThroughDns(rest, {});
  expect(brief(unknown)).toEqual(['one@far.test: 550 5.1.2 The domain far.test does not exist']);
  expect(unknown.isDestinationDown).toBe(false);
  const failing = await sendThroughDns({ 'far.test': 'servfail' }, {});
  expect(failing.results[0]?.status).toMatchObject({ code: 451, enhanced: '4.4.3' });
  expect(failing.isDestinationDown).toBe(true);
});
