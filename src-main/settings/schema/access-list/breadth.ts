/** Entries that hold far more computers than one owner has. Pure. */
import type { AddressEntry, Entry } from './entry';
import { type Family, parseIp } from './ip-address';

/** Shorter prefixes than these hold a large part of the Internet; nobody owns so much. */
const openPrefix: Record<Family, number> = { 4: 8, 6: 16 };
/** Shorter prefixes than these are worth a second look. */
const widePrefix: Record<Family, number> = { 4: 16, 6: 32 };

/** Ranges that are never routed on the Internet, and this computer itself. */
const ownRanges = (
  [
    ['10.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['100.64.0.0', 10],
    ['fc00::', 7],
    ['fe80::', 10],
    ['::1', 128],
  ] as const
).flatMap(([text, prefix]) => {
  const address = parseIp(text);
  return address === undefined ? [] : [{ ...address, prefix }];
});

/** Names that no registry sells. */
const ownTopLevels = new Set([
  'corp',
  'example',
  'home',
  'internal',
  'intranet',
  'invalid',
  'lan',
  'local',
  'localdomain',
  'localhost',
  'private',
  'test',
]);

export function isPrivate(entry: AddressEntry): boolean {
  const bits = entry.family === 4 ? 32 : 128;
  return ownRanges.some(
    (range) =>
      range.family === entry.family &&
      entry.prefix >= range.prefix &&
      entry.first >> BigInt(bits - range.prefix) === range.value >> BigInt(bits - range.prefix),
  );
}

export interface Breadth {
  /** 'open': strangers in masses; 'wide': worth a second look. */
  readonly degree: 'open' | 'wide';
  /** "Holds 16,777,216 addresses" */
  readonly text: string;
}

/** undefined: nothing out of the ordinary. */
export function findBreadth(entry: Entry): Breadth | undefined {
  if (entry.kind === 'domain') {
    const isTopLevel = !entry.text.includes('.') && !ownTopLevels.has(entry.text);
    return isTopLevel ? { degree: 'open', text: `All domains that end in .${entry.text}` } : undefined;
  }
  if (entry.kind === 'computer') return undefined;
  if (entry.prefix === 0) return { degree: 'open', text: `All IPv${entry.family} addresses` };
  const hasMapped = entry.family === 6 && mappedPrefixIn(entry);
  if (isPrivate(entry)) return undefined;
  if (entry.prefix < openPrefix[entry.family] || hasMapped)
    return { degree: 'open', text: 'A large part of all addresses' };
  if (entry.prefix < widePrefix[entry.family]) return { degree: 'wide', text: countWords(entry) };
  return undefined;
}

/** An IPv6 subnet around ::ffff:0:0/96 lets every IPv4 address in too. */
function mappedPrefixIn(entry: AddressEntry): boolean {
  const mapped = 0xffffn << 32n;
  return entry.first <= mapped && mapped <= entry.last;
}

/** "65,536 addresses", "an IPv6 subnet of 2^96 addresses" */
export function countWords({ family, prefix }: AddressEntry): string {
  const hostBits = (family === 4 ? 32 : 128) - prefix;
  if (hostBits === 0) return '1 address';
  return hostBits <= 32 ? `${(2 ** hostBits).toLocaleString('en-US')} addresses` : `2^${hostBits} addresses`;
}
