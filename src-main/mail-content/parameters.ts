/** Content-Type and Content-Disposition: a value and parameters, with continuations and charsets (RFC 2231). */
import { decodeCharset } from './charsets';
import { mailLimits } from './mail-part';

export interface ValueWithParameters {
  readonly value: string;
  /** Names in lower case; of a name that is there twice, the first. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** @param field unfolded, one character per byte */
export function parseParameters(field: string): ValueWithParameters {
  const pieces = split(field, mailLimits.parameters);
  const value = (pieces[0] ?? '').trim();
  const plain = new Map<string, string>();
  const continued = new Map<string, Continuation[]>();
  for (const piece of pieces.slice(1)) {
    const equals = piece.indexOf('=');
    if (equals <= 0) continue;
    const name = piece.slice(0, equals).trim().toLowerCase();
    const text = unquote(piece.slice(equals + 1).trim());
    const star = name.indexOf('*');
    if (star === -1) {
      if (!plain.has(name)) plain.set(name, asUtf8(text));
      continue;
    }
    const base = name.slice(0, star);
    const rest = name.slice(star + 1);
    const number = rest === '' ? 0 : Number.parseInt(rest, 10);
    if (base === '' || !Number.isInteger(number)) continue;
    const list = continued.get(base) ?? [];
    list.push({ number, isEncoded: rest === '' || rest.endsWith('*'), text });
    continued.set(base, list);
  }
  const parameters = new Map(plain);
  // The encoded form counts more: the plain one beside it is for old readers.
  for (const [name, list] of continued) parameters.set(name, joinContinuations(list));
  return { value, parameters };
}

interface Continuation {
  readonly number: number;
  readonly isEncoded: boolean;
  readonly text: string;
}

function joinContinuations(list: readonly Continuation[]): string {
  let charset = '';
  const bytes: number[] = [];
  const sorted = [...list].sort((one, other) => one.number - other.number);
  for (const [index, { isEncoded, text }] of sorted.entries()) {
    let rest = text;
    if (isEncoded && index === 0) {
      const match = /^([^']{0,60})'[^']{0,60}'/.exec(text);
      if (match) {
        charset = match[1] ?? '';
        rest = text.slice(match[0].length);
      }
    }
    for (let at = 0; at < rest.length; at += 1) {
      const hex = isEncoded && rest[at] === '%' ? /^[0-9a-fA-F]{2}/.exec(rest.slice(at + 1, at + 3)) : null;
      bytes.push(hex ? Number.parseInt(hex[0], 16) : rest.charCodeAt(at) & 0xff);
      if (hex) at += 2;
    }
  }
  return decodeCharset(Uint8Array.from(bytes), charset).text;
}

/** Parts between semicolons, without comments; quoted strings stay whole. */
function split(field: string, most: number): string[] {
  const pieces: string[] = [];
  let from = 0;
  let text = '';
  let isQuoted = false;
  let depth = 0;
  const take = (to: number): void => {
    if (depth === 0) text += field.slice(from, to);
  };
  for (let at = 0; at < field.length && pieces.length < most; at += 1) {
    const char = field[at];
    if (char === '\\' && (isQuoted || depth > 0)) at += 1;
    else if (depth === 0 && char === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (char === '(' && isCommentStart(field, at, depth)) {
      take(at);
      depth += 1;
      from = at + 1;
    } else if (char === ')' && depth > 0) {
      depth -= 1;
      from = at + 1;
    } else if (char === ';' && depth === 0) {
      take(at);
      pieces.push(text);
      text = '';
      from = at + 1;
    }
  }
  take(field.length);
  if (pieces.length < most) pieces.push(text);
  return pieces;
}

/** A bracket inside a bare value, "name=a(1).txt", is part of it. */
function isCommentStart(field: string, at: number, depth: number): boolean {
  return depth > 0 || at === 0 || /[\s;]/.test(field[at - 1] ?? '');
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  const end = text.length > 1 && text.endsWith('"') ? text.length - 1 : text.length;
  return text.slice(1, end).replace(/\\(.)/g, '$1');
}

/** Bytes above 127 in a header are UTF-8 or windows-1252. */
function asUtf8(text: string): string {
  if (!/[\u0080-\u00ff]/.test(text)) return text;
  return decodeCharset(
    Uint8Array.from(text, (char) => char.charCodeAt(0)),
    '',
  ).text;
}
