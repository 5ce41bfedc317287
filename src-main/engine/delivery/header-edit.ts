/**
 * Changes fields in the header of an outgoing message. Pure but for reading the content.
 *
 * Promises: every byte that is not changed on purpose stays as it is; linear and bounded; the size is known before
 *   anything is sent, however large the message. What lies on the disk stays as it was.
 * Trusts: nothing in the message.
 */
import { type ContentSource, wholeReadLimitBytes } from '../core/content';
import { asBuffer } from './transformed-content';

/** A longer header is left as it is. */
export const longestHeaderBytes = 256 * 1024;

/** What becomes of a field: another value; nothing; or other whole fields in its place. Undefined: it stays. */
export type FieldEdit = { readonly value: string } | { readonly fields: string } | undefined;

const LF = 10;
const CR = 13;
const TAB = 9;
const SPACE = 32;
const COLON = 58;

/**
 * Index after the blank line that ends the header, -1 when it is not in there. `from` may be any index before which
 * no header ended.
 */
export function findHeaderEnd(bytes: Uint8Array, from = 0): number {
  // Back to the begin of a line: the blank line may have come in two pieces.
  let at = from === 0 ? 0 : bytes.lastIndexOf(LF, from - 1) + 1;
  for (;;) {
    const text = bytes[at] === CR ? at + 1 : at;
    if (bytes[text] === LF) return text + 1;
    const newline = bytes.indexOf(LF, at);
    if (newline < 0) return -1;
    at = newline + 1;
  }
}

/**
 * The block with edited fields; the block itself when nothing was to change.
 *
 * @param block the header of a message with its blank line, or all of a message
 * @param edit gets the name in lower case and everything behind the colon, one character a byte, line breaks included
 */
export function editHeader(block: Buffer, edit: (name: string, value: string) => FieldEdit): Buffer {
  const pieces: Buffer[] = [];
  let kept = 0;
  for (let at = 0; at < block.length; ) {
    const colon = colonOf(block, at);
    if (colon < 0) break;
    const end = fieldEnd(block, at);
    const change = edit(nameAt(block, at, colon), block.toString('latin1', colon + 1, end));
    if (change) {
      const isValue = 'value' in change;
      const text = isValue ? change.value : change.fields;
      pieces.push(block.subarray(kept, isValue ? colon + 1 : at), Buffer.from(text, 'latin1'));
      kept = end;
    }
    at = end;
  }
  return pieces.length === 0 ? block : Buffer.concat([...pieces, block.subarray(kept)]);
}

/** A longer name is none that anybody looks for. */
const longestName = 40;

const nameAt = (block: Buffer, at: number, colon: number): string =>
  colon - at > longestName ? '' : block.toString('latin1', at, colon).trimEnd().toLowerCase();

/** Index of the colon of the field that begins at `at`; -1 when none does (RFC 5322 sections 2.2 and 4.5). */
function colonOf(block: Uint8Array, at: number): number {
  let to = at;
  for (; to < block.length; to++) {
    const byte = block[to] as number;
    if (byte <= SPACE || byte >= 127 || byte === COLON) break;
  }
  if (to === at) return -1;
  while (block[to] === SPACE || block[to] === TAB) to++;
  return block[to] === COLON ? to : -1;
}

/** Index after the field, folded lines included. */
function fieldEnd(block: Uint8Array, at: number): number {
  let end = at;
  do {
    const newline = block.indexOf(LF, end);
    if (newline < 0) return block.length;
    end = newline + 1;
  } while (block[end] === SPACE || block[end] === TAB);
  return end;
}

/**
 * The content with another header.
 *
 * @param change gets the header with its blank line, or all of a message that is header only; the very same buffer
 *   means that nothing is to change
 */
export async function changeHeader(
  content: ContentSource,
  change: (block: Buffer) => Buffer,
): Promise<ContentSource> {
  const block = await readHeader(content);
  if (!block) return content;
  const head = change(block);
  if (head === block) return content;
  const replacedBytes = block.length;
  return {
    sizeBytes: content.sizeBytes - replacedBytes + head.length,
    async read() {
      const rest = await content.read();
      return Buffer.concat([head, rest.subarray(replacedBytes)]);
    },
    async *stream() {
      yield head;
      let skip = replacedBytes;
      for await (const chunk of content.stream()) {
        if (chunk.length > skip) yield skip === 0 ? chunk : chunk.subarray(skip);
        skip = Math.max(0, skip - chunk.length);
      }
    },
  };
}

/** Undefined when it is too long. */
async function readHeader(content: ContentSource): Promise<Buffer | undefined> {
  if (content.sizeBytes <= wholeReadLimitBytes) {
    const whole = asBuffer(await content.read());
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
