import { describe, expect, it } from 'vitest';
import {
  cleanLines,
  cleanText,
  formatJson,
  formatPairs,
  formatSize,
  formatTable,
} from '../../../src-main/service/text-table';

const columns = [
  { title: 'Name', cell: (row: { name: string; count: number }) => row.name },
  { title: 'No.', cell: (row: { name: string; count: number }) => row.count },
  { title: 'Name', cell: (row: { name: string; count: number }) => row.name },
];

describe('tables', () => {
  it('align texts to the left and numbers to the right, without trailing blanks', () => {
    const rows = [
      { name: 'a', count: 5 },
      { name: 'longer', count: 1000 },
    ];
    expect(formatTable(rows, columns, 'none')).toBe(
      ['Name     No.  Name', 'a          5  a', 'longer  1000  longer'].join('\n'),
    );
  });

  it('say so when they are empty', () => {
    expect(formatTable([], columns, 'Nothing here.')).toBe('Nothing here.');
  });

  it('never give a cell of a message to the terminal as a command', () => {
    const rows = [{ name: 'x\u001b]0;owned\u0007\r\ny\u009b31m\u202e', count: 1 }];
    expect(formatTable(rows, columns, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(formatTable(rows, columns, '').split('\n').length).toBe(2);
  });

  it('pairs align their values', () => {
    expect(
      formatPairs([
        ['a', '1'],
        ['long', '2\n3'],
        ['empty', ''],
      ]),
    ).toBe('a      1\nlong   2 3\nempty');
  });
});

describe('text of messages', () => {
  it('is one line when it is a cell', () => {
    expect(cleanText('a\r\n\tb\u0000c')).toBe('a b c');
  });

  it('keeps its lines and tabs when it is shown', () => {
    expect(cleanLines('a\tb\r\n\u001b[2Jc\rd')).toBe('a\tb\n [2Jc\nd');
  });

  it('is harmless in JSON', () => {
    expect(formatJson({ text: '\u001b\u007f\u009b' })).toBe('{\n  "text": "\\u001b\\u007f\\u009b"\n}');
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KB'],
    [5000, '4.9 KB'],
    [20_480, '20 KB'],
    [3 * 1024 * 1024, '3.0 MB'],
    [5 * 1024 ** 4, '5.0 TB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});
