/** The relay decision as a session asks for it: of its client, by the settings of this moment. */
import { domainOf } from '../core/address';
import { decideWithName } from './access-list';
import { decideRelay, type RelayDecision } from './relay';
import type { Session } from './session';

/**
 * May the session's client send to this address? A promise only where the client's host name decides.
 *
 * @param address envelope address, qualified
 */
export function checkRecipient(session: Session, address: string): Promise<RelayDecision> | RelayDecision {
  const policy = session.services.policy().relay;
  return decideWithName(
    (hostName) =>
      decideRelay({
        recipientDomain: domainOf(address),
        recipient: address,
        peerAddress: session.peerAddress,
        hostName,
        account: session.account,
        policy,
      }),
    () => session.verifyHostName(),
  );
}
