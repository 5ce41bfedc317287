/**
 * Addresses as the envelope uses them: "local@domain" without angle brackets. Parsing here is for
 * values that are already isolated; the SMTP command parser and the header parser have their own files.
 */

/** RFC 5321 section 4.5.3.1: local part 64, domain 255, path 256; we allow what real systems send. */
const longestAddress = 320;

/** Domain part in lower case, without a trailing dot; '' when there is none. Literals keep their brackets. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? '' : normaliseDomain(address.slice(at + 1));
}

/** Local part exactly as given. */
export function localPartOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? address : address.slice(0, at);
}

/** Lower case, no trailing dot: the form in which domains are compared. */
export function normaliseDomain(domain: string): string {
  const lower = domain.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
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

const unsafe = /[\u0000-\u0020\u007f<>]/;

/**
 * Says whether `value` is usable as an envelope address: one local part, one domain or literal, no
 * control characters, spaces (outside quotes) or angle brackets. Only ASCII: SMTPUTF8 is not offered yet.
 */
export function isEnvelopeAddress(value: string): boolean {
  if (value.length > longestAddress || /[^\u0020-\u007e]/.test(value)) return false;
  const at = value.lastIndexOf('@');
  if (at < 1) return false;
  const local = value.slice(0, at);
  const domain = value.slice(at + 1);
  if (!(isDomainName(normaliseDomain(domain)) || isAddressLiteral(domain))) return false;
  if (local.startsWith('"')) return /^"(?:[^"\\]|\\.)*"$/.test(local);
  return !unsafe.test(local) && !/["(),:;@[\\\]]/.test(local);
}
