/** ETRN (RFC 1985), ATRN (RFC 2645) and TURN behind a log-in: a client asks for the mail that is held for it. */
import type { SmtpStatus } from '../core/smtp-status';
import type { ReleaseAnswer } from '../core/trigger';
import { replies } from './replies';
import type { Answer, Session } from './session';
import { refuseSubmission } from './submission';
import { chooseReleased, decideTurn, parseAtrnArgument, parseEtrnArgument } from './trigger-decision';

export function handleEtrn(session: Session, argument: string): SmtpStatus {
  const refusal = refuseTrigger(session);
  if (refusal) return refusal;
  const node = parseEtrnArgument(argument);
  if (!node) return replies.invalidArguments;
  if (node.kind === 'queue') return replies.cannotQueue(argument);
  const { trigger } = session.services;
  const domains = chooseReleased(node, trigger);
  if (!domains) return replies.nodeNotAllowed(argument);
  return describeRelease(argument, trigger.release(domains, session.account === undefined));
}

function describeRelease(node: string, answer: ReleaseAnswer): SmtpStatus {
  switch (answer.kind) {
    case 'nothing-held':
      return replies.nothingHeld(node);
    case 'under-way':
      return replies.pendingStarted(node);
    case 'started':
      return replies.someStarted(node, answer.messageCount);
    case 'put-off':
      return replies.queuingStarted(node);
  }
}

export function handleTurn(session: Session, argument: string): Answer {
  return turn(session, 'TURN', argument === '' ? [] : undefined);
}

export function handleAtrn(session: Session, argument: string): Answer {
  return turn(session, 'ATRN', parseAtrnArgument(argument));
}

function turn(session: Session, verb: 'TURN' | 'ATRN', wanted: readonly string[] | undefined): Answer {
  session.recheckAccount();
  const refusal = refuseTrigger(session);
  if (refusal) return refusal;
  const { account, tls, services } = session;
  if (account === undefined) return replies.notAuthenticated;
  if (!wanted) return replies.invalidArguments;
  const { trigger } = services;
  const policy = services.policy().triggers;
  const decision = decideTurn({ verb, account, wanted, tls, policy, trigger });
  if ('refusal' in decision) return decision.refusal;
  const { domains } = decision;
  session.wire.turn(replies.reversing, (peer) =>
    trigger.turn({
      domains,
      peer,
      peerName: session.hello,
      peerAddress: session.peerAddress,
      port: peer.remotePort ?? 0,
      sessionId: session.id,
    }),
  );
  session.record.note(`The connection changes direction, to deliver mail for ${domains.join(', ')}`);
  return undefined;
}

/** RFC 1985 section 5.1: behind EHLO, and not in the middle of a mail transaction. */
function refuseTrigger(session: Session): SmtpStatus | undefined {
  const { tls, account } = session;
  if (!session.isExtended) return replies.helloFirst;
  if (session.mail) return replies.notDuringMail;
  return refuseSubmission({ settings: session.services.policy().settings, tls, account });
}
