/**
 * Counts by client: how many connections an address has open. Pure but for its own numbers.
 *
 * Promises: one client is one key however its address is written; a key that has nothing open costs nothing.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { plainAddress } from './access-list';

/**
 * What counts as one client: an IPv4 address, or the /64 network of an IPv6 address, since whoever has one
 * address of it has all of them. IPv4-mapped addresses are IPv4; what is no address is its own key.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (isIPv4(plain) || !isIPv6(plain)) return plain;
  const groups = expandIpv6(plain);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.');
  const kept = groups.slice(0, 4);
  while (kept.at(-1) === 0) kept.pop();
  return `${kept.map((group) => group.toString(16)).join(':')}::/64`;
}

/** The eight groups of a valid address. */
function expandIpv6(address: string): number[] {
  const withoutDots = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [left = '', right] = withoutDots.split('::');
  const groupsOf = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const head = groupsOf(left);
  if (right === undefined) return head;
  const tail = groupsOf(right);
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/** 127.0.0.0/8 and ::1: programs of this computer. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  if (isIPv4(plain)) return plain.startsWith('127.');
  if (!isIPv6(plain)) return false;
  const network = networkOf(plain);
  return (
    network.startsWith('127.') || expandIpv6(plain).every((group, index) => group === (index === 7 ? 1 : 0))
  );
}

export interface AddressCounter {
  count(network: string): number;
  add(network: string): void;
  remove(network: string): void;
}

export function createAddressCounter(): AddressCounter {
  const counts = new Map<string, number>();
  return {
    count: (network) => counts.get(network) ?? 0,
    add: (network) => void counts.set(network, (counts.get(network) ?? 0) + 1),
    remove(network) {
      const count = (counts.get(network) ?? 0) - 1;
      if (count > 0) counts.set(network, count);
      else counts.delete(network);
    },
  };
}
