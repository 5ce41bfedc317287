/** DNS as one virtual server asks it: the hosts of a next hop, and the host names of clients. Wiring only. */
import type { ServerSettings } from '../settings/schema';
import { isAddressLiteral, normaliseDomain } from './core/address';
import type { Clock } from './core/clock';
import type { Route } from './core/delivery';
import { Problem } from './core/problem';
import { createMtaSts, type MtaSts } from './mta-sts/mta-sts';
import { applyPolicy } from './mta-sts/policy';
import { createPolicyFetch } from './mta-sts/policy-fetch';
import { createPolicyStore } from './mta-sts/policy-store';
import { createDnsLookup, type DnsLookup } from './routing/dns-lookup';
import { createHostNameVerifier, hostNameWaitMs, type VerifyHostName } from './routing/host-name';
import { createTargetResolver, type TargetResolver } from './routing/targets';

export interface ServerDns {
  /** What the MTA-STS policy of the domain says stands with the targets. */
  readonly resolveTargets: TargetResolver['resolve'];
  readonly verifyHostName: VerifyHostName;
  /** TXT records, asked anew: for people who have just changed them. */
  readonly readTxt: DnsLookup['txt'];
  /** Directory servers of an Active Directory domain, in the order of trying. Rejects with a Problem when none is known. */
  readonly findDirectoryServers: (domain: string) => Promise<readonly { host: string; port: number }[]>;
  /** Forgets what is known and ends questions that are open. */
  close(): void;
}

export interface MtaStsMeans {
  /** Where policies are kept; virtual servers may share it. */
  readonly folder: string;
  /** Hears that they cannot be. */
  readonly warn?: (reason: string) => void;
  /** Where web servers are asked. Default 443. */
  readonly port?: number;
}

export function openServerDns(options: {
  readonly settings: () => ServerSettings;
  readonly fqdn: () => string;
  readonly clock: Clock;
  readonly isOwnAddress: (address: string, port: number) => boolean;
  readonly mtaSts: MtaStsMeans;
}): ServerDns {
  const { settings, clock } = options;
  const resolver = createTargetResolver(options);
  const servers = (): readonly string[] => settings().dnsServers;
  // Each question is asked twice, and there are two: all must fit into the time that a client waits.
  const dns = createDnsLookup({ servers, clock, timeoutMs: hostNameWaitMs / 4 });
  const policies = openPolicies({ ...options.mtaSts, clock, servers });
  return {
    async resolveTargets(route) {
      if (!mayHavePolicy(route, settings())) return resolver.resolve(route);
      const [answer, policy] = await Promise.all([
        resolver.resolve(route),
        policies.mtaSts.policyOf(route.domain),
      ]);
      return policy ? applyPolicy(answer, policy, route.domain) : answer;
    },
    verifyHostName: createHostNameVerifier({ dns, clock, servers }),
    async readTxt(name) {
      const fresh = createDnsLookup({ servers, clock });
      try {
        return await fresh.txt(name);
      } finally {
        fresh.close();
      }
    },
    async findDirectoryServers(domain) {
      // [MS-ADTS] section 6.3.2.3: domain controllers stand there.
      const name = `_ldap._tcp.${normaliseDomain(domain)}`;
      const answer = await dns.srv(name);
      if (answer.kind === 'records') return answer.records;
      throw new Problem(
        'unavailable',
        answer.kind === 'failed'
          ? `${name} could not be looked up: ${answer.reason}.`
          : `DNS knows no directory server of ${domain} (${name}). Enter the server, or correct the domain.`,
        'ldapServer',
      );
    },
    close() {
      policies.close();
      resolver.close();
      dns.close();
    },
  };
}

/** Policies are for hosts by MX (RFC 8461 section 2), and for whom TLS is not switched off by hand (decision 0011). */
function mayHavePolicy(
  route: Route,
  { honoursMtaSts }: ServerSettings,
): route is Extract<Route, { kind: 'mx' }> {
  return (
    honoursMtaSts && route.kind === 'mx' && route.security.tls !== 'off' && !isAddressLiteral(route.domain)
  );
}

/** A message waits for the TXT record and, once in a while, for the web server; neither may hold it up for long. */
const policyDnsTimeoutMs = 2_500;

function openPolicies({
  folder,
  warn,
  port,
  clock,
  servers,
}: MtaStsMeans & { readonly clock: Clock; readonly servers: () => readonly string[] }): {
  readonly mtaSts: MtaSts;
  readonly close: () => void;
} {
  const dns = createDnsLookup({ servers, clock, timeoutMs: policyDnsTimeoutMs });
  const mtaSts = createMtaSts({
    async findTxt(name) {
      const answer = await dns.txt(name);
      if (answer.kind === 'failed') return undefined;
      return answer.kind === 'records' ? answer.records : [];
    },
    fetchPolicy: createPolicyFetch({
      async findAddresses(host) {
        const answers = await Promise.all([dns.a(host), dns.aaaa(host)]);
        return answers.flatMap((answer) => (answer.kind === 'records' ? answer.records : []));
      },
      clock,
      ...(port === undefined ? {} : { port }),
    }),
    store: createPolicyStore(folder),
    clock,
    ...(warn ? { warn } : {}),
  });
  return {
    mtaSts,
    close() {
      mtaSts.close();
      dns.close();
    },
  };
}
