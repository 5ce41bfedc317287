import { describe, expect, it } from 'vitest';
import {
  interleaveAddresses,
  sortByPreference,
  withoutOwnHosts,
} from '../../../../src-main/engine/routing/mx-order';

const host = (name: string, preference: number) => ({ host: name, preference });

describe('MX order', () => {
  it('drops ourselves and everything of equal or worse preference', () => {
    const hosts = [host('best', 10), host('us', 20), host('peer', 20), host('worst', 30)];
    expect(withoutOwnHosts(hosts, ({ host: name }) => name === 'us')).toEqual([host('best', 10)]);
    expect(withoutOwnHosts(hosts, () => false)).toEqual(hosts);
    expect(withoutOwnHosts(hosts, ({ host: name }) => name === 'best')).toEqual([]);
  });

  it('puts equal preferences in the order of the draw, never across preferences', () => {
    const draws = [0.1, 0.9, 0.2, 0.5];
    const hosts = [host('worse', 20), host('a', 10), host('b', 10), host('c', 10)];
    const sorted = sortByPreference(hosts, () => draws.shift() ?? 0);
    expect(sorted.map(({ host: name }) => name)).toEqual(['b', 'c', 'a', 'worse']);
  });

  it.each([
    [true, ['::1', '1.1.1.1', '::2', '2.2.2.2', '3.3.3.3']],
    [false, ['1.1.1.1', '2.2.2.2', '3.3.3.3', '::1', '::2']],
  ])('with a way to IPv6 (%s) tries %j', (hasIpv6Route, expected) => {
    const addresses = { ipv4: ['1.1.1.1', '2.2.2.2', '3.3.3.3'], ipv6: ['::1', '::2'] };
    expect(interleaveAddresses(addresses, hasIpv6Route)).toEqual(expected);
  });
});
