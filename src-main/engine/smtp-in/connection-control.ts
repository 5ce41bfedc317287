/**
 * Who may connect (connection control). Pure. It keeps unwanted clients away and is no lock: a computer without
 * a verified name is not in any domain, so "all except" a domain lets it in and "only" a domain does not.
 */
import type { ServerSettings } from '../../settings/schema';
import { undecidedHostName } from '../core/host-name';
import type { SmtpStatus } from '../core/smtp-status';
import { type AccessRule, compileAccessRule, judgePeer, type Peer } from './access-list';
import { replies } from './replies';

export interface ConnectPolicy {
  readonly access: AccessRule;
}

export type ConnectDecision = {
  readonly rule: string;
  /** A verified host name could change the decision; one without it is only for a peer that has none. */
  readonly isNameDecisive: boolean;
} & ({ readonly allowed: true } | { readonly allowed: false; readonly status: SmtpStatus });

/** Makes a policy. A list that cannot be read whole lets nobody connect, in both modes. */
export function createConnectPolicy(
  settings: Pick<ServerSettings, 'connectionMode' | 'connectionList'>,
): ConnectPolicy {
  return { access: compileAccessRule(settings.connectionMode, settings.connectionList) };
}

/** May this peer connect? */
export function decideConnect(request: Peer & { readonly policy: ConnectPolicy }): ConnectDecision {
  const { access } = request.policy;
  const { isAdmitted, isNameDecisive } = judgePeer(access, request, true);
  if (!isAdmitted)
    return {
      allowed: false,
      rule: 'connection control',
      isNameDecisive,
      status:
        isNameDecisive && request.hostName === undecidedHostName
          ? replies.connectionUndecided
          : replies.connectionRefused,
    };
  const rule = access.mode === 'only' ? 'connection list' : 'everybody except the connection list';
  return { allowed: true, rule, isNameDecisive };
}
