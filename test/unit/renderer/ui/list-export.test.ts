import { describe, expect, it } from 'vitest';
import {
  collectRows,
  type ExportRow,
  type ExportSource,
  encodeText,
  formatRows,
} from '../../../../src-renderer/ui/list-export';

const rows = (...cells: readonly string[][]): ExportRow[] =>
  cells.map((each, index) => ({ key: String(index), cells: each }));
const lines = (text: string): string[] => text.split('\r\n');

describe('a list as comma delimited text', () => {
  it.each([
    ['a.test', 'a.test'],
    ['a,b', '"a,b"'],
    ['say "hello"', '"say ""hello"""'],
    ['two\nlines', '"two\nlines"'],
    [' padded ', '" padded "'],
    ['', ''],
  ])('writes %j as %j', (cell, written) => {
    expect(lines(formatRows(['T'], rows([cell]), 'comma'))[1]).toBe(written);
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+49 30 1', "'+49 30 1"],
    ['-rm', "'-rm"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['=HYPERLINK("http://a.test","b")', `"'=HYPERLINK(""http://a.test"",""b"")"`],
    ['\t=1', "'\t=1"],
    ['-12', '-12'],
    ['+1.5', '+1.5'],
  ])('keeps a spreadsheet from running %j', (cell, written) => {
    expect(lines(formatRows(['T'], rows([cell]), 'comma'))[1]).toBe(written);
  });

  it('ends every line as Windows does, the titles first', () => {
    expect(formatRows(['Domain Name', 'Type'], rows(['a.test', 'Remote']), 'comma')).toBe(
      'Domain Name,Type\r\na.test,Remote\r\n',
    );
  });
});

describe('a list as tab delimited text', () => {
  it('lets no cell end its column or its row', () => {
    expect(formatRows(['A', 'B'], rows(['a\tb', 'c\r\nd']), 'tab')).toBe('A\tB\r\na b\tc d\r\n');
  });

  it('guards against formulas too', () => {
    expect(formatRows(['A'], rows(['=1']), 'tab')).toContain("'=1");
  });
});

it('begins with a byte order mark where it is asked for', () => {
  expect([...encodeText('ä', true)]).toEqual([0xef, 0xbb, 0xbf, 0xc3, 0xa4]);
  expect([...encodeText('ä', false)]).toEqual([0xc3, 0xa4]);
});

describe('reading the rows of a list', () => {
  const sourceOf = (keys: readonly string[], selected: readonly string[] = []) => {
    const asked: number[] = [];
    const source: ExportSource = {
      label: 'Domains',
      titles: ['T'],
      total: keys.length,
      selectedKeys: new Set(selected),
      readRows: async ({ offset, limit }) => {
        asked.push(offset);
        return {
          rows: keys.slice(offset, offset + limit).map((key) => ({ key, cells: [key] })),
          total: keys.length,
        };
      },
    };
    return { source, asked };
  };
  const many = Array.from({ length: 2500 }, (_, index) => `k${index}`);
  const never = new AbortController().signal;

  it('goes page by page to the last row, and says how far it is', async () => {
    const { source, asked } = sourceOf(many);
    const progress: number[] = [];
    const read = await collectRows(source, { signal: never, onProgress: (done) => progress.push(done) });
    expect(read.map((row) => row.key)).toEqual(many);
    expect(asked).toEqual([0, 1000, 2000]);
    expect(progress).toEqual([1000, 2000, 2500]);
  });

  it('takes the selected ones alone, in the order of the list, and reads no further than the last of them', async () => {
    const { source, asked } = sourceOf(many, ['k1200', 'k3']);
    const read = await collectRows(source, { signal: never, onlyKeys: source.selectedKeys });
    expect(read.map((row) => row.key)).toEqual(['k3', 'k1200']);
    expect(asked).toEqual([0, 1000]);
  });

  it('counts a row once that moved to the next page meanwhile', async () => {
    const { source } = sourceOf([...many.slice(0, 1000), 'k999', ...many.slice(1000)]);
    const read = await collectRows(source, { signal: never });
    expect(read.map((row) => row.key)).toEqual(many);
  });

  it('stops when it is told to', async () => {
    const { source, asked } = sourceOf(many);
    const control = new AbortController();
    const reading = collectRows(source, { signal: control.signal, onProgress: () => control.abort() });
    await expect(reading).rejects.toThrow();
    expect(asked).toEqual([0]);
  });
});
