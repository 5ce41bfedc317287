/**
 * Addresses as the envelope uses them: "local@domain" without angle brackets, in ASCII or, where SMTPUTF8 allows it,
 * in UTF-8. Parsing here is for values that are already isolated; the SMTP command parser and the header parser have
 * their own files.
 */

/** RFC 5321 section 4.5.3.1: local part 64, domain 255, path 256; we allow what real systems send. */
const longestAddress = 320;

/** Domain part as domains are compared; '' when there is none. Literals keep their brackets. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? '' : normaliseDomain(address.slice(at + 1));
}

/** Local part exactly as given. */
export function localPartOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? address : address.slice(0, at);
}

/**
 * The form in which domains are compared: lower case, no trailing dot, A-labels for U-labels. What is no domain name
 * stays what it is, and is equal to none.
 */
export function normaliseDomain(domain: string): string {
  const ascii = isAscii(domain) ? domain : (toAsciiDomain(domain) ?? domain);
  const lower = ascii.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

export const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text);

/** More characters than this cannot become a name of 255. */
const longestUnicodeDomain = 255;

/** A domain name with U-labels in A-labels (RFC 5891); undefined when it is none. */
function toAsciiDomain(domain: string): string | undefined {
  // The conversion is the one for URLs: what means something there must not reach it.
  if (domain.length > longestUnicodeDomain || /[\0-\x2c\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]/.test(domain))
    return undefined;
  const ascii = URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : '';
  const name = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  // Digits of other scripts make an IP address of it.
  return isDomainName(name) && !/^[0-9.]+$/.test(name) ? ascii : undefined;
}

const labelPattern = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/i;

/**
 * Says whether `value` can be a domain name in the settings or in an address: labels of letters, digits,
 * hyphen and underscore (devices use it), 255 characters at most.
 */
export function isDomainName(value: string): boolean {
  if (value.length === 0 || value.length > 255) return false;
  return value.split('.').every((label) => label.length <= 63 && labelPattern.test(label));
}

/** "[192.0.2.1]" or "[IPv6:2001:db8::1]" (RFC 5321 section 4.1.3); the content is not checked further. */
export function isAddressLiteral(domain: string): boolean {
  return /^\[(?:IPv6:)?[0-9a-f:.]+\]$/i.test(domain);
}

/** The address inside a literal, without brackets and "IPv6:" tag; undefined when it is not a literal. */
export function addressOfLiteral(domain: string): string | undefined {
  return isAddressLiteral(domain) ? domain.slice(1, -1).replace(/^ipv6:/i, '') : undefined;
}

/**
 * An address in UTF-8 as ASCII, for ORCPT and for reports: "utf-8-addr-xtext" of RFC 6533 section 3, behind the type
 * "utf-8".
 */
export function embedUnicode(address: string): string {
  return address.replace(
    /[^!-~]|[+=\\]/gu,
    (character) => `\\x{${character.codePointAt(0)?.toString(16).toUpperCase()}}`,
  );
}

const unsafe = /[\u0000-\u0020\u007f<>]/;
/** What could end a line somewhere, or is half a character. */
const control = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * Says whether `value` is usable as an envelope address: one local part, one domain or literal, no
 * control characters, spaces (outside quotes) or angle brackets.
 *
 * @param options.allowsUtf8 letters of all languages (RFC 6531 section 3.3); default: ASCII alone
 */
export function isEnvelopeAddress(value: string, options: { readonly allowsUtf8?: boolean } = {}): boolean {
  if (control.test(value) || !(options.allowsUtf8 || isAscii(value))) return false;
  if (value.length > longestAddress || Buffer.byteLength(value) > longestAddress) return false;
  const at = value.lastIndexOf('@');
  if (at < 1) return false;
  const local = value.slice(0, at);
  const domain = value.slice(at + 1);
  if (!(isDomainName(normaliseDomain(domain)) || isAddressLiteral(domain))) return false;
  if (local.startsWith('"')) return /^"(?:[^"\\]|\\.)*"$/.test(local);
  return !unsafe.test(local) && !/["(),:;@[\\\]]/.test(local);
}
