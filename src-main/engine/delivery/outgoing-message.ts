/** One message as an attempt sends it: its content is read once and late, when a host is there to take it. */
import { Readable } from 'node:stream';
import { domainOf, embedUnicode, isAscii, localPartOf } from '../core/address';
import { type ContentSource, wholeReadLimitBytes } from '../core/content';
import type { Envelope, Recipient } from '../core/envelope';
import { createStatus, type SmtpStatus } from '../core/smtp-status';
import { createContentInspector } from './content-kind';
import { type Masquerade, masqueradeSender } from './masquerade';
import { masqueradeContent } from './masqueraded-content';
import { convertContent } from './mime-conversion';
import type { ConversionFault } from './mime-plan';
import { sendContentAs } from './send-as';
import type { RecipientDsn, SmtpTransaction } from './smtp-transaction';
import { asBuffer, piecesOf, withWholeLineEnds } from './transformed-content';

/**
 * RFC 3461 section 4.1: absent is left to the next host, empty is NEVER. Section 5.2.1 lets a relay add ORCPT: where
 * somebody asked for notifications, so that they name the address that was written to, whatever hosts behind this one
 * make of it.
 */
function dsnOf({ address, notify, orcpt }: Recipient): RecipientDsn {
  if (notify === undefined) return { notify: '', orcpt: orcpt ?? '' };
  const conditions = notify.length === 0 ? 'NEVER' : notify.map((word) => word.toUpperCase()).join(',');
  const original = isAscii(address) ? `rfc822;${address}` : `utf-8;${embedUnicode(address)}`;
  return { notify: conditions, orcpt: orcpt ?? (notify.length === 0 ? '' : original) };
}

/** What a server offers. */
export interface PeerAbilities {
  readonly takesEightBit: boolean;
  readonly takesUtf8: boolean;
  /** CHUNKING and BINARYMIME (RFC 3030). */
  readonly takesBinary: boolean;
}

/** The message as one kind of server gets it. */
export type OutgoingForm =
  /** Such a server cannot have it, by what the message is; holds for every recipient. */
  | { readonly refusal: SmtpStatus }
  | {
      /** As it is sent. */
      readonly sizeBytes: number;
      /** What was done to it and the reader of the dialogue should know, in our own words. */
      readonly notes: readonly string[];
      /** Rejects with the system's error when the content cannot be read. */
      transactionFor(recipients: readonly Recipient[]): Promise<SmtpTransaction>;
    };

export interface OutgoingMessage {
  /** What the next server reports reaches the sender: its duty to report may be handed on (RFC 3461 section 5.2.1). */
  readonly isAnswerable: boolean;
  /** Rejects as reading does. What is made for one kind of server is kept for the next of it. */
  formFor(peer: PeerAbilities): Promise<OutgoingForm>;
}

/** How an outgoing copy differs from what lies in the queue; in this order. */
export interface OutgoingChanges {
  /** Local senders come from another domain. Default: as they are. Not together with `sendAs`, which wins. */
  readonly masquerade?: Masquerade;
  /** "Send as": the address that stands for every sender. Default: none. */
  readonly sendAs?: string;
  /** Applied last, to the content as it leaves. Default: no signature. */
  readonly sign?: (content: ContentSource) => Promise<ContentSource>;
}

/** RFC 6531 section 3.5; also for a recipient. */
export const utf8Refusal = createStatus(
  550,
  '5.6.7',
  'The message has letters outside of ASCII in its addresses or header, which the remote server does not accept',
);

/** What goes over the wire, and how. */
interface Ready {
  readonly content: ContentSource;
  readonly notes: readonly string[];
  /** What MAIL says of it. */
  readonly body: 'ascii' | 'eight-bit' | 'binary';
}

export function createOutgoingMessage(
  envelope: Envelope,
  content: ContentSource,
  changes: OutgoingChanges = {},
): OutgoingMessage {
  const { masquerade, sendAs, sign } = changes;
  const sender = changeSender(envelope.sender, changes);
  const isAnswerable = sendAs === undefined || sender === '';
  const isUtf8 = envelope.isUtf8 === true;
  const isSaidBinary = envelope.body === 'binarymime';
  // Many clients declare 8BITMIME, or more, for everything, and some declare nothing; the content is what counts.
  const isSaidEightBit = envelope.body !== '7bit' || isUtf8;

  const changed = once(async () => {
    if (sendAs !== undefined) return sendContentAs(content, sendAs);
    return masquerade ? masqueradeContent(content, masquerade) : content;
  });
  const inspected = once(async () => {
    const inspector = createContentInspector();
    for await (const piece of piecesOf(await changed())) inspector.push(piece);
    return inspector.end();
  });
  const conversions = {
    ascii: once(async () => convertContent(await sendable(), 'ascii')),
    lines: once(async () => convertContent(await sendable(), 'lines')),
  };
  /** DATA has lines that end with CRLF and no others; binary content is what it is. */
  const sendable = once(async () => {
    const { hasBareLineEnd } = await inspected();
    const ready = await changed();
    return hasBareLineEnd && !isSaidBinary ? withWholeLineEnds(ready) : ready;
  });

  const needsUtf8Everywhere = async (): Promise<boolean> =>
    isUtf8 && (needsUtf8(sender) || (await inspected()).hasEightBitHeader);

  const asItIs = async (notes: readonly string[] = []): Promise<Ready> => ({
    content: await sendable(),
    notes,
    body: isSaidEightBit ? 'eight-bit' : 'ascii',
  });

  /** As the peer can have it, without signature. */
  const prepareFor = async (peer: PeerAbilities): Promise<Ready | { readonly refusal: SmtpStatus }> => {
    const { hasEightBit, hasBareLineEnd, hasUnsendableLine } = await inspected();
    const isBinary = hasUnsendableLine || (isSaidBinary && hasBareLineEnd);
    if (isBinary && peer.takesBinary && (isSaidBinary || !hasBareLineEnd))
      return { content: await changed(), notes: [], body: 'binary' };
    const isTooEightBit = hasEightBit && !peer.takesEightBit;
    if (!isBinary && !isTooEightBit) return asItIs();

    const isOwed = (isBinary && isSaidBinary) || (isTooEightBit && isSaidEightBit);
    const lacking = isTooEightBit ? '8-bit' : 'binary';
    const conversion = await conversions[peer.takesEightBit ? 'lines' : 'ascii']();
    if ('fault' in conversion) {
      const { fault } = conversion;
      if (!isOwed)
        return asItIs([
          `Sent with ${lacking} content all the same: it cannot be converted, because ${fault}`,
        ]);
      if (isUtf8 && fault === 'it has characters outside of ASCII in a header')
        return { refusal: utf8Refusal };
      return { refusal: conversionRefusal(lacking, fault) };
    }
    // A line that is a little long is taken by many; a signature that does not hold is noticed by all.
    if (!isTooEightBit && !isOwed && conversion.breaksSignature)
      return asItIs([
        'Sent with lines that are too long all the same: a conversion would break its signature',
      ]);
    const how = conversion.encodings.join(', ') || 'fields alone';
    const notes = [`Converted, for the remote server does not take ${lacking} content (${how})`];
    if (conversion.breaksSignature) notes.push('The DKIM signature that it came with does not hold any more');
    const body = peer.takesEightBit && isSaidEightBit ? 'eight-bit' : 'ascii';
    return { content: conversion.content, notes, body };
  };

  const signed = new Map<ContentSource, () => Promise<ContentSource>>();
  const signOnce = async (ready: Ready): Promise<ContentSource> => {
    // A signature is about lines; what has other line ends than CRLF is not the same behind the next server.
    if (!sign || (ready.body === 'binary' && (await inspected()).hasBareLineEnd)) return ready.content;
    const known = signed.get(ready.content) ?? once(() => sign(ready.content));
    signed.set(ready.content, known);
    return known();
  };

  return {
    isAnswerable,
    async formFor(peer) {
      if (!peer.takesUtf8 && (await needsUtf8Everywhere())) return { refusal: utf8Refusal };
      const ready = await prepareFor(peer);
      if ('refusal' in ready) return ready;
      const { body, notes } = ready;
      const toSend = await signOnce(ready);
      const { sizeBytes } = toSend;
      return {
        sizeBytes,
        notes,
        async transactionFor(recipients) {
          return {
            sender: asciiWherePossible(sender),
            recipients: recipients.map(({ address }) => asciiWherePossible(address)),
            dsn: recipients.map((recipient) => dsnOf(isAnswerable ? recipient : withoutSuccess(recipient))),
            ...(envelope.ret === undefined ? {} : { ret: envelope.ret === 'full' ? 'FULL' : 'HDRS' }),
            ...(envelope.envid === undefined ? {} : { envid: envelope.envid }),
            sizeBytes,
            isEightBit: body === 'eight-bit',
            ...(body === 'binary' ? { isBinary: true } : {}),
            // nodemailer asks for it where an address needs it, but knows nothing of the header.
            isUtf8: await needsUtf8Everywhere(),
            content:
              sizeBytes <= wholeReadLimitBytes
                ? asBuffer(await toSend.read())
                : Readable.from(toSend.stream(), { objectMode: false }),
          };
        },
      };
    },
  };
}

/** We tell of it ourselves: the next server would tell somebody else. */
const withoutSuccess = ({ notify, ...rest }: Recipient): Recipient =>
  notify ? { ...rest, notify: notify.filter((condition) => condition !== 'success') } : rest;

/** The null reverse-path stays null: nothing may come back for it. */
function changeSender(sender: string, { masquerade, sendAs }: OutgoingChanges): string {
  if (sendAs !== undefined) return sender === '' ? '' : sendAs;
  return masquerade ? masqueradeSender(sender, masquerade) : sender;
}

/** RFC 3463 section 3.7. */
const conversionRefusal = (lacking: '8-bit' | 'binary', fault: ConversionFault): SmtpStatus =>
  createStatus(
    554,
    '5.6.3',
    `Conversion required but not possible: the remote server does not accept ${lacking} content, and the message cannot be converted because ${fault}`,
  );

/** Makes a value when it is first asked for, and no second time; a failure is not kept. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** A domain can be written in ASCII (RFC 5891), a local part cannot. */
export const needsUtf8 = (address: string): boolean => !isAscii(localPartOf(address));

const asciiWherePossible = (address: string): string =>
  isAscii(address) || needsUtf8(address) ? address : `${localPartOf(address)}@${domainOf(address)}`;
