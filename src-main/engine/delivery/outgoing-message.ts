/** One message as an attempt sends it: its content is read once and late, when a host is there to take it. */
import { Readable } from 'node:stream';
import { type ContentSource, wholeReadLimitBytes } from '../core/content';
import type { Envelope, Recipient } from '../core/envelope';
import { type Masquerade, masqueradeSender } from './masquerade';
import { masqueradeContent } from './masqueraded-content';
import type { RecipientDsn, SmtpTransaction } from './smtp-connection';

/** RFC 3461 section 4.1: absent is left to the next host, empty is NEVER. */
function dsnOf({ notify, orcpt }: Recipient): RecipientDsn {
  const conditions = notify?.length === 0 ? 'NEVER' : notify?.map((word) => word.toUpperCase()).join(',');
  return { notify: conditions ?? '', orcpt: orcpt ?? '' };
}

export interface OutgoingMessage {
  /** As it is sent. Rejects as reading does. */
  sizeBytes(): Promise<number>;
  /** True when the sender said 8BITMIME and the content really has bytes above 127. Rejects as reading does. */
  needsEightBit(): Promise<boolean>;
  /** Rejects with the system's error when the content cannot be read. */
  transactionFor(recipients: readonly Recipient[]): Promise<SmtpTransaction>;
}

/**
 * @param masquerade under another domain; undefined: as it is
 */
export function createOutgoingMessage(
  envelope: Envelope,
  content: ContentSource,
  masquerade?: Masquerade,
): OutgoingMessage {
  const sender = masquerade ? masqueradeSender(envelope.sender, masquerade) : envelope.sender;
  let sent: Promise<ContentSource> | undefined;
  const contentToSend = (): Promise<ContentSource> => {
    sent ??= masquerade ? masqueradeContent(content, masquerade) : Promise.resolve(content);
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
  let eightBit: Promise<boolean> | undefined;
  const findEightBit = async (): Promise<boolean> => {
    if (isSmall) return hasEightBit(await readWhole());
    for await (const chunk of content.stream()) if (hasEightBit(chunk)) return true;
    return false;
  };
  return {
    sizeBytes: () => contentToSend().then(({ sizeBytes }) => sizeBytes),
    needsEightBit() {
      // Many clients declare 8BITMIME for everything; plain ASCII may go anywhere all the same.
      if (envelope.body !== '8bitmime') return Promise.resolve(false);
      eightBit ??= findEightBit();
      return eightBit;
    },
    async transactionFor(recipients) {
      const ready = await contentToSend();
      return {
        sender,
        recipients: recipients.map(({ address }) => address),
        dsn: recipients.map(dsnOf),
        ...(envelope.ret === undefined ? {} : { ret: envelope.ret === 'full' ? 'FULL' : 'HDRS' }),
        ...(envelope.envid === undefined ? {} : { envid: envelope.envid }),
        sizeBytes: ready.sizeBytes,
        isEightBit: envelope.body === '8bitmime',
        content: isSmall ? await readWhole() : Readable.from(ready.stream(), { objectMode: false }),
      };
    },
  };
}

const hasEightBit = (chunk: Uint8Array): boolean => chunk.some((byte) => byte > 127);
