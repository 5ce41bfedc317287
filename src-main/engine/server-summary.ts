/** A virtual server in the words and numbers that consoles show. */
import type { Binding, ServerSettings } from '../settings/schema';
import { destinationName, type Hold, holdOf } from './core/delivery';
import type { Envelope, Recipient } from './core/envelope';
import { type BadmailCause, badmailCauses, type ServerState } from './core/event';
import { causeSentences } from './mailroot/badmail-reason';
import { countQueued, isFrozen, restingDirectoryRoute } from './queue-view';
import { decideRoute } from './routing/route';
import { describeRoutePolicy } from './routing/route-words';
import { describeRelayPolicy } from './smtp-in/relay-words';
import type { VirtualServer } from './virtual-server';

export interface ServerSummaryFacts {
  readonly id: number;
  readonly name: string;
  readonly state: ServerState;
  readonly since: number;
  readonly problem?: string;
  readonly bindings: Pick<Binding, 'address' | 'port' | 'encryption'>[];
  readonly fullyQualifiedDomainName: string;
  readonly defaultDomain: string;
  readonly homeDirectory: string;
  readonly relayPolicy: string;
  readonly isOpenRelay: boolean;
  readonly routePolicy: string;
  readonly localDomains: DomainNames;
  readonly remoteDomains: DomainNames;
  readonly counts: {
    pickup: number;
    drop: number;
    queue: number;
    badmail: number;
    sessions: number;
    domains: number;
  };
  readonly oldestQueuedAt?: number;
}

/** How often each cause laid a message into Badmail since Mailroot started, all causes, with a sentence for people. */
export function countBadmail(
  server: VirtualServer,
): { readonly cause: BadmailCause; readonly count: number; readonly text: string }[] {
  return badmailCauses.map((cause) => ({
    cause,
    count: server.badmailCounts.get(cause) ?? 0,
    text: causeSentences[cause],
  }));
}

/** The first few names of many, and how many there are. */
export interface DomainNames {
  readonly first: string[];
  readonly count: number;
}

const shownDomains = 5;

/** Reads the counts of all folders; a folder that cannot be read counts 0 (its server says why elsewhere). */
export async function summariseServer(server: VirtualServer): Promise<ServerSummaryFacts> {
  const { settings } = server;
  const relay = describeRelay(server);
  const [drop, badmail, pickup, queue] = await Promise.all([
    server.lists.drop.count().catch(() => 0),
    server.lists.badmail.count().catch(() => 0),
    (server.isRunning ? server.running.pickup : server.lists.pickup).count().catch(() => 0),
    countQueued(server),
  ]);
  return {
    id: server.id,
    name: settings.name,
    state: server.state,
    since: server.since,
    ...(server.problem === undefined ? {} : { problem: server.problem.message }),
    bindings: settings.bindings.map(({ address, port, encryption }) => ({ address, port, encryption })),
    fullyQualifiedDomainName: server.fqdn,
    defaultDomain: server.defaultDomain,
    homeDirectory: settings.homeDirectory,
    relayPolicy: relay.text,
    isOpenRelay: relay.isOpenRelay,
    routePolicy: describeRoutePolicy(settings),
    ...nameDomains(settings),
    counts: {
      pickup,
      drop,
      queue: queue.total,
      badmail,
      sessions: server.isRunning ? server.running.listener.sessions().length : 0,
      domains: settings.domains.length,
    },
    ...(queue.oldestArrivedAt === undefined ? {} : { oldestQueuedAt: queue.oldestArrivedAt }),
  };
}

/** By settings object: a list may be long, and summaries are asked for all the time. */
const relayWords = new WeakMap<ServerSettings, ReturnType<typeof describeRelayPolicy>>();

/** Who may relay, in words, and whether that is everybody. */
export function describeRelay(server: VirtualServer): {
  readonly text: string;
  readonly isOpenRelay: boolean;
} {
  const { settings } = server;
  const known = relayWords.get(settings);
  if (known) return known;
  const words = describeRelayPolicy(settings);
  relayWords.set(settings, words);
  return words;
}

type NamedDomains = Pick<ServerSummaryFacts, 'localDomains' | 'remoteDomains'>;

/** By settings object as well: there may be thousands. */
const namedDomains = new WeakMap<ServerSettings, NamedDomains>();

/** The default domain first, then the others in the order of the settings. */
export function nameDomains(settings: ServerSettings): NamedDomains {
  const known = namedDomains.get(settings);
  if (known) return known;
  const namesOf = (...types: readonly string[]): string[] =>
    settings.domains.filter(({ type }) => types.includes(type)).map(({ name }) => name);
  const few = (names: readonly string[]): DomainNames => ({
    first: names.slice(0, shownDomains),
    count: names.length,
  });
  const named = {
    localDomains: few([...namesOf('default'), ...namesOf('alias')]),
    remoteDomains: few(namesOf('remote')),
  };
  namedDomains.set(settings, named);
  return named;
}

/** Next hop of a waiting recipient by today's settings. */
export interface RouteWords {
  readonly text: string;
  /** Who has to ask for the mail first. */
  readonly hold: Hold | undefined;
  /** Its name in lists, filters and the settings. */
  readonly destination: string;
  readonly isFrozen: boolean;
}

export function describeRoute(
  { settings }: VirtualServer,
  { sender, isResolved }: Pick<Envelope, 'sender' | 'isResolved'>,
  { address, way }: Pick<Recipient, 'address' | 'way'>,
): RouteWords {
  const route = decideRoute({ recipient: address, sender, way }, settings);
  const asksFirst = settings.usesLdapRouting && !isResolved;
  const destination = destinationName(asksFirst ? restingDirectoryRoute : route);
  return {
    text: asksFirst ? `LDAP routing, then ${route.rule}` : route.rule,
    hold: asksFirst ? undefined : holdOf(route),
    destination,
    isFrozen: isFrozen(destination, settings),
  };
}
