/** Routes in words for people. Pure. */
import type { ServerSettings } from '../../settings/schema';
import type { Hold, RouteHost } from '../core/delivery';
import type { SenderMatch } from './sender-match';
import { wayOutOf } from './way-out';

/** "smtp.example.com", "smtp.example.com, port 587": the usual port goes without saying. */
const describeHost = ({ host, port }: Pick<RouteHost, 'host' | 'port'>): string =>
  port === 25 ? host : `${host}, port ${port}`;

/** "a.test, then b.test, port 587". */
export const describeHosts = (hosts: readonly Pick<RouteHost, 'host' | 'port'>[]): string =>
  hosts.map(describeHost).join(', then ');

/** The commands that set held mail going. */
export const describeTrigger = ({ canTurn }: Hold): string => (canTurn ? 'ATRN, TURN or ETRN' : 'ETRN');

/** "Route Invoices for app@example.com". */
export const describeSenderMatch = ({ route, pattern }: SenderMatch): string =>
  `Route ${route.name} for ${pattern === '<>' ? 'notifications' : pattern}`;

/** More are counted. */
const mostHosts = 3;

/** The rule for every domain that is not listed, in one sentence for people. */
export function describeRoutePolicy(settings: ServerSettings): string {
  const { triesDirectDelivery, senderRoutes, outboundPort } = settings;
  const { smartHosts } = wayOutOf(settings, settings);
  const count = senderRoutes.length;
  const unless =
    count === 0
      ? ''
      : `, unless ${count === 1 ? 'the route by sender' : `one of the ${count} routes by sender`} applies`;
  const all = 'Everything else goes';
  if (smartHosts.length === 0)
    return `${all} by MX${outboundPort === 25 ? '' : `, port ${outboundPort}`}${unless}`;
  const rest = smartHosts.length - mostHosts;
  const hosts = `smart host ${describeHosts(smartHosts.slice(0, mostHosts))}${rest > 0 ? `, then ${rest} more` : ''}`;
  return triesDirectDelivery
    ? `${all} by MX first, and to ${hosts} when that fails${unless}`
    : `${all} to ${hosts}${unless}`;
}
