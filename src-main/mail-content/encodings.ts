/** Content-Transfer-Encodings: linear decoders that take whatever is there and say whether it was broken. */
import { cr, isBlank, latin1, lf, lineEnd, nextLine } from './bytes';
import type { FaultCode } from './mail-part';

const plain = new Set(['7bit', '8bit', 'binary']);
const uuencodings = new Set(['x-uuencode', 'uuencode', 'x-uue', 'uue']);

/** The bytes of the part are not the bytes of the content. */
export const isEncoded = (encoding: string): boolean => isKnownEncoding(encoding) && !plain.has(encoding);
export const isKnownEncoding = (encoding: string): boolean =>
  plain.has(encoding) ||
  encoding === 'base64' ||
  encoding === 'quoted-printable' ||
  uuencodings.has(encoding);

export interface DecodedBytes {
  /** A view of the message where nothing had to be decoded. */
  readonly bytes: Uint8Array;
  readonly isCut: boolean;
  readonly fault: FaultCode | undefined;
}

/** @param maxBytes of the answer; what is beyond them is not decoded */
export function decodeBytes(source: Uint8Array, encoding: string, maxBytes: number): DecodedBytes {
  if (encoding === 'base64') return decodeBase64(source, maxBytes);
  if (encoding === 'quoted-printable') return decodeQuotedPrintable(source, maxBytes);
  if (uuencodings.has(encoding)) return decodeUuencode(source, maxBytes);
  return { bytes: source.subarray(0, maxBytes), isCut: source.length > maxBytes, fault: undefined };
}

const values = new Int8Array(256).fill(-1);
for (const [index, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  values[char.charCodeAt(0)] = index;
const padding = 61;

/** Signs that are not base64 are passed over; padding inside starts anew (several texts one after another). */
export function decodeBase64(source: Uint8Array, maxBytes: number): DecodedBytes {
  const out = new Uint8Array(Math.min(maxBytes, Math.ceil(source.length / 4) * 3));
  let length = 0;
  let bits = 0;
  let held = 0;
  let fault: FaultCode | undefined;
  for (let at = 0; at < source.length; at += 1) {
    const byte = source[at] as number;
    const value = values[byte] as number;
    if (value < 0) {
      if (byte === padding) {
        held = 0;
        bits = 0;
      } else if (byte !== cr && byte !== lf && !isBlank(byte)) fault = 'broken-base64';
      continue;
    }
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    if (length === out.length) return { bytes: out, isCut: true, fault };
    out[length] = (held >> bits) & 0xff;
    length += 1;
  }
  // One sign alone is less than a byte.
  if (bits === 6) fault = 'broken-base64';
  return { bytes: out.subarray(0, length), isCut: false, fault };
}

const equals = 61;

export function decodeQuotedPrintable(source: Uint8Array, maxBytes: number): DecodedBytes {
  const out = new Uint8Array(Math.min(maxBytes, source.length));
  let length = 0;
  let fault: FaultCode | undefined;
  let at = 0;
  while (at < source.length) {
    if (length === out.length) return { bytes: out, isCut: true, fault };
    const byte = source[at] as number;
    if (byte !== equals) {
      out[length] = byte;
      length += 1;
      at += 1;
      continue;
    }
    const value = hexPair(source, at + 1);
    if (value !== undefined) {
      out[length] = value;
      length += 1;
      at += 3;
      continue;
    }
    const next = skipSoftBreak(source, at + 1);
    if (next !== undefined) {
      at = next;
      continue;
    }
    fault = 'broken-quoted-printable';
    out[length] = byte;
    length += 1;
    at += 1;
  }
  return { bytes: out.subarray(0, length), isCut: false, fault };
}

function hexPair(source: Uint8Array, at: number): number | undefined {
  const high = hexDigit(source[at]);
  const low = hexDigit(source[at + 1]);
  return high === undefined || low === undefined ? undefined : high * 16 + low;
}

function hexDigit(byte: number | undefined): number | undefined {
  if (byte === undefined) return undefined;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : undefined;
}

/** Most spaces that are looked through behind "=": a long run of them must not be read again and again. */
const mostBlanks = 100;

/** Behind the line end after "="; undefined: it is no soft break. */
function skipSoftBreak(source: Uint8Array, from: number): number | undefined {
  let at = from;
  while (at - from < mostBlanks && isBlank(source[at])) at += 1;
  if (at >= source.length) return at;
  if (source[at] === cr) at += 1;
  return source[at] === lf ? at + 1 : undefined;
}

/** The lines between "begin" and "end"; without "begin" all of them. */
function decodeUuencode(source: Uint8Array, maxBytes: number): DecodedBytes {
  const out = new Uint8Array(Math.min(maxBytes, source.length));
  let length = 0;
  let fault: FaultCode | undefined;
  let hasBegun = false;
  for (let at = 0; at < source.length; ) {
    const next = nextLine(source, at);
    const end = lineEnd(source, at, next);
    const start = at;
    at = next;
    if (end === start) continue;
    const word = latin1(source, start, Math.min(end, start + 6));
    if (word === 'begin ') {
      if (hasBegun) break;
      hasBegun = true;
      length = 0;
      continue;
    }
    if (word.trimEnd() === 'end') break;
    const count = ((source[start] as number) - 32) & 63;
    if (end - start - 1 < Math.ceil((count * 4) / 3)) fault = 'broken-uuencode';
    for (let index = 0; index < count; index += 1) {
      if (length === out.length)
        return { bytes: out, isCut: length === maxBytes, fault: fault ?? 'broken-uuencode' };
      out[length] = uuByte(source, start + 1 + Math.floor(index / 3) * 4, index % 3, end);
      length += 1;
    }
  }
  return { bytes: out.subarray(0, length), isCut: false, fault };
}

function uuByte(source: Uint8Array, group: number, index: number, end: number): number {
  const value = (at: number): number => (at < end ? ((source[at] as number) - 32) & 63 : 0);
  const one = value(group + index);
  const two = value(group + index + 1);
  return ((one << (2 + index * 2)) | (two >> (4 - index * 2))) & 0xff;
}
