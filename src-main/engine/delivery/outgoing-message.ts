/** One message as an attempt sends it: its content is read once and late, when a host is there to take it. */
import { Readable } from 'node:stream';
import { type ContentSource, wholeReadLimitBytes } from '../core/content';
import type { Envelope, Recipient } from '../core/envelope';
import type { RecipientDsn, SmtpTransaction } from './smtp-connection';

/** RFC 3461 section 4.1: absent is left to the next host, empty is NEVER. */
function dsnOf({ notify, orcpt }: Recipient): RecipientDsn {
  const conditions = notify?.length === 0 ? 'NEVER' : notify?.map((word) => word.toUpperCase()).join(',');
  return { notify: conditions ?? '', orcpt: orcpt ?? '' };
}

export interface OutgoingMessage {
  readonly sizeBytes: number;
  /** True when the sender said 8BITMIME and the content really has bytes above 127. Rejects as reading does. */
  needsEightBit(): Promise<boolean>;
  /** Rejects with the system's error when the content cannot be read. */
  transactionFor(recipients: readonly Recipient[]): Promise<SmtpTransaction>;
}

export function createOutgoingMessage(envelope: Envelope, content: ContentSource): OutgoingMessage {
  let whole: Promise<Buffer> | undefined;
  const isSmall = content.sizeBytes <= wholeReadLimitBytes;
  const readWhole = (): Promise<Buffer> => {
    whole ??= content
      .read()
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
    sizeBytes: content.sizeBytes,
    needsEightBit() {
      // Many clients declare 8BITMIME for everything; plain ASCII may go anywhere all the same.
      if (envelope.body !== '8bitmime') return Promise.resolve(false);
      eightBit ??= findEightBit();
      return eightBit;
    },
    async transactionFor(recipients) {
      return {
        sender: envelope.sender,
        recipients: recipients.map(({ address }) => address),
        dsn: recipients.map(dsnOf),
        ...(envelope.ret === undefined ? {} : { ret: envelope.ret === 'full' ? 'FULL' : 'HDRS' }),
        ...(envelope.envid === undefined ? {} : { envid: envelope.envid }),
        sizeBytes: content.sizeBytes,
        isEightBit: envelope.body === '8bitmime',
        content: isSmall ? await readWhole() : Readable.from(content.stream(), { objectMode: false }),
      };
    },
  };
}

const hasEightBit = (chunk: Uint8Array): boolean => chunk.some((byte) => byte > 127);
