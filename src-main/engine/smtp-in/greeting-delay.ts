/** Who waits for the greeting, and for how long (RFC 5321 section 3.1: a client waits for it). Pure. */
import { type AccessRule, judgePeer } from './access-list';

/** 0: greeted at once, as is every client that the relay list admits by its address. */
export function decideGreetingDelay(
  peerAddress: string,
  policy: { readonly greetingDelayMs: number; readonly relay: { readonly access: AccessRule } },
): number {
  if (policy.greetingDelayMs === 0) return 0;
  const { isAdmitted } = judgePeer(policy.relay.access, { peerAddress, hostName: undefined }, false);
  return isAdmitted ? 0 : policy.greetingDelayMs;
}
