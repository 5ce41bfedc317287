import { describe, expect, it } from 'vitest';
import {
  formatIp,
  maskOf,
  parseIp,
  parsePrefix,
} from '../../../../src-main/settings/schema/access-list/ip-address';

const again = (text: string): string | undefined => {
  const address = parseIp(text);
  return address && formatIp(address);
};

describe('an IP address', () => {
  it.each([
    ['192.0.2.10', '192.0.2.10'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8::A', '2001:db8::a'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:0', '2001:db8:0:0:1::'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('%s is written %s', (text, written) => {
    expect(again(text)).toBe(written);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '010.0.0.1',
    '1.2.3.-4',
    ' 1.2.3.4',
    '1.2.3.4/24',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    'g::',
    '1.2.3.4::',
    'fe80::1%eth0',
    'localhost',
  ])('is not read from %j', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });
});

describe('a mask', () => {
  it.each([
    ['255.255.255.0', 4, 24],
    ['24', 4, 24],
    ['/24', 4, 24],
    [' /8 ', 4, 8],
    ['0.0.0.0', 4, 0],
    ['255.255.255.255', 4, 32],
    ['64', 6, 64],
    ['ffff:ffff::', 6, 32],
    ['33', 4, undefined],
    ['129', 6, undefined],
    ['255.0.255.0', 4, undefined],
    ['0.0.0.255', 4, undefined],
    ['255.255.255.0', 6, undefined],
    ['', 4, undefined],
    ['-1', 4, undefined],
  ] as const)('%j of IPv%i is the prefix %s', (text, family, prefix) => {
    expect(parsePrefix(text, family)).toBe(prefix);
  });

  it('has its network bits set', () => {
    expect(formatIp({ family: 4, value: maskOf(4, 20) })).toBe('255.255.240.0');
    expect(formatIp({ family: 6, value: maskOf(6, 48) })).toBe('ffff:ffff:ffff::');
    expect(maskOf(4, 0)).toBe(0n);
  });
});
