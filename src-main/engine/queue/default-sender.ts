/**
 * "Default sender": who sent a message that names nobody (decision 0015). Pure.
 *
 * Promises: a notification keeps its null reverse-path, so that none is ever answered by another; what names a sender
 *   is not touched.
 * Trusts: nothing in the message. A notification that looks like none gets the default sender: then at worst the
 *   administrator's own mailbox hears of it.
 */
import type { HeaderFacts } from './header-scan';

export interface Identity {
  /** Reverse-path. */
  readonly sender: string;
  /** Address of the From field to add; the empty ones go. */
  readonly from?: string;
}

export interface IdentityFacts {
  /** As given with the message; '' is the null reverse-path. */
  readonly sender: string;
  /** '' is none. */
  readonly defaultSender: string;
  /** We wrote it. */
  readonly isOwnNotification: boolean;
}

export function decideIdentity(
  { sender, defaultSender, isOwnNotification }: IdentityFacts,
  header: Pick<HeaderFacts, 'from' | 'marks'>,
): Identity {
  if (defaultSender === '' || isOwnNotification) return { sender };
  const authors = header.from.map(({ read }) => read());
  if (sender === '' && isNotification(header, authors)) return { sender };
  const hasAuthor = authors.some((author) => author !== '');
  return { sender: sender === '' ? defaultSender : sender, ...(hasAuthor ? {} : { from: defaultSender }) };
}

/**
 * Reports of every kind (RFC 6522), answers of programs (RFC 3834 section 5), and the reports of programs that know
 * neither: Exim names the recipients in a field, qmail and sendmail have no more than their own name in From.
 */
function isNotification({ marks }: Pick<HeaderFacts, 'marks'>, authors: readonly string[]): boolean {
  const isMarked = (name: keyof typeof marks, pattern: RegExp): boolean =>
    pattern.test(marks[name]?.() ?? '');
  return (
    isMarked('content-type', /^multipart\/report\b/i) ||
    isMarked('auto-submitted', /^(?!no\s*(?:[;(]|$))\S/i) ||
    isMarked('precedence', /^(?:bulk|junk|list|auto[_-]reply)\b/i) ||
    marks['x-failed-recipients'] !== undefined ||
    authors.some((author) => /(?:^|[\s<"(])(?:mailer-daemon|postmaster)(?=$|[\s@>")])/i.test(author))
  );
}
