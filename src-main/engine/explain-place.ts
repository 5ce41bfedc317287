/** The place in the settings that decides a route, as explanations name it: its control, its name, its limits. Pure. */
import type { ServerSettings } from '../settings/schema';
import type { ExplanationStep, RuleControl } from './explanation';
import type { RoutingPlace } from './routing/route';

export type Place = RoutingPlace;

/** Where `setting` of the place is set; a route by sender is one entry of a list. */
export function placeControl(place: Place, setting: string): RuleControl {
  if (place.kind === 'sender-route') return { setting: 'senderRoutes', route: place.route.name };
  if (place.kind === 'server') return { setting };
  const { type, name: domain } = place.domain;
  return { setting: type === 'remote' ? setting : 'domains', domain };
}

/** "the virtual server", "the remote domain partner.test", "the route Invoices". */
export function placeWords(place: Place): string {
  if (place.kind === 'server') return 'the virtual server';
  return place.kind === 'domain' ? `the remote domain ${place.domain.name}` : `the route ${place.route.name}`;
}

/** How much goes this way at a time, where that is not as installed. */
export function explainLimits(settings: ServerSettings, place: Place): ExplanationStep[] {
  const own =
    place.kind === 'sender-route' ? place.route : place.kind === 'domain' ? place.domain : undefined;
  const limits = own && 'maxConnections' in own ? own : { maxConnections: null, maxMessagesPerMinute: null };
  const perMinute = limits.maxMessagesPerMinute ?? settings.maxMessagesPerMinute;
  if (limits.maxConnections === null && perMinute === null) return [];
  const connections = limits.maxConnections ?? settings.maxOutboundConnectionsPerDomain;
  const parts = [
    ...(connections === null
      ? []
      : [counted(connections, 'connection at the same time', 'connections at the same time')]),
    ...(perMinute === null ? [] : [counted(perMinute, 'message per minute', 'messages per minute')]),
  ];
  const isOwn = limits.maxConnections !== null || limits.maxMessagesPerMinute !== null;
  const setting = perMinute === null ? 'maxConnections' : 'maxMessagesPerMinute';
  const whose: Place = isOwn ? place : { kind: 'server' };
  return [
    {
      decision: 'limits',
      verdict: 'info',
      text: `At most ${parts.join(' and ')}; the rest waits in Queue.`,
      rule: `Limits of ${placeWords(whose)}.`,
      control: placeControl(whose, setting),
    },
  ];
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
