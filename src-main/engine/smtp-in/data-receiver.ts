/**
 * One message from the client's bytes to the queue's answer.
 *
 * Promises: 250 only after `commit` resolved; exactly one of commit and abort; a message over a limit is
 * forgotten at once and the rest of its bytes is read and dropped, so that the session stays in step.
 * Fails: the client gets 452 or 451 and sends again; nothing is left in the queue.
 */
import type { IntakeTransaction } from '../core/intake';
import { createLineEndingNormaliser } from '../core/line-endings';
import { Problem, reasonOf } from '../core/problem';
import type { SmtpStatus } from '../core/smtp-status';
import type { DataSink } from './command-stream';
import { replies } from './replies';
import type { Session } from './session';

export function createDataReceiver(session: Session, transaction: IntakeTransaction): DataSink {
  const normaliser = createLineEndingNormaliser();
  const { maxMessageBytes, maxSessionBytes } = session.services.policy();
  const sessionBytesLeft = maxSessionBytes - session.contentBytes;
  let sizeBytes = 0;
  /** Set once the message is lost: why. */
  let refusal: SmtpStatus | undefined;
  let aborted: Promise<void> | undefined;
  let writing: Promise<void> | undefined;

  const refuse = (status: SmtpStatus): void => {
    refusal ??= status;
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

  return {
    write(chunk) {
      if (refusal) return undefined;
      const content = normaliser.push(chunk);
      sizeBytes += content.length;
      if (sizeBytes > maxMessageBytes) refuse(replies.messageTooLarge);
      else if (sizeBytes > sessionBytesLeft) refuse(replies.sessionTooLarge);
      return refusal ? undefined : write(content);
    },
    async end() {
      session.isBusy = true;
      session.transfer = 'accepting';
      session.contentBytes += sizeBytes;
      session.record.note(`Message of ${sizeBytes.toLocaleString('en')} bytes`);
      let status = refusal;
      try {
        const tail = normaliser.end();
        if (!status && tail.length > 0) await write(tail);
        if (!refusal) {
          const { messageId } = await transaction.commit();
          status = replies.queued(messageId);
          session.log?.noteMessage({ sizeBytes, messageId, queueId: transaction.queueId });
        }
        if (!refusal) session.messageCount++;
        status = refusal ?? status;
      } catch (error) {
        fail(error);
        status = refusal ?? replies.notAccepted;
      }
      await aborted;
      session.isBusy = false;
      session.transfer = undefined;
      session.wire.reply(status ?? replies.notAccepted);
      session.log?.finish();
      session.emit('session-changed');
    },
    abandon() {
      session.transfer = undefined;
      refuse(replies.notAccepted);
    },
  };
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
