/**
 * The part of a notification that people read: what happened to whom, in plain words, what they can do, and what the
 * other server said, word for word. Pure; lines are short, and ASCII but for the letters of addresses.
 */
import type { RemoteHost } from '../core/envelope';
import type { NotificationAction, NotificationRequest, NotifiedRecipient } from '../core/notification';
import { explainStatus } from './plain-words';
import { ownWords, readEmbedded, replyLines } from './report-fields';
import { addressPhrase, formatDate, plainPhrase, quoteLines, wrapText } from './report-text';

/** By action: the word in the subject, and how the text begins. */
export const actionWords: Readonly<
  Record<NotificationAction, { readonly subject: string; readonly opening: string }>
> = {
  failed: {
    subject: 'Failure',
    opening: 'Your message could not be delivered to the recipients below.',
  },
  delayed: {
    subject: 'Delay',
    opening:
      'Your message has not been delivered to the recipients below yet. You do not need to send it again: delivery is still being tried.',
  },
  delivered: {
    subject: 'Success',
    opening: 'Your message was delivered to the recipients below.',
  },
  relayed: {
    subject: 'Relay',
    opening:
      'Your message was handed to the next server for the recipients below. That server does not report whether it arrives.',
  },
  expanded: {
    subject: 'Expanded',
    opening:
      'Your message was accepted for the addresses below and sent on to the mailboxes behind them. You are not told when it arrives at each of them, only when it does not.',
  },
};

/** The text names so many; the part for programs names all. */
const mostRecipients = 200;

export function writeForPeople(
  { envelope, recipients }: NotificationRequest,
  action: NotificationAction,
): string {
  const shown = recipients.slice(0, mostRecipients);
  const hidden = recipients.length - shown.length;
  const lines = [
    'This is an automatically generated Delivery Status Notification.',
    '',
    ...wrapText(actionWords[action].opening),
    '',
    ...shown.flatMap((recipient) => [...recipientLines(recipient), '']),
    ...(hidden > 0 ? [`  and ${hidden} more recipients, named in the attached report.`, ''] : []),
    'Your message:',
    `  Received: ${formatDate(envelope.arrivedAt)}`,
    ...(isPlainSubject(envelope.subject)
      ? wrapText(`Subject: ${plainPhrase(envelope.subject, 250)}`, '  ')
      : []),
    ...wrapText(`Message-ID: ${plainPhrase(envelope.messageId, 300)}`, '  '),
    `  Queue ID: ${envelope.queueId}`,
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function recipientLines(recipient: NotifiedRecipient): string[] {
  const { address, action, status, remote, willRetryUntil } = recipient;
  const lines = [`  ${addressPhrase(address)}`];
  const say = (text: string): void => {
    lines.push(...wrapText(text, '    '));
  };
  const written = writtenAddress(recipient);
  if (written !== undefined) say(`You wrote to: ${addressPhrase(written)}`);
  if (action === 'delivered' || action === 'expanded') return lines;
  if (action === 'relayed') {
    if (remote) say(`Handed to ${remoteName(remote)}.`);
    return lines;
  }
  const { happened, advice } = explainStatus(status);
  say(happened);
  if (action === 'failed') say(`What you can do: ${advice}`);
  else if (willRetryUntil !== undefined) say(`Delivery is tried until ${formatDate(willRetryUntil)}.`);
  const said = replyLines(status);
  if (said.length === 0) say(`Reason: ${ownWords(status)}`);
  else {
    say(`${remote ? `The server ${remoteName(remote)}` : 'The other server'} said:`);
    lines.push(...quoteLines(said, '    '));
  }
  return lines;
}

/** The address that the sender knows, where it is another one (RFC 3461 ORCPT); undefined: the same. */
function writtenAddress({ address, orcpt }: NotifiedRecipient): string | undefined {
  const match = /^(?:rfc822|(utf-8));(.+@.+)$/is.exec(orcpt ?? '');
  if (!match) return undefined;
  const written = match[1] === undefined ? (match[2] as string) : readEmbedded(match[2] as string);
  return written.toLowerCase() === address.toLowerCase() ? undefined : written;
}

function remoteName(remote: RemoteHost): string {
  const name = plainPhrase(remote.name, 255);
  const isKnownByAddress = remote.address === undefined || name.includes(remote.address);
  return isKnownByAddress ? name : `${name} [${plainPhrase(remote.address as string, 60)}]`;
}

/** An encoded subject says nothing to people; the returned header has it. */
function isPlainSubject(subject: string): boolean {
  return subject !== '' && !subject.includes('=?') && /^[\x20-\x7e\t]*$/.test(subject);
}
