/**
 * The hosts to connect to for a route: MX, implicit MX, null MX, smart hosts, address literals.
 *
 * Owns: the DNS cache of one virtual server.
 * Promises: trouble with DNS is always temporary, whatever it is about; nobody's mail is returned because a
 * resolver is down. No target is this server itself.
 * Trusts: nothing that DNS says; at most 20 hosts and 20 addresses are used.
 * Fails: never rejects; "nobody to connect to" comes as a status.
 */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { ServerSettings } from '../../settings/schema';
import { addressOfLiteral, isAddressLiteral, normaliseDomain } from '../core/address';
import type { Clock } from '../core/clock';
import { holdOf, type Route, type Target, type TargetAnswer } from '../core/delivery';
import { Problem } from '../core/problem';
import { createStatus, isPermanent, type SmtpStatus } from '../core/smtp-status';
import { createDnsLookup, type DnsAnswer, type DnsLookup, type MxRecord, usableAddress } from './dns-lookup';
import { interleaveAddresses, type MxHost, sortByPreference, withoutOwnHosts } from './mx-order';

export interface TargetResolver {
  /**
   * The hosts of one hop: what stands behind it (`fallbacks`) is a hop of its own. Never rejects for a 'mx' or
   * 'smart-host' route; others are a mistake of the caller.
   */
  resolve(route: Route): Promise<TargetAnswer>;
  close(): void;
}

export interface TargetResolverOptions {
  readonly settings: () => ServerSettings;
  /** True when this virtual server itself listens there: mail must not run in a circle. */
  readonly isOwnAddress: (address: string, port: number) => boolean;
  /** Own name, as it may stand in an MX list. */
  readonly fqdn: () => string;
  readonly clock: Clock;
  /** From 0 up to 1; default Math.random. */
  readonly random?: () => number;
  /** For one question to one DNS server; default 5,000. */
  readonly dnsTimeoutMs?: number;
  /** Default: whether an interface has a global IPv6 address. */
  readonly hasIpv6Route?: () => boolean;
}

const mostTargets = 20;

const none = (status: SmtpStatus): TargetAnswer => ({ kind: 'none', status });

/** Link-local addresses (fe80::/10) lead nowhere. */
function computerHasIpv6Route(): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(
      ({ family, internal, address }) => family === 'IPv6' && !internal && !/^fe[89ab]/i.test(address),
    ),
  );
}

/** What A and AAAA together say about one host. */
interface HostAddresses {
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
  /** Set when an address may exist that could not be asked for. */
  readonly failure?: string;
}

const recordsOf = <T>(answer: DnsAnswer<T>): readonly T[] =>
  answer.kind === 'records' ? answer.records : [];

async function findAddresses(dns: DnsLookup, host: string): Promise<HostAddresses> {
  const [a, aaaa] = await Promise.all([dns.a(host), dns.aaaa(host)]);
  const failed = a.kind === 'failed' ? a : aaaa.kind === 'failed' ? aaaa : undefined;
  const found = { ipv4: recordsOf(a), ipv6: recordsOf(aaaa) };
  return failed ? { ...found, failure: failed.reason } : found;
}

async function findSystemAddresses(dns: DnsLookup, host: string): Promise<HostAddresses> {
  const answer = await dns.system(host);
  const found = recordsOf(answer);
  const families = {
    ipv4: found.filter((address) => isIP(address) === 4),
    ipv6: found.filter((address) => isIP(address) === 6),
  };
  return answer.kind === 'failed' ? { ...families, failure: answer.reason } : families;
}

const dnsTrouble = (name: string, reason: string): SmtpStatus =>
  createStatus(451, '4.4.3', `${name} could not be looked up: ${reason}`);

const loopStatus = (domain: string): SmtpStatus =>
  createStatus(550, '5.4.6', `Mail for ${domain} leads back to this server (the domain is not local here)`);

/**
 * Held mail: its host comes and goes, and may have no place in DNS at all (ATRN is for those). Whoever sends an
 * ETRN for it must not be able to have it returned.
 */
const forNow = (answer: TargetAnswer): TargetAnswer =>
  answer.kind === 'none' && isPermanent(answer.status)
    ? none({ ...answer.status, code: 451, enhanced: answer.status.enhanced.replace(/^5/, '4') })
    : answer;

/** Makes the resolver of one virtual server. `close` forgets the cache and ends questions that are open. */
export function createTargetResolver(options: TargetResolverOptions): TargetResolver {
  const { settings, isOwnAddress, fqdn, clock } = options;
  const random = options.random ?? Math.random;
  const hasIpv6Route = options.hasIpv6Route ?? computerHasIpv6Route;
  const dns = createDnsLookup({
    servers: () => settings().dnsServers,
    clock,
    ...(options.dnsTimeoutMs === undefined ? {} : { timeoutMs: options.dnsTimeoutMs }),
  });

  const targetsOf = (name: string, port: number, host: HostAddresses): Target[] =>
    interleaveAddresses(host, hasIpv6Route()).map((address) => ({ name, address, port }));

  const resolveLiteral = (domain: string, port: number): TargetAnswer => {
    const address = usableAddress(addressOfLiteral(domain) ?? '');
    if (address === undefined)
      return none(createStatus(550, '5.1.2', `${domain} is not an address that can be reached`));
    if (isOwnAddress(address, port)) return none(loopStatus(domain));
    return { kind: 'targets', targets: [{ name: domain, address, port }] };
  };

  const resolveSmartHost = async (host: string, port: number): Promise<TargetAnswer> => {
    const isLiteral = host.startsWith('[') && host.endsWith(']');
    const name = isLiteral ? host : normaliseDomain(host);
    const literal = isLiteral ? usableAddress(host.slice(1, -1).replace(/^ipv6:/i, '')) : undefined;
    let targets: Target[];
    if (isLiteral) {
      targets = literal === undefined ? [] : [{ name, address: literal, port }];
    } else {
      // Without DNS servers of its own the smart host is found as the original found it: the hosts file too.
      const hasOwnServers = settings().dnsServers.length > 0;
      const found = await (hasOwnServers ? findAddresses(dns, name) : findSystemAddresses(dns, name));
      targets = targetsOf(name, port, found);
      if (targets.length === 0 && found.failure !== undefined)
        return none(dnsTrouble(`Smart host ${name}`, found.failure));
    }
    // The smart host is our own setting: a mistake in it makes mail wait, it must not return everything.
    if (targets.length === 0)
      return none(createStatus(451, '4.4.4', `Smart host ${name} has no address: no such host`));
    const foreign = targets.filter((target) => !isOwnAddress(target.address, target.port));
    if (foreign.length === 0)
      return none(
        createStatus(
          451,
          '4.4.6',
          `Smart host ${name}, port ${port}, is this server itself: mail would loop`,
        ),
      );
    return { kind: 'targets', targets: foreign.slice(0, mostTargets) };
  };

  const resolveMx = async (domain: string, port: number): Promise<TargetAnswer> => {
    const answer = await dns.mx(domain);
    if (answer.kind === 'failed') return none(dnsTrouble(domain, answer.reason));
    if (answer.kind === 'unknown')
      return none(createStatus(550, '5.1.2', `The domain ${domain} does not exist`));
    const isImplicit = answer.kind === 'none';
    const records: readonly MxRecord[] = isImplicit ? [{ preference: 0, host: domain }] : answer.records;
    if (records[0]?.host === '')
      return none(createStatus(556, '5.1.10', `The domain ${domain} does not accept mail (null MX)`));
    return targetsOfMx({ domain, port, records, isImplicit });
  };

  const targetsOfMx = async (found: {
    domain: string;
    port: number;
    records: readonly MxRecord[];
    isImplicit: boolean;
  }): Promise<TargetAnswer> => {
    const { domain, port, records, isImplicit } = found;
    const hosts: (MxHost & HostAddresses)[] = await Promise.all(
      records.map(async (record) => ({ ...record, ...(await findAddresses(dns, record.host)) })),
    );
    const ownName = normaliseDomain(fqdn());
    const foreign = withoutOwnHosts(
      hosts,
      (host) =>
        host.host === ownName || [...host.ipv4, ...host.ipv6].some((address) => isOwnAddress(address, port)),
    );
    if (foreign.length === 0) return none(loopStatus(domain));
    const targets = sortByPreference(foreign, random).flatMap((host) => targetsOf(host.host, port, host));
    if (targets.length > 0) return { kind: 'targets', targets: targets.slice(0, mostTargets) };
    const failed = foreign.find((host) => host.failure !== undefined);
    if (failed?.failure !== undefined) return none(dnsTrouble(failed.host, failed.failure));
    return none(
      isImplicit
        ? createStatus(550, '5.4.4', `The domain ${domain} has no mail server and no address`)
        : createStatus(550, '5.4.4', `None of the mail servers of ${domain} has an address`),
    );
  };

  const resolveRoute = async (route: Route): Promise<TargetAnswer> => {
    if (route.kind === 'smart-host') return resolveSmartHost(route.host, route.port);
    if (route.kind === 'mx') {
      if (isAddressLiteral(route.domain)) return resolveLiteral(route.domain, route.port);
      return resolveMx(route.domain, route.port);
    }
    throw new Problem('internal', `A ${route.kind} route has no host to connect to`);
  };

  return {
    async resolve(route) {
      const answer = await resolveRoute(route);
      return holdOf(route) ? forNow(answer) : answer;
    },
    close: () => dns.close(),
  };
}
