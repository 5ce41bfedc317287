/**
 * The addresses in a To, Cc, Bcc, From or Sender line (RFC 5322 section 3.4, obsolete forms of 4.4).
 *
 * Owns: names, comments, quoted strings, groups, routes, and the semicolons that people type between
 * addresses. Promises: one pass, no backtracking, bounded output. Trusts nothing: the line is hostile.
 * Fails: an open quote, comment or bracket makes the whole list malformed, because a guess at where it
 * should have ended could lose recipients in silence.
 */

export interface AddressList {
  /** As written, without names, comments and brackets; not yet qualified or checked. "<>" gives ''. */
  readonly addresses: readonly string[];
  readonly isMalformed: boolean;
}

/** More than any address that can be valid; the rest of a longer one is dropped, and it is refused later. */
const longestKept = 1000;

interface Scan {
  readonly text: string;
  at: number;
  isBroken: boolean;
}

/**
 * @param text unfolded header value
 * @param maxAddresses reading stops after so many; the list then counts as malformed
 */
export function parseAddressList(text: string, maxAddresses: number): AddressList {
  const scan: Scan = { text, at: 0, isBroken: false };
  const addresses: string[] = [];
  let bare = '';
  let angle: string | undefined;
  const finish = (): void => {
    const address = angle ?? tidy(bare);
    // Nothing between two commas is no address; "<>" is one, and it is empty.
    if (angle !== undefined || address !== '') addresses.push(address);
    bare = '';
    angle = undefined;
  };
  while (scan.at < text.length && !scan.isBroken) {
    if (addresses.length > maxAddresses) return { addresses, isMalformed: true };
    const char = text[scan.at] as string;
    if (char === ',' || char === ';') {
      finish();
      scan.at++;
    } else if (char === '<') {
      angle = tidy(withoutRoute(readUntil(scan, '>')));
    } else if (char === '"') {
      bare = append(bare, readQuoted(scan));
    } else if (char === '(') {
      skipComment(scan);
    } else if (char === '[') {
      bare = append(bare, `[${readUntil(scan, ']')}]`);
    } else if (char === ':') {
      // What stood before it was a group's name.
      bare = '';
      scan.at++;
    } else {
      bare = append(bare, char);
      scan.at++;
    }
  }
  finish();
  return { addresses, isMalformed: scan.isBroken || addresses.length > maxAddresses };
}

function append(text: string, more: string): string {
  return text.length > longestKept ? text : text + more;
}

/** A quoted string with its quotes; the scan stands on the opening one. */
function readQuoted(scan: Scan): string {
  const start = scan.at++;
  for (; scan.at < scan.text.length; scan.at++) {
    const char = scan.text[scan.at];
    if (char === '\\') scan.at++;
    else if (char === '"') {
      scan.at++;
      return scan.text.slice(start, scan.at);
    }
  }
  scan.isBroken = true;
  return '';
}

function skipComment(scan: Scan): void {
  let depth = 0;
  for (; scan.at < scan.text.length; scan.at++) {
    const char = scan.text[scan.at];
    if (char === '\\') scan.at++;
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) {
      scan.at++;
      return;
    }
  }
  scan.isBroken = true;
}

/** The text up to `end` without comments; quoted strings stay whole. The scan stands on the opening sign. */
function readUntil(scan: Scan, end: string): string {
  let inner = '';
  scan.at++;
  while (scan.at < scan.text.length && !scan.isBroken) {
    const char = scan.text[scan.at] as string;
    if (char === end) {
      scan.at++;
      return inner;
    }
    if (char === '"') inner = append(inner, readQuoted(scan));
    else if (char === '(') skipComment(scan);
    else {
      inner = append(inner, char);
      scan.at++;
    }
  }
  scan.isBroken = true;
  return inner;
}

/** "@relay.example,@other.example:user@example.com" (RFC 5322 section 4.4): the route is ignored. */
function withoutRoute(text: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith('@') ? trimmed.slice(trimmed.indexOf(':') + 1) : trimmed;
}

/** "user @ example . com": spaces around dots and the at sign are allowed in the obsolete form. */
function tidy(text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith('"') || !/\s/.test(trimmed)) return trimmed;
  return trimmed
    .split(/([@.])/)
    .map((part) => part.trim())
    .join('');
}
