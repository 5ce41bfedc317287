/**
 * The content of one message behind "BDAT n LAST" (RFC 3030 section 2): every byte as it is, and no more and no fewer
 * than were announced; anything else would be taken for commands, or be waited for.
 */
import { Transform } from 'node:stream';

export class ChunkStream extends Transform {
  /** Bytes that went through; named as nodemailer names it in its own. */
  outByteCount = 0;
  readonly #sizeBytes: number;

  constructor(sizeBytes: number) {
    super();
    this.#sizeBytes = sizeBytes;
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error?: Error | null, data?: Buffer) => void) {
    this.outByteCount += chunk.length;
    if (this.outByteCount > this.#sizeBytes) done(new Error(`more than ${this.#sizeBytes} bytes of content`));
    else done(null, chunk);
  }

  override _flush(done: (error?: Error | null) => void): void {
    const isWhole = this.outByteCount === this.#sizeBytes;
    done(isWhole ? null : new Error(`${this.outByteCount} of ${this.#sizeBytes} bytes of content`));
  }
}
