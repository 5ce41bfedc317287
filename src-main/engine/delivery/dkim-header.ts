/**
 * The header of a message as DKIM reads it: its fields, whose domain it is from, and which fields a signature covers.
 * Pure.
 *
 * Promises: what cannot be read for certain is not guessed at: it has no fields, or no domain.
 * Trusts: nothing in the message; its length is the caller's to bound.
 */
import { isDomainName, normaliseDomain } from '../core/address';

export interface HeaderField {
  /** In lower case. */
  readonly name: string;
  /** "relaxed" (RFC 6376 section 3.4.2), one character a byte, without the line end. */
  readonly relaxed: string;
  /** Everything behind the colon in one line, one character a byte. */
  readonly value: string;
}

/** A message with more of them is not one that people or programs write. */
const mostFields = 2_000;

/**
 * The fields from the top; undefined when a line is none (RFC 5322 section 2.2), so that readers may not agree on
 * where the header ends.
 *
 * @param header lines that end in CRLF, without the blank line; one character a byte
 */
export function readFields(header: string): HeaderField[] | undefined {
  if (header === '') return [];
  const lines = (header.endsWith('\r\n') ? header.slice(0, -2) : header).split('\r\n');
  const fields: string[][] = [];
  for (const line of lines) {
    if (/^[ \t]/.test(line)) {
      const last = fields.at(-1);
      if (!last) return undefined;
      last.push(line);
    } else if (fields.push([line]) > mostFields) return undefined;
  }
  const read: HeaderField[] = [];
  for (const parts of fields) {
    const text = parts.join('');
    const name = /^([!-9;-~]+)[ \t]*:/.exec(text);
    if (!name?.[1]) return undefined;
    const value = text.slice(name[0].length);
    read.push({ name: name[1].toLowerCase(), value, relaxed: relaxField(name[1], value) });
  }
  return read;
}

/** A field in the form that is signed. */
export function relaxField(name: string, value: string): string {
  // Not by trim() and its like, which take other white space for blanks, nor by an expression that looks back.
  const words = value.split(/[ \t\r\n]+/);
  let [from, to] = [0, words.length];
  while (from < to && words[from] === '') from++;
  while (to > from && words[to - 1] === '') to--;
  return `${name.toLowerCase()}:${words.slice(from, to).join(' ')}`;
}

/**
 * The domain that a message is from, normalised: that of the one From field. Undefined when there is no such field, or
 * several, or its addresses are of several domains, or cannot be read.
 */
export function authorDomainOf(fields: readonly HeaderField[]): string | undefined {
  const [from, ...more] = fields.filter(({ name }) => name === 'from');
  if (!from || more.length > 0) return undefined;
  const domains = new Set(addressDomainsOf(Buffer.from(from.value, 'latin1').toString('utf8')));
  const [domain] = domains;
  return domain !== undefined && domains.size === 1 && isDomainName(domain) ? domain : undefined;
}

/**
 * Domains of the addresses of an address list (RFC 5322 section 3.4, with the obsolete forms), normalised; '' for
 * an address without one. Undefined when it cannot be read.
 */
export function addressDomainsOf(list: string): string[] | undefined {
  const domains: string[] = [];
  // What stands outside of angle brackets, and inside of them.
  let outside = '';
  let inside: string | undefined;
  let isInside = false;
  const finish = (): boolean => {
    const address = (inside ?? outside).trim();
    const isNothing = inside === undefined && address === '';
    outside = '';
    inside = undefined;
    if (isNothing) return true;
    // A quoted string or a comment has become one sign; a route is in front of its colon (RFC 5322 section 4.4).
    const mailbox = address.slice(address.lastIndexOf(':') + 1);
    const parts = mailbox.split('@');
    const domain = (parts[1] ?? '').replace(/\s*\.\s*/g, '.').trim();
    if (parts.length > 2 || /\s/.test(domain)) return false;
    domains.push(normaliseDomain(domain));
    return true;
  };
  for (let at = 0; at < list.length; at++) {
    const char = list[at] as string;
    if (char === '(' || char === '"' || char === '[') {
      const end = endOf(list, at);
      if (end < 0) return undefined;
      const sign = char === '(' ? ' ' : char === '"' ? '\u0001' : list.slice(at, end + 1);
      if (isInside) inside += sign;
      else if (inside === undefined) outside += sign;
      else if (char !== '(') return undefined;
      at = end;
    } else if (char === '<') {
      if (inside !== undefined) return undefined;
      isInside = true;
      inside = '';
    } else if (char === '>') {
      if (!isInside) return undefined;
      isInside = false;
    } else if (isInside) inside += char;
    else if (char === ',' || char === ';') {
      if (!finish()) return undefined;
    } else if (char === ':' && inside === undefined) outside = '';
    else if (inside === undefined) outside += char;
    else if (!/\s/.test(char)) return undefined;
  }
  if (isInside || !finish()) return undefined;
  return domains;
}

/** Index of what closes the comment, quoted string or literal at `start`; -1 when nothing does. */
function endOf(text: string, start: number): number {
  const open = text[start];
  const close = open === '(' ? ')' : open === '"' ? '"' : ']';
  let depth = 0;
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === close && depth-- === 0) return at;
    else if (char === '(' && open === '(') depth++;
  }
  return -1;
}

/**
 * Fields that a signature covers. One that is named once more than it is there cannot be added later without breaking
 * the signature (RFC 6376 section 8.15). 'always': also where there is none; 'when-present': only then, because
 * hosts on the way add it where it is missing; 'as-present': all that are there, and more may come.
 */
const signedFields: ReadonlyMap<string, 'always' | 'when-present' | 'as-present'> = new Map([
  ['from', 'always'],
  ['reply-to', 'always'],
  ['subject', 'always'],
  ['to', 'always'],
  ['cc', 'always'],
  ['sender', 'when-present'],
  ['date', 'when-present'],
  ['message-id', 'when-present'],
  ['mime-version', 'when-present'],
  ['content-type', 'when-present'],
  ['content-transfer-encoding', 'when-present'],
  ['in-reply-to', 'as-present'],
  ['references', 'as-present'],
  ['list-id', 'as-present'],
  ['list-help', 'as-present'],
  ['list-owner', 'as-present'],
  ['list-post', 'as-present'],
  ['list-archive', 'as-present'],
  ['list-subscribe', 'as-present'],
  ['list-unsubscribe', 'as-present'],
  ['list-unsubscribe-post', 'as-present'],
  ['resent-from', 'as-present'],
  ['resent-sender', 'as-present'],
  ['resent-to', 'as-present'],
  ['resent-cc', 'as-present'],
  ['resent-date', 'as-present'],
  ['resent-message-id', 'as-present'],
]);

/** More would make a header that hosts refuse. */
const mostSigned = 200;

export interface SignedHeader {
  /** For the tag h=, in order. */
  readonly names: readonly string[];
  /** What is signed before the signature's own field: each field with its line end; one character a byte. */
  readonly text: string;
}

/** Undefined: there are more fields to sign than a signature can name. */
export function chooseSignedFields(fields: readonly HeaderField[]): SignedHeader | undefined {
  const names: string[] = [];
  let text = '';
  for (const [name, kind] of signedFields) {
    const found = fields.filter((field) => field.name === name);
    // The last one first (RFC 6376 section 5.4.2).
    for (const { relaxed } of found.toReversed()) {
      names.push(name);
      text += `${relaxed}\r\n`;
    }
    if (kind === 'always' || (kind === 'when-present' && found.length > 0)) names.push(name);
  }
  return names.length > mostSigned ? undefined : { names, text };
}
