/** Server summaries for the tests of this folder. */
import type { ServerSummary } from '../../../src-main/api/contract';

export function makeSummary(part: Partial<ServerSummary> = {}): ServerSummary {
  return {
    id: 1,
    name: 'Default SMTP Virtual Server',
    state: 'started',
    since: 0,
    bindings: [{ address: '', port: 25 }],
    fullyQualifiedDomainName: 'host.test',
    defaultDomain: 'host.test',
    homeDirectory: '/mailroot',
    relayPolicy: 'Relays for: nobody.',
    isOpenRelay: false,
    routePolicy: 'Everything else goes directly, by MX.',
    localDomains: { first: ['host.test'], count: 1 },
    remoteDomains: { first: [], count: 0 },
    counts: { pickup: 0, drop: 0, queue: 0, badmail: 0, sessions: 0, domains: 1 },
    ...part,
  };
}
