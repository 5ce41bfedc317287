/**
 * What the replies of one transaction mean for each recipient. Pure, table-tested: here is decided whether
 * mail is delivered, waits, is returned, or may be offered to the next host without being sent twice.
 */
import { createStatus, type SmtpStatus } from '../core/smtp-status';
import { type HostFailure, readFailure, replyOfError, statusOfReply } from './failure';
import type { ContentProgress } from './smtp-transaction';

/** Everything that was heard. Replies are as they came, lines joined by "\n". */
export interface TransactionReplies {
  readonly recipientCount: number;
  readonly mailReply: string | undefined;
  /** By position; shorter when not all were answered. */
  readonly rcptReplies: readonly string[];
  readonly contentProgress: ContentProgress;
  /** The reply to the content, when it was taken. */
  readonly finalReply?: string;
  /** The client's error, when the transaction did not end well. */
  readonly error?: unknown;
}

export interface TransactionResult {
  /** By position; undefined: no answer about this recipient, it may be offered elsewhere. */
  readonly answers: readonly (SmtpStatus | undefined)[];
  /** Set when the session is over. */
  readonly failure?: HostFailure;
}

const is = (digit: string, reply: string | undefined): boolean => reply?.startsWith(digit) ?? false;
/** RFC 5321 section 3.8: the peer closes the channel, whatever was asked; it says nothing about a recipient. */
const isClosing = (reply: string | undefined): boolean => reply?.startsWith('421') ?? false;

const inDoubt = createStatus(
  451,
  '4.4.2',
  'The connection was lost after the message was sent; whether it arrived is unknown, it is sent again',
);

/** The reply that came with an error. Good news that is an error was meant for something else. */
function refusalOf(error: unknown): string | undefined {
  const reply = replyOfError(error);
  return is('4', reply) || is('5', reply) ? reply : undefined;
}

/**
 * RFC 4954 section 6 and RFC 3207 section 4: first log in, first encrypt. No recipient is to blame: a setting is missing
 * here, and until somebody has made it the mail must not be returned.
 */
function demandOf(reply: string | undefined): HostFailure | undefined {
  if (!reply?.startsWith('530')) return undefined;
  const status = statusOfReply(reply);
  const isTls = /\b(?:STARTTLS|TLS|SSL|encrypt\w*)\b/i.test(status.text);
  const what = isTls ? 'It wants an encrypted connection' : 'It wants a log-in';
  return {
    kind: isTls ? 'security' : 'login',
    reason: `${what} (${status.code} ${status.text})`,
    reply: status,
  };
}

export function readTransaction(replies: TransactionReplies): TransactionResult {
  const { mailReply, error } = replies;
  const fill = (status: (at: number) => SmtpStatus | undefined): (SmtpStatus | undefined)[] =>
    Array.from({ length: replies.recipientCount }, (_, at) => status(at));

  // A refused sender is an answer about everybody. What a server says to the pipelined commands after it
  // (503 bad sequence) is not.
  const demand =
    demandOf(mailReply) ??
    (replies.rcptReplies.some((reply) => is('2', reply)) ? undefined : demandOf(replies.rcptReplies[0]));
  if (demand) return { answers: fill(() => undefined), failure: demand };
  if (mailReply !== undefined && !is('2', mailReply) && !isClosing(mailReply)) {
    const status = statusOfReply(mailReply);
    return { answers: fill(() => status) };
  }

  const refusals = fill((at) => {
    const reply = replies.rcptReplies[at];
    return reply === undefined || is('2', reply) || isClosing(reply) ? undefined : statusOfReply(reply);
  });
  const isAccepted = (at: number): boolean => is('2', replies.rcptReplies[at]);
  const settle = (status: SmtpStatus): (SmtpStatus | undefined)[] =>
    refusals.map((refusal, at) => refusal ?? (isAccepted(at) ? status : undefined));

  if (replies.finalReply !== undefined) {
    // It cannot have what was not sent yet; from then on its replies are about something else than we think.
    if (replies.contentProgress !== 'final-dot-sent')
      return {
        answers: refusals,
        failure: { kind: 'session', reason: 'the remote server answered to the message before its end' },
      };
    return { answers: settle(statusOfReply(replies.finalReply)) };
  }
  if (refusals.every((refusal) => refusal !== undefined)) return { answers: refusals };

  if (replies.contentProgress === 'final-dot-sent') {
    const reply = refusalOf(error);
    // Every reply after the dot, 421 too, says that the message was not taken.
    if (reply === undefined) return { answers: settle(inDoubt), failure: readFailure(error, 'session') };
    if (isClosing(reply)) return { answers: refusals, failure: readFailure(error, 'session') };
    return { answers: settle(statusOfReply(reply)) };
  }
  if ((error as { code?: unknown }).code === 'ESTREAM')
    return { answers: refusals, failure: { kind: 'local', reason: readFailure(error, 'local').reason } };

  const reply = refusalOf(error);
  const isAnswer = reply !== undefined && !isClosing(reply);
  const answers = isAnswer ? settle(statusOfReply(reply)) : refusals;
  // A reply to DATA is an answer and the session goes on; in the middle of the content it cannot, nor when
  // the reply was to something else (RSET).
  const isUsable =
    replies.contentProgress === 'not-started' && answers.every((answer) => answer !== undefined);
  return isUsable ? { answers } : { answers, failure: readFailure(error, 'session') };
}

/** 452 "too many recipients" (RFC 5321 section 4.5.3.1.10): worth another transaction at once. */
export function isTooManyRecipients(status: SmtpStatus): boolean {
  return status.code === 452 && (status.enhanced === '4.5.3' || status.enhanced === '4.0.0');
}
