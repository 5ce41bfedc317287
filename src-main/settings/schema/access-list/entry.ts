/**
 * An entry of a connection or relay list, read from whatever people write and administrators paste: a computer,
 * a subnet or a domain. Pure. What it gives back is what the settings take, in one form each, so that two
 * entries that mean the same are the same text.
 */
import { accessListEntry } from '../values';
import { bitsOf, type Family, formatIp, maskOf, parseIp, parsePrefix } from './ip-address';

export interface AddressEntry {
  readonly kind: 'computer' | 'subnet';
  /** As the settings hold it. */
  readonly text: string;
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
  readonly prefix: number;
}

export interface DomainEntry {
  readonly kind: 'domain';
  readonly text: string;
}

export type Entry = AddressEntry | DomainEntry;

export type Reading =
  /** `note`: what was changed on the way. */
  { readonly entry: Entry; readonly note?: string } | { readonly reason: string };

const ipReason = 'Enter an IP address such as 192.0.2.10 or 2001:db8::10.';
const maskReason = {
  4: 'Enter a mask such as 255.255.255.0, or the number of its bits such as 24.',
  6: 'Enter the number of bits of the prefix: 0 to 128.',
} as const;
const domainReason = 'Enter a domain such as example.com.';
export const anyReason =
  'Enter an IP address, a subnet such as 192.0.2.0/24, or a domain such as example.com.';

export function readComputer(text: string): Reading {
  const address = parseIp(unbracket(text.trim()));
  if (address !== undefined)
    return { entry: subnetOf(address.family, address.value, bitsOf(address.family)) };
  const isSubnet = 'entry' in readEntry(text) && text.includes('/');
  return { reason: isSubnet ? 'This is a subnet. Choose "Group of computers" for it.' : ipReason };
}

export type SubnetReading =
  | Extract<Reading, { entry: Entry }>
  | { readonly field: 'address' | 'mask'; readonly reason: string };

export function readSubnet(addressText: string, maskText: string): SubnetReading {
  const written = unbracket(addressText.trim());
  const address = parseIp(written);
  if (address === undefined) return { field: 'address', reason: ipReason };
  const isMapped = address.family === 4 && written.includes(':');
  // The prefix of a mapped address is counted from the start of the IPv6 address.
  const counted = parsePrefix(maskText, isMapped ? 6 : address.family);
  const prefix = counted === undefined ? undefined : counted - (isMapped ? 96 : 0);
  if (prefix === undefined || prefix < 0) return { field: 'mask', reason: maskReason[address.family] };
  const network = address.value & maskOf(address.family, prefix);
  const entry = subnetOf(address.family, network, prefix);
  return network === address.value
    ? { entry }
    : { entry, note: `Becomes the whole subnet ${entry.text}: ${formatIp(address)} is one computer in it.` };
}

export function readDomain(text: string): Reading {
  const written = text.trim().toLowerCase();
  const name = written.replace(/^(?:\*\.|\.)/, '').replace(/\.$/, '');
  if (parseIp(name) !== undefined || name.includes('/') || !accessListEntry.safeParse(name).success)
    return { reason: domainReason };
  const entry: DomainEntry = { kind: 'domain', text: name };
  return /^[*.]/.test(written)
    ? { entry, note: `${name} stands for its subdomains too, and for itself.` }
    : { entry };
}

/** Any of the three: "10.0.4.7", "10.0.4.0/24", "10.0.4.0 255.255.255.0", "[::1]", "*.example.com". */
export function readEntry(text: string): Reading {
  const written = text.trim();
  const pair = /^(\S+?)(?:\s*[/,;]\s*|\s+)(\S+)$/.exec(written);
  if (pair?.[1] !== undefined && pair[2] !== undefined) {
    const reading = readSubnet(pair[1], pair[2]);
    return 'entry' in reading ? reading : { reason: reading.field === 'mask' ? reading.reason : anyReason };
  }
  const address = parseIp(unbracket(written));
  if (address !== undefined) return readComputer(written);
  const domain = readDomain(written);
  return 'entry' in domain ? domain : { reason: anyReason };
}

/** A subnet of one is a computer. */
function subnetOf(family: Family, first: bigint, prefix: number): AddressEntry {
  const bits = bitsOf(family);
  const isOne = prefix === bits;
  const address = formatIp({ family, value: first });
  return {
    kind: isOne ? 'computer' : 'subnet',
    text: isOne ? address : `${address}/${prefix}`,
    family,
    first,
    last: first | ((1n << BigInt(bits - prefix)) - 1n),
    prefix,
  };
}

const unbracket = (text: string): string => /^\[([^\]]*)\]$/.exec(text)?.[1] ?? text;

export const kindWords = {
  computer: 'Single computer',
  subnet: 'Group of computers',
  domain: 'Domain',
} as const;
