/**
 * The argument of MAIL, RCPT and VRFY up to the parameters. Accepts what the original accepted beyond
 * RFC 5321 section 4.1.2: no angle brackets, no domain (the default domain is appended, unless one hides in the name), spaces after the
 * colon, underscores, odd dots. Source routes are read and dropped (RFC 5321 appendix F.2). Whether an address
 * may be in UTF-8 stands behind it, in the parameters, so that is the caller's to judge. Pure; the input is
 * hostile, bounded by the longest command line, and comes as latin1: one character an octet.
 */
import { isIP } from 'node:net';
import { addressOfLiteral, isAddressLiteral, isAscii, isEnvelopeAddress } from '../core/address';
import { ownText } from '../core/own-text';
import type { SmtpStatus } from '../core/smtp-status';
import { replies } from './replies';

export type PathResult =
  /** `address` is '' for the null reverse-path; `rest` are the parameters, unparsed and still in latin1. */
  | {
      readonly kind: 'path';
      readonly address: string;
      /** The address is in UTF-8. */
      readonly isUtf8: boolean;
      readonly rest: string;
    }
  | { readonly kind: 'refused'; readonly status: SmtpStatus };

const invalidAddress: PathResult = { kind: 'refused', status: replies.invalidAddress };
const invalidArguments: PathResult = { kind: 'refused', status: replies.invalidArguments };
const notUtf8: PathResult = { kind: 'refused', status: replies.notUtf8 };

const space = 0x20;
const tab = 0x09;
const quote = 0x22;
const backslash = 0x5c;
const greaterThan = 0x3e;

/** Reads "FROM:<path> parameters" or "TO:<path> parameters". `<>` is allowed for FROM alone. */
export function parsePathArgument(
  argument: string,
  keyword: 'FROM' | 'TO',
  defaultDomain: string,
): PathResult {
  let at = skipBlanks(argument, 0);
  if (argument.slice(at, at + keyword.length).toUpperCase() !== keyword) return invalidArguments;
  at = skipBlanks(argument, at + keyword.length);
  if (argument[at] !== ':') return invalidArguments;
  const result = parsePath(argument, at + 1, defaultDomain);
  if (result.kind === 'path' && result.address === '' && keyword === 'TO') return invalidAddress;
  return result;
}

/** Reads one path that starts at `from`, blanks before it allowed. `<>` gives the address ''. */
export function parsePath(text: string, from: number, defaultDomain: string): PathResult {
  const start = skipBlanks(text, from);
  const isBracketed = text[start] === '<';
  const end = findEnd(text, isBracketed ? start + 1 : start, isBracketed);
  if (end < 0) return invalidAddress;
  const rest = isBracketed ? text.slice(end + 1) : text.slice(end);
  if (rest !== '' && !isBlank(rest.charCodeAt(0))) return invalidAddress;
  const octets = isBracketed ? trimBlanks(text.slice(start + 1, end)) : text.slice(start, end);
  if (octets === '') return isBracketed ? { kind: 'path', address: '', isUtf8: false, rest } : invalidAddress;
  const isUtf8 = !isAscii(octets);
  const inner = isUtf8 ? decodeUtf8(octets) : octets;
  if (inner === undefined) return notUtf8;
  const mailbox = inner.startsWith('@') ? dropSourceRoute(inner) : inner;
  const address = mailbox === undefined ? undefined : qualify(mailbox, defaultDomain);
  return address === undefined ? invalidAddress : { kind: 'path', address: ownText(address), isUtf8, rest };
}

/** Text from octets in latin1; undefined when they are not UTF-8. */
export function decodeUtf8(octets: string): string | undefined {
  const text = Buffer.from(octets, 'latin1').toString('utf8');
  // What is no UTF-8 became U+FFFD; one that was sent as such is no letter either.
  return text.includes('\ufffd') ? undefined : text;
}

const isBlank = (code: number): boolean => code === space || code === tab;

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** Not `trim`: it takes 0xA0 too, which may be half a character. */
function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}

/** Where the path ends: at ">" or, without brackets, at a blank or the end; both outside quotes. -1: nowhere. */
function findEnd(text: string, from: number, isBracketed: boolean): number {
  let isQuoted = false;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) isQuoted = !isQuoted;
    else if (isQuoted && code === backslash) at++;
    else if (!isQuoted && (isBracketed ? code === greaterThan : isBlank(code))) return at;
  }
  return isBracketed || isQuoted ? -1 : text.length;
}

function dropSourceRoute(inner: string): string | undefined {
  const colon = inner.indexOf(':');
  if (colon < 0 || !/^@[^@,:]+(?:,@[^@,:]+)*$/.test(inner.slice(0, colon))) return undefined;
  return inner.slice(colon + 1);
}

/** The mailbox with a domain and without a trailing dot; undefined when it is no address. */
function qualify(mailbox: string, defaultDomain: string): string | undefined {
  const at = mailbox.startsWith('"') ? endOfQuoted(mailbox) : mailbox.indexOf('@');
  if (at === mailbox.length || (at < 0 && !mailbox.startsWith('"'))) {
    // A domain stands in it all the same: "user%far.example" and "far.example!user" ask to be sent on, as scanners
    // do that look for a relay. No mailbox of ours is called like that.
    if (/[%!@]/.test(mailbox)) return undefined;
    const address = `${mailbox}@${defaultDomain}`;
    return isEnvelopeAddress(address, { allowsUtf8: true }) ? address : undefined;
  }
  if (mailbox[at] !== '@') return undefined;
  const address = mailbox.endsWith('.') ? mailbox.slice(0, -1) : mailbox;
  if (address.endsWith('.') || !isEnvelopeAddress(address, { allowsUtf8: true })) return undefined;
  const domain = address.slice(at + 1);
  return domain.startsWith('[') && !isRealLiteral(domain) ? undefined : address;
}

/** Index behind the closing quote, -1 when there is none. */
function endOfQuoted(mailbox: string): number {
  for (let at = 1; at < mailbox.length; at++) {
    const code = mailbox.charCodeAt(at);
    if (code === backslash) at++;
    else if (code === quote) return at + 1;
  }
  return -1;
}

/** RFC 5321 section 4.1.3: IPv6 carries its tag, IPv4 does not. */
function isRealLiteral(domain: string): boolean {
  if (!isAddressLiteral(domain)) return false;
  return isIP(addressOfLiteral(domain) ?? '') === (/^\[ipv6:/i.test(domain) ? 6 : 4);
}
