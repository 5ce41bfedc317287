import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ContentKind, createContentInspector } from '../../../../src-main/engine/delivery/content-kind';

const inspect = (pieces: readonly Uint8Array[]): ContentKind => {
  const inspector = createContentInspector();
  for (const piece of pieces) inspector.push(piece);
  return inspector.end();
};
const kindOf = (text: string): ContentKind => inspect([Buffer.from(text, 'latin1')]);

describe('content', () => {
  it.each([
    ['', '---'],
    ['Subject: x\r\n\r\nx\r\n', '---'],
    ['Subject: \xfc\r\n\r\nx\r\n', '8H-'],
    ['Subject: x\r\n \xfc\r\n\r\nx\r\n', '8H-'],
    ['Subject: x\r\n\r\n\xfc\r\n', '8--'],
    ['Subject: x\r\n\r\n\0', '--B'],
    ['Subject: x\r\n\r\na\rb', '--E'],
    ['Subject: x\r\n\r\na\r', '--E'],
    ['Subject: x\n\nx\r\n', '--E'],
    [`${'x'.repeat(998)}\r\n`, '---'],
    [`${'x'.repeat(999)}\r\n`, '--B'],
  ])('%j is %s', (text, expected) => {
    const { hasEightBit, hasEightBitHeader, hasBareLineEnd, hasUnsendableLine } = kindOf(text);
    const flags = [
      hasEightBit && '8',
      hasEightBitHeader && 'H',
      (hasBareLineEnd && 'E') || (hasUnsendableLine && 'B'),
    ];
    expect(flags.map((flag) => flag || '-').join('')).toBe(expected);
  });

  it('is the same however it is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\r\n', '\xfc', '\0'), maxLength: 30 });
    fc.assert(
      fc.property(text, (value) => {
        const bytes = Buffer.from(value, 'latin1');
        expect(inspect([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(inspect([bytes]));
        expect(inspect([bytes])).toEqual({
          hasEightBit: value.includes('\xfc'),
          hasEightBitHeader: headerOf(value).includes('\xfc'),
          hasBareLineEnd: /\r(?!\n)|(?<!\r)\n/.test(value),
          hasUnsendableLine: value.includes('\0'),
        });
      }),
      { numRuns: 2000 },
    );
  });
});

/** Up to the line that is empty, or has nothing behind its last CR. */
function headerOf(value: string): string {
  const lines = value.split('\n');
  const end = lines.findIndex(
    (line, at) => at < lines.length - 1 && /(?:^|\r)$/.test(line.replace(/\r$/, '')),
  );
  return lines.slice(0, end < 0 ? undefined : end + 1).join('\n');
}
