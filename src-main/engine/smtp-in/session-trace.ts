/**
 * What inbound sessions tell the trace: the dialogue that brought a message, and what was refused.
 *
 * Promises: a scanner that has thousands of recipients refused does not fill the disk: so many records of a session, and
 *   of all sessions in a while; what is beyond is told as a number. No credentials (session-record masks them).
 */
import type { CancelTimer, Clock } from '../core/clock';
import type { DialogueLine } from '../core/dialogue';
import type { QueueId } from '../core/ids';
import { createStatus, type SmtpStatus } from '../core/smtp-status';
import type { Trace } from '../core/trace';
import { replies } from './replies';
import type { Session } from './session';

export interface SessionTrace {
  /** The message was accepted, and the client knows. */
  tellAccepted(session: Session, queueId: QueueId): void;
  /** MAIL, RCPT, DATA or BDAT has this answer. */
  tellAnswer(session: Session, status: SmtpStatus, argument: string): void;
  /** The session is over; the connection may have ended in the middle of a message. */
  tellEnd(session: Session): void;
  /** Tells at once of what was only counted so far. */
  flush(): void;
}

const mostOfSession = 10;
/** Of all sessions: a burst, and then so many a minute; some 50 MB a day at the worst. */
const mostAtOnce = 300;
const perMinute = 20;
const mostLines = 40;
const mostCharacters = 2 * 1024;
const mostRecipients = 100;
const countingMs = 60_000;

const transactionVerbs: ReadonlySet<string> = new Set(['MAIL', 'RCPT', 'DATA', 'BDAT']);
const cutOff = createStatus(451, '4.4.2', 'The connection ended before the message was complete');

export function createSessionTrace({
  trace,
  clock,
}: {
  readonly trace: Trace;
  readonly clock: Clock;
}): SessionTrace {
  let left = mostAtOnce;
  let filledAt = clock.now();
  let surplus: { count: number; status: SmtpStatus; cancel: CancelTimer } | undefined;

  const hasRoom = (): boolean => {
    const now = clock.now();
    // A clock that was set back gives nothing.
    left = Math.min(mostAtOnce, left + (Math.max(0, now - filledAt) / countingMs) * perMinute);
    filledAt = now;
    if (left < 1) return false;
    left--;
    return true;
  };
  const flush = (): void => {
    if (!surplus) return;
    const { count, status, cancel } = surplus;
    surplus = undefined;
    cancel();
    const at = clock.now();
    void trace.write({ at, kind: 'refused', sessionId: '', peer: '', sender: '', status, lines: [], count });
  };
  const countOne = (status: SmtpStatus, by: number): void => {
    if (surplus) surplus.count += by;
    else surplus = { count: by, status, cancel: clock.startTimer(flush, countingMs) };
  };

  const tellRefused = (
    session: Session,
    status: SmtpStatus,
    facts: { sender: string; recipient?: string },
  ) => {
    const { id, peerAddress, traced } = session;
    if (traced.refusedCount++ >= mostOfSession) {
      traced.lastRefusal = status;
      return;
    }
    if (!hasRoom()) {
      countOne(status, 1);
      return;
    }
    const recipients = facts.recipient === undefined ? [...(traced.mail?.recipients.values() ?? [])] : [];
    void trace.write({
      at: clock.now(),
      kind: 'refused',
      sessionId: id,
      peer: peerAddress,
      ...facts,
      ...(recipients.length > 0
        ? { recipients: recipients.slice(0, mostRecipients).map(({ address }) => address) }
        : {}),
      status,
      lines: keepsDialogue(session) ? bounded(session.record.transactionLines()) : [],
    });
  };

  return {
    flush,
    tellAccepted(session, queueId) {
      if (!keepsDialogue(session)) return;
      void trace.write({
        at: clock.now(),
        kind: 'session',
        queueId,
        sessionId: session.id,
        ...(session.tls ? { tls: `${session.tls.protocol}, ${session.tls.cipher}` } : {}),
        lines: session.record.transactionLines(),
      });
    },
    tellAnswer(session, status, argument) {
      const verb = session.lastCommand;
      if (status.code < 400 || !transactionVerbs.has(verb)) return;
      // What comes of the refusals before it is no refusal of its own.
      if (status === replies.needRecipient || status === replies.helloFirst) return;
      const { mail } = session.traced;
      if (verb === 'RCPT')
        tellRefused(session, status, { sender: mail?.sender ?? '', recipient: addressIn(argument) });
      else if (verb === 'MAIL') {
        session.traced.mail = undefined;
        tellRefused(session, status, { sender: addressIn(argument) });
      } else if (status !== replies.needMail) tellRefused(session, status, { sender: mail?.sender ?? '' });
    },
    tellEnd(session) {
      const { traced } = session;
      // With QUIT it gave the message up: nobody refused it.
      if (traced.isOpen && session.lastCommand !== 'QUIT' && (traced.mail?.recipients.size ?? 0) > 0)
        tellRefused(session, cutOff, { sender: traced.mail?.sender ?? '' });
      traced.isOpen = false;
      const more = traced.refusedCount - mostOfSession;
      if (more <= 0 || !traced.lastRefusal) return;
      traced.refusedCount = 0;
      if (!hasRoom()) {
        countOne(traced.lastRefusal, more);
        return;
      }
      void trace.write({
        at: clock.now(),
        kind: 'refused',
        sessionId: session.id,
        peer: session.peerAddress,
        sender: '',
        status: traced.lastRefusal,
        lines: [],
        count: more,
      });
    },
  };
}

const keepsDialogue = (session: Session): boolean => session.services.policy().settings.tracesDialogues;

/** The address of a MAIL or RCPT that need not be well-formed. */
function addressIn(argument: string): string {
  const [, inBrackets] = /<([^<>]*)>/.exec(argument) ?? [];
  const address = inBrackets ?? argument.replace(/^\S*?:\s*/, '').split(/\s/, 1)[0] ?? '';
  return address.replace(/[\u0000-\u001f\u007f]/g, '?').slice(0, 320);
}

/** The last lines: what was refused stands at the end. */
function bounded(lines: readonly DialogueLine[]): readonly DialogueLine[] {
  let characters = 0;
  let from = lines.length;
  while (from > 0 && lines.length - from < mostLines) {
    characters += (lines[from - 1] as DialogueLine).text.length;
    if (characters > mostCharacters) break;
    from--;
  }
  return lines.slice(from);
}
