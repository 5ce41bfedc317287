/**
 * What of the message goes back with a notification: all of it, or its header (RFC 6522 section 3). A large message
 * is streamed and never in memory as a whole.
 *
 * Promises: what goes back can travel: content that is no text (NUL, endless lines) goes back as its header.
 */
import { type ContentSource, wholeReadLimitBytes } from '../core/content';
import { createLineEndingNormaliser } from '../core/line-endings';
import { encodeQuotedPrintable } from './quoted-printable';

export interface ReturnedPart {
  /** Fields of the part, each ended by CRLF. */
  readonly fields: string;
  /** The original had 8-bit bytes and was not encoded: the notification must travel as 8BITMIME. */
  readonly isEightBit: boolean;
  /** May be called again. Rejects as reading does. */
  stream(): AsyncIterable<Uint8Array>;
}

/** Header lines beyond this are left out. */
const longestHeaderBytes = 256 * 1024;
/** RFC 5322 section 2.1.1. */
const longestLine = 998;

/**
 * @param options.maxBytes bounds a full return; Infinity: no limit; 0 returns the header only
 * @param options.isUtf8 the header may be in UTF-8 (RFC 6533 section 4)
 */
export async function readReturnedPart(
  content: ContentSource,
  options: { readonly isFull: boolean; readonly maxBytes: number; readonly isUtf8: boolean },
): Promise<ReturnedPart> {
  if (options.isFull && content.sizeBytes <= options.maxBytes) {
    const kind = await inspect(content);
    if (kind.isText) {
      const encoding = kind.isEightBit ? '8bit' : '7bit';
      const type = options.isUtf8 && kind.isEightBit ? 'message/global' : 'message/rfc822';
      const fields = `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n`;
      return { fields, isEightBit: kind.isEightBit, stream: () => readLines(content) };
    }
  }
  const header = headerOf(normalise(await readUpTo(content, longestHeaderBytes)));
  const isPlain = isSevenBit(header);
  const encoding = isPlain ? '7bit' : 'quoted-printable';
  const type = options.isUtf8 && !isPlain ? 'message/global-headers' : 'text/rfc822-headers';
  const bytes = isPlain ? header : encodeQuotedPrintable(header);
  return {
    fields: `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n`,
    isEightBit: false,
    async *stream() {
      yield bytes;
    },
  };
}

/** A bare CR or LF that a server was told to keep must not count as a line break of ours. */
async function* readLines(content: ContentSource): AsyncGenerator<Uint8Array, void, undefined> {
  const normaliser = createLineEndingNormaliser();
  if (content.sizeBytes <= wholeReadLimitBytes) yield normaliser.push(await content.read());
  else for await (const piece of content.stream()) yield normaliser.push(piece);
  yield normaliser.end();
}

async function inspect(
  content: ContentSource,
): Promise<{ readonly isText: boolean; readonly isEightBit: boolean }> {
  let isEightBit = false;
  let lineLength = 0;
  for await (const piece of readLines(content)) {
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at] as number;
      if (byte === 10) lineLength = 0;
      else if (byte !== 13) lineLength++;
      if (byte === 0 || lineLength > longestLine) return { isText: false, isEightBit };
      isEightBit ||= byte > 127;
    }
  }
  return { isText: true, isEightBit };
}

async function readUpTo(content: ContentSource, maxBytes: number): Promise<Buffer> {
  if (content.sizeBytes <= Math.min(maxBytes, wholeReadLimitBytes)) return Buffer.from(await content.read());
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of content.stream()) {
    pieces.push(piece);
    length += piece.length;
    if (length >= maxBytes) break;
  }
  return Buffer.concat(pieces).subarray(0, maxBytes);
}

function normalise(bytes: Uint8Array): Buffer {
  const normaliser = createLineEndingNormaliser();
  return Buffer.concat([normaliser.push(bytes), normaliser.end()]);
}

/** The header with the line break of its last line, without the blank line; cut at a line when it is too long. */
function headerOf(bytes: Buffer): Buffer {
  if (bytes.subarray(0, 2).equals(Buffer.from('\r\n'))) return bytes.subarray(0, 0);
  const end = bytes.indexOf('\r\n\r\n');
  if (end >= 0) return bytes.subarray(0, end + 2);
  return bytes.subarray(0, bytes.lastIndexOf('\r\n') + 2);
}

function isSevenBit(bytes: Buffer): boolean {
  if (bytes.some((byte) => byte > 126 || (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13)))
    return false;
  return bytes
    .toString('latin1')
    .split('\r\n')
    .every((line) => line.length <= longestLine);
}
