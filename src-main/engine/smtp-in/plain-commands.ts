/** The commands that carry no mail: RSET, NOOP, VRFY, HELP, QUIT. */
import type { SmtpStatus } from '../core/smtp-status';
import { parsePath } from './address-path';
import { checkRecipient } from './recipient-check';
import type { RelayDecision } from './relay';
import { formatHelp, replies } from './replies';
import type { Session } from './session';
import { refuseSubmission } from './submission';

export function handleRset(session: Session): SmtpStatus {
  session.mail = undefined;
  return replies.resetting;
}

export function handleNoop(): SmtpStatus {
  return replies.ok;
}

export function handleHelp(session: Session): undefined {
  session.wire.write(formatHelp(session.offers(), session.services.policy().isOn));
}

export function handleQuit(session: Session): SmtpStatus {
  return replies.goodbye(session.services.policy().fqdn);
}

/** Tells nobody who exists (RFC 5321 section 7.3): what RCPT would take gets 252, the rest is refused. */
export function handleVrfy(session: Session, argument: string): Promise<SmtpStatus> | SmtpStatus {
  const policy = session.services.policy();
  const refusal = refuseSubmission({ settings: policy.settings, tls: session.tls, account: session.account });
  if (refusal) return refusal;
  const path = parsePath(argument, 0, policy.defaultDomain);
  if (path.kind === 'refused') return argument.trim() === '' ? replies.invalidArguments : path.status;
  // RFC 6531 section 3.7.4.2.
  const isUtf8 = path.rest.trim().toUpperCase() === 'SMTPUTF8';
  if (isUtf8 && !policy.isOn('SMTPUTF8')) return replies.unknownParameter;
  if (path.address === '' || !(isUtf8 || path.rest.trim() === '')) return replies.invalidArguments;
  if (path.isUtf8 && !isUtf8) return replies.notAscii;
  if (isUtf8) session.isUtf8 = true;
  const answer = (decision: RelayDecision): SmtpStatus =>
    decision.allowed ? replies.cannotVerify(path.address) : decision.status;
  const decision = checkRecipient(session, path.address);
  return decision instanceof Promise ? decision.then(answer) : answer(decision);
}
