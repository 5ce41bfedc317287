/** Which waiting mail goes to a host that logs in with an OAuth2 sign-in. */
import type { Route, RouteSecurity } from './core/delivery';
import type { QueueId } from './core/ids';
import { decideRoute } from './routing/route';
import type { VirtualServer } from './virtual-server';

const usesIn = ({ login }: RouteSecurity, signIn: string): boolean =>
  login?.method === 'oauth2' && login.signIn === signIn;

/** Whether any host of the route logs in with it. */
export function routeUses(route: Route, signIn: string): boolean {
  if (route.kind !== 'smart-host' && route.kind !== 'mx') return false;
  return (
    usesIn(route.security, signIn) || (route.fallbacks ?? []).some(({ security }) => usesIn(security, signIn))
  );
}

/** Mail that waits to be asked for is not among it: nobody asked. */
export function findMailOfSignIn({ running, settings }: VirtualServer, signIn: string): QueueId[] {
  const { rows } = running.runner.list({ offset: 0, limit: Number.MAX_SAFE_INTEGER });
  return rows.flatMap(({ envelope }) => {
    const isMeant = envelope.recipients.some(({ address, outcome }) => {
      if (outcome !== undefined) return false;
      const route = decideRoute({ recipient: address, sender: envelope.sender }, settings);
      return routeUses(route, signIn) && !('hold' in route && route.hold !== undefined);
    });
    return isMeant ? [envelope.queueId] : [];
  });
}
