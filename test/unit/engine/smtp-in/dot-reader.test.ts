import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDotReader } from '../../../../src-main/engine/smtp-in/dot-reader';

interface Reading {
  readonly content: string;
  /** What stands behind the end; undefined while the message goes on. */
  readonly rest: string | undefined;
}

function read(pieces: readonly string[]): Reading {
  const reader = createDotReader();
  let content = '';
  for (const [index, piece] of pieces.entries()) {
    const chunk = Buffer.from(piece, 'latin1');
    const result = reader.push(chunk);
    content += result.content.toString('latin1');
    if (result.endAt >= 0) {
      const rest = chunk.toString('latin1', result.endAt) + pieces.slice(index + 1).join('');
      return { content, rest };
    }
  }
  return { content, rest: undefined };
}

/** The rules of RFC 5321 section 4.5.2 as plainly as they can be written. */
function readPlainly(text: string): Reading {
  let content = '';
  let isLineStart = true;
  for (let at = 0; at < text.length; ) {
    if (isLineStart && text.startsWith('.\r\n', at)) return { content, rest: text.slice(at + 3) };
    // A dot at the very end could still be the terminator's: it is owed, not content.
    if (isLineStart && text[at] === '.') {
      const tail = text.slice(at + 1);
      if (tail === '' || tail === '\r') return { content, rest: undefined };
      at++;
    }
    isLineStart = text.startsWith('\r\n', at);
    content += text.slice(at, at + (isLineStart ? 2 : 1));
    at += isLineStart ? 2 : 1;
  }
  return { content, rest: undefined };
}

describe('end of a message', () => {
  it.each([
    ['a\r\n.\r\n', 'a\r\n', ''],
    ['.\r\n', '', ''],
    ['.\r\nQUIT\r\n', '', 'QUIT\r\n'],
    ['a\r\n.\r\n.\r\n', 'a\r\n', '.\r\n'],
    ['\r\n.\r\n', '\r\n', ''],
    ['a\r\r\n.\r\n', 'a\r\r\n', ''],
    ['a\r\n.\r\r\n.\r\n', 'a\r\n\r\r\n', ''],
  ])('%j ends', (text, content, rest) => {
    expect(read([text])).toEqual({ content, rest });
    expect(read(text.split(''))).toEqual({ content, rest });
  });

  it.each([
    'a\n.\n',
    'a\r.\r',
    'a\n.\r\n',
    'a\r\n.\n',
    'a\r\n.\r',
    'a\r.\r\n',
    'a\r\n\0.\r\n',
    'a\r\n.\0\r\n',
    'a\n.\rb',
    'a\n\n.\n\n',
    '.\n',
    '.\rx',
  ])('%j does not', (text) => {
    expect(read([text]).rest).toBeUndefined();
    expect(read(text.split('')).rest).toBeUndefined();
    expect(read([text, 'MAIL FROM:<evil@x.test>\r\n.\r\n']).rest).toBe('');
  });
});

describe('transparency', () => {
  it.each([
    ['..\r\n.\r\n', '.\r\n'],
    ['..a\r\n...b\r\n.\r\n', '.a\r\n..b\r\n'],
    ['.a\r\n.\r\n', 'a\r\n'],
    ['a.\r\n..\r\n.\r\n', 'a.\r\n.\r\n'],
    ['a\n..b\r\n.\r\n', 'a\n..b\r\n'],
    ['a\r..b\r\n.\r\n', 'a\r..b\r\n'],
    ['a\r\n.\r\rb\r\n.\r\n', 'a\r\n\r\rb\r\n'],
  ])('%j', (text, content) => {
    expect(read([text])).toEqual({ content, rest: '' });
    expect(read(text.split(''))).toEqual({ content, rest: '' });
  });
});

describe('any bytes in any pieces', () => {
  it('are read as the plain rules say', () => {
    const bytes = fc.string({ unit: fc.constantFrom('\r', '\n', '.', 'a', '\r\n', '\r\n.'), maxLength: 24 });
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(5), { maxLength: 30 }), (text, sizes) => {
        const pieces: string[] = [];
        let at = 0;
        for (const size of sizes) {
          pieces.push(text.slice(at, at + size + 1));
          at += size + 1;
        }
        if (at < text.length) pieces.push(text.slice(at));
        expect(read(pieces.filter((piece) => piece !== ''))).toEqual(readPlainly(text));
      }),
      { numRuns: 20_000 },
    );
  });
});
