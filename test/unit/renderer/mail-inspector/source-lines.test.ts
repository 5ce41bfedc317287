import { describe, expect, it } from 'vitest';
import {
  decodeLine,
  maxPieceBytes,
  readHeaderBlock,
  splitSource,
} from '../../../../src-renderer/mail-inspector/source-lines';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('source as lines', () => {
  it('numbers lines and marks header names until the empty line', () => {
    const source = splitSource(bytesOf('Subject: a\r\n folded: not\r\n\r\nTo: body\r\n'));
    expect(source.count).toBe(4);
    const lines = Array.from({ length: source.count }, (_, index) => source.lineAt(index));
    expect(lines).toEqual([
      { text: 'Subject: a', number: 1, nameLength: 8 },
      { text: ' folded: not', number: 2, nameLength: 0 },
      { text: '', number: 3, nameLength: 0 },
      { text: 'To: body', number: 4, nameLength: 0 },
    ]);
  });
  it.each([
    ['nothing', '', 0],
    ['no line end', 'a', 1],
    ['bare line feeds', 'a\nb\n', 2],
    ['a bare carriage return', 'a\rb', 1],
  ])('%s', (_, text, count) => {
    expect(splitSource(bytesOf(text)).count).toBe(count);
  });
  it('a line of megabytes is shown in pieces with one number', () => {
    const source = splitSource(bytesOf(`${'x'.repeat(maxPieceBytes * 3)}\r\nnext`));
    expect(Array.from({ length: source.count }, (_, index) => source.lineAt(index).number)).toEqual([
      1,
      undefined,
      undefined,
      undefined,
      2,
    ]);
  });
  it('bytes that are no UTF-8 show as Windows-1252', () => {
    expect(decodeLine(Uint8Array.of(0x47, 0x72, 0xfc, 0xdf, 0x65, 13, 10))).toBe('Grüße');
    expect(decodeLine(bytesOf('Grüße\n'))).toBe('Grüße');
  });
  it('the header block ends at the first empty line', () => {
    expect(readHeaderBlock(bytesOf('A: 1\r\n b\r\nC: 2\r\n\r\nbody'), 1000)).toBe('A: 1\n b\nC: 2');
    expect(readHeaderBlock(bytesOf('A: 1\r\nC: 2\r\n\r\nbody'), 4)).toBe('A: 1');
  });
});
