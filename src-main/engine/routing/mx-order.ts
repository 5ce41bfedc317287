/** In which order hosts and addresses are tried. Pure; RFC 5321 section 5.1. */
import type { MxRecord } from './dns-lookup';

/** An MX host with what DNS said about its addresses. */
export interface MxHost extends MxRecord {
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

/**
 * Leaves out what would send mail back to ourselves: the first host that is us, all of its preference and
 * all that are worse (RFC 5321 section 5.1).
 */
export function withoutOwnHosts<T extends MxRecord>(hosts: readonly T[], isOwn: (host: T) => boolean): T[] {
  const own = hosts.filter(isOwn).map(({ preference }) => preference);
  const limit = Math.min(...own);
  return hosts.filter(({ preference }) => preference < limit);
}

/** Best preference first, equal ones in random order. `random` gives numbers from 0 up to 1. */
export function sortByPreference<T extends MxRecord>(hosts: readonly T[], random: () => number): T[] {
  return hosts
    .map((host) => ({ host, draw: random() }))
    .sort((one, other) => one.host.preference - other.host.preference || one.draw - other.draw)
    .map(({ host }) => host);
}

/** The addresses of one host in turn, IPv6 first; IPv4 first where this computer has no way to IPv6. */
export function interleaveAddresses(
  host: { readonly ipv4: readonly string[]; readonly ipv6: readonly string[] },
  hasIpv6Route: boolean,
): string[] {
  if (!hasIpv6Route) return [...host.ipv4, ...host.ipv6];
  const result: string[] = [];
  const longest = Math.max(host.ipv4.length, host.ipv6.length);
  for (let at = 0; at < longest; at++) {
    for (const address of [host.ipv6[at], host.ipv4[at]]) if (address !== undefined) result.push(address);
  }
  return result;
}
