import { describe, expect, it } from 'vitest';
import { findBreadth, readEntry } from '../../../../../src-main/settings/schema';
import {
  analyseList,
  findOddities,
  findRepetition,
} from '../../../../../src-renderer/property-sheets/address-list/analysis';

const coveredIn = (texts: readonly string[]) =>
  analyseList(texts).flatMap((row) => (row.coveredBy === undefined ? [] : [[row.text, row.coveredBy]]));
const entryOf = (text: string) => {
  const reading = readEntry(text);
  if (!('entry' in reading)) throw new Error(reading.reason);
  return reading.entry;
};

describe('a list', () => {
  it.each([
    [['10.0.4.7', '10.0.4.0/24'], [['10.0.4.7', '10.0.4.0/24']]],
    [['10.0.4.0/24', '10.0.4.255'], [['10.0.4.255', '10.0.4.0/24']]],
    [['10.0.4.0/24', '10.0.5.0'], []],
    [
      ['10.0.4.7', '10.0.4.0/24', '10.0.0.0/8'],
      [
        ['10.0.4.7', '10.0.0.0/8'],
        ['10.0.4.0/24', '10.0.0.0/8'],
      ],
    ],
    [['2001:db8::1', '2001:db8::/32'], [['2001:db8::1', '2001:db8::/32']]],
    [['::/0', '10.0.0.0/8'], []],
    [['0.0.0.0/0', '::1'], []],
    [['mail.example.com', 'example.com'], [['mail.example.com', 'example.com']]],
    [
      ['a.b.example.com', 'b.example.com', 'com'],
      [
        ['a.b.example.com', 'com'],
        ['b.example.com', 'com'],
      ],
    ],
    [['badexample.com', 'example.com'], []],
    [['10.0.4.7', '10.0.4.7'], [['10.0.4.7', '10.0.4.7']]],
    [['::FFFF:10.0.4.7', '10.0.4.7'], [['10.0.4.7', '10.0.4.7']]],
  ])('%j: needless is %j', (texts, covered) => {
    expect(coveredIn(texts)).toEqual(covered);
  });

  it('lets in the same computers when what is needless is gone', () => {
    const texts = [
      '10.0.0.1',
      '10.0.0.0/30',
      '10.0.0.0/30',
      '10.0.0.8/29',
      '10.0.0.9',
      '10.0.0.0/28',
      '10.0.0.17',
    ];
    const kept = analyseList(texts).filter((row) => row.coveredBy === undefined);
    const isIn = (list: readonly string[], address: string) =>
      list.map(entryOf).some((entry) => {
        const one = entryOf(address);
        return (
          entry.kind !== 'domain' &&
          one.kind !== 'domain' &&
          entry.first <= one.first &&
          one.last <= entry.last
        );
      });
    for (let last = 0; last < 32; last++) {
      const address = `10.0.0.${last}`;
      expect([
        address,
        isIn(
          kept.map((row) => row.text),
          address,
        ),
      ]).toEqual([address, isIn(texts, address)]);
    }
    expect(kept.map((row) => row.text)).toEqual(['10.0.0.0/28', '10.0.0.17']);
  });

  it('has a key of its own for every row, repeated and unreadable ones too', () => {
    const rows = analyseList(['10.0.4.7', '10.0.4.7', 'what?', 'what?', '10.0.4.7']);
    expect(new Set(rows.map((row) => row.key)).size).toBe(5);
    expect(findOddities(rows).unreadable).toHaveLength(2);
    expect(rows.map((row) => row.isRepeated)).toEqual([false, true, false, true, true]);
  });

  it.each([
    ['10.0.4.7', true],
    ['2001:db8::a', true],
    ['example.com', true],
    ['10.0.4.8', false],
  ])('refuses a second %s: %s', (text, isRefused) => {
    const listed = ['10.0.4.7', '2001:0DB8::A', 'Example.com'];
    expect(findRepetition(entryOf(text), listed)).toBe(
      isRefused ? `${text} is in the list already.` : undefined,
    );
  });
});

describe('breadth', () => {
  it.each([
    ['10.0.0.0/8', undefined],
    ['172.16.0.0/12', undefined],
    ['192.168.0.0/16', undefined],
    ['fc00::/7', undefined],
    ['127.0.0.0/8', undefined],
    ['203.0.113.0/24', undefined],
    ['192.0.0.0/16', undefined],
    ['2001:db8::/32', undefined],
    ['203.0.113.7', undefined],
    ['0.0.0.0/0', 'open'],
    ['::/0', 'open'],
    ['128.0.0.0/1', 'open'],
    ['10.0.0.0/7', 'open'],
    ['2000::/3', 'open'],
    ['::/80', 'open'],
    ['17.0.0.0/8', 'wide'],
    ['192.0.0.0/12', 'wide'],
    ['2001::/20', 'wide'],
    ['com', 'open'],
    ['lan', undefined],
    ['example.com', undefined],
  ])('of %s is %s', (text, degree) => {
    expect(findBreadth(entryOf(text))?.degree).toBe(degree);
  });

  it('is told in words', () => {
    expect(findBreadth(entryOf('17.0.0.0/8'))?.text).toBe('16,777,216 addresses');
    expect(findBreadth(entryOf('0.0.0.0/0'))?.text).toBe('All IPv4 addresses');
    expect(findBreadth(entryOf('com'))?.text).toBe('All domains that end in .com');
  });
});
