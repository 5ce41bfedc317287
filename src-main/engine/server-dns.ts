/** DNS as one virtual server asks it: the hosts of a next hop, and the host names of clients. Wiring only. */
import type { ServerSettings } from '../settings/schema';
import type { Clock } from './core/clock';
import { createDnsLookup } from './routing/dns-lookup';
import { createHostNameVerifier, hostNameWaitMs, type VerifyHostName } from './routing/host-name';
import { createTargetResolver, type TargetResolver } from './routing/targets';

export interface ServerDns {
  readonly resolveTargets: TargetResolver['resolve'];
  readonly verifyHostName: VerifyHostName;
  /** Forgets what is known and ends questions that are open. */
  close(): void;
}

export function openServerDns(options: {
  readonly settings: () => ServerSettings;
  readonly fqdn: () => string;
  readonly clock: Clock;
  readonly isOwnAddress: (address: string, port: number) => boolean;
}): ServerDns {
  const { settings, clock } = options;
  const resolver = createTargetResolver(options);
  const servers = (): readonly string[] => settings().dnsServers;
  // Each question is asked twice, and there are two: all must fit into the time that a client waits.
  const dns = createDnsLookup({ servers, clock, timeoutMs: hostNameWaitMs / 4 });
  return {
    resolveTargets: (route) => resolver.resolve(route),
    verifyHostName: createHostNameVerifier({ dns, clock, servers }),
    close() {
      resolver.close();
      dns.close();
    },
  };
}
