/** DATA (RFC 5321 section 4.1.1.4): the content of a message up to its final dot. */
import type { SmtpStatus } from '../core/smtp-status';
import { type ContentReceiver, createDataReceiver } from './data-receiver';
import { createDotReader } from './dot-reader';
import { openContent } from './mail-content';
import { replies, startMailInput } from './replies';
import type { Session } from './session';

export function handleData(
  session: Session,
  argument: string,
): Promise<SmtpStatus | undefined> | SmtpStatus | undefined {
  const { mail, services } = session;
  if (session.hello === '') return replies.helloFirst;
  if (!mail) return replies.needMail;
  // RFC 3030 section 2: a message comes one way or the other.
  if (session.chunks) return replies.notAfterChunk;
  if (mail.recipients.size === 0) return replies.needRecipient;
  if (argument !== '') return replies.invalidArguments;
  // RFC 3030 section 3: it could hold anything, the final dot too.
  if (mail.body === 'binarymime') return replies.binaryNeedsChunks;
  const refusal = services.intake.refusal();
  if (refusal) return refusal;
  const receiver = openContent(session, mail);
  return receiver instanceof Promise
    ? receiver.then((opened) => receive(session, opened))
    : receive(session, receiver);
}

function receive(session: Session, receiver: ContentReceiver): undefined {
  const { wire } = session;
  session.mail = undefined;
  session.transfer = 'receiving';
  session.emit('session-changed');
  wire.receiveContent(createDotReader(), createDataReceiver(session, receiver));
  wire.write(startMailInput);
  return undefined;
}
