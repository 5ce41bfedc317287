/**
 * Header values as people read them: encoded words (RFC 2047) decoded, 8-bit text guessed, and nothing left
 * that could disturb a list (control characters, direction overrides). Pure, linear, bounded.
 */

/** Of a raw value so much is looked at, and of the decoded text so much is kept. */
const longestRaw = 8192;
const longestShown = 500;

const encodedWord = /=\?([A-Za-z0-9_.:-]{1,40})(?:\*[A-Za-z0-9-]{1,40})?\?([bBqQ])\?([^\s?]{0,2000})\?=/g;

interface Run {
  readonly charset: string;
  bytes: Buffer[];
}

/**
 * @param raw unfolded header value, one character a byte (latin1)
 */
export function decodeHeaderText(raw: string): string {
  const bounded = raw.slice(0, longestRaw);
  const pieces: string[] = [];
  // Words of one charset that follow each other are decoded together: a character may be cut in two.
  let run: Run | undefined;
  let at = 0;
  const flush = (): void => {
    if (run) pieces.push(decodeBytes(Buffer.concat(run.bytes), run.charset));
    run = undefined;
  };
  for (const match of bounded.matchAll(encodedWord)) {
    const between = bounded.slice(at, match.index);
    const [whole, charset = '', encoding = '', text = ''] = match;
    // Space between two encoded words is no text (RFC 2047 section 6.2).
    const isJoined = run !== undefined && between.trim() === '';
    if (!isJoined) {
      flush();
      pieces.push(decodePlain(between));
    }
    const bytes = encoding.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : decodeQ(text);
    if (run && run.charset !== charset.toLowerCase()) flush();
    run ??= { charset: charset.toLowerCase(), bytes: [] };
    run.bytes.push(bytes);
    at = match.index + whole.length;
  }
  flush();
  pieces.push(decodePlain(bounded.slice(at)));
  return cleanText(pieces.join(''), longestShown);
}

/** One line of plain text: no control characters, no direction overrides, at most `maxLength` characters. */
export function cleanText(text: string, maxLength: number): string {
  return text
    .slice(0, maxLength * 4)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
    .slice(0, maxLength);
}

/** Text outside of encoded words should be ASCII; where it is not it is UTF-8 or what Windows wrote. */
function decodePlain(text: string): string {
  if (!/[\u0080-\u00ff]/.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return decodeWindows1252(bytes);
  }
}

/** Bytes 0x80 to 0x9f; Node 20 reads them as control characters. Five have no meaning. */
const windows1252 =
  '\u20ac\ufffd\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\ufffd\u017d\ufffd\ufffd\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\ufffd\u017e\u0178';
/** Labels that mean it in practice (WHATWG Encoding Standard, section 4.2). */
const windows1252Labels = new Set(['windows-1252', 'cp1252', 'iso-8859-1', 'latin1', 'us-ascii', 'ascii']);

function decodeWindows1252(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  return text.replace(/[\u0080-\u009f]/g, (char) => windows1252[char.charCodeAt(0) - 0x80] as string);
}

function decodeBytes(bytes: Uint8Array, charset: string): string {
  if (windows1252Labels.has(charset)) return decodeWindows1252(bytes);
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    // A charset that nobody knows: its ASCII part is still readable.
    return Buffer.from(bytes).toString('latin1');
  }
}

function decodeQ(text: string): Buffer {
  const bytes = Buffer.alloc(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    const hex = char === '=' ? text.slice(at + 1, at + 3) : '';
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      bytes[length++] = Number.parseInt(hex, 16);
      at += 2;
    } else {
      bytes[length++] = char === '_' ? 32 : char.charCodeAt(0) & 0xff;
    }
  }
  return bytes.subarray(0, length);
}
