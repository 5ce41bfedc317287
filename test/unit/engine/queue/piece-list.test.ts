import { describe, expect, it } from 'vitest';
import { joinPieces, PieceList, sizeOfPieces } from '../../../../src-main/engine/queue/piece-list';
import { bytes, text } from './fixture';

describe('piece list', () => {
  it('keeps the first pieces without copying', () => {
    const list = new PieceList();
    const piece = bytes('abc');
    list.push(piece);
    list.push(new Uint8Array(0));
    expect(list.take()).toEqual([piece]);
    expect(list.take()).toEqual([]);
  });

  it('gathers many small pieces and keeps every byte in its place', () => {
    const list = new PieceList();
    let expected = '';
    for (let n = 0; n < 50_000; n++) {
      const piece = String.fromCharCode(33 + (n % 90)).repeat(1 + (n % 3));
      expected += piece;
      list.push(bytes(piece));
      if (n % 5000 === 0) {
        const large = 'L'.repeat(5000);
        expected += large;
        list.push(bytes(large));
      }
    }
    expect(list.sizeBytes).toBe(expected.length);
    const pieces = list.take();
    expect(pieces.length).toBeLessThan(50);
    expect(sizeOfPieces(pieces)).toBe(expected.length);
    expect(text(joinPieces(pieces)) === expected).toBe(true);
  });
});
