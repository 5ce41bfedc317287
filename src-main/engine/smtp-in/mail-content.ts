/** Opens the queue's door for the content of one message, which DATA and BDAT both bring. */
import type { EnvelopeDraft } from '../core/envelope';
import { undecidedHostName } from '../core/host-name';
import { decideWithName } from './access-list';
import { type ContentReceiver, createContentReceiver } from './data-receiver';
import { decideLineEndings } from './line-ending-policy';
import type { Mail, Session } from './session';

/** A promise only where the client's host name is needed, for the Received line or for a list. */
export function openContent(session: Session, mail: Mail): Promise<ContentReceiver> | ContentReceiver {
  const { settings, lineEndings } = session.services.policy();
  const { peerAddress } = session;
  const verifyHostName = (): Promise<string | undefined> => session.verifyHostName();
  const decision = decideWithName(
    (hostName) => decideLineEndings(lineEndings, { peerAddress, hostName }),
    verifyHostName,
  );
  const open = (policy: typeof lineEndings.ofAll, peer: string): ContentReceiver => {
    const transaction = session.services.intake.open(draftOf(session, mail), {
      receivedFrom: `from ${session.hello} (${peer})`,
      // Not whose: a Received line goes to everybody.
      protocol: session.protocol,
    });
    // What is declared as binary has no lines (RFC 3030 section 3).
    return createContentReceiver(session, transaction, mail.body === 'binarymime' ? 'keep' : policy);
  };
  if (!settings.performsReverseDnsLookup && !(decision instanceof Promise))
    return open(decision.policy, `[${peerAddress}]`);
  return Promise.all([decision, settings.performsReverseDnsLookup ? verifyHostName() : undefined]).then(
    ([{ policy }, hostName]) =>
      open(policy, settings.performsReverseDnsLookup ? markPeer(peerAddress, hostName) : `[${peerAddress}]`),
  );
}

/** What a Received line says of the client when its name was looked up (RFC 5321 section 4.4: TCP-info). */
function markPeer(peerAddress: string, hostName: string | undefined): string {
  return hostName === undefined || hostName === undecidedHostName
    ? `[${peerAddress}] unverified`
    : `${hostName} [${peerAddress}]`;
}

function draftOf(session: Session, mail: Mail): EnvelopeDraft {
  const { recipients, ...facts } = mail;
  return {
    ...facts,
    serverId: session.services.serverId,
    recipients: [...recipients.values()],
    source: {
      kind: 'smtp',
      sessionId: session.id,
      peer: session.peerAddress,
      helo: session.hello,
      ...(session.account === undefined ? {} : { account: session.account }),
    },
  };
}
