/** DATA (RFC 5321 section 4.1.1.4): opens the queue's door for one message and lets its bytes through. */
import type { EnvelopeDraft } from '../core/envelope';
import type { SmtpStatus } from '../core/smtp-status';
import { createDataReceiver } from './data-receiver';
import { replies, startMailInput } from './replies';
import type { Mail, Session } from './session';

export function handleData(
  session: Session,
  argument: string,
): Promise<SmtpStatus | undefined> | SmtpStatus | undefined {
  const { mail, services } = session;
  if (session.hello === '') return replies.helloFirst;
  if (!mail) return replies.needMail;
  if (mail.recipients.size === 0) return replies.needRecipient;
  if (argument !== '') return replies.invalidArguments;
  const refusal = services.intake.refusal();
  if (refusal) return refusal;
  if (!services.policy().settings.performsReverseDnsLookup)
    return receive(session, mail, `[${session.peerAddress}]`);
  return session
    .verifyHostName()
    .then((hostName) => receive(session, mail, markPeer(session.peerAddress, hostName)));
}

/** What a Received line says of the client when its name was looked up (RFC 5321 section 4.4: TCP-info). */
function markPeer(peerAddress: string, hostName: string | undefined): string {
  return hostName === undefined ? `[${peerAddress}] unverified` : `${hostName} [${peerAddress}]`;
}

function receive(session: Session, mail: Mail, peer: string): undefined {
  const { services, wire } = session;
  const transaction = services.intake.open(draftOf(session, mail), {
    receivedFrom: `from ${session.hello} (${peer})`,
    // Not whose: a Received line goes to everybody.
    protocol: session.protocol,
  });
  session.mail = undefined;
  session.transfer = 'receiving';
  session.emit('session-changed');
  wire.receiveData(createDataReceiver(session, transaction));
  wire.write(startMailInput);
  return undefined;
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
    },
  };
}
