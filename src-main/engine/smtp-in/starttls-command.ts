/** STARTTLS (RFC 3207). What was said before it counts for nothing afterwards. */
import type { SmtpStatus } from '../core/smtp-status';
import { replies } from './replies';
import type { Session } from './session';

export function handleStartTls(session: Session, argument: string): SmtpStatus | undefined {
  if (session.tls) return replies.alreadyEncrypted;
  const terms = session.services.tls.prepare(session.identity.binding, session.peerAddress);
  if (!terms) return replies.noCertificate;
  if (argument !== '') return replies.invalidArguments;
  session.wire.startTls(terms);
  return undefined;
}
