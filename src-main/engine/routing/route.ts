/**
 * Where a recipient goes. Pure: recipient, sender and settings in, route out; made anew at each attempt, so that
 * changed settings reach waiting mail. Local domains first, then the remote domain (exact name, then the longest
 * wildcard), then the first route by sender that matches, then the server's rule.
 * Trusts: settings that were validated. Fails: never; an address nobody can route gets a 'refuse' route.
 */
import type { DomainSettings, RemoteDomainSettings, ServerSettings } from '../../settings/schema';
import { domainOf, isAddressLiteral, isDomainName, normaliseDomain } from '../core/address';
import {
  type Hold,
  isTlsRequired,
  openSecurity,
  type Route,
  type RouteHost,
  type RouteLimits,
  type RouteSecurity,
} from '../core/delivery';
import type { ChosenWay } from '../core/envelope';
import { createStatus } from '../core/smtp-status';
import type { HoldingDomain } from '../core/trigger';
import { describeHosts, describeSenderMatch, describeTrigger } from './route-words';
import { createSenderTable, type FindSenderRoute, type SenderMatch } from './sender-match';
import { hostKey, securityKey, type WayOut, wayOutOf } from './way-out';

/** Says in a rule that the settings did not decide. */
const chosen = 'Chosen by an operator: ';

interface RouteTable {
  readonly exact: ReadonlyMap<string, DomainSettings>;
  /** Keyed by what follows "*.". */
  readonly wildcards: ReadonlyMap<string, RemoteDomainSettings>;
  readonly findSenderRoute: FindSenderRoute;
  /** By the place in the settings that describes it; filled as they are needed. */
  readonly ways: Map<object, WayOut>;
}

/** By object identity: settings are replaced as a whole when they change, and forgotten with their table. */
const tables = new WeakMap<ServerSettings, RouteTable>();

function tableOf(settings: ServerSettings): RouteTable {
  const known = tables.get(settings);
  if (known) return known;
  const exact = new Map<string, DomainSettings>();
  const wildcards = new Map<string, RemoteDomainSettings>();
  for (const domain of settings.domains) {
    const name = normaliseDomain(domain.name);
    if (domain.type === 'remote' && name.startsWith('*.')) wildcards.set(name.slice(2), domain);
    else exact.set(name, domain);
  }
  const findSenderRoute = createSenderTable(settings.senderRoutes);
  const table = { exact, wildcards, findSenderRoute, ways: new Map<object, WayOut>() };
  tables.set(settings, table);
  return table;
}

/** Shared by all routes of a place: many wait in memory. */
function wayOf(place: Parameters<typeof wayOutOf>[0], settings: ServerSettings): WayOut {
  const { ways } = tableOf(settings);
  let way = ways.get(place);
  if (!way) {
    way = wayOutOf(place, settings);
    ways.set(place, way);
  }
  return way;
}

/** The settings of `domain`: exact name, else the longest wildcard above it, else none. */
function findDomain(domain: string, { exact, wildcards }: RouteTable): DomainSettings | undefined {
  const named = exact.get(domain);
  if (named || wildcards.size === 0) return named;
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
    const wildcard = wildcards.get(domain.slice(dot + 1));
    if (wildcard) return wildcard;
  }
  return undefined;
}

type Hello = 'ehlo' | 'helo';

/** What stands in every route that is sent. */
interface RouteFacts {
  readonly rule: string;
  readonly hello: Hello;
  readonly limits: RouteLimits;
  readonly hold?: Hold;
}

/** To the smart hosts of a way, one after the other. */
function smartHostRoute(hosts: readonly RouteHost[], facts: RouteFacts): Route {
  const [first, ...fallbacks] = hosts as [RouteHost, ...RouteHost[]];
  const destination = `${prefixOf(facts)}smart:${hostKey(first, facts.hello)}${thenKey(fallbacks, facts.hello)}`;
  return {
    kind: 'smart-host',
    destination,
    ...first,
    ...facts,
    ...(fallbacks.length > 0 ? { fallbacks } : {}),
  };
}

function mxRoute(
  hop: {
    readonly domain: string;
    readonly port: number;
    readonly security: RouteSecurity;
    readonly sendAs?: string;
  },
  facts: RouteFacts,
  fallbacks: readonly RouteHost[] = [],
): Route {
  const { domain, port, security, sendAs } = hop;
  const own = `mx:${domain}:${port}${securityKey(security, facts.hello, sendAs)}`;
  const destination = `${prefixOf(facts)}${own}${thenKey(fallbacks, facts.hello)}`;
  return { kind: 'mx', destination, ...hop, ...facts, ...(fallbacks.length > 0 ? { fallbacks } : {}) };
}

/** Held mail has no retry clock; it must not share one with mail that has. */
const prefixOf = ({ hold }: { readonly hold?: Hold }): string => (hold ? 'held:' : '');

const thenKey = (fallbacks: readonly RouteHost[], hello: Hello): string =>
  fallbacks.map((host) => `:then-${hostKey(host, hello)}`).join('');

function remoteDomainRoute(domain: string, remote: RemoteDomainSettings, settings: ServerSettings): Route {
  const { smartHosts, port, security, sendAs, limits } = wayOf(remote, settings);
  const hold = createHold(domain, remote);
  const rule = `Remote domain ${remote.name}: ${hold ? `waits for ${describeTrigger(hold)}, then ` : ''}`;
  const facts = { hello: remote.sendsHelo ? 'helo' : 'ehlo', limits, ...(hold ? { hold } : {}) } as const;
  if (smartHosts.length > 0)
    return smartHostRoute(smartHosts, { ...facts, rule: `${rule}smart host ${describeHosts(smartHosts)}` });
  return mxRoute(
    { domain, port, security, ...(sendAs === undefined ? {} : { sendAs }) },
    { ...facts, rule: `${rule}${describeMx(port)}` },
  );
}

const describeMx = (port: number): string => (port === 25 ? 'by MX' : `by MX, port ${port}`);

function createHold(domain: string, remote: RemoteDomainSettings): Hold | undefined {
  if (!remote.holdsForTrigger) return undefined;
  return {
    host: remote.smartHost === '' ? domain : remote.smartHost,
    canTurn: remote.turnAccounts.length > 0,
  };
}

function senderRoute(domain: string, match: SenderMatch, settings: ServerSettings): Route {
  const { smartHosts, port, mxSecurity: security, sendAs, limits } = wayOf(match.route, settings);
  const rule = `${describeSenderMatch(match)}: `;
  const facts = { hello: 'ehlo', limits } as const;
  if (smartHosts.length > 0)
    return smartHostRoute(smartHosts, { ...facts, rule: `${rule}smart host ${describeHosts(smartHosts)}` });
  return mxRoute(
    { domain, port, security, ...(sendAs === undefined ? {} : { sendAs }) },
    { ...facts, rule: `${rule}${describeMx(port)}` },
  );
}

/** The way of every recipient whose domain is not listed, from a sender who is not listed. */
function otherRoute(domain: string, settings: ServerSettings): Route {
  const { smartHosts, port, mxSecurity: security, limits } = wayOf(settings, settings);
  const facts = { hello: 'ehlo', limits } as const;
  const rule = `smart host ${describeHosts(smartHosts)}`;
  if (smartHosts.length === 0) return mxRoute({ domain, port, security }, { ...facts, rule: 'By MX' });
  if (settings.triesDirectDelivery)
    return mxRoute({ domain, port, security }, { ...facts, rule: `By MX, then ${rule}` }, smartHosts);
  return smartHostRoute(smartHosts, { ...facts, rule: `S${rule.slice(1)}` });
}

/** What a route depends on, besides the settings. */
export interface RouteQuestion {
  /** Envelope address, qualified; its domain may be a literal (RFC 5321 section 4.1.3). */
  readonly recipient: string;
  /** Reverse-path; '' is the null one. */
  readonly sender: string;
  /** What an operator chose in place of the settings. */
  readonly way?: ChosenWay | undefined;
}

/** Whose settings decide a route. */
export type RoutingPlace =
  | { readonly kind: 'domain'; readonly domain: DomainSettings }
  | ({ readonly kind: 'sender-route' } & SenderMatch)
  | { readonly kind: 'server' };

/** The place in the settings that decides the route of this recipient. */
export function findRoutingPlace(
  { recipient, sender }: RouteQuestion,
  settings: ServerSettings,
): RoutingPlace {
  const domain = findRoutingDomain(recipient, settings);
  if (domain) return { kind: 'domain', domain };
  const match = tableOf(settings).findSenderRoute(sender);
  return match ? { kind: 'sender-route', ...match } : { kind: 'server' };
}

/** Decides the next hop of one recipient. */
export function decideRoute(question: RouteQuestion, settings: ServerSettings): Route {
  const domain = domainOf(question.recipient);
  if (question.way) return chosenRoute(domain, question.way, settings);
  const place = findRoutingPlace(question, settings);
  if (place.kind === 'domain') {
    const { domain: known } = place;
    if (known.type === 'remote') return remoteDomainRoute(domain, known, settings);
    const kind = known.type === 'default' ? 'Default domain' : 'Alias domain';
    return { kind: 'drop', destination: 'drop', rule: `${kind} ${known.name}: Drop` };
  }
  // A literal is an unlisted domain like any other: a relay that may only reach its smart host must not
  // try to connect to whatever address a sender writes.
  if (isDomainName(domain) || isAddressLiteral(domain))
    return place.kind === 'sender-route'
      ? senderRoute(domain, place, settings)
      : otherRoute(domain, settings);
  return noDomain;
}

const noDomain: Route = {
  kind: 'refuse',
  destination: 'refuse',
  rule: 'The address has no usable domain',
  status: createStatus(553, '5.1.3', 'Bad recipient address syntax'),
};

/** The way that an operator chose. It waits for no trigger: whoever chose it wants the mail to go. */
function chosenRoute(domain: string, way: ChosenWay, settings: ServerSettings): Route {
  switch (way.kind) {
    case 'drop':
      return { kind: 'drop', destination: 'drop', rule: `${chosen}Drop` };
    case 'host': {
      const { host, port } = way;
      const { limits } = wayOf(settings, settings);
      const hop = { host, port, security: openSecurity };
      return smartHostRoute([hop], { rule: `${chosen}host ${describeHosts([hop])}`, hello: 'ehlo', limits });
    }
    case 'smart-host': {
      const { smartHosts, limits } = wayOf(settings, settings);
      if (smartHosts.length === 0) return goneRoute('smart-host', 'the smart host of the virtual server');
      const rule = `${chosen}smart host ${describeHosts(smartHosts)}`;
      return smartHostRoute(smartHosts, { rule, hello: 'ehlo', limits });
    }
    case 'remote-domain': {
      const { exact, wildcards } = tableOf(settings);
      const name = normaliseDomain(way.name);
      const remote = name.startsWith('*.') ? wildcards.get(name.slice(2)) : exact.get(name);
      if (remote?.type !== 'remote') return goneRoute(name, `the remote domain ${way.name}`);
      // By MX: where that domain's own mail goes; a wildcard has no MX.
      const route = remoteDomainRoute(name.startsWith('*.') ? domain : name, untriggered(remote), settings);
      return { ...route, rule: `${chosen}${route.rule}` };
    }
    case 'mx': {
      if (!isDomainName(domain) && !isAddressLiteral(domain)) return noDomain;
      // What the settings ask of connections to this domain holds whoever chooses; a log-in is for hosts by name.
      const known = findDomain(domain, tableOf(settings));
      const place = known?.type === 'remote' ? known : settings;
      const { port, mxSecurity: security, limits } = wayOf(place, settings);
      return mxRoute(
        { domain, port, security },
        { rule: `${chosen}${describeMx(port)}`, hello: 'ehlo', limits },
      );
    }
  }
}

/** The same record each time, so that what hangs on it is made once. */
const untriggeredOf = new WeakMap<RemoteDomainSettings, RemoteDomainSettings>();

function untriggered(remote: RemoteDomainSettings): RemoteDomainSettings {
  if (!remote.holdsForTrigger) return remote;
  const known = untriggeredOf.get(remote);
  if (known) return known;
  const plain = { ...remote, holdsForTrigger: false };
  untriggeredOf.set(remote, plain);
  return plain;
}

/** It waits: to send it elsewhere would be a guess, and to return it would punish the sender. */
function goneRoute(key: string, what: string): Route {
  return {
    kind: 'refuse',
    destination: `refuse:${key}`,
    rule: `${chosen}${what}, which is no longer there`,
    status: createStatus(
      451,
      '4.3.5',
      `${what[0]?.toUpperCase()}${what.slice(1)} that was chosen is no longer there`,
    ),
  };
}

/** The record of a domain that decides the route of this recipient, whoever sends; undefined: there is none. */
function findRoutingDomain(recipient: string, settings: ServerSettings): DomainSettings | undefined {
  return findDomain(domainOf(recipient), tableOf(settings));
}

/** Whose settings hold the mail of a domain until it is asked for; undefined: nobody's. */
export function findHoldingDomain(domain: string, settings: ServerSettings): HoldingDomain | undefined {
  const known = findDomain(normaliseDomain(domain), tableOf(settings));
  if (known?.type !== 'remote' || !known.holdsForTrigger) return undefined;
  return {
    turnAccounts: known.turnAccounts,
    requiresTls: isTlsRequired(wayOf(known, settings).security),
  };
}

/** Whether mail is held for domains below this one, by names or by wildcards. */
export function isHeldBelow(domain: string, settings: ServerSettings): boolean {
  const end = `.${normaliseDomain(domain)}`;
  return settings.domains.some(
    (known) => known.type === 'remote' && known.holdsForTrigger && normaliseDomain(known.name).endsWith(end),
  );
}
