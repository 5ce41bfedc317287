import { describe, expect, it } from 'vitest';
import type { Envelope, Recipient } from '../../../../src-main/engine/core/envelope';
import { createStatus, type SmtpStatus } from '../../../../src-main/engine/core/smtp-status';
import {
  type AttemptFacts,
  applySettlement,
  expandedVerdict,
  reasonForBadmail,
  settleAttempt,
  settleDelay,
  settleDeletion,
  settleExpiry,
} from '../../../../src-main/engine/queue/settlement';
import { createServerSettings } from '../../../support/settings';
import { envelopeOf, recipientOf } from './fixture';

const ok = createStatus(250, '2.0.0', 'Ok: queued as 1');
const later = createStatus(451, '4.7.1', 'Greylisted');
const unknown = createStatus(550, '5.1.1', 'No such user');
const minuteMs = 60_000;
const now = envelopeOf().arrivedAt + 5000;
const limits = { delayedAt: now + 720 * minuteMs, expiresAt: now + 2880 * minuteMs };
const remote = { name: 'mx.remote.test', address: '192.0.2.9', port: 25 };

function settleOne(
  status: SmtpStatus,
  change: {
    recipient?: Partial<Recipient>;
    envelope?: Partial<Envelope>;
    facts?: Partial<AttemptFacts>;
  } = {},
) {
  const envelope = envelopeOf({ recipients: [recipientOf(change.recipient)], ...change.envelope });
  const settlement = settleAttempt({
    envelope,
    indices: [0],
    isLocal: false,
    result: { results: [{ address: 'b@remote.test', status, remote }], isDestinationDown: false },
    now,
    limits,
    settings: createServerSettings(),
    ...change.facts,
  });
  return { settlement, verdict: settlement.verdicts[0] };
}

describe('settlement of an attempt', () => {
  it.each([
    ['relayed when the next hop took it', ok, {}, 'relayed', undefined],
    ['dropped when Drop took it', ok, { facts: { isLocal: true } }, 'dropped', undefined],
    ['bounced and told when it was refused for good', unknown, {}, 'bounced', 'failed'],
    ['bounced silently with NOTIFY=NEVER', unknown, { recipient: { notify: [] } }, 'bounced', undefined],
    ['badmail when a notification is refused', unknown, { envelope: { sender: '' } }, 'badmail', undefined],
    ['waiting when it was refused for now', later, {}, undefined, undefined],
    ['waiting when a reply is unknown', createStatus(354, '3.0.0', '?'), {}, undefined, undefined],
    [
      'expired and told when its time is over',
      later,
      { facts: { now: limits.expiresAt } },
      'expired',
      'failed',
    ],
    [
      'told as relayed on NOTIFY=SUCCESS',
      ok,
      { recipient: { notify: ['success' as const] } },
      'relayed',
      'relayed',
    ],
    [
      'told as delivered on NOTIFY=SUCCESS in Drop',
      ok,
      { recipient: { notify: ['success' as const] }, facts: { isLocal: true } },
      'dropped',
      'delivered',
    ],
    [
      'not told of success without a return path',
      ok,
      { recipient: { notify: ['success' as const] }, envelope: { sender: '' } },
      'relayed',
      undefined,
    ],
  ])('a recipient is %s', (_claim, status, change, outcome, action) => {
    const { verdict } = settleOne(status, change);
    expect(verdict?.outcome).toBe(outcome);
    expect(verdict?.recipient.outcome).toBe(outcome);
    expect(verdict?.notified?.action).toBe(action);
  });

  it('leaves the duty to notify to a next hop that took it over', () => {
    const { verdict } = settleOne(ok, {
      recipient: { notify: ['success'] },
      facts: {
        result: {
          results: [{ address: 'b@remote.test', status: ok, isDsnRelayed: true }],
          isDestinationDown: false,
        },
      },
    });
    expect(verdict).toMatchObject({ outcome: 'relayed' });
    expect(verdict?.notified).toBeUndefined();
  });

  it('counts attempts and keeps what the remote server said', () => {
    const { verdict } = settleOne(later, { recipient: { attempts: 1 } });
    expect(verdict?.recipient).toMatchObject({
      attempts: 2,
      nextAttemptAt: now + 30 * minuteMs,
      last: { at: now, status: later, remote },
    });
  });

  it('shares the time of a destination that is down', () => {
    const { verdict } = settleOne(later, { facts: { destinationNextTryAt: now + 7 } });
    expect(verdict?.recipient.nextAttemptAt).toBe(now + 7);
  });

  it('takes a missing result for a temporary failure', () => {
    const { verdict } = settleOne(ok, { facts: { result: { results: [], isDestinationDown: false } } });
    expect(verdict?.status.code).toBe(451);
    expect(verdict?.outcome).toBeUndefined();
  });

  it('forgets what is not final in an attempt that was broken off', () => {
    expect(settleOne(later, { facts: { isAborted: true } }).settlement.verdicts).toEqual([]);
    expect(settleOne(ok, { facts: { isAborted: true } }).verdict?.outcome).toBe('relayed');
  });

  it('names in a notification the true status, the host and the original recipient', () => {
    const { verdict } = settleOne(unknown, { recipient: { orcpt: 'rfc822;B@remote.test' } });
    expect(verdict?.notified).toEqual({
      address: 'b@remote.test',
      orcpt: 'rfc822;B@remote.test',
      action: 'failed',
      status: unknown,
      remote,
      lastAttemptAt: now,
    });
  });

  it('says 4.4.7 and the last error of what expired', () => {
    const { verdict } = settleOne(later, { facts: { now: limits.expiresAt } });
    expect(verdict?.status).toMatchObject({
      code: 554,
      enhanced: '4.4.7',
      text: 'Message expired. Last error: 451 4.7.1 Greylisted',
    });
  });

  it('changes only those that were tried', () => {
    const envelope = envelopeOf({
      recipients: [recipientOf({ address: 'x@a.test' }), recipientOf(), recipientOf({ address: 'y@a.test' })],
    });
    const settlement = settleAttempt({
      envelope,
      indices: [0, 2],
      isLocal: false,
      result: {
        results: [
          { address: 'x@a.test', status: ok },
          { address: 'y@a.test', status: unknown },
        ],
        isDestinationDown: false,
      },
      now,
      limits,
      settings: createServerSettings(),
    });
    const after = applySettlement(envelope, settlement);
    expect(after.recipients.map(({ outcome }) => outcome)).toEqual(['relayed', undefined, 'bounced']);
    expect(after.recipients[1]).toBe(envelope.recipients[1]);
  });
});

describe('settlement without an attempt', () => {
  const note = { at: now, status: later, remote };

  it('gives up with the last error of the destination', () => {
    const { verdicts } = settleExpiry(envelopeOf(), [0], { note });
    expect(verdicts[0]).toMatchObject({ outcome: 'expired', status: { enhanced: '4.4.7' }, remote });
    expect(verdicts[0]?.status.text).toContain('Greylisted');
  });

  it('lays an expired notification in Badmail with the true reason', () => {
    const { verdicts } = settleExpiry(envelopeOf({ sender: '' }), [0], { note });
    expect(verdicts[0]?.outcome).toBe('badmail');
    expect(reasonForBadmail(verdicts)).toBe(
      'b@remote.test: 554 4.4.7 Message expired. Last error: 451 4.7.1 Greylisted (mx.remote.test [192.0.2.9])',
    );
  });

  it('tells of a delay and lets the recipient wait on', () => {
    const { verdicts } = settleDelay({ envelope: envelopeOf(), indices: [0], destinationNote: note, limits });
    expect(verdicts[0]).toMatchObject({
      recipient: { delayNotified: true, attempts: 0 },
      notified: { action: 'delayed', status: later, willRetryUntil: limits.expiresAt, lastAttemptAt: now },
    });
    expect(verdicts[0]?.outcome).toBeUndefined();
  });

  it.each([
    ['told when it was asked for', ['success' as const], 'a@corp.test', 'expanded'],
    ['not told unasked', undefined, 'a@corp.test', undefined],
    ['not told with NOTIFY=NEVER', [], 'a@corp.test', undefined],
    ['not told without a return path', ['success' as const], '', undefined],
  ])('an expanded group is %s', (_claim, notify, sender, action) => {
    const envelope = envelopeOf({ sender, recipients: [recipientOf(notify ? { notify } : {})] });
    const verdict = expandedVerdict(envelope, 0, ok);
    expect(verdict).toMatchObject({ outcome: 'expanded', recipient: { outcome: 'expanded' } });
    expect(verdict.notified?.action).toBe(action);
  });

  it('keeps what the remote server said of what expired, word for word', () => {
    const said = { ...note, status: { ...later, reply: '451-4.7.1 Greylisted\n451 4.7.1 for 300 s' } };
    const { verdicts } = settleExpiry(envelopeOf(), [0], { note: said });
    expect(verdicts[0]?.status.reply).toBe('451-4.7.1 Greylisted\n451 4.7.1 for 300 s');
  });

  it('tells nobody of a deletion', () => {
    const { verdicts } = settleDeletion(envelopeOf(), [0]);
    expect(verdicts[0]).toMatchObject({ outcome: 'deleted', recipient: { outcome: 'deleted' } });
    expect(verdicts[0]?.notified).toBeUndefined();
  });

  it('keeps a reason for Badmail short', () => {
    const { verdicts } = settleExpiry(
      envelopeOf({
        sender: '',
        recipients: Array.from({ length: 30 }, (_, n) => recipientOf({ address: `r${n}@remote.test` })),
      }),
      Array.from({ length: 30 }, (_, n) => n),
      { note: undefined },
    );
    expect(reasonForBadmail(verdicts)).toMatch(/; and 10 more$/);
  });
});
