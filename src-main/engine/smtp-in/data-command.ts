/** DATA (RFC 5321 section 4.1.1.4): opens the queue's door for one message and lets its bytes through. */
import type { EnvelopeDraft } from '../core/envelope';
import type { SmtpStatus } from '../core/smtp-status';
import { createDataReceiver } from './data-receiver';
import { replies, startMailInput } from './replies';
import type { Mail, Session } from './session';

export function handleData(session: Session, argument: string): SmtpStatus | undefined {
  const { mail, services, wire } = session;
  if (session.hello === '') return replies.helloFirst;
  if (!mail) return replies.needMail;
  if (mail.recipients.size === 0) return replies.needRecipient;
  if (argument !== '') return replies.invalidArguments;
  const refusal = services.intake.refusal();
  if (refusal) return refusal;
  const transaction = services.intake.open(draftOf(session, mail), {
    receivedFrom: `from ${session.hello} ([${session.peerAddress}])`,
    protocol: session.isExtended ? 'ESMTP' : 'SMTP',
  });
  session.mail = undefined;
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
