/** Which waiting mail goes to a host that logs in with an OAuth2 sign-in. */
import type { ServerSettings } from '../settings/schema';
import { holdOf, type Route, type RouteSecurity } from './core/delivery';
import type { Envelope } from './core/envelope';
import type { QueueId } from './core/ids';
import { decideRoute } from './routing/route';
import type { VirtualServer } from './virtual-server';

const usesIn = ({ login }: RouteSecurity, signIn: string): boolean =>
  login?.method === 'oauth2' && login.signIn === signIn;

/** Whether any host of the route logs in with it. */
function routeUses(route: Route, signIn: string): boolean {
  if (route.kind !== 'smart-host' && route.kind !== 'mx') return false;
  return (
    usesIn(route.security, signIn) || (route.fallbacks ?? []).some(({ security }) => usesIn(security, signIn))
  );
}

const pageRows = 1000;

/** Mail that waits to be asked for is not among it: nobody asked. What leaves the queue meanwhile needs no attempt. */
export async function findMailOfSignIn(
  { running: { runner }, settings }: VirtualServer,
  signIn: string,
): Promise<QueueId[]> {
  const found: QueueId[] = [];
  for (let offset = 0; ; offset += pageRows) {
    const { rows, total } = await runner.list({ offset, limit: pageRows });
    for (const { envelope } of rows) if (waitsFor(envelope, settings, signIn)) found.push(envelope.queueId);
    if (offset + pageRows >= total) return found;
  }
}

function waitsFor({ recipients, sender }: Envelope, settings: ServerSettings, signIn: string): boolean {
  return recipients.some(({ address, outcome, way }) => {
    if (outcome !== undefined) return false;
    const route = decideRoute({ recipient: address, sender, way }, settings);
    return routeUses(route, signIn) && holdOf(route) === undefined;
  });
}
