/** What the MIME fields of a message or a part say about how its body may be treated. Pure; total. */

/** RFC 2045 section 6. */
export type TransferEncoding = '7bit' | '8bit' | 'binary' | 'quoted-printable' | 'base64' | 'unknown';

export type PartType =
  /** `isSealed`: signed or encrypted as it stands, so that nothing in it may change (RFC 1847). */
  | {
      readonly kind: 'multipart';
      readonly boundary: string;
      readonly isSealed: boolean;
      readonly isDigest: boolean;
    }
  /** A message in a message. */
  | { readonly kind: 'message' }
  | { readonly kind: 'leaf'; readonly isText: boolean }
  /** Its body must not be encoded (RFC 2046 section 5.2, RFC 3464 section 2.1). */
  | { readonly kind: 'bare' }
  | { readonly kind: 'broken' };

const token = "[!#$%&'*+\\-.0-9A-Z^_`a-z{|}~]+";
const typePattern = new RegExp(`^(${token})/(${token})(?=$|[ \\t;])`);
/** Unquoted values may hold what they should not: slashes, equals signs. Nothing behind it, so nothing is tried twice. */
const parameterPattern = new RegExp(
  `[ \\t]*;[ \\t]*(?:(${token})[ \\t]*=[ \\t]*(?:([^ \\t;"]+)|"((?:[^"\\\\]|\\\\.)*)"))?`,
  'y',
);
/** RFC 2046 section 5.1.1 has 70; what is longer than this is not looked for. */
const longestBoundary = 250;

/** Message types that may be encoded (RFC 6532 section 3.7, RFC 6533 section 4). */
const encodableMessages = new Set([
  'global',
  'global-headers',
  'global-delivery-status',
  'global-disposition-notification',
]);

/**
 * @param value of Content-Type, unfolded; undefined when there is none
 * @param isInDigest where a part without a type is a message (RFC 2046 section 5.1.5)
 */
export function readPartType(value: string | undefined, isInDigest: boolean): PartType {
  if (value === undefined) return isInDigest ? { kind: 'message' } : { kind: 'leaf', isText: true };
  const plain = withoutComments(value).trim();
  const match = typePattern.exec(plain);
  // RFC 2045 section 5.2 makes it text/plain; but whoever reads it otherwise must not find parts in it.
  if (!match) return /^(?:multipart|message)/i.test(plain) ? broken : { kind: 'leaf', isText: false };
  const [whole, type = '', subtype = ''] = match.map((word) => word.toLowerCase());
  if (type === 'message') {
    if (subtype === 'rfc822') return { kind: 'message' };
    return encodableMessages.has(subtype) ? { kind: 'leaf', isText: false } : { kind: 'bare' };
  }
  if (type !== 'multipart') return { kind: 'leaf', isText: type === 'text' };
  const boundary = readBoundary(plain.slice(whole?.length));
  if (boundary === undefined) return broken;
  const isSealed = subtype === 'signed' || subtype === 'encrypted';
  return { kind: 'multipart', boundary, isSealed, isDigest: subtype === 'digest' };
}

const broken: PartType = { kind: 'broken' };

/** Undefined: none, two, or none that two readers would read alike. */
function readBoundary(parameters: string): string | undefined {
  let boundary: string | undefined;
  let at = 0;
  while (at < parameters.length) {
    parameterPattern.lastIndex = at;
    const match = parameterPattern.exec(parameters);
    if (!match) break;
    at = parameterPattern.lastIndex;
    const [, name = '', word, quoted] = match;
    if (name.toLowerCase() === 'boundary') {
      if (boundary !== undefined) return undefined;
      boundary = word ?? quoted?.replace(/\\(.)/g, '$1') ?? '';
    } else if (/^boundary\*/i.test(name)) return undefined;
  }
  if (parameters.slice(at).trim() !== '') return undefined;
  const isUsable =
    boundary !== undefined &&
    boundary.length <= longestBoundary &&
    /^[\u0020-\u007e]*[\u0021-\u007e]$/.test(boundary);
  return isUsable ? boundary : undefined;
}

/** @param value of Content-Transfer-Encoding, unfolded; undefined when there is none */
export function readTransferEncoding(value: string | undefined): TransferEncoding {
  if (value === undefined) return '7bit';
  const word = withoutComments(value).trim().toLowerCase();
  switch (word) {
    case '7bit':
    case '8bit':
    case 'binary':
    case 'quoted-printable':
    case 'base64':
      return word;
    default:
      return 'unknown';
  }
}

/** RFC 5322 section 3.2.2; an open comment swallows the rest. */
function withoutComments(value: string): string {
  let result = '';
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < value.length; at++) {
    const char = value[at] as string;
    if (char === '\\') {
      at++;
      if (depth === 0) result += char + (value[at] ?? '');
    } else if (depth === 0 && char === '"') {
      isQuoted = !isQuoted;
      result += char;
    } else if (!isQuoted && char === '(') depth++;
    else if (!isQuoted && char === ')' && depth > 0) depth--;
    else if (depth === 0) result += char;
  }
  return result;
}
