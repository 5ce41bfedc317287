import { createHash } from 'node:crypto';
import { array, assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBodyHasher } from '../../../../src-main/engine/delivery/dkim-body';

const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('base64');

function hashOf(body: string, pieceBytes = Number.POSITIVE_INFINITY): string {
  const hasher = createBodyHasher();
  const bytes = Buffer.from(body, 'latin1');
  for (let at = 0; at < bytes.length; at += pieceBytes) hasher.push(bytes.subarray(at, at + pieceBytes));
  return hasher.end();
}

/** RFC 6376 section 3.4.4 word by word, on a text that is there whole. */
function relax(body: string): string {
  const lines = body.replace(/\r\n|\r|\n/g, '\n').split('\n');
  const text = lines.map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, '')).join('\r\n');
  const cut = text.replace(/(?:\r\n)+$/, '');
  return cut === '' ? '' : `${cut}\r\n`;
}

describe('the body hash', () => {
  it.each([
    ['an empty body', '', ''],
    ['blank lines alone', '\r\n\r\n\r\n', ''],
    ['white space alone', ' \t\r\n  ', ''],
    ['the example of RFC 6376 section 3.4.5', ' C \r\nD \t E\r\n\r\n\r\n', ' C\r\nD E\r\n'],
    ['blank lines at the end', 'a\r\n\r\n\r\n', 'a\r\n'],
    ['blank lines in front and between', '\r\n\r\na\r\n\r\nb\r\n', '\r\n\r\na\r\n\r\nb\r\n'],
    ['a last line without an end', 'a\r\nb', 'a\r\nb\r\n'],
    ['bare LF', 'a\nb\n', 'a\r\nb\r\n'],
    ['bare CR', 'a\rb\r', 'a\r\nb\r\n'],
    ['a CR before CRLF, which makes a blank line', 'a\r\r\nb', 'a\r\n\r\nb\r\n'],
    ['dots, which are no part of what DATA hides', '.\r\n..a\r\n', '.\r\n..a\r\n'],
    ['8-bit and NUL', '\u00e4\u0000 \u00ff\r\n', '\u00e4\u0000 \u00ff\r\n'],
  ])('covers %s as it goes over the wire', (_, body, signed) => {
    expect(hashOf(body)).toBe(sha256(signed));
  });

  it('is the same however the body is cut, and that of the rule word by word', () => {
    const body = array(constantFrom('\r', '\n', '\r\n', ' ', '\t', 'a', '.', '\u00e4'), { maxLength: 60 });
    assert(
      property(body, integer({ min: 1, max: 9 }), (parts, pieceBytes) => {
        const text = parts.join('');
        const expected = sha256(relax(text));
        expect(hashOf(text)).toBe(expected);
        expect(hashOf(text, pieceBytes)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes a line of megabytes, and a million blank lines', () => {
    const long = 'a '.repeat(2_000_000);
    expect(hashOf(long, 65_536)).toBe(sha256(relax(long)));
    const blank = `a${'\r\n'.repeat(1_000_000)}b`;
    expect(hashOf(blank, 65_536)).toBe(sha256(`${blank}\r\n`));
  });
});
