/**
 * Content that is collected in memory: pieces are kept as they come, without copying, except that many
 * small ones are gathered, so that a peer that sends byte by byte does not cost an object a byte.
 */

/** Pieces below this are gathered once there are `piecesBeforeGathering`. */
const smallPieceBytes = 4096;
const piecesBeforeGathering = 8;
const slabBytes = 32 * 1024;

export class PieceList {
  #pieces: Uint8Array[] = [];
  #sizeBytes = 0;
  /** Where small pieces are copied to; its used part is the last entry of `#pieces`. */
  #slab: Uint8Array | undefined;
  #slabUsed = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Takes `piece`; the caller must not change its bytes afterwards. */
  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#sizeBytes += piece.length;
    if (piece.length >= smallPieceBytes || this.#pieces.length < piecesBeforeGathering) {
      this.#slab = undefined;
      this.#pieces.push(piece);
      return;
    }
    if (this.#slab && this.#slabUsed + piece.length <= this.#slab.length) {
      this.#slab.set(piece, this.#slabUsed);
      this.#slabUsed += piece.length;
      this.#pieces[this.#pieces.length - 1] = this.#slab.subarray(0, this.#slabUsed);
      return;
    }
    this.#slab = new Uint8Array(slabBytes);
    this.#slab.set(piece, 0);
    this.#slabUsed = piece.length;
    this.#pieces.push(this.#slab.subarray(0, piece.length));
  }

  /** All pieces so far, in order; the list is empty afterwards. */
  take(): Uint8Array[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#sizeBytes = 0;
    this.#slab = undefined;
    return pieces;
  }
}

/** The pieces as one; the very same object when there is only one. */
export function joinPieces(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces);
}

export function sizeOfPieces(pieces: readonly Uint8Array[]): number {
  let sizeBytes = 0;
  for (const piece of pieces) sizeBytes += piece.length;
  return sizeBytes;
}
