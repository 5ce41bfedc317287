/**
 * What of the message goes back with a notification: all of it when the sender asked for that (RET=FULL) and
 * it is not too large, else its header (RFC 6522 section 3).
 */
import { type ContentSource, wholeReadLimitBytes } from '../core/content';
import { createLineEndingNormaliser } from '../core/line-endings';

export interface ReturnedPart {
  /** Fields of the part, each ended by CRLF. */
  readonly fields: string;
  readonly content: Uint8Array;
  /** The original had 8-bit bytes and was not encoded: the notification must travel as 8BITMIME. */
  readonly isEightBit: boolean;
}

/** Header lines beyond this are left out. */
const longestHeaderBytes = 256 * 1024;
/** RFC 5322 section 2.1.1. */
const longestLine = 998;

/**
 * @param options.maxBytes bounds a full return; 0 returns the header only
 * @param options.isUtf8 the header may be in UTF-8 (RFC 6533 section 4)
 */
export async function readReturnedPart(
  content: ContentSource,
  options: { readonly isFull: boolean; readonly maxBytes: number; readonly isUtf8: boolean },
): Promise<ReturnedPart> {
  if (options.isFull && content.sizeBytes <= options.maxBytes) {
    const whole = normalise(await readUpTo(content, options.maxBytes));
    const isEightBit = whole.some((byte) => byte > 127 || byte === 0);
    const encoding = isEightBit ? '8bit' : '7bit';
    const type = options.isUtf8 && isEightBit ? 'message/global' : 'message/rfc822';
    const fields = `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n`;
    return { fields, content: whole, isEightBit };
  }
  const header = headerOf(normalise(await readUpTo(content, longestHeaderBytes)));
  const isPlain = isSevenBit(header);
  const encoding = isPlain ? '7bit' : 'quoted-printable';
  const type = options.isUtf8 && !isPlain ? 'message/global-headers' : 'text/rfc822-headers';
  return {
    fields: `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n`,
    content: isPlain ? header : encodeQuotedPrintable(header),
    isEightBit: false,
  };
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

/** A bare CR or LF that a server was told to keep must not count as a line break of ours. */
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

/** RFC 2045 section 6.7, line by line. */
export function encodeQuotedPrintable(bytes: Buffer): Buffer {
  const lines = bytes.toString('latin1').split('\r\n').map(encodeLine);
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

function encodeLine(line: string): string {
  const pieces: string[] = [];
  let length = 0;
  for (let at = 0; at < line.length; at++) {
    const char = line[at] as string;
    const code = char.charCodeAt(0);
    const isSpace = code === 32 || code === 9;
    const isLiteral = isSpace ? at < line.length - 1 : code > 32 && code < 127 && char !== '=';
    const text = isLiteral ? char : `=${code.toString(16).toUpperCase().padStart(2, '0')}`;
    if (length + text.length > 75) {
      pieces.push('=\r\n');
      length = 0;
    }
    pieces.push(text);
    length += text.length;
  }
  return pieces.join('');
}
