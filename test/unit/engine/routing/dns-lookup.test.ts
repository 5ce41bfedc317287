import { expect, it } from 'vitest';
import { usableAddress } from '../../../../src-main/engine/routing/dns-lookup';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8::1'],
  ['127.0.0.1', '127.0.0.1'],
  // An IPv4 address in another dress must not pass the check for our own addresses.
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['0.0.0.0', undefined],
  ['::', undefined],
  ['224.0.0.1', undefined],
  ['255.255.255.255', undefined],
  ['ff02::1', undefined],
  ['192.0.2.256', undefined],
  ['mx.example.test', undefined],
  ['', undefined],
])('the usable form of %j is %j', (address, expected) => {
  expect(usableAddress(address)).toBe(expected);
});
