/** Verified host names, from a real DNS server on loopback. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src-main/engine/core/clock';
import { undecidedHostName } from '../../../../src-main/engine/core/host-name';
import {
  createDnsLookup,
  type DnsLookup,
  reverseNameOf,
} from '../../../../src-main/engine/routing/dns-lookup';
import { createHostNameVerifier } from '../../../../src-main/engine/routing/host-name';
import { type LoopbackDnsServer, startDnsServer } from '../../../support/dns-server';
import { createFakeClock } from '../../../support/fake-clock';

let server: LoopbackDnsServer;
let dns: DnsLookup;
beforeEach(async () => {
  server = await startDnsServer({
    [reverseNameOf('192.0.2.1')]: { ptr: ['Web1.App.test.'] },
    'web1.app.test': { a: ['192.0.2.9', '192.0.2.1'] },
    [reverseNameOf('192.0.2.2')]: { ptr: ['liar.app.test'] },
    'liar.app.test': { a: ['192.0.2.9'] },
    [reverseNameOf('192.0.2.3')]: { ptr: ['z.test', 'b.test', 'a.test'] },
    'a.test': { a: ['192.0.2.9'] },
    'b.test': { a: ['192.0.2.3'] },
    'z.test': { a: ['192.0.2.3'] },
    [reverseNameOf('192.0.2.4')]: { ptr: ['gone.test'] },
    [reverseNameOf('192.0.2.5')]: { ptr: ['bad name.test', 'x)(y.test'] },
    [reverseNameOf('192.0.2.6')]: 'servfail',
    [reverseNameOf('192.0.2.7')]: 'silent',
    [reverseNameOf('192.0.2.8')]: { ptr: Array.from({ length: 12 }, (_, at) => `n${10 + at}.test`) },
    'n21.test': { a: ['192.0.2.8'] },
    [reverseNameOf('2001:db8::7')]: { ptr: ['six.test'] },
    'six.test': { a: ['192.0.2.1'], aaaa: ['2001:db8::7'] },
    [reverseNameOf('127.0.0.1')]: { ptr: ['loop.test'] },
    'loop.test': { a: ['127.0.0.1'] },
  });
  dns = createDnsLookup({ servers: () => [server.server], clock: systemClock });
});
afterEach(async () => {
  dns.close();
  await server.close();
});

it.each([
  ['192.0.2.1', '1.2.0.192.in-addr.arpa'],
  ['2001:db8::567:89ab', 'b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'],
  ['::1', `1.${'0.'.repeat(31)}ip6.arpa`],
  ['2001:DB8:0:0:0:0:0:1', `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`],
])('the names of %s stand at %s', (address, name) => {
  expect(reverseNameOf(address)).toBe(name);
});

describe('a verified host name', () => {
  it.each<[string, string, string | undefined]>([
    ['leads back to the address', '192.0.2.1', 'web1.app.test'],
    ['is not one that leads elsewhere', '192.0.2.2', undefined],
    ['is the first of the alphabet that leads back', '192.0.2.3', 'b.test'],
    ['is not one that has no address', '192.0.2.4', undefined],
    ['is not one that is no name', '192.0.2.5', undefined],
    ['is undecided where DNS fails', '192.0.2.6', undecidedHostName],
    ['is looked for among a few names only', '192.0.2.8', undefined],
    ['is one of IPv6 too', '2001:db8::7', 'six.test'],
    ['comes from DNS and not from the hosts file', '127.0.0.1', 'loop.test'],
    ['is none where there is none', '192.0.2.200', undefined],
    ['is none for what is no address', 'fe80::1%eth0', undefined],
    ['is none for nothing', '', undefined],
  ])('%s: %s', async (_claim, address, name) => {
    expect(await createHostNameVerifier({ dns, clock: systemClock })(address)).toBe(name);
  });

  it('is undecided when DNS takes too long', async () => {
    const clock = createFakeClock();
    const name = createHostNameVerifier({ dns, clock, waitMs: 4_000 })('192.0.2.7');
    await clock.advance(4_000);
    expect(await name).toBe(undecidedHostName);
  });

  it('is kept for a while, and so is that DNS could not tell', async () => {
    const clock = createFakeClock();
    let asked = 0;
    const verify = createHostNameVerifier({
      clock,
      dns: {
        ptr: async (address) => {
          asked++;
          return address === '192.0.2.1'
            ? { kind: 'records', records: ['one.test'] }
            : { kind: 'failed', reason: 'down' };
        },
        a: async () => ({ kind: 'records', records: ['192.0.2.1'] }),
        aaaa: async () => ({ kind: 'none' }),
      },
    });
    const both = () => Promise.all([verify('192.0.2.1'), verify('192.0.2.2'), verify('192.0.2.1')]);
    expect(await both()).toEqual(['one.test', undecidedHostName, 'one.test']);
    expect(asked).toBe(2);
    await clock.advance(59_000);
    await both();
    expect(asked).toBe(2);
    await clock.advance(2_000);
    await both();
    expect(asked).toBe(3);
    await clock.advance(5 * 60_000);
    await both();
    expect(asked).toBe(5);
    expect(clock.timerCount).toBe(0);
  });
});
