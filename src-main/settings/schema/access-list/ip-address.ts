/**
 * IPv4 and IPv6 addresses as numbers, so that subnets can be compared. Pure. Text that is no address is
 * undefined, never a guess: "010.0.0.1" means different things to different programs and is refused.
 */

export type Family = 4 | 6;

export interface IpAddress {
  readonly family: Family;
  readonly value: bigint;
}

export const bitsOf = (family: Family): number => (family === 4 ? 32 : 128);

const octet = /^(?:0|[1-9]\d{0,2})$/;
const group = /^[0-9a-f]{1,4}$/i;
/** ::ffff:0:0/96, the IPv6 form of IPv4 addresses (RFC 4291 section 2.5.5.2). */
const mappedStart = 0xffffn << 32n;

/** An IPv4-mapped IPv6 address is read as the IPv4 address that it stands for. */
export function parseIp(text: string): IpAddress | undefined {
  const ipv4 = parseIpv4(text);
  if (ipv4 !== undefined) return { family: 4, value: ipv4 };
  const value = parseIpv6(text);
  if (value === undefined) return undefined;
  return value >> 32n === mappedStart >> 32n
    ? { family: 4, value: value & 0xffffffffn }
    : { family: 6, value };
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => octet.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, at) => readGroups(half, at === halves.length - 1));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  // "::" stands for at least one group.
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...(tail ?? [])];
  return groups.reduce((value, each) => (value << 16n) | each, 0n);
}

/** The last group of an address may be an IPv4 address, which counts as two. */
function readGroups(text: string, isEnd: boolean): bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [at, part] of parts.entries()) {
    const ipv4 = isEnd && at === parts.length - 1 ? parseIpv4(part) : undefined;
    if (ipv4 !== undefined) groups.push(ipv4 >> 16n, ipv4 & 0xffffn);
    else if (group.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}

/** The shortest usual form: IPv6 in lower case, the longest run of zeros as "::" (RFC 5952). */
export function formatIp({ family, value }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((value >> BigInt(112 - at * 16)) & 0xffffn).toString(16),
  );
  const run = findZeros(groups);
  if (run === undefined) return groups.join(':');
  return `${groups.slice(0, run.start).join(':')}::${groups.slice(run.start + run.length).join(':')}`;
}

/** The first of the longest runs of zero groups; a single one is written out. */
function findZeros(groups: readonly string[]): { start: number; length: number } | undefined {
  let best: { start: number; length: number } | undefined;
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > 1 && length > (best?.length ?? 0)) best = { start, length };
    start += length;
  }
  return best;
}

/** The bits of the network, set. */
export const maskOf = (family: Family, prefix: number): bigint => {
  const bits = BigInt(bitsOf(family));
  const hostBits = bits - BigInt(prefix);
  return ((1n << bits) - 1n) ^ ((1n << hostBits) - 1n);
};

/** "24", "/24", "255.255.255.0", "ffff:ffff::"; undefined when it is no prefix and no mask. */
export function parsePrefix(text: string, family: Family): number | undefined {
  const digits = /^\/?(\d{1,3})$/.exec(text.trim())?.[1];
  if (digits !== undefined) return Number(digits) <= bitsOf(family) ? Number(digits) : undefined;
  const mask = family === 4 ? parseIpv4(text.trim()) : parseIpv6(text.trim());
  if (mask === undefined) return undefined;
  for (let prefix = 0; prefix <= bitsOf(family); prefix++) if (maskOf(family, prefix) === mask) return prefix;
  return undefined;
}

export const formatMask = (family: Family, prefix: number): string =>
  family === 4 ? formatIp({ family, value: maskOf(family, prefix) }) : `/${prefix}`;
