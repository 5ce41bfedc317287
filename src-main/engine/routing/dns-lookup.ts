/**
 * Questions to DNS, with a cache, because the system's resolver library keeps none.
 *
 * Owns: the resolver for the configured servers, the cache, and what DNS errors mean.
 * Promises: equal questions at the same time are asked once; no error is ever taken for "does not exist".
 * Trusts: nothing in an answer: names and addresses are checked, lists are cut.
 * Fails: never rejects; a failure is an answer of its own and is not kept.
 */
import { lookup } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isDomainName, normaliseDomain } from '../core/address';
import { type Clock, steadyNow } from '../core/clock';
import { systemCodeOf } from '../core/problem';

export type DnsAnswer<T> =
  | { readonly kind: 'records'; readonly records: readonly T[] }
  /** The name exists, but has no such records. */
  | { readonly kind: 'none' }
  /** The name does not exist. */
  | { readonly kind: 'unknown' }
  /** Nobody knows at the moment: time-out, server failure, no server. `reason` is for people. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface MxRecord {
  readonly preference: number;
  /** '' is the null MX, RFC 7505. */
  readonly host: string;
}

/** RFC 2782. */
export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly host: string;
  readonly port: number;
}

export interface DnsLookup {
  mx(domain: string): Promise<DnsAnswer<MxRecord>>;
  /** IPv4 addresses. */
  a(host: string): Promise<DnsAnswer<string>>;
  /** IPv6 addresses. */
  aaaa(host: string): Promise<DnsAnswer<string>>;
  /** Names of an IP address, in lower case. */
  ptr(address: string): Promise<DnsAnswer<string>>;
  /** TXT records, the strings of each joined. */
  txt(name: string): Promise<DnsAnswer<string>>;
  /** Where a service is, the ones to try first in front; "none" also for a service that says it is not there. */
  srv(name: string): Promise<DnsAnswer<SrvRecord>>;
  /** As every program of this computer would resolve the name: hosts file, then DNS. IPv4 and IPv6. */
  system(host: string): Promise<DnsAnswer<string>>;
  close(): void;
}

const positiveMs = 5 * 60_000;
const negativeMs = 60_000;
/** A list of recipients at a million invented domains must not fill the memory. */
const mostCached = 10_000;
/** More than any honest domain has; a hostile one could name thousands to be connected to. */
const mostRecords = 20;

interface CacheEntry {
  readonly answer: Promise<DnsAnswer<unknown>>;
  /** Infinity while the answer is awaited. */
  expiresAt: number;
}

const failureReasons: Record<string, string> = {
  ETIMEOUT: 'the DNS server did not answer in time',
  ESERVFAIL: 'the DNS server reported a failure',
  EREFUSED: 'the DNS server refused the question',
  ECONNREFUSED: 'no DNS server could be reached',
  EAI_AGAIN: 'no DNS server could be reached',
};

function readError(error: unknown): DnsAnswer<never> {
  const code = systemCodeOf(error) ?? 'unknown error';
  if (code === 'ENODATA') return { kind: 'none' };
  // ENOTFOUND is NXDOMAIN. EBADNAME: DNS cannot even be asked for such a name, so it cannot exist there.
  if (code === 'ENOTFOUND' || code === 'EBADNAME') return { kind: 'unknown' };
  return { kind: 'failed', reason: failureReasons[code] ?? `DNS error ${code}` };
}

/** The address in its plain form; undefined for one that names no other host (0.0.0.0, multicast). */
export function usableAddress(address: string): string | undefined {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  const family = isIP(plain);
  if (family === 0) return undefined;
  if (family === 6) return plain === '::' || /^ff/i.test(plain) ? undefined : plain;
  const first = Number(plain.split('.', 1)[0]);
  return first === 0 || first >= 224 ? undefined : plain;
}

const addressesOf = (found: readonly string[]): DnsAnswer<string> =>
  listOf(found.map(usableAddress).filter((address) => address !== undefined));

const listOf = <T>(records: readonly T[]): DnsAnswer<T> =>
  records.length === 0 ? { kind: 'none' } : { kind: 'records', records: records.slice(0, mostRecords) };

function mxRecordsOf(found: readonly { priority: number; exchange: string }[]): DnsAnswer<MxRecord> {
  const records = found.map(({ priority, exchange }) => ({
    preference: priority,
    host: normaliseDomain(exchange),
  }));
  if (records.length === 1 && records[0]?.host === '') return { kind: 'records', records };
  // RFC 7505 section 3: a null MX beside others is an error of the zone; it names no host, so it is left out.
  const usable = records
    .filter(({ host }) => isDomainName(host))
    .sort((one, other) => one.preference - other.preference);
  return listOf(usable);
}

function srvRecordsOf(
  found: readonly { priority: number; weight: number; name: string; port: number }[],
): DnsAnswer<SrvRecord> {
  const usable = found
    .map(({ priority, weight, name, port }) => ({ priority, weight, host: normaliseDomain(name), port }))
    .filter(({ host, port }) => isDomainName(host) && port > 0)
    // Of equal ones the heavier come first: fair enough for few connections that stay open.
    .sort((one, other) => one.priority - other.priority || other.weight - one.weight);
  return listOf(usable);
}

const namesOf = (found: readonly string[]): DnsAnswer<string> =>
  listOf(found.map(normaliseDomain).filter(isDomainName));

/**
 * TXT records as their readers see them: the strings of one are one text (RFC 7208 section 3.3). Not cut: a domain has
 * dozens, an answer ends at 64 KB, and whoever needs one must not miss it.
 */
const textsOf = (found: readonly (readonly string[])[]): DnsAnswer<string> =>
  found.length === 0
    ? { kind: 'none' }
    : { kind: 'records', records: found.map((strings) => strings.join('')) };

/** The name under which DNS keeps the names of an address (RFC 1035 section 3.5, RFC 3596 section 2.5). */
export function reverseNameOf(address: string): string {
  if (isIP(address) === 4) return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  const digits = ipv6Groups(address)
    .map((group) => group.padStart(4, '0'))
    .join('');
  return `${[...digits].reverse().join('.')}.ip6.arpa`;
}

/** The eight groups of an IPv6 address without a zone; URL spells out what the address means. */
function ipv6Groups(address: string): string[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  if (tail === undefined) return groups(head);
  const left = groups(head);
  const right = groups(tail);
  return [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
}

const lookupAll = (host: string): Promise<string[]> =>
  new Promise((resolve, reject) => {
    lookup(host, { all: true, verbatim: true }, (error, found) =>
      error ? reject(error) : resolve(found.map(({ address }) => address)),
    );
  });

/**
 * @param options.servers "address", "address:port" or "[address]:port"; empty: those of this computer
 * @param options.timeoutMs for one question to one server; asked twice. Default 5,000
 */
export function createDnsLookup(options: {
  servers: () => readonly string[];
  clock: Clock;
  timeoutMs?: number;
}): DnsLookup {
  const { servers, clock, timeoutMs = 5_000 } = options;
  const cache = new Map<string, CacheEntry>();
  let current: { key: string; resolver: Resolver } | undefined;

  const resolverFor = (key: string, list: readonly string[]): Resolver => {
    if (current?.key === key) return current.resolver;
    const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
    if (list.length > 0) resolver.setServers(list);
    current = { key, resolver };
    return resolver;
  };

  const makeRoom = (): void => {
    if (cache.size < mostCached) return;
    const now = steadyNow(clock);
    for (const [key, entry] of cache) if (entry.expiresAt <= now) cache.delete(key);
    // Still full: the oldest go first, a tenth at a time, so that this is rare.
    for (const key of cache.keys()) {
      if (cache.size <= mostCached * 0.9) break;
      cache.delete(key);
    }
  };

  const ask = <R, T>(question: {
    type: string;
    name: string;
    run: (resolver: Resolver) => Promise<R>;
    read: (found: R) => DnsAnswer<T>;
  }): Promise<DnsAnswer<T>> => {
    const list = servers();
    const serversKey = list.join(' ');
    const key = `${serversKey}|${question.type}|${question.name}`;
    const known = cache.get(key);
    if (known && known.expiresAt > steadyNow(clock)) return known.answer as Promise<DnsAnswer<T>>;
    makeRoom();
    const answer = (async (): Promise<DnsAnswer<T>> => {
      try {
        return question.read(await question.run(resolverFor(serversKey, list)));
      } catch (error) {
        return readError(error);
      }
    })();
    const entry: CacheEntry = { answer, expiresAt: Number.POSITIVE_INFINITY };
    cache.delete(key);
    cache.set(key, entry);
    void answer.then((value) => {
      if (value.kind === 'failed') {
        if (cache.get(key) === entry) cache.delete(key);
        // The computer's own servers may have changed with the network since the resolver read them.
        if (list.length === 0 && current?.key === serversKey) current = undefined;
        return;
      }
      entry.expiresAt = steadyNow(clock) + (value.kind === 'records' ? positiveMs : negativeMs);
    });
    return answer;
  };

  return {
    mx: (domain) => ask({ type: 'mx', name: domain, run: (r) => r.resolveMx(domain), read: mxRecordsOf }),
    a: (host) => ask({ type: 'a', name: host, run: (r) => r.resolve4(host), read: addressesOf }),
    aaaa: (host) => ask({ type: 'aaaa', name: host, run: (r) => r.resolve6(host), read: addressesOf }),
    ptr: (address) =>
      ask({
        type: 'ptr',
        name: address,
        // Not `reverse`, which would believe the hosts file where servers are configured.
        run: (r) => r.resolvePtr(reverseNameOf(address)),
        read: namesOf,
      }),
    txt: (name) => ask({ type: 'txt', name, run: (r) => r.resolveTxt(name), read: textsOf }),
    srv: (name) => ask({ type: 'srv', name, run: (r) => r.resolveSrv(name), read: srvRecordsOf }),
    system: (host) => ask({ type: 'system', name: host, run: () => lookupAll(host), read: addressesOf }),
    close() {
      current?.resolver.cancel();
      current = undefined;
      cache.clear();
    },
  };
}
