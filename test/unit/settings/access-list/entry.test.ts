import { describe, expect, it } from 'vitest';
import { accessListEntry } from '../../../../src-main/settings/schema';
import {
  readComputer,
  readDomain,
  readEntry,
  readSubnet,
} from '../../../../src-main/settings/schema/access-list/entry';

describe('an entry as people write it', () => {
  it.each([
    ['10.0.4.7', 'computer', '10.0.4.7'],
    [' 10.0.4.7 ', 'computer', '10.0.4.7'],
    ['10.0.4.7/32', 'computer', '10.0.4.7'],
    ['[2001:DB8::1]', 'computer', '2001:db8::1'],
    ['2001:db8::1/128', 'computer', '2001:db8::1'],
    ['::ffff:10.0.4.7', 'computer', '10.0.4.7'],
    ['10.0.4.0/24', 'subnet', '10.0.4.0/24'],
    ['10.0.4.0/255.255.255.0', 'subnet', '10.0.4.0/24'],
    ['10.0.4.0 255.255.255.0', 'subnet', '10.0.4.0/24'],
    ['10.0.4.0, 255.255.255.0', 'subnet', '10.0.4.0/24'],
    ['10.0.4.0;255.255.255.0', 'subnet', '10.0.4.0/24'],
    ['10.0.4.7/24', 'subnet', '10.0.4.0/24'],
    ['2001:0DB8:0::5/32', 'subnet', '2001:db8::/32'],
    ['::ffff:10.0.4.0/120', 'subnet', '10.0.4.0/24'],
    ['0.0.0.0/0', 'subnet', '0.0.0.0/0'],
    ['Example.COM', 'domain', 'example.com'],
    ['*.example.com', 'domain', 'example.com'],
    ['.example.com.', 'domain', 'example.com'],
    ['localhost', 'domain', 'localhost'],
  ])('%j is the %s %s', (text, kind, written) => {
    const reading = readEntry(text);
    expect('entry' in reading && [reading.entry.kind, reading.entry.text]).toEqual([kind, written]);
    expect(accessListEntry.safeParse(written).success).toBe(true);
  });

  it.each([
    '',
    '10.0.4',
    '10.0.4.256',
    '010.0.4.1',
    '10.0.4.0/33',
    '10.0.4.0/255.0.255.0',
    '10.0.4.0/24/24',
    '::ffff:10.0.4.0/24',
    '2001:db8::/129',
    'example..com',
    'exa mple.com',
    'example.com/24',
    '10.0.4.1-10.0.4.9',
    '-',
    '*',
  ])('%j is refused with a reason', (text) => {
    expect(readEntry(text)).toEqual({ reason: expect.stringMatching(/^Enter .+\.$/) });
  });

  it('says that the bits of the host were cleared', () => {
    const reading = readSubnet('10.0.4.7', '255.255.255.0');
    expect(reading).toMatchObject({
      entry: { text: '10.0.4.0/24' },
      note: 'Becomes the whole subnet 10.0.4.0/24: 10.0.4.7 is one computer in it.',
    });
    expect(readSubnet('10.0.4.0', '24')).not.toHaveProperty('note');
  });

  it('tells which half of a subnet is wrong', () => {
    expect(readSubnet('10.0.4', '24')).toMatchObject({ field: 'address' });
    expect(readSubnet('10.0.4.0', '')).toMatchObject({ field: 'mask' });
    expect(readSubnet('2001:db8::', '255.255.0.0')).toMatchObject({ field: 'mask' });
  });

  it('of one computer is no subnet, and the field says where a subnet goes', () => {
    expect(readComputer('10.0.4.0/24')).toEqual({
      reason: 'This is a subnet. Choose "Group of computers" for it.',
    });
    expect(readComputer('example.com')).toMatchObject({ reason: expect.stringContaining('IP address') });
  });

  it('of a domain is no address', () => {
    expect(readDomain('10.0.4.7')).toHaveProperty('reason');
    expect(readDomain('10.0.4.0/24')).toHaveProperty('reason');
  });
});
