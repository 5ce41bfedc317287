/** The envelope against the header: who stands where, and what does not fit together. Pure. */
import type { MessageEnvelope } from '../../src-main/api/contract';

/** What the header names, in lower case. */
export interface HeaderAddresses {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  /** Of the first Return-Path field, without brackets; undefined: there is none. */
  readonly returnPath: string | undefined;
}

export type HeaderPlace = 'To' | 'Cc' | 'Bcc';

export interface RecipientPlace {
  readonly address: string;
  /** Where the header names it; empty: by envelope only. undefined: the header could not be read. */
  readonly places: readonly HeaderPlace[] | undefined;
  readonly notify: string;
  readonly orcpt: string;
  readonly outcome: string | undefined;
}

export function placeRecipients(
  recipients: MessageEnvelope['recipients'],
  header: HeaderAddresses | undefined,
): RecipientPlace[] {
  const sets: (readonly [HeaderPlace, ReadonlySet<string>])[] =
    header === undefined
      ? []
      : [
          ['To', new Set(header.to)],
          ['Cc', new Set(header.cc)],
          ['Bcc', new Set(header.bcc)],
        ];
  return recipients.map(({ address, notify, orcpt, outcome }) => ({
    address,
    places:
      header === undefined
        ? undefined
        : sets.filter(([, set]) => set.has(address.toLowerCase())).map(([place]) => place),
    notify: notify === undefined ? '' : notify.length === 0 ? 'never' : notify.join(', '),
    orcpt: orcpt ?? '',
    outcome,
  }));
}

/** Addresses that the header names and the envelope does not: somebody who does not get this copy. */
export function findHeaderOnly(
  recipients: MessageEnvelope['recipients'],
  header: HeaderAddresses | undefined,
): string[] {
  if (header === undefined) return [];
  const got = new Set(recipients.map(({ address }) => address.toLowerCase()));
  return [...new Set([...header.to, ...header.cc, ...header.bcc])].filter((address) => !got.has(address));
}

/** Sentences about what differs; none when all of it agrees. */
export function describeDifferences(
  envelope: Pick<MessageEnvelope, 'sender' | 'recipients'>,
  header: HeaderAddresses | undefined,
): string[] {
  if (header === undefined) return [];
  const sentences: string[] = [];
  const sender = envelope.sender.toLowerCase();
  const [from] = header.from;
  if (sender === '')
    sentences.push('The reverse-path is null: this is a notification, and nobody is told when it fails.');
  else if (from === undefined) sentences.push('The header names no author.');
  else if (!header.from.includes(sender))
    sentences.push(
      domainOf(sender) === domainOf(from)
        ? `The author in From is ${from}; returns go to ${envelope.sender}.`
        : `The author in From (${from}) is of another domain than the reverse-path (${envelope.sender}).`,
    );
  if (header.returnPath !== undefined && header.returnPath.toLowerCase() !== sender)
    sentences.push(
      `Return-Path names ${header.returnPath === '' ? '<>' : header.returnPath}, the envelope ${envelope.sender === '' ? '<>' : envelope.sender}.`,
    );
  const hidden = placeRecipients(envelope.recipients, header).filter(
    ({ places }) => places?.length === 0,
  ).length;
  if (hidden > 0)
    sentences.push(
      hidden === 1
        ? 'One recipient gets it by envelope only: a blind copy, a list, or a test.'
        : `${hidden.toLocaleString()} recipients get it by envelope only: blind copies, a list, or a test.`,
    );
  const unreached = findHeaderOnly(envelope.recipients, header);
  const [first] = unreached;
  if (first !== undefined)
    sentences.push(
      unreached.length === 1
        ? `${first} stands in the header, but not in this envelope.`
        : `${unreached.length.toLocaleString()} addresses stand in the header, but not in this envelope: ${unreached.slice(0, 5).join(', ')}${unreached.length > 5 ? ', …' : ''}.`,
    );
  if (header.bcc.length > 0)
    sentences.push('The header still has a Bcc field: everybody who gets the message can read it.');
  return sentences;
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

/** The envelope as text, for the clipboard. */
export function envelopeText(envelope: MessageEnvelope): string {
  const lines = [`Reverse-path: <${envelope.sender}>`];
  for (const { address, notify, orcpt } of envelope.recipients)
    lines.push(
      `Recipient: <${address}>${notify === undefined ? '' : ` NOTIFY=${notify.join(',').toUpperCase() || 'NEVER'}`}${orcpt === undefined ? '' : ` ORCPT=${orcpt}`}`,
    );
  const more: [string, string | undefined][] = [
    ['Queue ID', envelope.queueId],
    ['Arrived', envelope.arrivedAt === undefined ? undefined : new Date(envelope.arrivedAt).toISOString()],
    ['Source', envelope.source],
    ['Peer', envelope.peer],
    ['HELO', envelope.hello],
    ['Account', envelope.account],
    ['Body', envelope.body],
    ['RET', envelope.ret?.toUpperCase()],
    ['ENVID', envelope.envid],
  ];
  for (const [name, value] of more) if (value !== undefined) lines.push(`${name}: ${value}`);
  return `${lines.join('\n')}\n`;
}
