/**
 * The way out that one place in the settings describes (the virtual server, a remote domain, a route by sender): its
 * smart hosts in the order of trying, each with port, encryption, log-in and "Send as", and its limits. Pure.
 *
 * Trusts: settings that were validated.
 */
import { createHash } from 'node:crypto';
import type { SenderRoute, ServerSettings } from '../../settings/schema';
import { normaliseDomain } from '../core/address';
import type { RouteHost, RouteLimits, RouteLogin, RouteSecurity } from '../core/delivery';

type SecurityPlace = Pick<
  ServerSettings,
  | 'outboundAuthentication'
  | 'outboundUserName'
  | 'outboundPassword'
  | 'outboundSignIn'
  | 'outboundTls'
  | 'outboundTlsFromStart'
  | 'outboundMinimumTls'
  | 'outboundSender'
>;

/** What a place has besides Outbound Security. */
type WayPlace = SecurityPlace &
  Pick<ServerSettings, 'smartHost' | 'furtherSmartHosts'> &
  Partial<Pick<SenderRoute, 'port' | 'maxConnections' | 'maxMessagesPerMinute'>>;

export interface WayOut {
  /** In the order of trying; empty: by MX alone. */
  readonly smartHosts: readonly RouteHost[];
  /** Of hosts by MX. */
  readonly port: number;
  /** As it is set at this place, the log-in included. */
  readonly security: RouteSecurity;
  /** The same for hosts that somebody else's DNS names. */
  readonly mxSecurity: RouteSecurity;
  readonly sendAs?: string;
  readonly limits: RouteLimits;
}

/** @param settings of the virtual server, whose port and limits stand in where the place has none */
export function wayOutOf(place: WayPlace, settings: ServerSettings): WayOut {
  const port = place.port ?? settings.outboundPort;
  const isServer = place === settings;
  const limits = {
    maxConnections: (isServer ? null : place.maxConnections) ?? settings.maxOutboundConnectionsPerDomain,
    maxMessagesPerMinute: place.maxMessagesPerMinute ?? settings.maxMessagesPerMinute,
  };
  return {
    smartHosts: smartHostsOf(place, port),
    port,
    security: securityOf(place),
    mxSecurity: withoutLogin(place),
    ...sendAsOf(place),
    limits,
  };
}

function smartHostsOf(place: WayPlace, firstPort: number): RouteHost[] {
  if (place.smartHost === '') return [];
  let port = firstPort;
  return [{ ...place, host: place.smartHost, port }, ...place.furtherSmartHosts].map((each) => {
    port = each.port ?? port;
    return { host: each.host, port, security: securityOf(each), ...sendAsOf(each) };
  });
}

const sendAsOf = ({ outboundSender }: SecurityPlace): { readonly sendAs?: string } =>
  outboundSender === '' ? {} : { sendAs: outboundSender };

function securityOf(place: SecurityPlace): RouteSecurity {
  const login = loginOf(place);
  return {
    tls: place.outboundTls,
    isImplicitTls: place.outboundTlsFromStart,
    minimumTls: place.outboundMinimumTls,
    ...(login ? { login } : {}),
  };
}

/** What hosts by MX get: STARTTLS is all that there is at port 25, and a password was made for somebody else. */
function withoutLogin(place: SecurityPlace): RouteSecurity {
  return { tls: place.outboundTls, isImplicitTls: false, minimumTls: place.outboundMinimumTls };
}

function loginOf(place: SecurityPlace): RouteLogin | undefined {
  const { outboundAuthentication: method, outboundUserName: user } = place;
  if (method === 'anonymous') return undefined;
  if (method === 'oauth2') return { method, user, signIn: place.outboundSignIn };
  return { method, user, password: place.outboundPassword };
}

/** Host name without brackets, in the form in which names are compared. */
const bare = (host: string): string => normaliseDomain(host.replace(/^\[|\]$/g, ''));

/** What stands for one host in the name of a destination. */
export const hostKey = ({ host, port, security, sendAs }: RouteHost, hello: 'ehlo' | 'helo'): string =>
  `[${bare(host)}]:${port}${securityKey(security, hello, sendAs)}`;

/**
 * What makes destinations differ besides the host: mail that must be encrypted, or logs in as somebody else, or
 * with another password, does not share their queue and their waiting. A changed password is a new destination, so
 * what waits for it is tried at once. Shows no secret; the plainest security is ''.
 */
export function securityKey(
  { tls, isImplicitTls, minimumTls, login }: RouteSecurity,
  hello: 'ehlo' | 'helo',
  sendAs: string | undefined,
): string {
  return [
    hello === 'helo' ? ':helo' : '',
    tls === 'opportunistic' ? '' : tls === 'required' ? ':tls' : `:tls-${tls}`,
    isImplicitTls ? ':from-start' : '',
    minimumTls === 'TLSv1.2' ? '' : `:${minimumTls.toLowerCase()}`,
    login ? `:login-${fingerprintOf(login)}` : '',
    sendAs === undefined ? '' : `:as-${sendAs}`,
  ].join('');
}

const fingerprintOf = (login: RouteLogin): string =>
  createHash('sha256').update(JSON.stringify(login)).digest('hex').slice(0, 12);
