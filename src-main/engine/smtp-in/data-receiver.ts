/**
 * One message from the client's bytes to the queue's answer, however its content comes: behind one DATA or in
 * chunks.
 *
 * Promises: 250 only after `commit` resolved; exactly one of commit and abort; a message over a limit, or with
 * line ends that are refused, is forgotten at once and the rest of its bytes is read and dropped, so that the
 * session stays in step.
 * Fails: the client gets 452 or 451 and sends again; nothing is left in the queue.
 */
import type { LineEndingPolicy } from '../../settings/schema/protocol';
import type { IntakeTransaction } from '../core/intake';
import { createLineEndingNormaliser } from '../core/line-endings';
import { Problem, reasonOf } from '../core/problem';
import type { SmtpStatus } from '../core/smtp-status';
import type { DataSink } from './command-stream';
import { giveAnswer } from './counted-answer';
import { replies } from './replies';
import type { Session } from './session';
import type { AnsweredLine } from './session-limits';

/** Takes the content of one message. No call throws or rejects. */
export interface ContentReceiver {
  /** Bytes that the message has so far. */
  readonly sizeBytes: number;
  /** Next bytes; a returned promise asks to wait. */
  write(chunk: Buffer): Promise<void> | undefined;
  /** Why the message is lost already; resolves when nothing of it is left. Undefined: it is not. */
  refusal(): Promise<SmtpStatus> | undefined;
  /** The content is whole: resolves with the answer, when the message is safe or forgotten. */
  finish(): Promise<SmtpStatus>;
  /** Forgets the message; does nothing behind `finish`. */
  abandon(): void;
}

export function createContentReceiver(
  session: Session,
  transaction: IntakeTransaction,
  lineEndings: LineEndingPolicy,
): ContentReceiver {
  const normaliser = lineEndings === 'keep' ? undefined : createLineEndingNormaliser();
  const { maxMessageBytes, maxSessionBytes } = session.services.policy();
  const sessionBytesLeft = maxSessionBytes - session.contentBytes;
  let sizeBytes = 0;
  /** Set once the message is lost: why. */
  let lost: SmtpStatus | undefined;
  let aborted: Promise<void> | undefined;
  let writing: Promise<void> | undefined;
  let isFinished = false;

  const refuse = (status: SmtpStatus): void => {
    lost ??= status;
    // Given up between two chunks, nothing more of it comes; what comes next may be a good message.
    if (!isFinished) session.isContentLost = true;
    // Not under a write that is still on its way to the disk.
    aborted ??= writing ? writing.then(() => transaction.abort()) : transaction.abort();
  };
  const fail = (error: unknown): void => refuse(statusOf(session, error));

  const write = (chunk: Uint8Array): Promise<void> | undefined => {
    try {
      const pending = transaction.write(chunk);
      if (!pending) return undefined;
      session.isBusy = true;
      writing = pending.then(
        () => undefined,
        (error: unknown) => {
          writing = undefined;
          fail(error);
        },
      );
      return writing.then(() => {
        writing = undefined;
        session.isBusy = false;
      });
    } catch (error) {
      fail(error);
      return undefined;
    }
  };

  /** The bytes as they are stored; undefined when their line ends are refused. */
  const convert = (chunk: Uint8Array): Uint8Array | undefined => {
    const content = normaliser?.push(chunk) ?? chunk;
    return lineEndings === 'reject' && content !== chunk ? undefined : content;
  };
  /** The end of a line whose CR came last. */
  const convertEnd = (): Uint8Array | undefined => {
    const tail = normaliser?.end() ?? new Uint8Array(0);
    return lineEndings === 'reject' && tail.length > 0 ? undefined : tail;
  };

  return {
    get sizeBytes() {
      return sizeBytes;
    },
    write(chunk) {
      if (lost) return undefined;
      const content = convert(chunk);
      sizeBytes += content?.length ?? chunk.length;
      if (sizeBytes > maxMessageBytes) refuse(replies.messageTooLarge);
      else if (sizeBytes > sessionBytesLeft) refuse(replies.sessionTooLarge);
      else if (content === undefined) refuse(replies.bareLineEnding);
      return lost || content === undefined ? undefined : write(content);
    },
    refusal() {
      const status = lost;
      return status && Promise.resolve(aborted).then(() => status);
    },
    async finish() {
      isFinished = true;
      session.isBusy = true;
      session.transfer = 'accepting';
      session.contentBytes += sizeBytes;
      session.record.note(`Message of ${sizeBytes.toLocaleString('en')} bytes`);
      let status: SmtpStatus | undefined;
      try {
        const tail = convertEnd();
        if (tail === undefined) refuse(replies.bareLineEnding);
        else if (!lost && tail.length > 0) await write(tail);
        if (!lost) {
          const { messageId } = await transaction.commit();
          status = replies.queued(messageId);
          session.log?.noteMessage({ sizeBytes, messageId, queueId: transaction.queueId });
          session.traced.queueId = transaction.queueId;
        }
        if (!lost) session.messageCount++;
      } catch (error) {
        fail(error);
      }
      await aborted;
      session.isBusy = false;
      session.transfer = undefined;
      return lost ?? status ?? replies.notAccepted;
    },
    abandon() {
      if (isFinished) return;
      isFinished = true;
      session.contentBytes += sizeBytes;
      refuse(replies.notAccepted);
    },
  };
}

/** The content behind a DATA: one message. */
export function createDataReceiver(session: Session, receiver: ContentReceiver): DataSink {
  return {
    write: (chunk) => receiver.write(chunk),
    async end() {
      await answerContent(session, await receiver.finish(), 'message');
    },
    abandon() {
      session.transfer = undefined;
      receiver.abandon();
    },
  };
}

/**
 * The reply to content that is whole.
 *
 * @param kind what it counts as when it is none of the refusals, which are commands like any other
 */
export async function answerContent(
  session: Session,
  status: SmtpStatus,
  kind: AnsweredLine['kind'],
): Promise<void> {
  session.transfer = undefined;
  session.isContentLost = false;
  const wait = giveAnswer(session, status, status.code < 400 ? kind : 'command');
  if (wait) await wait;
  session.log?.finish();
  traceContent(session, status);
  session.emit('session-changed');
}

/** Behind the answer, so that the dialogue has it. */
function traceContent(session: Session, status: SmtpStatus): void {
  const { traced, services } = session;
  const { queueId } = traced;
  traced.queueId = undefined;
  if (queueId !== undefined) services.trace?.tellAccepted(session, queueId);
  else if (status.code >= 400) services.trace?.tellAnswer(session, status, '');
  // A chunk that is not the last leaves the message open.
  traced.isOpen = session.mail !== undefined;
}

/** What the client is told when the queue could not take the message; the rest goes to the event log. */
function statusOf(session: Session, error: unknown): SmtpStatus {
  if (error instanceof Problem && error.code === 'disk-full') return replies.diskFull;
  session.services.emit({
    type: 'warning',
    serverId: session.services.serverId,
    code: 'message-not-stored',
    text: `A message from ${session.peerAddress} could not be stored: ${reasonOf(error)}`,
  });
  return replies.notAccepted;
}
