/**
 * Contents that were accepted a moment ago, so that delivery, which follows at once, does not read back what
 * was just written. Bounded by bytes; the oldest go first.
 */
import type { QueueId } from '../core/ids';
import { joinPieces, sizeOfPieces } from './piece-list';

/** What an entry costs besides its bytes; keeps a flood of tiny messages within the bound. */
const entryBytes = 512;

interface CachedContent {
  pieces: readonly Uint8Array[];
  readonly countedBytes: number;
}

export class ContentCache {
  readonly #maxBytes: number;
  readonly #contents = new Map<QueueId, CachedContent>();
  #usedBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  put(queueId: QueueId, pieces: readonly Uint8Array[]): void {
    const sizeBytes = sizeOfPieces(pieces);
    if (sizeBytes > this.#maxBytes) return;
    // A piece may be a small part of a large network buffer, which it keeps alive: then the bytes are
    // copied, or the bound would hold for what we count and not for what is used.
    let heldBytes = 0;
    for (const piece of pieces) heldBytes += piece.buffer.byteLength;
    const isWasteful = heldBytes > 2 * sizeBytes + 4096;
    this.delete(queueId);
    const countedBytes = sizeBytes + entryBytes;
    this.#contents.set(queueId, { pieces: isWasteful ? [Buffer.concat(pieces)] : pieces, countedBytes });
    this.#usedBytes += countedBytes;
    for (const oldest of this.#contents.keys()) {
      if (this.#usedBytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
  }

  /** The content in one piece; undefined when it is not here (any more). */
  get(queueId: QueueId): Uint8Array | undefined {
    const cached = this.#contents.get(queueId);
    if (!cached) return undefined;
    const whole = joinPieces(cached.pieces);
    cached.pieces = [whole];
    return whole;
  }

  delete(queueId: QueueId): void {
    const cached = this.#contents.get(queueId);
    if (!cached) return;
    this.#contents.delete(queueId);
    this.#usedBytes -= cached.countedBytes;
  }

  clear(): void {
    this.#contents.clear();
    this.#usedBytes = 0;
  }
}
