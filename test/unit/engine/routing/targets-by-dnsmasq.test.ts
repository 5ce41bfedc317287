/** Targets by the answers of a DNS server that other people wrote: aliases, long answers over TCP, and refusals. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../../src-main/engine/core/clock';
import type { TargetAnswer } from '../../../../src-main/engine/core/delivery';
import { decideRoute } from '../../../../src-main/engine/routing/route';
import { createTargetResolver, type TargetResolver } from '../../../../src-main/engine/routing/targets';
import { type RunningDnsmasq, startDnsmasq } from '../../../support/dnsmasq';
import { describeWith } from '../../../support/packages';
import { createServerSettings } from '../../../support/settings';

const many = Array.from({ length: 40 }, (_, at) => at + 1);
const longName = 'a-name-so-long-that-forty-of-them-do-not-fit-into-one-datagram';

const records = [
  'mx-host=two.test,mx2.test,20',
  'mx-host=two.test,mx1.test,10',
  'host-record=mx1.test,192.0.2.1,2001:db8::1',
  'host-record=mx2.test,192.0.2.2',
  // RFC 2181 section 10.3 forbids it, and it is common.
  'mx-host=alias-mx.test,alias.test,10',
  'cname=alias.test,mx2.test',
  'cname=implicit-alias.test,mx2.test',
  'host-record=six.test,2001:db8::6',
  'mx-host=six-mx.test,six.test,10',
  'mx-host=null.test,.,0',
  'mx-host=gone.test,no-such-host.test,10',
  'txt-record=text-only.test,nothing to send to',
  'mx-host=own-name.test,relay.corp.test,10',
  'host-record=relay.corp.test,192.0.2.98',
  'mx-host=own-address.test,self.test,10',
  'host-record=self.test,192.0.2.99',
  ...many.map((at) => `mx-host=many.test,m${at}.${longName}.test,${at}`),
  ...many.map((at) => `host-record=m${at}.${longName}.test,198.51.100.${at}`),
];

/** "mx1.test 192.0.2.1, ...", or "550 5.1.2 text". */
const brief = (answer: TargetAnswer): string =>
  answer.kind === 'none'
    ? `${answer.status.code} ${answer.status.enhanced} ${answer.status.text}`
    : answer.targets.map(({ name, address }) => `${name} ${address}`).join(', ');

describeWith(['dnsmasq'], 'dnsmasq', () => {
  let dns: RunningDnsmasq;
  let resolver: TargetResolver;
  let settings = createServerSettings();

  beforeAll(async () => {
    dns = await startDnsmasq(records);
    settings = createServerSettings({ dnsServers: [dns.server] });
    resolver = createTargetResolver({
      settings: () => settings,
      isOwnAddress: (address) => address === '192.0.2.99',
      fqdn: () => 'relay.corp.test',
      clock: systemClock,
      hasIpv6Route: () => true,
    });
  });
  afterAll(async () => {
    resolver?.close();
    await dns?.stop();
  });

  const targetsOf = async (domain: string): Promise<string> =>
    brief(await resolver.resolve(decideRoute({ recipient: `a@${domain}`, sender: '' }, settings)));

  it.each([
    [
      'by preference, both families',
      'two.test',
      'mx1.test 2001:db8::1, mx1.test 192.0.2.1, mx2.test 192.0.2.2',
    ],
    ['an MX host that is an alias', 'alias-mx.test', 'alias.test 192.0.2.2'],
    ['a domain that is an alias of a host', 'implicit-alias.test', 'implicit-alias.test 192.0.2.2'],
    ['a domain that has IPv6 alone', 'six.test', 'six.test 2001:db8::6'],
    ['an MX host that has IPv6 alone', 'six-mx.test', 'six.test 2001:db8::6'],
    ['null MX', 'null.test', '556 5.1.10 The domain null.test does not accept mail (null MX)'],
    ['a name that does not exist', 'nobody.test', '550 5.1.2 The domain nobody.test does not exist'],
    [
      'a name without mail',
      'text-only.test',
      '550 5.4.4 The domain text-only.test has no mail server and no address',
    ],
    [
      'an MX host that does not exist',
      'gone.test',
      '550 5.4.4 None of the mail servers of gone.test has an address',
    ],
    [
      'an MX that has our name',
      'own-name.test',
      '550 5.4.6 Mail for own-name.test leads back to this server (the domain is not local here)',
    ],
    [
      'an MX that has our address',
      'own-address.test',
      '550 5.4.6 Mail for own-address.test leads back to this server (the domain is not local here)',
    ],
    [
      'a server that refuses the question',
      'elsewhere.example',
      '451 4.4.3 elsewhere.example could not be looked up: the DNS server refused the question',
    ],
  ])('%s', async (_claim, domain, expected) => {
    expect(await targetsOf(domain)).toBe(expected);
  });

  it('an answer too long for a datagram comes over TCP, and the best twenty are used', async () => {
    const hosts = (await targetsOf('many.test')).split(', ');
    expect(hosts).toHaveLength(20);
    expect(hosts[0]).toBe(`m1.${longName}.test 198.51.100.1`);
    expect(hosts[19]).toBe(`m20.${longName}.test 198.51.100.20`);
  });

  it.each([
    ['alias.test', 'alias.test 192.0.2.2'],
    ['six.test', 'six.test 2001:db8::6'],
    ['nobody.test', '451 4.4.4 Smart host nobody.test has no address: no such host'],
    [
      'mail.elsewhere.example',
      '451 4.4.3 Smart host mail.elsewhere.example could not be looked up: the DNS server refused the question',
    ],
    ['self.test', '451 4.4.6 Smart host self.test, port 25, is this server itself: mail would loop'],
  ])('smart host %s: %s', async (smartHost, expected) => {
    const route = decideRoute({ recipient: 'a@far.test', sender: '' }, { ...settings, smartHost });
    expect(brief(await resolver.resolve(route))).toBe(expected);
  });
});
