/** One message as an attempt sends it: its content is read once and late, when a host is there to take it. */
import { Readable } from 'node:stream';
import { domainOf, isAscii, localPartOf } from '../core/address';
import { type ContentSource, wholeReadLimitBytes } from '../core/content';
import type { Envelope, Recipient } from '../core/envelope';
import { type ContentKind, createContentInspector } from './content-kind';
import { type Masquerade, masqueradeSender } from './masquerade';
import { masqueradeContent } from './masqueraded-content';
import type { RecipientDsn, SmtpTransaction } from './smtp-connection';

/** RFC 3461 section 4.1: absent is left to the next host, empty is NEVER. */
function dsnOf({ notify, orcpt }: Recipient): RecipientDsn {
  const conditions = notify?.length === 0 ? 'NEVER' : notify?.map((word) => word.toUpperCase()).join(',');
  return { notify: conditions ?? '', orcpt: orcpt ?? '' };
}

/** What a server offers. */
export interface PeerAbilities {
  readonly takesEightBit: boolean;
  readonly takesUtf8: boolean;
}

/**
 * 'utf8': sender or header need SMTPUTF8 (a recipient may need it besides); 'binary': the content would have to be
 * converted, for BINARYMIME is not sent; 'eight-bit': the same, for 8BITMIME is not offered.
 */
export type Obstacle = 'utf8' | 'binary' | 'eight-bit';

/** The message as one kind of server gets it. */
export type OutgoingForm =
  /** Such a server cannot have it; by what the message is, not by what its sender said. */
  | { readonly obstacle: Obstacle }
  | {
      /** As it is sent. */
      readonly sizeBytes: number;
      /** What was done to it and the reader of the dialogue should know, in our own words. */
      readonly notes: readonly string[];
      /** Rejects with the system's error when the content cannot be read. */
      transactionFor(recipients: readonly Recipient[]): Promise<SmtpTransaction>;
    };

export interface OutgoingMessage {
  /** Rejects as reading does. Each form is made once, when it is asked for. */
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

export function createOutgoingMessage(
  envelope: Envelope,
  content: ContentSource,
  changes: OutgoingChanges = {},
): OutgoingMessage {
  const { masquerade, sign } = changes;
  const sender = masquerade ? masqueradeSender(envelope.sender, masquerade) : envelope.sender;
  let sent: Promise<ContentSource> | undefined;
  const prepareContent = async (): Promise<ContentSource> => {
    const ready = masquerade ? await masqueradeContent(content, masquerade) : content;
    return sign ? sign(ready) : ready;
  };
  const contentToSend = (): Promise<ContentSource> => {
    sent ??= prepareContent();
    return sent;
  };
  let whole: Promise<Buffer> | undefined;
  const isSmall = content.sizeBytes <= wholeReadLimitBytes;
  const readWhole = (): Promise<Buffer> => {
    whole ??= contentToSend()
      .then((ready) => ready.read())
      .then(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
    return whole;
  };
  const inspect = async (): Promise<ContentKind> => {
    const inspector = createContentInspector();
    if (isSmall) inspector.push(await readWhole());
    else for await (const chunk of content.stream()) inspector.push(chunk);
    return inspector.end();
  };
  const isBinary = envelope.body === 'binarymime';
  const isUtf8 = envelope.isUtf8 === true;
  let kind: Promise<ContentKind> | undefined;
  const findKind = (): Promise<ContentKind> => {
    kind ??= inspect();
    return kind;
  };
  const needsUtf8Everywhere = async (): Promise<boolean> =>
    isUtf8 && (needsUtf8(sender) || (await findKind()).hasEightBitHeader);
  const findObstacle = async ({ takesEightBit, takesUtf8 }: PeerAbilities): Promise<Obstacle | undefined> => {
    if (!takesUtf8 && (await needsUtf8Everywhere())) return 'utf8';
    // Many clients declare 8BITMIME, or more, for everything; plain ASCII may go anywhere all the same.
    if (isBinary && (await findKind()).isBinary) return 'binary';
    const isSaid = envelope.body !== '7bit' || isUtf8;
    return isSaid && !takesEightBit && (await findKind()).hasEightBit ? 'eight-bit' : undefined;
  };
  return {
    async formFor(peer) {
      const obstacle = await findObstacle(peer);
      if (obstacle) return { obstacle };
      const ready = await contentToSend();
      return {
        sizeBytes: ready.sizeBytes,
        notes: [],
        async transactionFor(recipients) {
          return {
            sender: asciiWherePossible(sender),
            recipients: recipients.map(({ address }) => asciiWherePossible(address)),
            dsn: recipients.map(dsnOf),
            ...(envelope.ret === undefined ? {} : { ret: envelope.ret === 'full' ? 'FULL' : 'HDRS' }),
            ...(envelope.envid === undefined ? {} : { envid: envelope.envid }),
            sizeBytes: ready.sizeBytes,
            isEightBit: envelope.body !== '7bit' || isUtf8,
            // nodemailer asks for it where an address needs it, but knows nothing of the header.
            isUtf8: await needsUtf8Everywhere(),
            content: isSmall ? await readWhole() : Readable.from(ready.stream(), { objectMode: false }),
          };
        },
      };
    },
  };
}

/** A domain can be written in ASCII (RFC 5891), a local part cannot. */
export const needsUtf8 = (address: string): boolean => !isAscii(localPartOf(address));

const asciiWherePossible = (address: string): string =>
  isAscii(address) || needsUtf8(address) ? address : `${localPartOf(address)}@${domainOf(address)}`;
