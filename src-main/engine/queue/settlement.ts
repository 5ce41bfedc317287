/**
 * What an attempt, an expiry, a delay or an operator's deletion means for each recipient, and what has to be
 * done about it. Pure; queue/finish does it, in an order that survives a crash.
 */
import type { AttemptResult, Hold, RecipientResult } from '../core/delivery';
import type { AttemptNote, Envelope, Recipient, RemoteHost } from '../core/envelope';
import type { BadmailCause } from '../core/event';
import type { NotifiedRecipient } from '../core/notification';
import type { OutcomeKind } from '../core/outcome';
import { createStatus, formatStatus, isPermanent, isSuccess, type SmtpStatus } from '../core/smtp-status';
import type { TlsFacts } from '../core/tls-facts';
import type { TraceRecord } from '../core/trace';
import { isNotifyWanted, nextAttemptAt, type RetrySettings, type WaitingLimits } from './schedule';

/** What one recipient comes to; `recipient` is how it stands in the envelope afterwards. */
export interface Verdict {
  readonly index: number;
  readonly recipient: Recipient;
  readonly status: SmtpStatus;
  readonly remote?: RemoteHost;
  readonly tls?: TlsFacts;
  /** Absent: it goes on waiting, until `recipient.nextAttemptAt`. */
  readonly outcome?: OutcomeKind;
  /** Whom the sender has to be told about, and how. */
  readonly notified?: NotifiedRecipient;
  /** With outcome 'badmail', where it is not the settlement's cause; `why` it could not be returned, half a sentence. */
  readonly badmail?: { readonly cause: BadmailCause; readonly why: string };
  /**
   * The directory named this address, or an operator changed something: there was no attempt, and nothing to tell of
   * one. The index may be a new one.
   */
  readonly isResolved?: true;
}

export interface Settlement {
  readonly verdicts: readonly Verdict[];
  /** For verdicts with outcome 'badmail' that name no other. */
  readonly badmailCause: BadmailCause;
  /** The directory was asked; see queue/resolution. */
  readonly resolution?: {
    /** Reverse-path from now on. */
    readonly sender: string;
    /** Who stands for which recipient now, where that is somebody else. */
    readonly changes: readonly { readonly from: string; readonly to: readonly string[] }[];
  };
  /** What an operator did, for the trace: written before the envelope says so. */
  readonly acts?: readonly TraceRecord[];
}

/** RFC 3463 X.4.6, routing loop detected. */
export const tooManyHops = createStatus(554, '5.4.6', 'Hop count exceeded - possible mail loop');
const noResult = createStatus(451, '4.3.0', 'The attempt ended without a result for this recipient');
const deletedByOperator = createStatus(554, '5.3.2', 'Deleted from the queue by an operator');
const returnedByOperator = createStatus(554, '5.7.0', 'Returned to the sender by an operator');

export interface AttemptFacts {
  readonly envelope: Envelope;
  /** Positions in `envelope.recipients` of those that were tried. */
  readonly indices: readonly number[];
  readonly isLocal: boolean;
  readonly result: AttemptResult;
  readonly now: number;
  readonly limits: WaitingLimits;
  readonly settings: RetrySettings;
  /** Set when the destination as a whole waits: its mail shares that time. */
  readonly destinationNextTryAt?: number;
  /** The attempt was broken off by us: what is not final has not happened. */
  readonly isAborted?: boolean;
  /** For a message whose notification cannot be sent. Default 'notification-undeliverable'. */
  readonly badmailCause?: BadmailCause;
}

/** Turns the results of one attempt into verdicts. A result that is missing counts as temporary. */
export function settleAttempt(facts: AttemptFacts): Settlement {
  const { envelope, now, limits } = facts;
  const byAddress = new Map(facts.result.results.map((result) => [result.address, result]));
  const verdicts: Verdict[] = [];
  for (const index of facts.indices) {
    const before = envelope.recipients[index] as Recipient;
    const result: RecipientResult = byAddress.get(before.address) ?? {
      address: before.address,
      status: noResult,
    };
    const isFinal = isSuccess(result.status) || isPermanent(result.status);
    if (!isFinal && facts.isAborted) continue;
    const tried: Recipient = { ...before, attempts: before.attempts + 1, last: noteOf(result, now) };
    if (isSuccess(result.status)) verdicts.push(delivered(envelope, index, tried, result, facts.isLocal));
    else if (isPermanent(result.status))
      verdicts.push(failed(envelope, index, tried, result.status, 'bounced'));
    else if (now >= limits.expiresAt) verdicts.push(expired(envelope, index, tried, { note: tried.last }));
    else {
      const own = nextAttemptAt(now, tried.attempts, limits, facts.settings);
      const shared = facts.destinationNextTryAt;
      const next = shared === undefined ? own : Math.min(shared, limits.expiresAt);
      verdicts.push({
        index,
        recipient: { ...tried, nextAttemptAt: next },
        status: result.status,
        ...remoteOf(result),
      });
    }
  }
  return { verdicts, badmailCause: facts.badmailCause ?? 'notification-undeliverable' };
}

/**
 * Gives up recipients whose time is over without another attempt: their destination is known to be down (`note`), or
 * has not asked for them (`hold`).
 */
export function settleExpiry(
  envelope: Envelope,
  indices: readonly number[],
  why: { readonly note: AttemptNote | undefined; readonly hold?: Hold | undefined },
): Settlement {
  return {
    verdicts: indices.map((index) => {
      const recipient = envelope.recipients[index] as Recipient;
      return expired(envelope, index, recipient, { ...why, note: why.note ?? recipient.last });
    }),
    badmailCause: 'notification-undeliverable',
  };
}

/** Tells the sender of a delay; the recipients go on waiting. */
export function settleDelay(facts: {
  readonly envelope: Envelope;
  readonly indices: readonly number[];
  readonly destinationNote: AttemptNote | undefined;
  readonly hold?: Hold | undefined;
  readonly limits: WaitingLimits;
}): Settlement {
  const verdicts = facts.indices.map((index): Verdict => {
    const recipient = facts.envelope.recipients[index] as Recipient;
    const note = recipient.last ?? facts.destinationNote;
    const status = note?.status ?? createStatus(451, '4.4.7', waitingText(facts.hold));
    return {
      index,
      recipient: { ...recipient, delayNotified: true },
      status,
      notified: {
        ...notifiedOf(recipient, note),
        action: 'delayed',
        status,
        willRetryUntil: facts.limits.expiresAt,
      },
    };
  });
  return { verdicts, badmailCause: 'notification-undeliverable' };
}

const waitingText = (hold: Hold | undefined): string =>
  hold ? `The message waits until ${hold.host} asks for it` : 'The message waits for its next attempt';

/** An operator gave recipients up: their sender is told as of any failure, where somebody wants to be. */
export function settleReturn(envelope: Envelope, indices: readonly number[]): Settlement {
  const isTold = (index: number): boolean =>
    envelope.sender !== '' && isNotifyWanted(envelope.recipients[index] as Recipient, 'failure');
  const quiet = settleDeletion(
    envelope,
    indices.filter((index) => !isTold(index)),
  );
  const told = indices.filter(isTold).map((index) => {
    const recipient = envelope.recipients[index] as Recipient;
    return failed(envelope, index, recipient, returnedByOperator, 'bounced');
  });
  return { verdicts: [...quiet.verdicts, ...told], badmailCause: 'notification-undeliverable' };
}

/** An operator removed the message: no notification. */
export function settleDeletion(envelope: Envelope, indices: readonly number[]): Settlement {
  return {
    verdicts: indices.map((index) => ({
      index,
      recipient: { ...(envelope.recipients[index] as Recipient), outcome: 'deleted' },
      status: deletedByOperator,
      outcome: 'deleted',
    })),
    badmailCause: 'general-failure',
  };
}

/**
 * Members of a group stand for a recipient from now on (RFC 3461 section 5.2.7): for the sender it has arrived. Who
 * asked to be told of success is told so, and then of failures alone.
 */
export function expandedVerdict(envelope: Envelope, index: number, status: SmtpStatus): Verdict {
  const before = envelope.recipients[index] as Recipient;
  const recipient: Recipient = { ...before, outcome: 'expanded' };
  const isTold = envelope.sender !== '' && isNotifyWanted(recipient, 'success');
  return {
    index,
    recipient,
    status,
    outcome: 'expanded',
    ...(isTold && { notified: { ...notifiedOf(recipient, undefined), action: 'expanded', status } }),
  };
}

/** The envelope with the settlement in it. */
export function applySettlement(envelope: Envelope, { verdicts, resolution }: Settlement): Envelope {
  const recipients = [...envelope.recipients];
  for (const verdict of verdicts) recipients[verdict.index] = verdict.recipient;
  return {
    ...envelope,
    recipients,
    ...(resolution && { sender: resolution.sender, isResolved: true as const }),
  };
}

/** One sentence for each recipient that failed, in the remote server's own words; for Badmail. */
export function reasonForBadmail(verdicts: readonly Verdict[]): string {
  const most = 20;
  const reasons = verdicts.slice(0, most).map(({ recipient, status, remote }) => {
    const where = remote ? ` (${remote.name}${remote.address ? ` [${remote.address}]` : ''})` : '';
    return `${recipient.address}: ${formatStatus(status)}${where}`;
  });
  if (verdicts.length > most) reasons.push(`and ${verdicts.length - most} more`);
  const why = verdicts[0]?.badmail?.why;
  return `${why === undefined ? '' : `${why}. `}${reasons.join('; ')}`;
}

function delivered(
  envelope: Envelope,
  index: number,
  recipient: Recipient,
  result: RecipientResult,
  isLocal: boolean,
): Verdict {
  const outcome = isLocal ? 'dropped' : 'relayed';
  // RFC 3461 section 5.2.2: who relayed to a server without DSN says so; one with DSN speaks for itself.
  const isTold =
    envelope.sender !== '' &&
    isNotifyWanted(recipient, 'success') &&
    (isLocal || result.isDsnRelayed !== true);
  return {
    index,
    recipient: { ...recipient, outcome },
    status: result.status,
    outcome,
    ...remoteOf(result),
    ...(isTold && {
      notified: {
        ...notifiedOf(recipient, recipient.last),
        action: isLocal ? 'delivered' : 'relayed',
        status: result.status,
      },
    }),
  };
}

function failed(
  envelope: Envelope,
  index: number,
  recipient: Recipient,
  status: SmtpStatus,
  kind: 'bounced' | 'expired',
): Verdict {
  // A message without a return path is a notification, or stands for one: nobody is left to tell.
  const outcome = envelope.sender === '' ? 'badmail' : kind;
  const isTold = outcome === kind && isNotifyWanted(recipient, 'failure');
  return {
    index,
    recipient: { ...recipient, outcome },
    status,
    outcome,
    ...remoteOf(recipient.last ?? {}),
    ...(isTold && {
      notified: { ...notifiedOf(recipient, recipient.last), action: 'failed', status },
    }),
  };
}

function expired(
  envelope: Envelope,
  index: number,
  recipient: Recipient,
  { note, hold }: { readonly note: AttemptNote | undefined; readonly hold?: Hold | undefined },
): Verdict {
  const unasked = hold ? `; ${hold.host} has not asked for it` : '';
  const why = `${unasked}${note ? `. Last error: ${formatStatus(note.status)}` : ''}`;
  // RFC 3463 X.4.7 is a persistent transient failure, so its class stays 4, although the mail is returned.
  const status: SmtpStatus = {
    code: 554,
    enhanced: '4.4.7',
    text: `Message expired${why}`,
    ...(note?.status.cause !== undefined && { cause: note.status.cause }),
    ...(note?.status.reply !== undefined && { reply: note.status.reply }),
  };
  return failed(envelope, index, note ? { ...recipient, last: note } : recipient, status, 'expired');
}

function noteOf(result: RecipientResult, at: number): AttemptNote {
  return { at, status: result.status, ...remoteOf(result) };
}

function remoteOf(result: Pick<RecipientResult, 'remote' | 'tls'>): Pick<Verdict, 'remote' | 'tls'> {
  const { remote, tls } = result;
  return { ...(remote ? { remote } : {}), ...(tls ? { tls } : {}) };
}

function notifiedOf(
  recipient: Recipient,
  note: AttemptNote | undefined,
): Pick<NotifiedRecipient, 'address' | 'orcpt' | 'remote' | 'lastAttemptAt'> {
  return {
    address: recipient.address,
    ...(recipient.orcpt !== undefined && { orcpt: recipient.orcpt }),
    ...(note?.remote && { remote: note.remote }),
    ...(note && { lastAttemptAt: note.at }),
  };
}
