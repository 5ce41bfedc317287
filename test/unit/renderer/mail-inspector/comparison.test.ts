import { describe, expect, it } from 'vitest';
import {
  type ComparedLine,
  compareFields,
  compareTexts,
  foldLines,
  mostComparedCharacters,
} from '../../../../src-renderer/mail-inspector/comparison';

const plain = (pieces: ComparedLine['first']): string | undefined =>
  pieces?.map(({ text, isChanged }) => (isChanged ? `[${text}]` : text)).join('');
const shown = (first: string, second: string): (readonly [string | undefined, string | undefined])[] =>
  (compareTexts(first, second) ?? []).map((line) => [plain(line.first), plain(line.second)] as const);

describe('comparing header fields', () => {
  it('puts fields of one name beside each other, whatever their case', () => {
    expect(compareFields([{ name: 'Subject', value: 'a' }], [{ name: 'SUBJECT', value: 'b' }])).toEqual([
      { name: 'Subject', first: ['a'], second: ['b'], isSame: false },
    ]);
  });
  it('keeps repeated fields in their order', () => {
    const received = (...values: string[]) => values.map((value) => ({ name: 'Received', value }));
    expect(compareFields(received('1', '2'), received('2', '1'))[0]?.isSame).toBe(false);
    expect(compareFields(received('1', '2'), received('1', '2'))[0]?.isSame).toBe(true);
  });
  it('shows a field that only one of them has', () => {
    expect(compareFields([], [{ name: 'X-New', value: '1' }])).toEqual([
      { name: 'X-New', first: [], second: ['1'], isSame: false },
    ]);
  });
});

describe('comparing texts', () => {
  it('marks the words of a changed line', () => {
    expect(shown('a\nDear Ann\nb', 'a\nDear Ben\nb')).toEqual([
      ['a', 'a'],
      ['Dear [Ann]', 'Dear [Ben]'],
      ['b', 'b'],
    ]);
  });
  it('shows lines that came and lines that went', () => {
    expect(shown('a\nb', 'a\nx\nb')).toEqual([
      ['a', 'a'],
      [undefined, '[x]'],
      ['b', 'b'],
    ]);
    expect(shown('a\nb', 'b')).toEqual([
      ['[a]', undefined],
      ['b', 'b'],
    ]);
  });
  it('takes another line end for none', () => {
    expect(compareTexts('a\r\nb\r\n', 'a\nb')?.every(({ isSame }) => isSame)).toBe(true);
  });
  it('gives up on what is too long', () => {
    expect(compareTexts('x'.repeat(mostComparedCharacters + 1), 'y')).toBeUndefined();
  });
  it('folds what is far from any change', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const changed = lines.map((line, index) => (index === 10 ? 'other' : line));
    const folded = foldLines(compareTexts(lines.join('\n'), changed.join('\n')) ?? []);
    expect(folded[0]).toEqual({ hidden: 7 });
    expect(folded.at(-1)).toEqual({ hidden: 6 });
    expect(folded).toHaveLength(9);
  });
});
