/**
 * The stage before the first routing: the directory is asked about the addresses of a message, and what it says is
 * written into the envelope at once (reference 1.5, Categorizer). Pure but for the question itself.
 *
 * A crash before the envelope is written leaves the message as it was accepted, and the directory is asked again; after
 * it the mark stands beside the new recipients, so no group is expanded twice. Nobody is sent to in between.
 */
import { embedUnicode, isAscii } from '../core/address';
import type { AttemptResult, DirectoryRoute } from '../core/delivery';
import type { Envelope, Recipient } from '../core/envelope';
import {
  directoryFailure,
  type RecipientResolution,
  type ResolutionAnswer,
  type ResolutionQuestion,
  type ResolveAddresses,
} from '../core/resolution';
import { createStatus, type SmtpStatus } from '../core/smtp-status';
import type { RetrySettings, WaitingLimits } from './schedule';
import { expandedVerdict, type Settlement, settleAttempt, type Verdict } from './settlement';

/** The directory as the queue knows it. */
export interface QueueDirectory {
  /**
   * Its place among the destinations; undefined: nobody is asked. The same object as long as the settings are the same;
   * another destination in it ends the waiting.
   */
  readonly route: DirectoryRoute | undefined;
  readonly resolve: ResolveAddresses;
}

export type Resolved = Extract<ResolutionAnswer, { kind: 'resolved' }>;

/** Stands in place of a route for recipients of a message that was not resolved yet; undefined: route it. */
export function directoryRoute(
  directory: QueueDirectory | undefined,
  isResolved: boolean,
): DirectoryRoute | undefined {
  return isResolved ? undefined : directory?.route;
}

export type AskedDirectory =
  | { readonly kind: 'resolved'; readonly resolved: Resolved }
  | { readonly kind: 'failed'; readonly result: AttemptResult };

/** Asks about some recipients. A directory that fails is a destination that is down: its mail waits together. */
export async function askDirectory(
  directory: QueueDirectory,
  { envelope, indices }: { readonly envelope: Envelope; readonly indices: readonly number[] },
  signal: AbortSignal,
): Promise<AskedDirectory> {
  const recipients = indices.map((index) => (envelope.recipients[index] as Recipient).address);
  const question: ResolutionQuestion = {
    sender: envelope.sender,
    recipients,
    isUtf8: envelope.isUtf8 === true,
  };
  const answer = await directory.resolve(question, signal);
  if (answer.kind === 'resolved') return { kind: 'resolved', resolved: answer };
  const results = recipients.map((address) => ({ address, status: answer.status }));
  return { kind: 'failed', result: { results, isDestinationDown: true } };
}

export interface ResolutionFacts {
  readonly envelope: Envelope;
  /** Positions of those that were asked about, in the order of the answer. */
  readonly indices: readonly number[];
  readonly resolved: Resolved;
  readonly now: number;
  readonly limits: WaitingLimits;
  readonly settings: RetrySettings;
}

const sameMailbox = createStatus(250, '2.1.5', 'Its mailbox is another recipient of the message already');

/** What the directory's answer makes of the envelope. */
export function settleResolution(facts: ResolutionFacts): Settlement {
  const { envelope, indices, resolved, now } = facts;
  const answers = indices.map((index, at) => ({
    index,
    before: envelope.recipients[index] as Recipient,
    answer: resolved.recipients[at] ?? ({ kind: 'unchanged' } as const),
  }));
  const taken = takenAddresses(envelope, answers);
  const take = (address: string): boolean => {
    const key = address.toLowerCase();
    if (taken.has(key)) return false;
    taken.add(key);
    return true;
  };

  const verdicts: Verdict[] = [];
  const changes: { readonly from: string; readonly to: readonly string[] }[] = [];
  const added: Recipient[] = [];
  const refusals = new Map<number, SmtpStatus>();
  // Those that stay one recipient come first: a member that is named as well is not sent to twice.
  for (const { index, before, answer } of answers) {
    if (answer.kind === 'refused') refusals.set(index, answer.status);
    else if (answer.kind === 'unchanged') {
      if (wasDeferredByDirectory(before))
        verdicts.push(waiting(index, { ...fresh(before), nextAttemptAt: now }));
    } else if (answer.kind === 'rewritten') {
      const { address } = answer;
      if (take(address)) {
        verdicts.push(
          waiting(index, { ...fresh(before), ...originalOf(before), address, nextAttemptAt: now }),
        );
        changes.push({ from: before.address, to: [address] });
      } else verdicts.push(expandedVerdict(envelope, index, sameMailbox));
    }
  }
  for (const { index, before, answer } of answers) {
    if (answer.kind !== 'expanded') continue;
    const members = answer.members.filter(({ address }) => take(address));
    for (const { address, refusal } of members) {
      if (refusal) refusals.set(envelope.recipients.length + added.length, refusal);
      added.push(memberOf(before, address, now));
    }
    verdicts.push(expandedVerdict(envelope, index, expandedStatus(answer.members.length)));
    changes.push({ from: before.address, to: members.map(({ address }) => address) });
  }
  const whole: Envelope = { ...envelope, recipients: [...envelope.recipients, ...added] };
  for (let at = envelope.recipients.length; at < whole.recipients.length; at++)
    if (!refusals.has(at)) verdicts.push(waiting(at, whole.recipients[at] as Recipient));
  const returned = settleRefusals(facts, whole, refusals);
  return {
    ...returned,
    verdicts: [...verdicts, ...returned.verdicts],
    resolution: { sender: resolved.sender, changes },
  };
}

/** Everybody who gets the message, or got it, whatever the directory said of others. */
function takenAddresses(
  envelope: Envelope,
  answers: readonly { readonly index: number; readonly answer: RecipientResolution }[],
): Set<string> {
  const leaving = new Set(
    answers.flatMap(({ index, answer }) => (answer.kind === 'unchanged' ? [] : [index])),
  );
  const taken = new Set<string>();
  envelope.recipients.forEach(({ address, outcome }, index) => {
    const isReached = outcome === undefined || outcome === 'dropped' || outcome === 'relayed';
    if (isReached && !leaving.has(index)) taken.add(address.toLowerCase());
  });
  return taken;
}

function settleRefusals(
  { now, limits, settings }: ResolutionFacts,
  envelope: Envelope,
  refusals: ReadonlyMap<number, SmtpStatus>,
): Settlement {
  const results = [...refusals].map(([index, status]) => ({
    address: (envelope.recipients[index] as Recipient).address,
    status,
  }));
  return settleAttempt({
    envelope,
    indices: [...refusals.keys()],
    isLocal: true,
    result: { results, isDestinationDown: false },
    now,
    limits,
    settings,
  });
}

const resolvedStatus = createStatus(250, '2.1.5', 'Found in the directory');
const expandedStatus = (count: number): SmtpStatus =>
  createStatus(
    250,
    '2.1.5',
    `Expanded by the directory to ${count} ${count === 1 ? 'recipient' : 'recipients'}`,
  );

const waiting = (index: number, recipient: Recipient): Verdict => ({
  index,
  recipient,
  status: resolvedStatus,
  isResolved: true,
});

const wasDeferredByDirectory = ({ last }: Recipient): boolean => last?.status.text === directoryFailure;

/** Waiting for the directory is over; the retries of the next hop are counted from the beginning. */
function fresh(recipient: Recipient): Recipient {
  if (!wasDeferredByDirectory(recipient)) return recipient;
  const { last: _directory, ...rest } = recipient;
  return { ...rest, attempts: 0 };
}

/** RFC 3461 section 5.2.7.2: what the sender named stays known, whatever it became. */
export function originalOf({ address, orcpt }: Recipient): Pick<Recipient, 'orcpt'> {
  return { orcpt: orcpt ?? (isAscii(address) ? `rfc822;${address}` : `utf-8;${embedUnicode(address)}`) };
}

/** RFC 3461 section 5.2.7.3 (c): members are told of as the group was, but for success. */
function memberOf(group: Recipient, address: string, now: number): Recipient {
  const notify = group.notify?.filter((condition) => condition !== 'success');
  return {
    address,
    ...(notify && { notify }),
    ...originalOf(group),
    attempts: 0,
    nextAttemptAt: now,
    ...(group.delayNotified && { delayNotified: true }),
    ...(group.way && { way: group.way }),
  };
}
