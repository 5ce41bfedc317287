/**
 * Who may send to whom through this server. Pure but for the list, which is compiled once for a settings
 * object. Promise: never an open relay by accident; whatever is missing, damaged or unknown refuses, a host
 * name that cannot be verified included. Only the recipient's domain is looked at, never the local part
 * ("a%b", quoted addresses).
 */
import type { ServerSettings } from '../../settings/schema';
import { normaliseDomain } from '../core/address';
import { undecidedHostName } from '../core/host-name';
import type { SmtpStatus } from '../core/smtp-status';
import { type AccessRule, compileAccessRule, judgePeer, type Peer } from './access-list';
import { replies } from './replies';

/** Settings made ready for `decideRelay`. */
export interface RelayPolicy {
  /** Domain in lower case to its record's words. */
  readonly local: ReadonlyMap<string, string>;
  /** Exact remote domains: may anybody send to it? */
  readonly remote: ReadonlyMap<string, boolean>;
  /** Remote wildcards by their suffix ("example.com" for "*.example.com"). */
  readonly wildcards: ReadonlyMap<string, boolean>;
  /** Whoever has logged in may relay. */
  readonly admitsAuthenticated: boolean;
  readonly access: AccessRule;
}

export type RelayDecision = {
  /** Which setting decided. */
  readonly by: 'local-domain' | 'remote-domain' | 'authenticated' | 'list';
  readonly rule: string;
  /** Name of the domain's record, where one decided. */
  readonly domain?: string;
  /** A verified host name could change the decision; one without it is only for a peer that has none. */
  readonly isNameDecisive: boolean;
} & ({ readonly allowed: true } | { readonly allowed: false; readonly status: SmtpStatus });

export type RelaySettings = Pick<
  ServerSettings,
  'domains' | 'relayMode' | 'relayList' | 'relaysForAuthenticated'
>;

/** Makes a policy. A list that cannot be read whole lets nobody relay, in both modes: half a list lies. */
export function createRelayPolicy(settings: RelaySettings): RelayPolicy {
  const local = new Map<string, string>();
  const remote = new Map<string, boolean>();
  const wildcards = new Map<string, boolean>();
  for (const domain of settings.domains) {
    const name = normaliseDomain(domain.name);
    if (domain.type !== 'remote') local.set(name, `${domain.type} domain ${name}`);
    else if (name.startsWith('*.')) wildcards.set(name.slice(2), domain.isRelayAllowed);
    else remote.set(name, domain.isRelayAllowed);
  }
  return {
    local,
    remote,
    wildcards,
    // Settings that were damaged may hold anything; only a plain yes is one.
    admitsAuthenticated: settings.relaysForAuthenticated === true,
    access: compileAccessRule(settings.relayMode, settings.relayList),
  };
}

/**
 * May a peer send to this domain? The first rule that speaks decides: local or alias domain; the remote
 * domain's record (exact, else the longest wildcard) when it allows relay; the log-in; the relay list; else
 * refused. A peer without a verified name is refused by a list that names domains, in "all except" too: it
 * may be one of those.
 *
 * @param request.recipientDomain domain or address literal; a literal is never local, also not our own
 * @param request.recipient address for the refusal's text
 * @param request.account name of the account that the client has logged in as
 */
export function decideRelay(
  request: Peer & {
    readonly recipientDomain: string;
    readonly recipient: string;
    readonly account: string | undefined;
    readonly policy: RelayPolicy;
  },
): RelayDecision {
  const { policy } = request;
  const domain = normaliseDomain(request.recipientDomain);
  const localRule = policy.local.get(domain);
  if (localRule !== undefined)
    return { allowed: true, by: 'local-domain', rule: localRule, domain, isNameDecisive: false };
  const record = findRemote(policy, domain);
  if (record?.isRelayAllowed) {
    const { name } = record;
    const rule = `remote domain ${name} allows relay to everybody`;
    return { allowed: true, by: 'remote-domain', rule, domain: name, isNameDecisive: false };
  }
  if (request.account !== undefined && policy.admitsAuthenticated)
    return { allowed: true, by: 'authenticated', rule: 'authenticated', isNameDecisive: false };
  const { isAdmitted, isNameDecisive } = judgePeer(policy.access, request, false);
  if (isAdmitted) {
    const rule = policy.access.mode === 'only' ? 'relay list' : 'everybody except the relay list';
    return { allowed: true, by: 'list', rule, isNameDecisive };
  }
  return {
    allowed: false,
    by: 'list',
    rule: 'relay restrictions',
    isNameDecisive,
    // Whoever the list may name is not refused for good because DNS is down.
    status:
      isNameDecisive && request.hostName === undecidedHostName
        ? replies.hostNameUndecided
        : replies.unableToRelay(request.recipient),
  };
}

function findRemote(
  policy: RelayPolicy,
  domain: string,
): { readonly name: string; readonly isRelayAllowed: boolean } | undefined {
  const exact = policy.remote.get(domain);
  if (exact !== undefined) return { name: domain, isRelayAllowed: exact };
  if (policy.wildcards.size === 0) return undefined;
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
    const suffix = domain.slice(dot + 1);
    const isRelayAllowed = policy.wildcards.get(suffix);
    if (isRelayAllowed !== undefined) return { name: `*.${suffix}`, isRelayAllowed };
  }
  return undefined;
}
