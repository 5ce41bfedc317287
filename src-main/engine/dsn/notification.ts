/**
 * Builds the message that tells a sender what became of a message: multipart/report with a text for people, a
 * part for programs (RFC 3464) and what was sent (RFC 6522).
 *
 * Promises: what we write is ASCII with CRLF and short lines; nothing that a remote server, a client or the
 * message itself says can break the structure. A header-only return by default: the original returned the
 * whole message, and so sent every attachment back with every typing error.
 * Fails: a request for a notification about a notification is a fault of the caller and throws (RFC 3461
 * section 6.1: never to a null reverse-path).
 */
import { isAscii } from '../core/address';
import type { BodyType, RemoteHost } from '../core/envelope';
import type { NotificationAction, NotificationRequest, NotifiedRecipient } from '../core/notification';
import { explainStatus } from './plain-words';
import { diagnostic, formatReportFields } from './report-fields';
import { addressPhrase, foldField, formatDate, plainPhrase, wrapText } from './report-text';
import { encodeQuotedPrintable, readReturnedPart } from './returned-part';

export interface NotificationFacts {
  readonly fqdn: string;
  /** The notification comes from postmaster at this domain. */
  readonly defaultDomain: string;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** Different for each notification. */
  readonly boundarySeed: string;
  /** A whole message is returned up to this size. Default 1 MiB; 0: never. */
  readonly maxReturnedBytes?: number;
}

export interface Notification {
  readonly content: Uint8Array;
  /** Null reverse-path. */
  readonly sender: '';
  readonly recipient: string;
  readonly body: BodyType;
  /** The sender's address is in UTF-8, and so is the header of what goes back to it. */
  readonly isUtf8?: true;
}

const words: Readonly<Record<NotificationAction, { readonly subject: string; readonly opening: string }>> = {
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
};

/** Recipients that the text for people names; the part for programs names all. */
const mostRecipientsInText = 200;
const defaultReturnedBytes = 1024 * 1024;

export async function buildNotification(
  request: NotificationRequest,
  facts: NotificationFacts,
): Promise<Notification> {
  const { envelope, content, recipients } = request;
  const action = recipients[0]?.action;
  if (envelope.sender === '') throw new Error('A notification never goes to the null reverse-path.');
  if (action === undefined) throw new Error('A notification is about at least one recipient.');
  const returned = await readReturnedPart(content, {
    isFull: envelope.ret === 'full' && action === 'failed',
    maxBytes: facts.maxReturnedBytes ?? defaultReturnedBytes,
    isUtf8: envelope.isUtf8 === true,
  });
  const isUtf8 = !isAscii(envelope.sender);
  const text = textForPeople(request, action);
  const fields = formatReportFields(envelope, recipients, facts.fqdn);
  const boundary = unusedBoundary(facts.boundarySeed, [
    Buffer.from(text),
    Buffer.from(fields),
    returned.content,
  ]);
  const head = [
    ...headerLines(request, facts, action),
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    ` boundary="${boundary}"`,
    ...(returned.isEightBit ? ['Content-Transfer-Encoding: 8bit'] : []),
    '',
    'This is a MIME message with a delivery report.',
    '',
  ].join('\r\n');
  return {
    content: Buffer.concat([
      Buffer.from(head),
      textPart(boundary, text),
      part(boundary, 'Content-Type: message/delivery-status\r\n', Buffer.from(fields)),
      part(boundary, returned.fields, returned.content),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
    sender: '',
    recipient: envelope.sender,
    body: returned.isEightBit || isUtf8 ? '8bitmime' : '7bit',
    ...(isUtf8 ? { isUtf8 } : {}),
  };
}

function headerLines(
  { envelope }: NotificationRequest,
  facts: NotificationFacts,
  action: NotificationAction,
): string[] {
  const isUsableId = /^<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>$/.test(envelope.messageId);
  return [
    foldField('From', `postmaster@${plainPhrase(facts.defaultDomain, 255)}`),
    foldField('To', `<${headerAddress(envelope.sender)}>`),
    `Subject: Delivery Status Notification (${words[action].subject})`,
    `Date: ${formatDate(facts.now)}`,
    foldField('Message-ID', `<dsn-${tokenOf(facts.boundarySeed)}@${plainPhrase(facts.fqdn, 255)}>`),
    ...(isUsableId ? [foldField('References', envelope.messageId)] : []),
    // RFC 3834 section 5: nobody's auto-responder answers it.
    'Auto-Submitted: auto-replied',
  ];
}

function textForPeople({ envelope, recipients }: NotificationRequest, action: NotificationAction): string {
  const shown = recipients.slice(0, mostRecipientsInText);
  const hidden = recipients.length - shown.length;
  const lines = [
    'This is an automatically generated Delivery Status Notification.',
    '',
    ...wrapText(words[action].opening),
    '',
    ...shown.flatMap((recipient) => [...recipientLines(recipient), '']),
    ...(hidden > 0 ? [`  and ${hidden} more recipients, named in the attached report.`, ''] : []),
    'Your message:',
    `  Received: ${formatDate(envelope.arrivedAt)}`,
    ...(isPlainSubject(envelope.subject)
      ? wrapText(`Subject: ${plainPhrase(envelope.subject, 250)}`, '  ')
      : []),
    ...wrapText(`Message-ID: ${plainPhrase(envelope.messageId, 300)}`, '  '),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function recipientLines(recipient: NotifiedRecipient): string[] {
  const { address, action, status, remote, willRetryUntil } = recipient;
  const lines = [`  ${addressPhrase(address)}`];
  const say = (text: string): void => {
    lines.push(...wrapText(text, '    '));
  };
  if (action === 'delivered') return lines;
  if (action === 'relayed') {
    if (remote) say(`Handed to ${remoteName(remote)}.`);
    return lines;
  }
  const { happened, advice } = explainStatus(status);
  say(happened);
  say(`${remote ? `The server ${remoteName(remote)} said` : 'Reason'}: ${diagnostic(status)}`);
  if (action === 'failed') say(`What you can do: ${advice}`);
  else if (willRetryUntil !== undefined) say(`Delivery is tried until ${formatDate(willRetryUntil)}.`);
  return lines;
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

/** RFC 6532 section 3.2: a header may have UTF-8 in addresses; controls were refused at the door. */
function headerAddress(address: string): string {
  return isAscii(address) ? plainPhrase(address, 320) : address.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?');
}

/** Letters of an address are the only ones that may be outside of ASCII. */
function textPart(boundary: string, text: string): Buffer {
  if (isAscii(text))
    return part(boundary, 'Content-Type: text/plain; charset=us-ascii\r\n', Buffer.from(text));
  const fields = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n';
  return part(boundary, fields, encodeQuotedPrintable(Buffer.from(text)));
}

function part(boundary: string, fields: string, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`\r\n--${boundary}\r\n${fields}\r\n`), content]);
}

/** Lengthened until no content contains it: the seed may be known to whoever wrote the message. */
function unusedBoundary(seed: string, contents: readonly Uint8Array[]): string {
  const base = `=_dsn_${tokenOf(seed)}`;
  for (let round = 0; ; round++) {
    const boundary = `${base}_${round}`;
    if (
      !contents.some((content) =>
        Buffer.from(content.buffer, content.byteOffset, content.length).includes(boundary),
      )
    ) {
      return boundary;
    }
  }
}

function tokenOf(seed: string): string {
  return seed.replace(/[^A-Za-z0-9]/g, '').slice(0, 50);
}
