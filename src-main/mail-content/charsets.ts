/** Text from bytes in the charset that a stranger named. */
import type { FaultCode } from './mail-part';

type Decoder = InstanceType<typeof TextDecoder>;

const decoders = new Map<string, Decoder | undefined>();
const mostDecoders = 200;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');

/** Names of mail that the Encoding Standard does not know. */
const otherNames: Readonly<Record<string, string>> = {
  'cp-850': 'windows-1252',
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp1252: 'windows-1252',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  'iso-8859-1-i': 'windows-1252',
  'iso-8859-8-e': 'iso-8859-8',
  utf8mb4: 'utf-8',
};

export interface DecodedText {
  readonly text: string;
  readonly fault: FaultCode | undefined;
}

/**
 * Without a charset, or with one that nobody knows, it is UTF-8 where the bytes are, else windows-1252, in which
 * every byte is something.
 *
 * @param isCut the bytes may end inside a character
 */
export function decodeCharset(bytes: Uint8Array, charset: string, isCut = false): DecodedText {
  const label = charset.trim().toLowerCase();
  const isOpen = label === '' || label === 'us-ascii' || label === 'ascii';
  const decoder = isOpen ? undefined : findDecoder(label);
  if (!decoder) return { text: guess(bytes, isCut), fault: isOpen ? undefined : 'unknown-charset' };
  if (decoder.encoding === 'windows-1252') return { text: decodeWestern(bytes), fault: undefined };
  try {
    const isUtf8 = decoder.encoding === 'utf-8';
    const text = decoder.decode(isCut && isUtf8 ? withoutTornEnd(bytes) : bytes);
    return { text, fault: text.includes('\ufffd') ? 'wrong-charset' : undefined };
  } catch {
    return { text: guess(bytes, isCut), fault: 'unknown-charset' };
  }
}

function guess(bytes: Uint8Array, isCut: boolean): string {
  try {
    return strictUtf8.decode(isCut ? withoutTornEnd(bytes) : bytes);
  } catch {
    return decodeWestern(bytes);
  }
}

const western = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** Some versions of Node leave the bytes from 80 to 9F as control characters. */
function decodeWestern(bytes: Uint8Array): string {
  return windows1252
    .decode(bytes)
    .replace(/[\u0080-\u009f]/g, (char) => western[char.charCodeAt(0) - 0x80] ?? char);
}

function withoutTornEnd(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}

function findDecoder(label: string): Decoder | undefined {
  if (decoders.has(label)) return decoders.get(label);
  if (decoders.size >= mostDecoders) decoders.clear();
  let decoder: Decoder | undefined;
  try {
    decoder = new TextDecoder(otherNames[label] ?? label);
  } catch {
    decoder = undefined;
  }
  decoders.set(label, decoder);
  return decoder;
}
