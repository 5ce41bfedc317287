/** HELO and EHLO (RFC 5321 section 4.1.1.1). Both forget a mail transaction under way. */
import { ownText } from '../core/own-text';
import type { SmtpStatus } from '../core/smtp-status';
import { replies } from './replies';
import type { Session } from './session';

/** RFC 5321 section 4.5.3.1.2. */
const longestName = 255;

/**
 * The client's name in a form that can stand in a Received line: its first word, with "?" for what has a
 * meaning there. Real clients send machine names with underscores, bare addresses and worse, so the syntax
 * stays open; undefined for nothing, control characters, non-ASCII and over-long names.
 */
export function parseHelloName(argument: string): string | undefined {
  const [name = ''] = argument.trim().split(/[ \t]/, 1);
  if (!/^[!-~]+$/.test(name) || name.length > longestName) return undefined;
  return ownText(name.replace(/[^A-Za-z0-9.:_[\]-]/g, '?'));
}

function begin(session: Session, argument: string, isExtended: boolean): boolean {
  const name = parseHelloName(argument);
  if (name === undefined) return false;
  session.hello = name;
  session.isExtended = isExtended;
  session.mail = undefined;
  session.emit('session-changed');
  return true;
}

export function handleHelo(session: Session, argument: string): SmtpStatus | undefined {
  if (!begin(session, argument, false)) return replies.invalidDomainName;
  session.wire.write(`250 ${session.services.policy().fqdn} Hello [${session.peerAddress}]\r\n`);
  return undefined;
}

export function handleEhlo(session: Session, argument: string): SmtpStatus | undefined {
  if (!begin(session, argument, true)) return replies.invalidDomainName;
  const { fqdn, keywords } = session.services.policy();
  session.wire.write(`250-${fqdn} Hello [${session.peerAddress}]\r\n${keywords(session.offers())}`);
  return undefined;
}
