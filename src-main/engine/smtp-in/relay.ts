/**
 * Who may send to whom through this server. Pure but for the address list, which is compiled once for a
 * settings object. Promise: never an open relay by accident; whatever is missing, damaged or unknown
 * refuses. Only the recipient's domain is looked at, never the local part ("a%b", quoted addresses).
 */
import { BlockList, isIP } from 'node:net';
import type { ServerSettings } from '../../settings/schema';
import { normaliseDomain } from '../core/address';
import type { SmtpStatus } from '../core/smtp-status';
import { replies } from './replies';

/** Settings made ready for `decideRelay`. */
export interface RelayPolicy {
  /** Domain in lower case to its record's words. */
  readonly local: ReadonlyMap<string, string>;
  /** Exact remote domains: may anybody send to it? */
  readonly remote: ReadonlyMap<string, boolean>;
  /** Remote wildcards by their suffix ("example.com" for "*.example.com"). */
  readonly wildcards: ReadonlyMap<string, boolean>;
  readonly mode: 'only' | 'except' | 'nobody';
  readonly list: BlockList;
}

export type RelayDecision =
  | { readonly allowed: true; readonly rule: string }
  | { readonly allowed: false; readonly rule: string; readonly status: SmtpStatus };

type RelaySettings = Pick<ServerSettings, 'domains' | 'relayMode' | 'relayList'>;

/** Makes a policy. A list that cannot be read whole lets nobody relay, in both modes: half a list lies. */
export function createRelayPolicy(settings: RelaySettings): RelayPolicy {
  const local = new Map<string, string>();
  const remote = new Map<string, boolean>();
  const wildcards = new Map<string, boolean>();
  for (const domain of settings.domains) {
    const name = normaliseDomain(domain.name);
    if (domain.type !== 'remote') local.set(name, `${domain.type} domain ${name}`);
    else if (name.startsWith('*.')) wildcards.set(name.slice(2), domain.isRelayAllowed);
    else remote.set(name, domain.isRelayAllowed);
  }
  const list = compileList(settings.relayList);
  const isKnownMode = settings.relayMode === 'only' || settings.relayMode === 'except';
  const mode = list === undefined || !isKnownMode ? 'nobody' : settings.relayMode;
  return { local, remote, wildcards, mode, list: list ?? new BlockList() };
}

/**
 * May a peer send to this domain? The first rule that speaks decides: local or alias domain; the remote
 * domain's record (exact, else the longest wildcard) when it allows relay; the relay list; else refused.
 *
 * @param request.recipientDomain domain or address literal; a literal is never local, also not our own
 * @param request.peerAddress IP address of the client; an IPv4-mapped IPv6 address counts as IPv4
 * @param request.recipient address for the refusal's text
 */
export function decideRelay(request: {
  readonly recipientDomain: string;
  readonly peerAddress: string;
  readonly policy: RelayPolicy;
  readonly recipient: string;
}): RelayDecision {
  const { policy } = request;
  const domain = normaliseDomain(request.recipientDomain);
  const localRule = policy.local.get(domain);
  if (localRule !== undefined) return { allowed: true, rule: localRule };
  const record = findRemote(policy, domain);
  if (record?.isRelayAllowed)
    return { allowed: true, rule: `remote domain ${record.name} allows relay to everybody` };
  const isListed = isInList(policy.list, request.peerAddress);
  if (policy.mode === 'only' && isListed === true) return { allowed: true, rule: 'relay list' };
  if (policy.mode === 'except' && isListed === false)
    return { allowed: true, rule: 'everybody except the relay list' };
  return { allowed: false, rule: 'relay restrictions', status: replies.unableToRelay(request.recipient) };
}

function findRemote(
  policy: RelayPolicy,
  domain: string,
): { readonly name: string; readonly isRelayAllowed: boolean } | undefined {
  const exact = policy.remote.get(domain);
  if (exact !== undefined) return { name: domain, isRelayAllowed: exact };
  if (policy.wildcards.size === 0) return undefined;
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
    const suffix = domain.slice(dot + 1);
    const isRelayAllowed = policy.wildcards.get(suffix);
    if (isRelayAllowed !== undefined) return { name: `*.${suffix}`, isRelayAllowed };
  }
  return undefined;
}

/** "192.0.2.1" from "::ffff:192.0.2.1", "fe80::1" from "fe80::1%eth0". */
function plainAddress(address: string): string {
  const zone = address.indexOf('%');
  const bare = zone < 0 ? address : address.slice(0, zone);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare);
  return mapped?.[1] ?? bare;
}

/** Undefined when the peer's address cannot be read; both modes refuse then. */
function isInList(list: BlockList, peerAddress: string): boolean | undefined {
  const address = plainAddress(peerAddress);
  const version = isIP(address);
  return version === 0 ? undefined : list.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

function compileList(entries: unknown): BlockList | undefined {
  if (!Array.isArray(entries)) return undefined;
  const list = new BlockList();
  try {
    for (const entry of entries as readonly unknown[]) addEntry(list, String(entry));
  } catch {
    return undefined;
  }
  return list;
}

function addEntry(list: BlockList, entry: string): void {
  const [address = '', prefix, ...rest] = entry.split('/');
  const plain = plainAddress(address);
  const version = isIP(plain);
  if (version === 0 || rest.length > 0) throw new TypeError(`not an address or subnet: ${entry}`);
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

/** Shortest prefixes of private networks (10.0.0.0/8, fc00::/7); anything larger contains strangers. */
const shortestPrivatePrefix = { ipv4: 8, ipv6: 7 } as const;
/** IPv4-mapped addresses are ::ffff:0:0/96 (RFC 4291 section 2.5.5.2). */
const mappedPrefix = 96;

/** The list, which was read whole, matches an IPv4 peer by an IPv6 subnet that contains its mapped address too. */
function containsStrangers(entry: string): boolean {
  const [address = '', prefix] = entry.split('/');
  if (prefix === undefined) return false;
  const length = Number(prefix);
  if (isIP(address) === 4) return length < shortestPrivatePrefix.ipv4;
  if (length < shortestPrivatePrefix.ipv6) return true;
  const network = new BlockList();
  network.addSubnet(address, Math.min(length, mappedPrefix), 'ipv6');
  const hasIpv4 = network.check('::ffff:0.0.0.0', 'ipv6');
  return hasIpv4 && length - mappedPrefix < shortestPrivatePrefix.ipv4;
}

/** Says in words whom this server relays for, and whether that is everybody. */
export function describeRelayPolicy(settings: RelaySettings): {
  readonly text: string;
  readonly isOpenRelay: boolean;
} {
  const openDomains = settings.domains.flatMap((domain) =>
    domain.type === 'remote' && domain.isRelayAllowed ? [domain.name] : [],
  );
  const { mode } = createRelayPolicy(settings);
  const list = mode === 'nobody' ? [] : settings.relayList;
  if (mode === 'except' || list.some(containsStrangers)) {
    const exception = mode === 'except' && list.length > 0 ? ` except ${shorten(list)}` : '';
    return { text: `Relays for everybody${exception}: this is an open relay`, isOpenRelay: true };
  }
  const parts = [
    ...(list.length > 0 ? [shorten(list)] : []),
    ...(openDomains.length > 0 ? [`everybody to ${shorten(openDomains)}`] : []),
  ];
  if (parts.length === 0) return { text: 'Relays for nobody', isOpenRelay: false };
  return { text: `Relays for: ${parts.join('; ')}`, isOpenRelay: false };
}

function shorten(names: readonly string[]): string {
  const [first = '', ...others] = names;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
