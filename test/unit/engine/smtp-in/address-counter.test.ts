/** What counts as one client, and how many connections it has. */
import { describe, expect, it } from 'vitest';
import {
  createAddressCounter,
  isLoopback,
  networkOf,
} from '../../../../src-main/engine/smtp-in/address-counter';

describe('one client', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['::1', '::/64'],
    ['', ''],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it('is another one in the next /64', () => {
    expect(networkOf('2001:db8:0:1::1')).not.toBe(networkOf('2001:db8:0:2::1'));
  });
});

describe('loopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.255.0.9', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['::ffff:7f00:1', true],
    ['0:0:0:0:0:0:0:1', true],
    ['::2', false],
    ['128.0.0.1', false],
    ['192.0.2.127', false],
    ['2001:db8::1', false],
    ['', false],
  ])('%s: %s', (address, is) => {
    expect(isLoopback(address)).toBe(is);
  });
});

describe('a count', () => {
  it('goes up and down by client, and not below nothing', () => {
    const counter = createAddressCounter();
    counter.add('a');
    counter.add('a');
    counter.add('b');
    counter.remove('a');
    counter.remove('b');
    counter.remove('b');
    expect(['a', 'b', 'c'].map((client) => counter.count(client))).toEqual([1, 0, 0]);
  });
});
