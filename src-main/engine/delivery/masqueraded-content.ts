/** A message's content as it goes out under the masquerade domain; what lies on the disk stays as it was. */
import type { ContentSource } from '../core/content';
import { wholeReadLimitBytes } from '../core/content';
import { findHeaderEnd, longestHeaderBytes, type Masquerade, masqueradeHeader } from './masquerade';

/** What stands instead of the first bytes of the content. */
interface Head {
  readonly bytes: Buffer;
  readonly replacedBytes: number;
}

/** Reads the header, however large the message, so that the size is known before anything is sent. */
export async function masqueradeContent(
  content: ContentSource,
  masquerade: Masquerade,
): Promise<ContentSource> {
  const head = await readHead(content, masquerade);
  if (!head) return content;
  return {
    sizeBytes: content.sizeBytes - head.replacedBytes + head.bytes.length,
    async read() {
      const rest = await content.read();
      return Buffer.concat([head.bytes, rest.subarray(head.replacedBytes)]);
    },
    async *stream() {
      yield head.bytes;
      let skip = head.replacedBytes;
      for await (const chunk of content.stream()) {
        if (chunk.length > skip) yield skip === 0 ? chunk : chunk.subarray(skip);
        skip = Math.max(0, skip - chunk.length);
      }
    },
  };
}

/** Undefined: nothing is to be replaced. */
async function readHead(content: ContentSource, masquerade: Masquerade): Promise<Head | undefined> {
  const block = await readHeader(content);
  if (!block) return undefined;
  const bytes = masqueradeHeader(block, masquerade);
  return bytes === block ? undefined : { bytes, replacedBytes: block.length };
}

/** The header with its blank line, all of a message that is header only; undefined when it is too long. */
async function readHeader(content: ContentSource): Promise<Buffer | undefined> {
  if (content.sizeBytes <= wholeReadLimitBytes) {
    const { buffer, byteOffset, byteLength } = await content.read();
    const whole = Buffer.from(buffer, byteOffset, byteLength);
    const end = findHeaderEnd(whole.subarray(0, longestHeaderBytes));
    if (end >= 0) return whole.subarray(0, end);
    return whole.length <= longestHeaderBytes ? whole : undefined;
  }
  let block: Buffer = Buffer.alloc(0);
  for await (const chunk of content.stream()) {
    const looked = block.length;
    block = Buffer.concat([block, chunk.subarray(0, longestHeaderBytes - looked)]);
    const end = findHeaderEnd(block, looked);
    if (end >= 0) return block.subarray(0, end);
    if (block.length >= longestHeaderBytes) return undefined;
  }
  return undefined;
}
