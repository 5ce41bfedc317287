/** The content of a part, decoded on request and never more of it than asked for. */
import { decodeCharset } from './charsets';
import { type DecodedBytes, decodeBytes } from './encodings';
import type { FaultCode, MailPart } from './mail-part';

/** The decoded content with what was wrong; its bytes are a view of the message where nothing had to be decoded. */
export function decodeContent(bytes: Uint8Array, part: MailPart, maxBytes: number): DecodedBytes {
  return decodeBytes(bytes.subarray(part.bodyStart, part.bodyEnd), part.encoding, maxBytes);
}

/** The decoded content, at most `maxBytes` of it; a view of the message where nothing had to be decoded. */
export function decodePart(bytes: Uint8Array, part: MailPart, maxBytes: number): Uint8Array {
  return decodeContent(bytes, part, maxBytes).bytes;
}

export interface PartText {
  readonly text: string;
  readonly isCut: boolean;
  readonly faults: readonly FaultCode[];
}

/** No charset needs more for one character of a string. */
const mostBytesPerCharacter = 4;

/** The content as text in its charset, with what was wrong. */
export function decodeText(bytes: Uint8Array, part: MailPart, maxCharacters: number): PartText {
  const content = decodeContent(bytes, part, maxCharacters * mostBytesPerCharacter);
  const { text, fault } = decodeCharset(content.bytes, part.charset, content.isCut);
  const faults = [content.fault, fault].filter((each) => each !== undefined);
  const isCut = content.isCut || text.length > maxCharacters;
  return { text: isCut ? cutText(text, maxCharacters) : text, isCut, faults };
}

/** The content as text, at most `maxCharacters` of it. */
export function readText(bytes: Uint8Array, part: MailPart, maxCharacters: number): string {
  return decodeText(bytes, part, maxCharacters).text;
}

/** Never ends inside a surrogate pair. */
function cutText(text: string, most: number): string {
  const cut = text.slice(0, most);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}

const carriageReturn = 13;
const lineFeed = 10;

/** Size of the decoded content; for base64 in lines of one length exact, else close. Decodes nothing. */
export function estimateBytes(bytes: Uint8Array, part: MailPart): number {
  const length = part.bodyEnd - part.bodyStart;
  if (part.encoding !== 'base64' || length === 0) return length;
  const body = bytes.subarray(part.bodyStart, part.bodyEnd);
  const first = body.subarray(0, 4096).indexOf(lineFeed);
  const line = first === -1 ? length : first + 1;
  const ending = first === -1 ? 0 : body[first - 1] === carriageReturn ? 2 : 1;
  let end = length;
  let padding = 0;
  while (end > 0 && length - end < 16) {
    const byte = body[end - 1] as number;
    if (byte === 61) padding += 1;
    else if (byte > 32) break;
    end -= 1;
  }
  // Without the line ends behind the last sign.
  const signs = end + padding;
  const lines = Math.floor(signs / line);
  const rest = signs - lines * line;
  return Math.max(0, Math.floor(((lines * (line - ending) + rest) * 3) / 4) - padding);
}
