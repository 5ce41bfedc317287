/**
 * Which route by sender a message takes: the first of the list that names its reverse-path. Pure.
 *
 * Promises: the cost of a look does not grow with the lists.
 * Trusts: patterns that were validated.
 */
import type { SenderRoute } from '../../settings/schema';
import { domainOf, localPartOf, normaliseDomain } from '../core/address';

export interface SenderMatch {
  readonly route: SenderRoute;
  /** The entry of its list that matched, as it was written. */
  readonly pattern: string;
}

/** Undefined: no route is for this sender. '' is the null reverse-path. */
export type FindSenderRoute = (sender: string) => SenderMatch | undefined;

export function createSenderTable(routes: readonly SenderRoute[]): FindSenderRoute {
  const matches = new Map<string, SenderMatch & { readonly at: number }>();
  routes.forEach((route, at) => {
    for (const pattern of route.senders) {
      const key = keyOf(pattern);
      if (!matches.has(key)) matches.set(key, { route, pattern, at });
    }
  });
  return (sender) => {
    if (matches.size === 0) return undefined;
    const [first] = keysOf(sender)
      .flatMap((key) => matches.get(key) ?? [])
      .sort((one, other) => one.at - other.at);
    return first && { route: first.route, pattern: first.pattern };
  };
}

const nullSender = '<>';

/** Nobody keeps two mailboxes apart by capitals, and applications write them as they like. */
const addressKey = (address: string): string => `${localPartOf(address).toLowerCase()}@${domainOf(address)}`;

function keyOf(pattern: string): string {
  if (pattern === nullSender) return nullSender;
  if (pattern.includes('@')) return addressKey(pattern);
  return pattern.startsWith('*.') ? `*.${normaliseDomain(pattern.slice(2))}` : normaliseDomain(pattern);
}

/** Every pattern that would match, in the form of the table. */
function keysOf(sender: string): string[] {
  if (sender === '') return [nullSender];
  const domain = domainOf(sender);
  const keys = [addressKey(sender), domain];
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1))
    keys.push(`*.${domain.slice(dot + 1)}`);
  return keys;
}
