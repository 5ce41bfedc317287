/**
 * One question of a person to DNS ("DNS Lookup", "Check DNS"): addresses and mail hosts of a name, or the names
 * of an address. Nothing is remembered, so that the answer is today's.
 *
 * Promises: an answer within a few seconds, whatever DNS does.
 * Fails: with Problem 'invalid' for what is neither a name nor an address.
 */
import { isIP } from 'node:net';
import { isDomainName, normaliseDomain } from './core/address';
import type { Clock } from './core/clock';
import { Problem } from './core/problem';
import { createDnsLookup, type DnsAnswer, type DnsLookup } from './routing/dns-lookup';

export interface LookUpAnswer {
  readonly addresses: string[];
  readonly names: string[];
  readonly mailHosts: { name: string; preference: number }[];
  /** Why nothing was found, in words. */
  readonly problem?: string;
}

const nothing: LookUpAnswer = { addresses: [], names: [], mailHosts: [] };
/** Asked twice by the library. */
const questionMs = 2_000;
const longestWaitMs = 8_000;

/**
 * @param given host name, domain, or IP address (square brackets allowed)
 * @param options.servers DNS servers as in the settings; empty: as this computer resolves, hosts file included
 */
export async function lookUp(
  given: string,
  options: { readonly servers: readonly string[]; readonly clock: Clock },
): Promise<LookUpAnswer> {
  const { servers, clock } = options;
  const name = normaliseDomain(given.trim().replace(/^\[(?:IPv6:)?(.*)\]$/i, '$1'));
  const isAddress = isIP(name) !== 0;
  if (!isAddress && !isDomainName(name))
    throw new Problem('invalid', 'Enter a name such as mail.example.com, or an IP address.', 'name');
  const dns = createDnsLookup({ servers: () => servers, clock, timeoutMs: questionMs });
  let cancel: (() => void) | undefined;
  const late = new Promise<LookUpAnswer>((resolve) => {
    const problem = `${name} could not be looked up: the DNS server did not answer in time.`;
    cancel = clock.startTimer(() => resolve({ ...nothing, problem }), longestWaitMs);
  });
  try {
    return await Promise.race([isAddress ? findNames(dns, name) : findHosts(dns, name, servers), late]);
  } finally {
    cancel?.();
    dns.close();
  }
}

async function findNames(dns: DnsLookup, address: string): Promise<LookUpAnswer> {
  const answer = await dns.ptr(address);
  if (answer.kind === 'records') return { ...nothing, names: [...answer.records] };
  return { ...nothing, problem: describeFailure(address, [answer]) ?? `DNS knows no name of ${address}.` };
}

async function findHosts(dns: DnsLookup, name: string, servers: readonly string[]): Promise<LookUpAnswer> {
  const questions = servers.length > 0 ? [dns.a(name), dns.aaaa(name)] : [dns.system(name)];
  const [mx, ...found] = await Promise.all([dns.mx(name), ...questions]);
  const addresses = found.flatMap((answer) => (answer.kind === 'records' ? answer.records : []));
  const hosts = mx.kind === 'records' ? mx.records : [];
  const mailHosts = hosts
    .filter(({ host }) => host !== '')
    .map(({ host, preference }) => ({ name: host, preference }));
  const answer = { addresses, names: [], mailHosts };
  if (hosts.length > mailHosts.length) return { ...answer, problem: `${name} accepts no mail (null MX).` };
  if (addresses.length > 0 || mailHosts.length > 0) return answer;
  const isUnknown = mx.kind === 'unknown';
  const reason = isUnknown ? `${name} does not exist.` : `${name} has no address and no mail host.`;
  return { ...answer, problem: describeFailure(name, [mx, ...found]) ?? reason };
}

function describeFailure(name: string, answers: readonly DnsAnswer<unknown>[]): string | undefined {
  const failed = answers.find((answer) => answer.kind === 'failed');
  return failed && `${name} could not be looked up: ${failed.reason}.`;
}
