/**
 * The lists of computers that connection control and the relay restrictions speak of: addresses, subnets and
 * domains. Pure; compiled once for a settings object.
 *
 * Promises: a list that cannot be read whole admits nobody, in both modes: half a list lies. A list that names
 *   no domain never asks for a host name.
 * Trusts: the host name it is given; whoever gives it has verified it (it leads back to the address).
 */
import { BlockList, isIP } from 'node:net';
import { isDomainName, normaliseDomain } from '../core/address';
import { undecidedHostName } from '../core/host-name';

export interface AccessList {
  readonly addresses: BlockList;
  /** Lower case. "example.com" stands for itself and for everything below it. */
  readonly domains: ReadonlySet<string>;
}

/** "Only the list below", "All except the list below"; 'nobody' where mode or list cannot be read. */
export interface AccessRule {
  readonly mode: 'only' | 'except' | 'nobody';
  readonly list: AccessList;
}

export interface Peer {
  /** IP address; an IPv4-mapped IPv6 address counts as IPv4. */
  readonly peerAddress: string;
  /** Verified name; undefined: it has none, or nobody has asked yet; `undecidedHostName`: DNS cannot tell now. */
  readonly hostName: string | undefined;
}

export interface Admission {
  readonly isAdmitted: boolean;
  /** The address alone does not decide, because the list names domains. */
  readonly isNameDecisive: boolean;
}

/** Makes a rule of what stands in the settings, whatever that is. */
export function compileAccessRule(mode: unknown, entries: unknown): AccessRule {
  const list = compileAccessList(entries);
  const isKnown = mode === 'only' || mode === 'except';
  return list === undefined || !isKnown
    ? { mode: 'nobody', list: { addresses: new BlockList(), domains: new Set() } }
    : { mode, list };
}

/** Undefined when any entry cannot be read. */
function compileAccessList(entries: unknown): AccessList | undefined {
  if (!Array.isArray(entries)) return undefined;
  const addresses = new BlockList();
  const domains = new Set<string>();
  try {
    for (const entry of entries as readonly unknown[]) {
      const domain = domainOfEntry(entry);
      if (domain === undefined) addAddress(addresses, entry);
      else domains.add(domain);
    }
  } catch {
    return undefined;
  }
  return { addresses, domains };
}

/** The domain that an entry names, in lower case; undefined for an address or a subnet, and for nonsense. */
function domainOfEntry(entry: unknown): string | undefined {
  if (typeof entry !== 'string') return undefined;
  const domain = entry.toLowerCase();
  // A last label without a letter is a mistyped address.
  return isDomainName(domain) && /[a-z][a-z0-9-]*$/.test(domain) ? domain : undefined;
}

function addAddress(list: BlockList, entry: unknown): void {
  if (typeof entry !== 'string') throw new TypeError('not a text');
  const [address = '', prefix, ...rest] = entry.split('/');
  const plain = plainAddress(address);
  const version = isIP(plain);
  if (version === 0 || rest.length > 0) throw new TypeError(`not an address, subnet or domain: ${entry}`);
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (prefix === undefined) {
    list.addAddress(plain, family);
    return;
  }
  // The prefix of a mapped IPv4 subnet counts from the IPv6 address's start.
  const length = plain === address ? Number(prefix) : Number(prefix) - 96;
  if (!/^\d{1,3}$/.test(prefix) || length < 0) throw new TypeError(`not a subnet: ${entry}`);
  list.addSubnet(plain, length, family);
}

/** "192.0.2.1" from "::ffff:192.0.2.1", "fe80::1" from "fe80::1%eth0". */
export function plainAddress(address: string): string {
  const zone = address.indexOf('%');
  const bare = zone < 0 ? address : address.slice(0, zone);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare);
  return mapped?.[1] ?? bare;
}

/**
 * Does the rule admit this peer? An address that cannot be read is admitted in neither mode.
 *
 * @param admitsNameless what "all except the list below" does with a peer that has no verified name while the
 *   list names domains: it may be one of those
 */
export function judgePeer(rule: AccessRule, peer: Peer, admitsNameless: boolean): Admission {
  const address = plainAddress(peer.peerAddress);
  const version = isIP(address);
  if (rule.mode === 'nobody' || version === 0) return { isAdmitted: false, isNameDecisive: false };
  const { addresses, domains } = rule.list;
  const isOnly = rule.mode === 'only';
  if (addresses.check(address, version === 4 ? 'ipv4' : 'ipv6'))
    return { isAdmitted: isOnly, isNameDecisive: false };
  if (domains.size === 0) return { isAdmitted: !isOnly, isNameDecisive: false };
  if (peer.hostName === undefined || peer.hostName === undecidedHostName)
    return { isAdmitted: isOnly ? false : admitsNameless, isNameDecisive: true };
  return { isAdmitted: isInDomains(peer.hostName, domains) === isOnly, isNameDecisive: true };
}

function isInDomains(hostName: string, domains: ReadonlySet<string>): boolean {
  const name = normaliseDomain(hostName);
  if (domains.has(name)) return true;
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1))
    if (domains.has(name.slice(dot + 1))) return true;
  return false;
}

/** The entry that makes a peer listed, for explanations; undefined: it is not in the list. */
export function findMatchingEntry(entries: readonly string[], peer: Peer): string | undefined {
  return entries.find((entry) => judgePeer(compileAccessRule('only', [entry]), peer, false).isAdmitted);
}

/** Decides at once where the host name does not matter; otherwise waits for it. */
export function decideWithName<Decision extends { readonly isNameDecisive: boolean }>(
  decide: (hostName: string | undefined) => Decision,
  verifyHostName: () => Promise<string | undefined>,
): Decision | Promise<Decision> {
  const atOnce = decide(undefined);
  return atOnce.isNameDecisive ? verifyHostName().then(decide) : atOnce;
}
