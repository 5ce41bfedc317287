/**
 * Where a recipient goes. Pure: recipient and settings in, route out; made anew at each attempt, so that
 * changed settings reach waiting mail. Exact domain first, then the longest wildcard, then the server's rule.
 * Trusts: settings that were validated. Fails: never; an address nobody can route gets a 'refuse' route.
 */
import { createHash } from 'node:crypto';
import type { DomainSettings, RemoteDomainSettings, ServerSettings } from '../../settings/schema';
import { domainOf, isAddressLiteral, isDomainName, normaliseDomain } from '../core/address';
import type { Hold, Route, RouteHost, RouteLogin, RouteSecurity } from '../core/delivery';
import { createStatus } from '../core/smtp-status';
import type { HoldingDomain } from '../core/trigger';

interface DomainTable {
  /** At the server's own smart host, and at every other host without a remote domain. */
  readonly smartHostSecurity: RouteSecurity;
  readonly otherSecurity: RouteSecurity;
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
  const table = {
    smartHostSecurity: securityOf(settings),
    // The name and password were made for the smart host; whoever stands in somebody's MX must not see them.
    otherSecurity: withoutLogin(settings),
    exact,
    wildcards,
  };
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

type SecurityPlace = Pick<
  ServerSettings,
  | 'outboundAuthentication'
  | 'outboundUserName'
  | 'outboundPassword'
  | 'outboundSignIn'
  | 'outboundTls'
  | 'outboundTlsFromStart'
  | 'outboundMinimumTls'
>;

/** Outbound Security of the virtual server, a remote domain, a route by sender or a further smart host. */
function securityOf(place: SecurityPlace): RouteSecurity {
  const login = loginOf(place);
  return {
    tls: place.outboundTls,
    isImplicitTls: place.outboundTlsFromStart,
    minimumTls: place.outboundMinimumTls,
    ...(login ? { login } : {}),
  };
}

/** What hosts by MX get: STARTTLS is all that there is at port 25. */
function withoutLogin(place: SecurityPlace): RouteSecurity {
  return { tls: place.outboundTls, isImplicitTls: false, minimumTls: place.outboundMinimumTls };
}

function loginOf(place: SecurityPlace): RouteLogin | undefined {
  const { outboundAuthentication: method, outboundUserName: user } = place;
  if (method === 'anonymous') return undefined;
  if (method === 'oauth2') return { method, user, signIn: place.outboundSignIn };
  return { method, user, password: place.outboundPassword };
}

const fingerprints = new WeakMap<RouteLogin, string>();

function fingerprintOf(login: RouteLogin): string {
  let fingerprint = fingerprints.get(login);
  if (fingerprint === undefined) {
    const text = JSON.stringify(login);
    fingerprint = createHash('sha256').update(text).digest('hex').slice(0, 12);
    fingerprints.set(login, fingerprint);
  }
  return fingerprint;
}

/**
 * What makes destinations differ besides the host: mail that must be encrypted, or logs in as somebody else, or
 * with another password, does not share their queue and their waiting. A changed password is a new destination, so
 * what waits for it is tried at once.
 */
function suffixOf(hello: Hello, first: RouteSecurity, fallbacks: readonly RouteHost[] = []): string {
  const tls = first.tls === 'opportunistic' ? '' : first.tls === 'required' ? ':tls' : `:tls-${first.tls}`;
  return [
    hello === 'helo' ? ':helo' : '',
    tls,
    first.login ? `:login-${fingerprintOf(first.login)}` : '',
    ...fallbacks.map(({ security }) =>
      security.login ? `:then-login-${fingerprintOf(security.login)}` : '',
    ),
  ].join('');
}

type Hello = 'ehlo' | 'helo';

function smartHostRoute(options: {
  host: string;
  port: number;
  hello: Hello;
  rule: string;
  security: RouteSecurity;
  hold?: Hold;
}): Route {
  const suffix = suffixOf(options.hello, options.security);
  return {
    kind: 'smart-host',
    destination: `${prefixOf(options)}smart:[${bare(options.host)}]:${options.port}${suffix}`,
    ...options,
  };
}

function mxRoute(options: {
  domain: string;
  port: number;
  hello: Hello;
  rule: string;
  security: RouteSecurity;
  fallbacks?: readonly RouteHost[];
  hold?: Hold;
}): Route {
  const suffix = suffixOf(options.hello, options.security, options.fallbacks);
  const destination = `${prefixOf(options)}mx:${options.domain}:${options.port}${suffix}`;
  return { kind: 'mx', destination, ...options };
}

/** Held mail has no retry clock; it must not share one with mail that has. */
const prefixOf = ({ hold }: { readonly hold?: Hold }): string => (hold ? 'held:' : '');

const remoteSecurities = new WeakMap<RemoteDomainSettings, RouteSecurity>();

/** Its own settings replace the server's, also where they ask for less. */
function remoteSecurityOf(remote: RemoteDomainSettings): RouteSecurity {
  let security = remoteSecurities.get(remote);
  if (!security) {
    security = securityOf(remote);
    remoteSecurities.set(remote, security);
  }
  return security;
}

function remoteDomainRoute(domain: string, remote: RemoteDomainSettings, settings: ServerSettings): Route {
  const port = remote.port ?? settings.outboundPort;
  const hello = remote.sendsHelo ? 'helo' : 'ehlo';
  const security = remoteSecurityOf(remote);
  const hold = createHold(domain, remote);
  const rule = `Remote domain ${remote.name}: ${hold ? `waits for ${describeTrigger(hold)}, then ` : ''}`;
  const held = hold ? { hold } : {};
  if (remote.smartHost !== '') {
    const host = remote.smartHost;
    return smartHostRoute({
      host,
      port,
      hello,
      rule: `${rule}smart host ${describeHost(host, port)}`,
      security,
      ...held,
    });
  }
  const how = port === 25 ? 'by MX' : `by MX, port ${port}`;
  return mxRoute({ domain, port, hello, rule: `${rule}${how}`, security, ...held });
}

function createHold(domain: string, remote: RemoteDomainSettings): Hold | undefined {
  if (!remote.holdsForTrigger) return undefined;
  return {
    host: remote.smartHost === '' ? domain : remote.smartHost,
    canTurn: remote.turnAccounts.length > 0,
  };
}

/** The commands that set held mail going. */
export const describeTrigger = ({ canTurn }: Hold): string => (canTurn ? 'ATRN, TURN or ETRN' : 'ETRN');

/** The way of every recipient whose domain is not listed. */
function otherRoute(domain: string, settings: ServerSettings): Route {
  const { smartHost: host, outboundPort: port, triesDirectDelivery } = settings;
  const { smartHostSecurity, otherSecurity: security } = tableOf(settings);
  if (host === '') return mxRoute({ domain, port, hello: 'ehlo', rule: 'By MX', security });
  const rule = `Smart host ${describeHost(host, port)}`;
  if (!triesDirectDelivery)
    return smartHostRoute({ host, port, hello: 'ehlo', rule, security: smartHostSecurity });
  const fallbacks = [{ host, port, security: smartHostSecurity }];
  return mxRoute({
    domain,
    port,
    hello: 'ehlo',
    rule: `By MX, then smart host ${describeHost(host, port)}`,
    security,
    fallbacks,
  });
}

/** What a route depends on, besides the settings. */
export interface RouteQuestion {
  /** Envelope address, qualified; its domain may be a literal (RFC 5321 section 4.1.3). */
  readonly recipient: string;
  /** Reverse-path; '' is the null one. */
  readonly sender: string;
}

/** Decides the next hop of one recipient. */
export function decideRoute({ recipient }: RouteQuestion, settings: ServerSettings): Route {
  const domain = domainOf(recipient);
  const known = findRoutingDomain(recipient, settings);
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

/** The record of a domain that decides the route of this recipient; undefined: the virtual server's own settings do. */
export function findRoutingDomain(recipient: string, settings: ServerSettings): DomainSettings | undefined {
  return findDomain(domainOf(recipient), tableOf(settings));
}

/** Whose settings hold the mail of a domain until it is asked for; undefined: nobody's. */
export function findHoldingDomain(domain: string, settings: ServerSettings): HoldingDomain | undefined {
  const known = findDomain(normaliseDomain(domain), tableOf(settings));
  if (known?.type !== 'remote' || !known.holdsForTrigger) return undefined;
  return {
    turnAccounts: known.turnAccounts,
    requiresTls: known.outboundTls === 'required' || known.outboundTls === 'verified',
  };
}

/** Whether mail is held for domains below this one, by names or by wildcards. */
export function isHeldBelow(domain: string, settings: ServerSettings): boolean {
  const end = `.${normaliseDomain(domain)}`;
  return settings.domains.some(
    (known) => known.type === 'remote' && known.holdsForTrigger && normaliseDomain(known.name).endsWith(end),
  );
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
