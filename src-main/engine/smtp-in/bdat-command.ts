/**
 * BDAT (RFC 3030 section 2): the content of a message in chunks of announced size.
 *
 * Promises: behind `BDAT n` exactly n octets are content, whatever the answer is: they are read and dropped where
 *   the chunk is refused, so that nothing in them can become a command. Where that cannot be (the size is not
 *   readable, or absurd) the connection ends with the answer. A refused chunk ends its mail transaction: a
 *   message is accepted with all of its chunks or not at all.
 */
import type { SmtpStatus } from '../core/smtp-status';
import { createChunkReader } from './chunk-reader';
import type { DataSink } from './command-stream';
import { answerContent, type ContentReceiver } from './data-receiver';
import { openContent } from './mail-content';
import { replies } from './replies';
import type { Answer, Session } from './session';

/** A refused chunk is read up to this size. Whoever sends more would keep the line busy for nothing. */
const mostDroppedBytes = 64 * 1024 * 1024;

export interface Chunk {
  readonly sizeBytes: number;
  readonly isLast: boolean;
  /** More stands behind the size than LAST. */
  readonly isMalformed: boolean;
}

/** Undefined when the size cannot be read: nobody knows where the next command begins. */
export function parseChunk(argument: string): Chunk | undefined {
  const [size = '', ...rest] = argument.split(/[ \t]+/);
  if (!/^\d{1,20}$/.test(size)) return undefined;
  const sizeBytes = Number(size);
  if (!Number.isSafeInteger(sizeBytes)) return undefined;
  const isLast = rest.length === 1 && rest[0]?.toUpperCase() === 'LAST';
  return { sizeBytes, isLast, isMalformed: rest.length > 0 && !isLast };
}

export function handleBdat(session: Session, argument: string): Promise<Answer> | Answer {
  const chunk = parseChunk(argument);
  if (chunk === undefined) return replies.badChunkSize;
  const refusal = refusalOf(session, chunk);
  if (refusal) return dropChunk(session, chunk, refusal);
  const { mail, chunks } = session;
  if (chunks) return receive(session, chunk, chunks);
  const receiver = mail && openContent(session, mail);
  if (receiver === undefined) return dropChunk(session, chunk, replies.needMail);
  const begin = (opened: ContentReceiver): undefined => {
    session.chunks = opened;
    return receive(session, chunk, opened);
  };
  return receiver instanceof Promise ? receiver.then(begin) : begin(receiver);
}

/** Answers a BDAT that is refused before it is looked at. */
export function refuseBdat(session: Session, argument: string, status: SmtpStatus): Answer {
  const chunk = parseChunk(argument);
  return chunk === undefined ? replies.badChunkSize : dropChunk(session, chunk, status);
}

function refusalOf(session: Session, { sizeBytes, isMalformed }: Chunk): SmtpStatus | undefined {
  const { mail, chunks, services } = session;
  if (session.hello === '') return replies.helloFirst;
  if (!mail) return replies.needMail;
  if (mail.recipients.size === 0) return replies.needRecipient;
  if (isMalformed) return replies.invalidArguments;
  const { maxMessageBytes, maxSessionBytes } = services.policy();
  const messageBytes = (chunks?.sizeBytes ?? 0) + sizeBytes;
  if (messageBytes > maxMessageBytes) return replies.messageTooLarge;
  if (session.contentBytes + messageBytes > maxSessionBytes) return replies.sessionTooLarge;
  return chunks ? undefined : services.intake.refusal();
}

function dropChunk(session: Session, { sizeBytes }: Chunk, status: SmtpStatus): Answer {
  session.mail = undefined;
  if (sizeBytes > mostDroppedBytes) return replies.chunkTooLarge;
  session.transfer = 'receiving';
  session.isContentLost = true;
  session.wire.receiveContent(createChunkReader(sizeBytes), {
    write(chunk) {
      session.contentBytes += chunk.length;
      return undefined;
    },
    end: () => answerContent(session, status, 'command'),
    abandon() {
      session.transfer = undefined;
    },
  });
  return undefined;
}

function receive(session: Session, chunk: Chunk, receiver: ContentReceiver): undefined {
  session.transfer = 'receiving';
  session.emit('session-changed');
  session.wire.receiveContent(createChunkReader(chunk.sizeBytes), createChunkSink(session, chunk, receiver));
  return undefined;
}

function createChunkSink(session: Session, chunk: Chunk, receiver: ContentReceiver): DataSink {
  const forget = (): void => {
    session.mail = undefined;
  };
  return {
    write: (bytes) => receiver.write(bytes),
    async end() {
      const refusal = await receiver.refusal();
      if (refusal) {
        forget();
        await answerContent(session, refusal, 'command');
      } else if (chunk.isLast) {
        const status = await receiver.finish();
        forget();
        await answerContent(session, status, 'message');
      } else {
        // An empty chunk brings no message forward.
        const kind = chunk.sizeBytes > 0 ? 'progress' : 'command';
        await answerContent(session, replies.chunkReceived(chunk.sizeBytes), kind);
      }
    },
    abandon() {
      session.transfer = undefined;
      // Also where the connection ended before the session knew of the receiver.
      receiver.abandon();
      forget();
    },
  };
}
