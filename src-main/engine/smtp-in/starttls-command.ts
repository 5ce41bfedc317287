/** STARTTLS (RFC 3207). What was said before it counts for nothing afterwards. */
import type { SmtpStatus } from '../core/smtp-status';
import { replies } from './replies';
import type { Session } from './session';

export function handleStartTls(session: Session, argument: string): SmtpStatus | undefined {
  if (session.tls) return replies.alreadyEncrypted;
  const context = session.services.tls.current();
  if (!context) return replies.noCertificate;
  if (argument !== '') return replies.invalidArguments;
  session.wire.startTls(context);
  return undefined;
}
