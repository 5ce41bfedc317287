/**
 * CSS of a message without anything that loads: `@import` and `@namespace` go, and of functions that take an
 * address (url, src, image-set ...) only pictures and fonts that lie in the message itself stay. A few properties
 * that can stop the window go, too. Reads CSS as a browser does (escapes, comments, strings; CSS Syntax 3), so that
 * what is hidden by an escape is found. One pass, linear, pure; the result never closes a style element.
 */

export interface CleanCss {
  readonly css: string;
  /** Something named a place outside the message. */
  readonly hasRemote: boolean;
}

/** Addresses for what `cid:` names; undefined when the message has no such picture. */
export type FindPicture = (contentId: string) => string | undefined;

const loaders = new Set([
  'url',
  'src',
  'image',
  'image-set',
  '-webkit-image-set',
  'cross-fade',
  '-webkit-cross-fade',
  'element',
  'paint',
  'expression',
]);
/** A few of these, one within another, stop the window for minutes. Mail programs do not know them. */
const droppedProperties = /^(?:-(?:webkit|moz)-)?(?:columns|column-(?:count|width)|filter|backdrop-filter)$/;
const droppedRules = new Set(['import', 'namespace', 'charset']);
const isNameCharacter = (character: string): boolean => /[-\w\\\u0080-\uffff]/.test(character);
// Only what CSS calls white space ends an escape: a vertical tab or a no-break space does not.
const escaped = /\\(?:([0-9a-f]{1,6})(?:\r\n|[ \t\n\r\f])?|([^\n\r\f0-9a-f]))/gi;
const hexEscape = /^[0-9a-f]{1,6}(?:\r\n|[ \t\n\r\f])?/i;
const isLineEnd = (character: string | undefined): boolean =>
  character === '\n' || character === '\r' || character === '\f';
const ownData =
  /^data:(?:image\/(?:png|jpe?g|gif|webp|bmp|avif|x-icon)|font\/[\w.+-]+|application\/(?:x-)?font-[\w.+-]+)[;,]/i;

/** What an identifier or string says once its escapes are read. */
function readEscapes(text: string): string {
  return text.replace(escaped, (_, hex: string | undefined, character: string | undefined) => {
    if (hex === undefined) return character ?? '';
    const code = Number.parseInt(hex, 16);
    return code === 0 || code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
  });
}

export function cleanCss(
  css: string,
  {
    findPicture,
    areRemoteAllowed,
  }: { readonly findPicture: FindPicture; readonly areRemoteAllowed: boolean },
): CleanCss {
  const pieces: string[] = [];
  let last = '';
  let hasRemote = false;
  const push = (piece: string): void => {
    pieces.push(piece);
    if (!/^\s*$/.test(piece)) last = piece;
  };
  const beginsDeclaration = (): boolean => last === '' || last === '{' || last === ';' || last === '}';
  let at = 0;
  while (at < css.length) {
    const character = css[at] ?? '';
    if (character === '/' && css[at + 1] === '*') {
      const end = css.indexOf('*/', at + 2);
      at = end < 0 ? css.length : end + 2;
      // A comment parts what stands on its sides.
      push(' ');
    } else if (character === '"' || character === "'") {
      const end = endOfString(css, at);
      push(css.slice(at, end));
      at = end;
    } else if (character === '@') {
      const end = endOfName(css, at + 1);
      const name = readEscapes(css.slice(at + 1, end)).toLowerCase();
      if (droppedRules.has(name)) {
        if (name === 'import') hasRemote = true;
        at = endOfStatement(css, end);
        // As a comment does: "u@import x;rl(" must not become "url(".
        push(' ');
      } else {
        push(css.slice(at, end));
        at = Math.max(end, at + 1);
      }
    } else if (isNameCharacter(character)) {
      const end = Math.max(endOfName(css, at), at + 1);
      const name = readEscapes(css.slice(at, end)).toLowerCase();
      if (css[end] !== '(' || !loaders.has(name)) {
        const isDropped = droppedProperties.test(name) && beginsDeclaration();
        push(isDropped ? 'x-dropped' : css.slice(at, end));
        at = end;
        continue;
      }
      const close = endOfFunction(css, end, name === 'url');
      const kept =
        name === 'url' ? keepUrl(css.slice(end + 1, close), { findPicture, areRemoteAllowed }) : drop;
      if (kept.isRemote || name !== 'url') hasRemote = true;
      push(kept.text);
      at = close + 1;
    } else {
      push(character);
      at += 1;
    }
  }
  // In CSS "<\/" is "</" in a string and nothing anywhere else.
  return { css: pieces.join('').replaceAll('</', '<\\/').replaceAll('<!--', ' '), hasRemote };
}

const drop = { text: 'none', isRemote: true } as const;

function keepUrl(
  argument: string,
  {
    findPicture,
    areRemoteAllowed,
  }: { readonly findPicture: FindPicture; readonly areRemoteAllowed: boolean },
): { readonly text: string; readonly isRemote: boolean } {
  const url = readEscapes(argument.trim().replace(/^(["'])(.*)\1$/s, '$2')).trim();
  if (ownData.test(url)) return { text: quote(url), isRemote: false };
  const cid = /^cid:(.*)$/is.exec(url);
  if (cid) {
    const picture = findPicture(decode(cid[1] ?? ''));
    return { text: picture === undefined ? 'none' : quote(picture), isRemote: false };
  }
  const isRemote = /^(?:https?:)?\/\//i.test(url);
  if (isRemote && areRemoteAllowed) return { text: quote(url), isRemote };
  return { text: 'none', isRemote };
}

const quote = (url: string): string =>
  `url("${url.replace(/["\\\n\r\f<>]/g, (each) => encodeURIComponent(each))}")`;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function endOfName(css: string, from: number): number {
  let at = from;
  while (at < css.length && isNameCharacter(css[at] ?? '')) {
    if (css[at] !== '\\') {
      at += 1;
      continue;
    }
    // Before the end of a line it escapes nothing, and the name ends.
    if (isLineEnd(css[at + 1])) break;
    const hex = hexEscape.exec(css.slice(at + 1, at + 9));
    at += 1 + (hex?.[0].length ?? 1);
  }
  return Math.min(at, css.length);
}

/** Behind the closing quote; a string ends with its line when nothing closes it. */
function endOfString(css: string, from: number): number {
  const mark = css[from];
  for (let at = from + 1; at < css.length; at += 1) {
    if (css[at] === '\\') at += 1;
    else if (css[at] === mark) return at + 1;
    else if (isLineEnd(css[at])) return at;
  }
  return css.length;
}

/** The place of the closing bracket. An address without quotes holds neither strings nor brackets. */
function endOfFunction(css: string, open: number, isUrl: boolean): number {
  let first = open + 1;
  while (/\s/.test(css[first] ?? '')) first += 1;
  const isBare = isUrl && css[first] !== '"' && css[first] !== "'";
  let depth = 1;
  for (let at = open + 1; at < css.length; at += 1) {
    const character = css[at];
    if (character === '\\') at += 1;
    else if (!isBare && (character === '"' || character === "'")) at = endOfString(css, at) - 1;
    else if (!isBare && character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return css.length;
}

/** Behind the semicolon that ends an at-rule without a block. */
function endOfStatement(css: string, from: number): number {
  for (let at = from; at < css.length; at += 1) {
    const character = css[at];
    if (character === '"' || character === "'") at = endOfString(css, at) - 1;
    else if (character === '(') at = endOfFunction(css, at, true);
    else if (character === ';') return at + 1;
  }
  return css.length;
}
