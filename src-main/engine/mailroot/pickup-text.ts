/**
 * The bytes of a Pickup file on their way to the queue: CRLF line endings, dots unstuffed, header cut off
 * for reading. Works on chunks of any size; holds the header and nothing else.
 */
import { createLineEndingNormaliser } from '../core/line-endings';

const CR = 13;
const LF = 10;
const dot = 46;

/**
 * Removes one leading dot of each line (IIS 6, SmtpDotStuffPickupDirFiles). A lone dot becomes an empty
 * line and ends nothing. Takes chunks with CRLF line endings.
 */
function createDotUnstuffer(): (chunk: Uint8Array) => Uint8Array {
  let isLineStart = true;
  return (chunk) => {
    if (chunk.length === 0) return chunk;
    const dots: number[] = [];
    if (isLineStart && chunk[0] === dot) dots.push(0);
    for (let at = chunk.indexOf(dot, 1); at >= 0; at = chunk.indexOf(dot, at + 1)) {
      if (chunk[at - 1] === LF) dots.push(at);
    }
    isLineStart = chunk[chunk.length - 1] === LF;
    if (dots.length === 0) return chunk;
    const out = new Uint8Array(chunk.length - dots.length);
    let from = 0;
    let to = 0;
    for (const at of dots) {
      out.set(chunk.subarray(from, at), to);
      to += at - from;
      from = at + 1;
    }
    out.set(chunk.subarray(from), to);
    return out;
  };
}

/** The file's text as it is sent: chunks with CRLF line endings, the last line ended, dots unstuffed. */
export async function* readPickupText(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly isDotStuffed: boolean },
): AsyncGenerator<Uint8Array, void, undefined> {
  const normaliser = createLineEndingNormaliser();
  const unstuff = options.isDotStuffed ? createDotUnstuffer() : (chunk: Uint8Array) => chunk;
  let isFirst = true;
  let last: number | undefined;
  for await (const chunk of chunks) {
    const text = unstuff(normaliser.push(isFirst ? withoutMark(chunk) : chunk));
    isFirst = false;
    if (text.length === 0) continue;
    last = text[text.length - 1];
    yield text;
  }
  const owed = normaliser.end();
  if (owed.length > 0) yield owed;
  else if (last !== LF && last !== undefined) yield Uint8Array.of(CR, LF);
}

/** Editors and PowerShell put a UTF-8 byte order mark in front; the first header's name would contain it. */
function withoutMark(chunk: Uint8Array): Uint8Array {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk;
}

export interface CollectedHeader {
  /** The header block with the blank line that ends it, when there is one. */
  readonly header: Buffer;
  /** What was read beyond it. */
  readonly rest: Uint8Array;
  readonly end: 'blank-line' | 'end-of-file' | 'too-long';
}

const blankLine = Buffer.from('\r\n\r\n');

/** Takes chunks until the header is complete; the iterator then stands behind `rest`. */
export async function collectHeader(
  text: AsyncIterator<Uint8Array>,
  maxBytes: number,
): Promise<CollectedHeader> {
  let held: Buffer = Buffer.alloc(0);
  for (;;) {
    const next = await text.next();
    if (next.done) return { header: held, rest: new Uint8Array(0), end: 'end-of-file' };
    const searchFrom = Math.max(0, held.length - 3);
    held = held.length === 0 ? viewOf(next.value) : Buffer.concat([held, next.value]);
    if (held.length >= 2 && held[0] === CR && held[1] === LF) return cut(held, 2);
    const at = held.indexOf(blankLine, searchFrom);
    if (at >= 0 && at + 4 <= maxBytes) return cut(held, at + 4);
    if (held.length > maxBytes) return { header: held, rest: new Uint8Array(0), end: 'too-long' };
  }
}

function cut(held: Buffer, at: number): CollectedHeader {
  return { header: held.subarray(0, at), rest: held.subarray(at), end: 'blank-line' };
}

function viewOf(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
