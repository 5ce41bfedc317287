/** How secure a connection to a host has to be, and whether a host can do it (decisions 0005 and 0011). Pure. */
import { isTlsRequired, type RouteSecurity, type Target } from '../core/delivery';
import type { TlsFacts } from '../core/tls-facts';
import type { HostFailure } from './failure';
import { chooseMechanism, describeMechanisms } from './log-in';

/** What a connection does before mail goes over it: the route's setting, or more where the domain's policy asks for it. */
export interface TargetSecurity extends RouteSecurity {
  /** What asks for a certificate that is valid for the host's name, where it is not the route. */
  readonly policy?: 'mta-sts';
}

export function securityFor(target: Target, route: RouteSecurity): TargetSecurity {
  // RFC 8461 section 4: TLS 1.2 at least.
  if (target.policy?.mode !== 'enforce') return route;
  const minimumTls = route.minimumTls === 'TLSv1.3' ? 'TLSv1.3' : 'TLSv1.2';
  return { ...route, tls: 'verified', minimumTls, policy: 'mta-sts' };
}

/** Why TLS is asked for; begins a sentence about what a host lacks. */
export function describeDemand({ policy }: TargetSecurity, target: Target): string {
  return policy === 'mta-sts'
    ? `The MTA-STS policy of ${target.policy?.domain ?? 'the domain'} asks for TLS`
    : 'TLS is required';
}

const mostNamed = 10;

const describeOffer = (offered: readonly string[]): string => {
  const names = offered.filter((name) => /^[A-Z0-9_-]{1,20}$/.test(name)).slice(0, mostNamed);
  return names.length === 0 ? 'it offers no log-in' : `it offers ${names.join(', ')}`;
};

/** What the peer does not offer and the route asks for; undefined: nothing. */
export function findShortcoming(
  security: TargetSecurity,
  peer: {
    readonly target: Target;
    readonly hello: 'ehlo' | 'helo';
    readonly isEncrypted: boolean;
    /** Ways to log in. */
    readonly offered: readonly string[];
  },
): HostFailure | undefined {
  const { login, tls } = security;
  const { target, hello, isEncrypted, offered } = peer;
  const isHelo = hello === 'helo';
  const lackOfTls = isHelo ? 'behind HELO there is no STARTTLS' : 'it does not offer STARTTLS';
  if (isTlsRequired(security) && !isEncrypted)
    return { kind: 'security', reason: `${describeDemand(security, target)}, and ${lackOfTls}` };
  if (!login) return undefined;
  if (login.method === 'oauth2' && !isEncrypted) {
    const lack = tls === 'off' ? 'TLS encryption is off' : lackOfTls;
    return { kind: 'security', reason: `The token of the log-in is sent over TLS alone, and ${lack}` };
  }
  if (chooseMechanism(login, offered)) return undefined;
  const lack = isHelo
    ? 'behind HELO there is no AUTH'
    : `it does not offer ${describeMechanisms(login)}: ${describeOffer(offered)}`;
  const hint = tls === 'off' ? ', and may offer more over TLS, which is off' : '';
  return { kind: 'security', reason: `A log-in is set up, and ${lack}${isHelo ? '' : hint}` };
}

/**
 * What an MTA-STS policy that is only tested would have kept mail from (RFC 8461 section 3.2); undefined: nothing, or
 * there is no such policy.
 */
export function findTestedFault(target: Target, tls: TlsFacts | undefined): string | undefined {
  const { policy } = target;
  if (policy?.mode !== 'testing') return undefined;
  if (!policy.isListed) return 'the policy does not name it';
  if (!tls) return 'the connection was not encrypted';
  if (!tls.isVerified) return `its certificate is not valid: ${tls.fault ?? 'it did not pass the check'}`;
  return /^TLSv1(?:\.1)?$/.test(tls.version) ? `it speaks ${tls.version} at most` : undefined;
}
