/**
 * The addresses of a From, To, Cc, Bcc or Reply-To field, for people: names are decoded, what is malformed is
 * shown as it is. Mail is never sent by what this reads. One pass, bounded.
 */
import { mailLimits } from './mail-part';
import { decodeWords } from './words';

export interface MailAddress {
  /** Display name; '' where there is none. */
  readonly name: string;
  readonly address: string;
}

const longestName = 500;
const longestAddress = 320;

/** @param text unfolded field value; a group gives its members */
export function parseAddresses(text: string, most: number = mailLimits.addresses): readonly MailAddress[] {
  const found: MailAddress[] = [];
  let bare = '';
  let comment = '';
  let angle: string | undefined;
  let at = 0;
  const finish = (): void => {
    const address = toAddress(bare.trim(), angle, comment.trim());
    if (address) found.push(address);
    bare = '';
    comment = '';
    angle = undefined;
  };
  while (at < text.length && found.length < most) {
    const char = text[at] as string;
    if (char === ',' || char === ';') {
      finish();
      at += 1;
    } else if (char === '"') {
      const end = quotedEnd(text, at);
      // A quoted local part keeps its quotes.
      const quoted = text.slice(at, end);
      bare += text[end] === '@' ? quoted : unquote(quoted.slice(1, quoted.endsWith('"') ? -1 : undefined));
      at = end;
    } else if (char === '(') {
      const end = commentEnd(text, at);
      comment += text.slice(at + 1, Math.max(at + 1, end - 1));
      at = end;
    } else if (char === '<') {
      const end = text.indexOf('>', at);
      angle = text.slice(at + 1, end === -1 ? text.length : end);
      at = end === -1 ? text.length : end + 1;
    } else if (char === ':' && angle === undefined && !bare.includes('@') && !bare.includes('[')) {
      // What stood before it was a group's name.
      bare = '';
      at += 1;
    } else {
      bare += char;
      at += 1;
    }
  }
  if (found.length < most) finish();
  return found;
}

function toAddress(bare: string, angle: string | undefined, comment: string): MailAddress | undefined {
  if (angle !== undefined) {
    const address = angle.trim().replace(/^@[^:]*:/, '');
    if (address === '' && bare === '') return undefined;
    return { name: tidy(bare), address: address.slice(0, longestAddress) };
  }
  if (bare === '') return undefined;
  return bare.includes('@')
    ? { name: tidy(comment), address: bare.slice(0, longestAddress) }
    : { name: tidy(bare), address: '' };
}

const tidy = (text: string): string =>
  decodeWords(text.slice(0, longestName * 10))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longestName);
const unquote = (text: string): string => text.replace(/\\(.)/g, '$1');

/** Behind the closing quote, or the end of the text. */
function quotedEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function commentEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '(') depth += 1;
    else if (text[at] === ')') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}
