/** MAIL and RCPT (RFC 5321 sections 4.1.1.2 and 4.1.1.3): sender, limits, and who may send to whom. */
import { domainOf, localPartOf } from '../core/address';
import type { SmtpStatus } from '../core/smtp-status';
import { parsePathArgument } from './address-path';
import { parseMailParameters, parseRecipientParameters } from './envelope-parameters';
import { checkRecipient } from './recipient-check';
import type { RelayDecision } from './relay';
import { replies } from './replies';
import type { Session } from './session';
import { mayLogOn, refuseSubmission } from './submission';

export function handleMail(session: Session, argument: string): SmtpStatus {
  const { services } = session;
  if (session.hello === '') return replies.helloFirst;
  if (session.mail) return replies.senderAlreadySpecified;
  const policy = services.policy();
  session.recheckAccount();
  const { tls, account } = session;
  const refusal = refuseSubmission({ settings: policy.settings, tls, account }) ?? services.intake.refusal();
  if (refusal) return refusal;
  const path = parsePathArgument(argument, 'FROM', policy.defaultDomain);
  if (path.kind === 'refused') return path.status;
  const parameters = parseMailParameters(path.rest, {
    knowsAuth: mayLogOn(policy.settings),
    isOn: policy.isOn,
  });
  if (!parameters.isValid) return parameters.status;
  const { sizeBytes = 0, ...facts } = parameters.value;
  if (path.isUtf8 && !facts.isUtf8) return replies.notAscii;
  if (sizeBytes > policy.maxMessageBytes) return replies.messageTooLarge;
  if (session.contentBytes + sizeBytes > policy.maxSessionBytes) return replies.sessionTooLarge;
  if (facts.isUtf8) session.isUtf8 = true;
  session.mail = { sender: path.address, ...facts, recipients: new Map() };
  session.emit('session-changed');
  return replies.senderOk(path.address === '' ? '<>' : path.address);
}

export function handleRcpt(session: Session, argument: string): Promise<SmtpStatus> | SmtpStatus {
  const { mail } = session;
  if (session.hello === '') return replies.helloFirst;
  if (!mail) return replies.needMail;
  if (session.chunks) return replies.notAfterChunk;
  const policy = session.services.policy();
  const path = parsePathArgument(argument, 'TO', policy.defaultDomain);
  if (path.kind === 'refused') return path.status;
  if (path.isUtf8 && !mail.isUtf8) return replies.notAscii;
  const parameters = parseRecipientParameters(path.rest, {
    isUtf8: mail.isUtf8 === true,
    isOn: policy.isOn,
  });
  if (!parameters.isValid) return parameters.status;
  const { address } = path;
  const domain = domainOf(address);
  const key = `${localPartOf(address)}@${domain}`;
  if (mail.recipients.size >= policy.maxRecipients && !mail.recipients.has(key))
    return replies.tooManyRecipients;
  const answer = (decision: RelayDecision): SmtpStatus => {
    if (!decision.allowed) return decision.status;
    mail.recipients.set(key, { address, ...parameters.value });
    return replies.recipientOk(address);
  };
  const decision = checkRecipient(session, address);
  return decision instanceof Promise ? decision.then(answer) : answer(decision);
}
