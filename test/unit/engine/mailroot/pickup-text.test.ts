import { describe, expect, it } from 'vitest';
import { collectHeader, readPickupText } from '../../../../src-main/engine/mailroot/pickup-text';

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

async function read(text: string, size: number, isDotStuffed = true): Promise<string> {
  const out: Uint8Array[] = [];
  for await (const chunk of readPickupText(pieces(text, size), { isDotStuffed })) out.push(chunk);
  return Buffer.concat(out).toString('latin1');
}

describe.each([1, 2, 3, 7, 1000])('text of a Pickup file in pieces of %i', (size) => {
  it.each([
    ['a doubled dot', 'a\r\n..b\r\n', 'a\r\n.b\r\n'],
    ['a dot at the very start', '..a\r\n', '.a\r\n'],
    ['a lone dot ends nothing', 'a\r\n.\r\nb\r\n', 'a\r\n\r\nb\r\n'],
    ['dots inside a line', 'a.b..c\r\n', 'a.b..c\r\n'],
    ['bare LF', 'a\n.b\nc\n', 'a\r\nb\r\nc\r\n'],
    ['bare CR', 'a\r.b\r', 'a\r\nb\r\n'],
    ['no line break at the end', 'a\r\nb', 'a\r\nb\r\n'],
    ['nothing', '', ''],
  ])('%s', async (_name, text, expected) => {
    expect(await read(text, size)).toBe(expected);
  });

  it('keeps dots when files are not stuffed', async () => {
    expect(await read('..a\n.\n.b\n', size, false)).toBe('..a\r\n.\r\n.b\r\n');
  });

  it('cuts the header at the blank line', async () => {
    const text = readPickupText(pieces('A: 1\nB: 2\n\nbody\n\nmore\n', size), { isDotStuffed: true });
    const { header, rest, end } = await collectHeader(text, 1000);
    expect(end).toBe('blank-line');
    expect(header.toString()).toBe('A: 1\r\nB: 2\r\n\r\n');
    let body = Buffer.from(rest).toString();
    for await (const chunk of text) body += Buffer.from(chunk).toString();
    expect(body).toBe('body\r\n\r\nmore\r\n');
  });

  it('says when the file ends before the header', async () => {
    const text = readPickupText(pieces('A: 1\r\nB: 2', size), { isDotStuffed: true });
    const { header, end } = await collectHeader(text, 1000);
    expect([header.toString(), end]).toEqual(['A: 1\r\nB: 2\r\n', 'end-of-file']);
  });

  it('gives up on an endless header', async () => {
    const text = readPickupText(pieces('A: 1\r\n'.repeat(1000), size), { isDotStuffed: true });
    expect((await collectHeader(text, 500)).end).toBe('too-long');
  });
});

it('drops a byte order mark', async () => {
  expect(await read('\xef\xbb\xbfFrom: a\r\n', 100)).toBe('From: a\r\n');
});
