/** A content that is made anew from another one each time it is read; nothing of it lies on the disk. */
import { type ContentSource, wholeReadLimitBytes } from '../core/content';
import { createLineEndingNormaliser } from '../core/line-endings';

/** Bytes in, bytes out. */
export interface ContentTransform {
  push(chunk: Uint8Array): Iterable<Uint8Array>;
  /** Behind the last chunk. */
  end(): Iterable<Uint8Array>;
}

export const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** All of a content, in pieces; a small one in one piece and with one access to the disk. */
export async function* piecesOf(content: ContentSource): AsyncGenerator<Uint8Array, void, undefined> {
  if (content.sizeBytes <= wholeReadLimitBytes) yield await content.read();
  else yield* content.stream();
}

/**
 * Runs the content through a transform once to learn its size; a small result is kept, a large one is made again by
 * each reader. Rejects as reading does.
 */
export async function transformContent(
  content: ContentSource,
  createTransform: () => ContentTransform,
): Promise<ContentSource> {
  async function* stream(): AsyncGenerator<Uint8Array, void, undefined> {
    const transform = createTransform();
    for await (const chunk of piecesOf(content)) yield* transform.push(chunk);
    yield* transform.end();
  }
  let sizeBytes = 0;
  let kept: Uint8Array[] | undefined = [];
  for await (const piece of stream()) {
    sizeBytes += piece.length;
    if (sizeBytes > wholeReadLimitBytes) kept = undefined;
    kept?.push(piece);
  }
  if (!kept) return { sizeBytes, stream, read: () => readWhole(stream()) };
  const whole = Buffer.concat(kept);
  return {
    sizeBytes,
    read: () => Promise.resolve(whole),
    async *stream() {
      yield whole;
    },
  };
}

async function readWhole(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** As DATA would send it: nodemailer ends every line with CRLF, after its size was told and it was signed. */
export function withWholeLineEnds(content: ContentSource): Promise<ContentSource> {
  return transformContent(content, () => {
    const normaliser = createLineEndingNormaliser();
    return { push: (chunk) => [normaliser.push(chunk)], end: () => [normaliser.end()] };
  });
}
