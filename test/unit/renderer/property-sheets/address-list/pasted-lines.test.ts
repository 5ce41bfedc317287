import { describe, expect, it } from 'vitest';
import { readLines } from '../../../../../src-renderer/property-sheets/address-list/pasted-lines';

describe('pasted lines', () => {
  it('are entries, one a line, whatever ends the lines', () => {
    expect(readLines('10.0.4.7\r\n10.0.5.0/24\rexample.com\n', []).good).toEqual([
      '10.0.4.7',
      '10.0.5.0/24',
      'example.com',
    ]);
  });

  it('pass over comments and empty lines', () => {
    const text = '# printers\n\n10.0.4.7  # third floor\n   \n10.0.4.8 ; old\n; none';
    expect(readLines(text, [])).toEqual({ good: ['10.0.4.7', '10.0.4.8'], bad: [], repeatedCount: 0 });
  });

  it('name each bad line by its number, and why', () => {
    const { bad, good } = readLines('10.0.4.7\nwhat is this\n10.0.4.0/99', []);
    expect(good).toEqual(['10.0.4.7']);
    expect(bad).toEqual([
      { line: 2, reason: '"what is this" is not an IP address, a subnet or a domain.' },
      { line: 3, reason: expect.stringMatching(/^"10\.0\.4\.0\/99": Enter a mask /) },
    ]);
  });

  it('name a domain where only addresses count', () => {
    const { bad, good } = readLines('10.0.4.7\nexample.com\n10.0.4.0/24', [], { takesDomains: false });
    expect(good).toEqual(['10.0.4.7', '10.0.4.0/24']);
    expect(bad).toEqual([{ line: 2, reason: '"example.com" is not an IP address or a subnet.' }]);
  });

  it('count what is there already, and do not add it twice', () => {
    expect(readLines('10.0.4.7\n10.0.4.7\n2001:DB8::1', ['2001:db8:0::1'])).toEqual({
      good: ['10.0.4.7'],
      bad: [],
      repeatedCount: 2,
    });
  });

  it('read ten thousand entries', () => {
    const text = Array.from({ length: 10_000 }, (_, at) => `10.${at >> 8}.${at & 255}.1`).join('\n');
    expect(readLines(text, []).good).toHaveLength(10_000);
  });
});
