/** Kinds of values that several settings share, each with the text that a person reads when it is wrong. */
import { z } from 'zod';
import { parseIp } from './access-list/ip-address';

/** No host is named so: programs take it for an address, each for another one. */
const onlyDigits = /^[\d.]+$/;
const labels = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

const isIpAddress = (value: string): boolean => parseIp(value) !== undefined;

/** "192.0.2.1", "2001:db8::1"; no names. */
export const ipAddress = z
  .string()
  .refine(isIpAddress, 'Enter an IP address such as 192.0.2.10 or 2001:db8::10.');

/**
 * Address or subnet in CIDR form, and only what a list of computers can read: one entry that it cannot shuts out
 * everybody, and one that is not judged as it is obeyed opens a relay that nobody sees.
 */
export const addressOrSubnet = z.string().refine((value) => {
  const [address = '', prefix, ...rest] = value.split('/');
  const read = rest.length > 0 ? undefined : parseIp(address);
  if (read === undefined) return false;
  if (prefix === undefined) return true;
  const isIpv6 = address.includes(':');
  // Of an IPv6 address that stands for an IPv4 one, in whatever spelling, the first 96 bits are always the same.
  const shortest = isIpv6 && read.family === 4 ? 96 : 0;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) >= shortest && Number(prefix) <= (isIpv6 ? 128 : 32);
}, 'Enter an IP address or a subnet such as 192.0.2.0/24.');

/**
 * An entry of a connection or relay list: "192.0.2.1", "192.0.2.0/24", "2001:db8::/32", or a domain
 * ("example.com": computers whose verified host name is this or ends with ".example.com").
 */
export const accessListEntry = z.string().refine(
  (value) =>
    addressOrSubnet.safeParse(value).success ||
    // A last label without a letter is a mistyped address, not a domain.
    (value.length <= 255 && labels.test(value) && /[a-z][a-z0-9-]*$/i.test(value)),
  'Enter an IP address, a subnet such as 192.0.2.0/24, or a domain such as example.com.',
);

export const keptSecret = 'sealed:kept';
export const sealedPrefix = 'sealed:';

/**
 * A password. '' is none. On disk it is sealed ("sealed:" and ciphertext); what leaves this program is
 * `keptSecret` instead, and `keptSecret` coming in means "as it was". The mark x-secret is what finds it.
 */
export const secret = secretOf(1000);

/** The same for a private key: PKCS#8 in base64, without line ends. */
export const secretKey = secretOf(8000);

function secretOf(most: number) {
  return (
    z
      .string()
      // Sealing makes it longer.
      .max(2 * most + 6000, `At most ${most} characters.`)
      .refine(
        (value) => value.length <= most || value.startsWith(sealedPrefix),
        `At most ${most} characters.`,
      )
      .refine(
        (value) => !/[\u0000-\u001f\u007f]/.test(value),
        'A password cannot contain control characters.',
      )
      .meta({ 'x-secret': true })
  );
}

export const domainName = z
  .string()
  .max(255, 'A domain name has at most 255 characters.')
  .refine(
    (value) => labels.test(value),
    'Enter a domain name such as example.com: letters, digits, hyphens and dots.',
  );

/** Domain name, or "*." and a domain name. A * anywhere else is refused (reference 1.6). */
export const domainPattern = z
  .string()
  .max(255, 'A domain name has at most 255 characters.')
  .refine(
    (value) => labels.test(value.startsWith('*.') ? value.slice(2) : value),
    'Enter a domain name such as example.com, or *.example.com for all its subdomains.',
  );

/** Host name, or an address in square brackets; '' is none. */
export const smartHost = z.string().superRefine((value, context) => {
  const reason = smartHostFault(value);
  if (reason !== undefined) context.addIssue({ code: 'custom', message: reason });
});

function smartHostFault(value: string): string | undefined {
  if (value === '') return undefined;
  const isLiteral = value.startsWith('[') && value.endsWith(']');
  if (isLiteral ? isIpAddress(value.slice(1, -1)) : labels.test(value) && !onlyDigits.test(value))
    return undefined;
  if (isIpAddress(value)) return `Put an IP address in square brackets: [${value}].`;
  if (/^[^:]+:\d+$|\]:\d+$/.test(value))
    return 'The port stands under Outbound connections, TCP port. Enter the host alone.';
  return 'Enter a host name such as mail.example.com, or an IP address in square brackets such as [192.0.2.25].';
}

/** "user@example.com", or '' for nobody. In ASCII: not every server takes another one. */
export const optionalMailbox = z
  .string()
  .max(320)
  .refine(
    (value) =>
      value === '' ||
      (/^(?:(?![@<>()",;:\\[\]])[!-~])+@[^@]+$/.test(value) &&
        labels.test(value.slice(value.lastIndexOf('@') + 1))),
    'Enter an address such as admin@example.com.',
  );

/**
 * Whose mail a route by sender is for: "app@example.com", "example.com", "*.example.com", or "<>" for mail without a
 * reverse-path (notifications).
 */
export const senderPattern = z
  .string()
  .max(320)
  .refine((value) => {
    if (value === '<>') return true;
    const at = value.lastIndexOf('@');
    if (at < 0) return domainPattern.safeParse(value).success;
    return optionalMailbox.safeParse(value).success;
  }, 'Enter an address such as app@example.com, a domain such as example.com or *.example.com, or <> for notifications.');

export const port = z
  .number()
  .int('A port is a whole number.')
  .min(1, 'A port is 1 to 65535.')
  .max(65535, 'A port is 1 to 65535.');

/** "192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353": what a resolver takes, and nothing else. */
export const dnsServer = z.string().refine(isDnsServer, 'Enter an IP address, with :port when it is not 53.');

function isDnsServer(value: string): boolean {
  if (isIpAddress(value)) return true;
  const [, ipv6 = '', ipv4 = '', portText = '53'] =
    /^(?:\[([0-9a-f.]*:[0-9a-f:.]+)\]|([0-9.]+))(?::(\d{1,5}))?$/i.exec(value) ?? [];
  return isIpAddress(ipv6 || ipv4) && port.safeParse(Number(portText)).success;
}

/** Minutes; parts of a minute are allowed, 3 seconds at least. */
export const minutes = z
  .number()
  .min(0.05, 'At least 0.05 minutes (3 seconds).')
  .max(9999, 'At most 9999 minutes.');

/** null is "no limit". */
export const countLimit = z
  .number()
  .int('Enter a whole number.')
  .min(1, 'At least 1.')
  .max(1_999_999_999)
  .nullable();

/** Number of a certificate in the list of certificates; '' is none. */
export const certificateNumber = z
  .string()
  .regex(/^(?:[0-9a-f]{16})?$/, 'Choose a certificate from the list.');

/** Number of an OAuth2 sign-in; '' is none. */
export const signInNumber = z.string().regex(/^(?:[0-9a-f]{16})?$/, 'Choose a sign-in from the list.');

/** From old to new. Below 1.2 only for devices that cannot do better. */
export const tlsVersions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof tlsVersions)[number];

const fullPath = (what: 'file' | 'folder') =>
  z
    .string()
    .min(1, `Enter a ${what}.`)
    .max(1000)
    .refine(
      (value) => value.startsWith('/') || /^[a-z]:[\\/]/i.test(value) || value.startsWith('\\\\'),
      `Enter the full path of a ${what}.`,
    )
    .refine((value) => !value.includes('\u0000'), 'A path cannot contain a zero character.');

/** Full path on this computer; whether it can be used is found out when it is opened. */
export const folderPath = fullPath('folder');
/** The same of a file. */
export const filePath = fullPath('file');
