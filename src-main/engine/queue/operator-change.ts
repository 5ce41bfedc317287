/** What an operator's act makes of the recipients that it concerns. Pure; queue/operator-acts carries it out. */
import { isDeepStrictEqual } from 'node:util';
import type { ChosenWay, Envelope, Recipient } from '../core/envelope';
import { createStatus } from '../core/smtp-status';
import type { TraceRecord } from '../core/trace';
import { originalOf } from './resolution';
import { expandedVerdict, type Settlement, settleDeletion, settleReturn, type Verdict } from './settlement';

/** `by`: the operator's name, for the trace. */
export type OperatorAct = { readonly by: string } & (
  | { readonly kind: 'hold' | 'release' | 'retry' }
  /** `isReturned`: senders are told. */
  | { readonly kind: 'delete'; readonly isReturned: boolean }
  /** Undefined: by the settings again. */
  | { readonly kind: 'set-way'; readonly way: ChosenWay | undefined }
  /** Another address in a recipient's place. */
  | { readonly kind: 'readdress'; readonly from: string; readonly to: string }
);

/** Whether the act has still something to do with a recipient. */
export function concerns(act: OperatorAct, recipient: Recipient): boolean {
  if (recipient.outcome !== undefined) return false;
  switch (act.kind) {
    case 'hold':
    case 'retry':
      return !recipient.isHeld;
    case 'release':
      return recipient.isHeld === true;
    case 'delete':
      return true;
    case 'set-way':
      return !isDeepStrictEqual(recipient.way, act.way);
    case 'readdress':
      return recipient.address.toLowerCase() === act.from.toLowerCase() && recipient.address !== act.to;
  }
}

const changedStatus = createStatus(250, '2.0.0', 'Changed by an operator');
const sameMailbox = createStatus(
  250,
  '2.1.5',
  'An operator put another recipient of the message in its place',
);

/** What becomes of those of `indices` that still wait when the turn of the act has come. */
export function decideAct(
  act: OperatorAct,
  envelope: Envelope,
  indices: readonly number[],
  now: number,
): { readonly settlement: Settlement; readonly changed: readonly number[] } {
  const changed = indices.filter((index) => concerns(act, envelope.recipients[index] as Recipient));
  const acts = recordsOf(act, envelope, changed, now);
  return { settlement: { ...settlementOf(act, envelope, changed, now), acts }, changed };
}

/** The act in the trace. Who was given up has an outcome there instead. */
export function recordsOf(
  act: OperatorAct,
  { queueId, recipients: all }: Envelope,
  changed: readonly number[],
  at: number,
): TraceRecord[] {
  if (act.kind === 'delete' || changed.length === 0) return [];
  const recipients = changed.map((index) => all[index]?.address ?? '');
  const { by } = act;
  if (act.kind === 'readdress')
    return recipients.map((recipient) => ({
      at,
      kind: 'readdressed',
      queueId,
      recipient,
      addresses: [act.to],
      by,
    }));
  const way = act.kind === 'set-way' ? act.way : undefined;
  return [{ at, kind: 'operator', queueId, recipients, act: told[act.kind], ...(way && { way }), by }];
}

const told = { hold: 'held', release: 'released', retry: 'retried', 'set-way': 'way-changed' } as const;

function settlementOf(
  act: OperatorAct,
  envelope: Envelope,
  indices: readonly number[],
  now: number,
): Settlement {
  if (act.kind === 'delete')
    return act.isReturned ? settleReturn(envelope, indices) : settleDeletion(envelope, indices);
  const verdicts =
    act.kind === 'readdress'
      ? readdress(envelope, indices, { to: act.to, now })
      : indices.map((index) => changedTo(index, change(act, envelope.recipients[index] as Recipient, now)));
  return { verdicts, badmailCause: 'general-failure' };
}

const changedTo = (index: number, recipient: Recipient): Verdict => ({
  index,
  recipient,
  status: changedStatus,
  isResolved: true,
});

function change(
  act: Exclude<OperatorAct, { readonly kind: 'delete' | 'readdress' }>,
  before: Recipient,
  now: number,
): Recipient {
  switch (act.kind) {
    case 'hold':
      return { ...before, isHeld: true };
    case 'release': {
      const { isHeld: _held, ...rest } = before;
      return { ...rest, nextAttemptAt: now };
    }
    case 'set-way': {
      const { way: _before, ...rest } = before;
      // The retries of another next hop are counted from the beginning.
      return { ...rest, ...(act.way && { way: act.way }), attempts: 0, nextAttemptAt: now };
    }
    case 'retry':
      return before;
  }
}

/** One copy for each mailbox: whoever has the new address already stands for the old one. */
function readdress(
  envelope: Envelope,
  indices: readonly number[],
  { to, now }: { readonly to: string; readonly now: number },
): Verdict[] {
  const key = to.toLowerCase();
  const replaced = new Set(indices);
  let isTaken = envelope.recipients.some(
    ({ address, outcome }, index) =>
      !replaced.has(index) &&
      address.toLowerCase() === key &&
      (outcome === undefined || outcome === 'dropped' || outcome === 'relayed'),
  );
  return indices.map((index) => {
    if (isTaken) return expandedVerdict(envelope, index, sameMailbox);
    isTaken = true;
    const before = envelope.recipients[index] as Recipient;
    // What the old address was told says nothing about the new one.
    const { last: _last, delayNotified: _told, ...rest } = before;
    return changedTo(index, {
      ...rest,
      ...originalOf(before),
      address: to,
      attempts: 0,
      nextAttemptAt: now,
    });
  });
}
