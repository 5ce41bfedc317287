/**
 * The hops of a route: the hosts of a domain by MX, or one smart host, each with its own security; and when the next
 * one is tried. Pure.
 */
import type { Route, RouteHost } from '../core/delivery';
import type { SmtpStatus } from '../core/smtp-status';
import type { HostFailure } from './failure';

export type ConnectRoute = Extract<Route, { kind: 'mx' | 'smart-host' }>;

/** A route without what comes behind it. */
export type Hop = Omit<Extract<Route, { kind: 'mx' }>, 'fallbacks'> | Omit<SmartHostRoute, 'fallbacks'>;
type SmartHostRoute = Extract<Route, { kind: 'smart-host' }>;

/** In the order of trying; there is always a first. */
export function hopsOf(route: ConnectRoute): readonly [Hop, ...Hop[]] {
  const { fallbacks = [], ...first } = route;
  const { destination, rule, hello, limits, hold } = route;
  const shared = { destination, rule, hello, ...(limits ? { limits } : {}), ...(hold ? { hold } : {}) };
  return [first, ...fallbacks.map((host): Hop => ({ kind: 'smart-host', ...shared, ...host }))];
}

/** "direct delivery", "smart host smtp.example.com, port 587". */
export function describeHop(
  hop: { readonly kind: 'mx' } | ({ readonly kind: 'smart-host' } & Pick<RouteHost, 'host' | 'port'>),
): string {
  if (hop.kind === 'mx') return 'direct delivery';
  return `smart host ${hop.host}${hop.port === 25 ? '' : `, port ${hop.port}`}`;
}

/** How an attempt at one hop ended. */
export interface HopEnd {
  /** Recipients that got an answer, whatever it was. */
  readonly answerCount: number;
  /** Of those without an answer; undefined: there are none. */
  readonly status?: SmtpStatus;
  /** Why the last host could not be used; undefined: there was none to connect to, or every recipient has an answer. */
  readonly failure?: HostFailure;
}

/**
 * The next hop is tried when this one could not be used: DNS names no host or does not answer, no connection, a
 * greeting that refuses, less encryption than is asked for, a log-in that cannot be made, a connection that ended
 * before anybody got an answer.
 *
 * Not when a host answered for a recipient, also with 4xx: it is there, and its answer counts. Not when the domain says
 * that it takes no mail (null MX, 556): that is final. Not for our own trouble.
 */
export function isNextHopTried({ answerCount, status, failure }: HopEnd): boolean {
  if (status === undefined || answerCount > 0) return false;
  if (failure) return failure.kind !== 'local' && failure.kind !== 'aborted';
  return status.code !== 556;
}

/** Why a hop was left behind. */
export interface LeftHop {
  readonly hop: Hop;
  readonly status: SmtpStatus;
  /** DNS named no host, so none was connected to. */
  readonly isUnresolved: boolean;
}

/** "Direct delivery failed: its hosts were not found (...)". */
export function describeLeft({ hop, status, isUnresolved }: LeftHop): string {
  const trigger = isUnresolved ? 'no host to connect to' : 'no host could be used';
  return `${capital(describeHop(hop))} failed: ${trigger} (${status.text})`;
}

/** For the status of what a later hop said. */
export function describeWayTo(left: readonly LeftHop[], used: Hop): string {
  return `${left.map(describeLeft).join('; ')}; ${describeHop(used)} was used`;
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
