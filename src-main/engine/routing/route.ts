/**
 * Where a recipient goes. Pure: recipient and settings in, route out; made anew at each attempt, so that
 * changed settings reach waiting mail. Exact domain first, then the longest wildcard, then the server's rule.
 * Trusts: settings that were validated. Fails: never; an address nobody can route gets a 'refuse' route.
 */
import type { DomainSettings, RemoteDomainSettings, ServerSettings } from '../../settings/schema';
import { domainOf, isAddressLiteral, isDomainName, normaliseDomain } from '../core/address';
import type { Route } from '../core/delivery';
import { createStatus } from '../core/smtp-status';

interface DomainTable {
  readonly exact: ReadonlyMap<string, DomainSettings>;
  /** Keyed by what follows "*.". */
  readonly wildcards: ReadonlyMap<string, RemoteDomainSettings>;
}

/** By object identity: settings are replaced as a whole when they change, and forgotten with their table. */
const tables = new WeakMap<ServerSettings, DomainTable>();

function tableOf(settings: ServerSettings): DomainTable {
  const known = tables.get(settings);
  if (known) return known;
  const exact = new Map<string, DomainSettings>();
  const wildcards = new Map<string, RemoteDomainSettings>();
  for (const domain of settings.domains) {
    const name = normaliseDomain(domain.name);
    if (domain.type === 'remote' && name.startsWith('*.')) wildcards.set(name.slice(2), domain);
    else exact.set(name, domain);
  }
  const table = { exact, wildcards };
  tables.set(settings, table);
  return table;
}

/** The settings of `domain`: exact name, else the longest wildcard above it, else none. */
function findDomain(domain: string, { exact, wildcards }: DomainTable): DomainSettings | undefined {
  const named = exact.get(domain);
  if (named || wildcards.size === 0) return named;
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
    const wildcard = wildcards.get(domain.slice(dot + 1));
    if (wildcard) return wildcard;
  }
  return undefined;
}

/** "smtp.example.com", "smtp.example.com, port 587": the usual port goes without saying. */
const describeHost = (host: string, port: number): string => (port === 25 ? host : `${host}, port ${port}`);

const bare = (host: string): string => normaliseDomain(host.replace(/^\[|\]$/g, ''));

type Hello = 'ehlo' | 'helo';

function smartHostRoute(options: { host: string; port: number; hello: Hello; rule: string }): Route {
  const suffix = options.hello === 'helo' ? ':helo' : '';
  return {
    kind: 'smart-host',
    destination: `smart:[${bare(options.host)}]:${options.port}${suffix}`,
    ...options,
  };
}

function mxRoute(options: {
  domain: string;
  port: number;
  hello: Hello;
  rule: string;
  fallback?: { readonly host: string; readonly port: number };
}): Route {
  const suffix = options.hello === 'helo' ? ':helo' : '';
  return { kind: 'mx', destination: `mx:${options.domain}:${options.port}${suffix}`, ...options };
}

function remoteDomainRoute(domain: string, remote: RemoteDomainSettings, settings: ServerSettings): Route {
  const port = remote.port ?? settings.outboundPort;
  const hello = remote.sendsHelo ? 'helo' : 'ehlo';
  const rule = `Remote domain ${remote.name}`;
  if (remote.smartHost !== '') {
    const host = remote.smartHost;
    return smartHostRoute({ host, port, hello, rule: `${rule}: smart host ${describeHost(host, port)}` });
  }
  const how = port === 25 ? 'by MX' : `by MX, port ${port}`;
  return mxRoute({ domain, port, hello, rule: `${rule}: ${how}` });
}

/** The way of every recipient whose domain is not listed. */
function otherRoute(domain: string, settings: ServerSettings): Route {
  const { smartHost: host, outboundPort: port, triesDirectDelivery } = settings;
  if (host === '') return mxRoute({ domain, port, hello: 'ehlo', rule: 'By MX' });
  const rule = `Smart host ${describeHost(host, port)}`;
  if (!triesDirectDelivery) return smartHostRoute({ host, port, hello: 'ehlo', rule });
  const fallback = { host, port };
  return mxRoute({
    domain,
    port,
    hello: 'ehlo',
    rule: `By MX, then smart host ${describeHost(host, port)}`,
    fallback,
  });
}

/**
 * Decides the next hop of one recipient.
 *
 * @param recipient envelope address, qualified; its domain may be a literal (RFC 5321 section 4.1.3)
 */
export function decideRoute(recipient: string, settings: ServerSettings): Route {
  const domain = domainOf(recipient);
  const known = findDomain(domain, tableOf(settings));
  if (known) {
    if (known.type === 'remote') return remoteDomainRoute(domain, known, settings);
    const kind = known.type === 'default' ? 'Default domain' : 'Alias domain';
    return { kind: 'drop', destination: 'drop', rule: `${kind} ${known.name}: Drop` };
  }
  // A literal is an unlisted domain like any other: a relay that may only reach its smart host must not
  // try to connect to whatever address a sender writes.
  if (isDomainName(domain) || isAddressLiteral(domain)) return otherRoute(domain, settings);
  return {
    kind: 'refuse',
    destination: 'refuse',
    rule: 'The address has no usable domain',
    status: createStatus(553, '5.1.3', 'Bad recipient address syntax'),
  };
}

/** The rule for every domain that is not listed, in one sentence for people. */
export function describeRoutePolicy(settings: ServerSettings): string {
  const { smartHost, outboundPort, triesDirectDelivery } = settings;
  if (smartHost === '') {
    return `Everything else goes by MX${outboundPort === 25 ? '' : `, port ${outboundPort}`}`;
  }
  const host = describeHost(smartHost, outboundPort);
  return triesDirectDelivery
    ? `Everything else goes by MX first, and to smart host ${host} when that fails`
    : `Everything else goes to smart host ${host}`;
}
