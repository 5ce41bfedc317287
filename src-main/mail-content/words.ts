/** Encoded words of header fields (RFC 2047), and folding. */

import { decodeCharset } from './charsets';
import { decodeBase64, decodeQuotedPrintable } from './encodings';

interface Word {
  readonly charset: string;
  readonly bytes: Uint8Array;
}

const word = /=\?([^?\s*]{1,60})(?:\*[^?\s]{0,30})?\?([bBqQ])\?([^?]*)\?=/g;

/**
 * Every encoded word decoded, the white space between two of them gone. Bytes of neighbours in one charset are
 * decoded together: senders cut characters in two.
 */
export function decodeWords(text: string): string {
  if (!text.includes('=?')) return text;
  let out = '';
  let at = 0;
  let run: Word[] = [];
  const flush = (): void => {
    out += decodeRun(run);
    run = [];
  };
  for (const match of text.matchAll(word)) {
    const between = text.slice(at, match.index);
    if (run.length === 0 || between.trim() !== '') {
      flush();
      out += between;
    }
    run.push({ charset: (match[1] ?? '').toLowerCase(), bytes: bytesOf(match[2] ?? '', match[3] ?? '') });
    at = match.index + match[0].length;
  }
  flush();
  return out + text.slice(at);
}

function decodeRun(run: readonly Word[]): string {
  let text = '';
  for (let from = 0; from < run.length; ) {
    const { charset } = run[from] as Word;
    let to = from + 1;
    while (to < run.length && run[to]?.charset === charset) to += 1;
    text += decodeCharset(join(run.slice(from, to)), charset).text;
    from = to;
  }
  return text;
}

function join(words: readonly Word[]): Uint8Array {
  if (words.length === 1) return (words[0] as Word).bytes;
  const all = new Uint8Array(words.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of words) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}

function bytesOf(encoding: string, text: string): Uint8Array {
  const source = asciiBytes(text);
  if (encoding.toLowerCase() === 'b') return decodeBase64(source, source.length).bytes;
  for (let at = 0; at < source.length; at += 1) if (source[at] === 95) source[at] = 32;
  return decodeQuotedPrintable(source, source.length).bytes;
}

function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at) & 0xff;
  return bytes;
}

/** One line: folds are gone, other control characters are spaces. */
export function unfold(text: string): string {
  return text.replace(/\r?\n(?=[ \t])/g, '').replace(/[\u0000-\u001f\u007f]/g, ' ');
}
