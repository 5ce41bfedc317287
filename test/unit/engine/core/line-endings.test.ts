import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineEndingNormaliser } from '../../../../src-main/engine/core/line-endings';

function normalise(pieces: readonly string[]): string {
  const normaliser = createLineEndingNormaliser();
  const out = pieces.map((piece) =>
    Buffer.from(normaliser.push(Buffer.from(piece, 'latin1'))).toString('latin1'),
  );
  return out.join('') + Buffer.from(normaliser.end()).toString('latin1');
}

describe('line endings', () => {
  it.each([
    ['', ''],
    ['text', 'text'],
    ['a\r\nb\r\n', 'a\r\nb\r\n'],
    ['a\nb', 'a\r\nb'],
    ['a\rb', 'a\r\nb'],
    ['\n', '\r\n'],
    ['\r', '\r\n'],
    ['\n\r', '\r\n\r\n'],
    ['\r\r\n', '\r\n\r\n'],
    ['\r\n\n', '\r\n\r\n'],
    ['\n.\n', '\r\n.\r\n'],
  ])('%j become %j', (text, expected) => {
    expect(normalise([text])).toBe(expected);
    expect(normalise(text.split(''))).toBe(expected);
  });

  it('do not depend on how the bytes are cut', () => {
    const text = fc.string({ unit: fc.constantFrom('\r', '\n', 'a', '\r\n'), maxLength: 20 });
    fc.assert(
      fc.property(text, fc.nat(20), fc.nat(20), (whole, first, second) => {
        const cut = Math.min(first, second);
        const pieces = [
          whole.slice(0, cut),
          whole.slice(cut, Math.max(first, second)),
          whole.slice(Math.max(first, second)),
        ];
        const expected = whole.replace(/\r\n|\r|\n/g, '\r\n');
        expect(normalise(pieces)).toBe(expected);
        expect(normalise([expected])).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('are the very same object when nothing has to change', () => {
    const normaliser = createLineEndingNormaliser();
    const chunk = Buffer.from('a\r\nb\r');
    expect(normaliser.push(chunk)).toBe(chunk);
    const next = Buffer.from('\nc');
    expect(normaliser.push(next)).toBe(next);
    expect(normaliser.end()).toHaveLength(0);
  });

  it('can be used for another message after the end', () => {
    const normaliser = createLineEndingNormaliser();
    normaliser.push(Buffer.from('a\r'));
    expect([...normaliser.end()]).toEqual([10]);
    expect(Buffer.from(normaliser.push(Buffer.from('b'))).toString()).toBe('b');
  });
});
