import { describe, expect, it } from 'vitest';
import type { QueueRow } from '../../../../src-main/api/contract';
import { outcomeKinds } from '../../../../src-main/engine/core/outcome';
import {
  countAttempts,
  describeEncryption,
  describeNextAttempt,
  describeOutcome,
  describePlan,
  describeRecipients,
  describeRoute,
  explainNextAttempt,
  formatRemote,
  formatReply,
  lastReply,
  nextAttemptAt,
  type QueuedRecipient,
} from '../../../../src-renderer/queue/queue-words';

const recipient = (change: Partial<QueuedRecipient> = {}): QueuedRecipient => ({
  address: 'ann@corp.test',
  attempts: 0,
  nextAttemptAt: 1000,
  destination: 'relay.test:25',
  route: 'smart host relay.test',
  ...change,
});
const row = (recipients: QueuedRecipient[], change: Partial<QueueRow> = {}): QueueRow => ({
  queueId: '0'.repeat(24),
  arrivedAt: 0,
  sender: 'app@line.test',
  subject: '',
  sizeBytes: 1,
  source: 'smtp',
  isActive: false,
  recipients,
  ...change,
});
const reply = (at: number, text: string) => ({ at, status: { code: 451, enhanced: '4.7.1', text } });

describe('a waiting message', () => {
  it('says that it waits for a rate, and for which, when that is what comes next', () => {
    const paced = recipient({ isPaced: true, nextAttemptAt: 9 });
    expect(explainNextAttempt(row([paced]), String)).toBe(
      'Waits for the rate limit of smart host relay.test, until 9',
    );
    expect(explainNextAttempt(row([paced, recipient({ nextAttemptAt: 7 })]), String)).toBe('7');
    expect(describeNextAttempt(row([paced]), 9)).toBe('Due');
  });

  const done = recipient({ address: 'done@corp.test', outcome: 'relayed', attempts: 1, nextAttemptAt: 0 });

  it('names those who still wait, not those who are done', () => {
    expect(describeRecipients(row([done, recipient(), recipient({ address: 'ben@corp.test' })]))).toBe(
      'ann@corp.test +1',
    );
    expect(describeRecipients(row([done]))).toBe('done@corp.test');
  });
  it('takes the earliest attempt of those who wait', () => {
    expect(nextAttemptAt(row([done, recipient({ nextAttemptAt: 900 }), recipient()]))).toBe(900);
    expect(nextAttemptAt(row([done]))).toBeUndefined();
  });
  it('waits to be asked for, where all that is left of it does', () => {
    const held = recipient({ held: { host: 'mail.held.test', canTurn: false } });
    const fetched = recipient({ held: { host: 'held.test', canTurn: true } });
    expect(describeNextAttempt(row([done, held]), 5000)).toBe('When asked for');
    expect(describeNextAttempt(row([held], { isActive: true }), 5000)).toBe('Being tried');
    expect(describePlan(row([held]), 0)).toBe('waits until mail.held.test asks for it (ETRN)');
    expect(explainNextAttempt(row([fetched]), String)).toBe(
      'Waits until held.test asks for it (ATRN, TURN or ETRN)',
    );
    expect(nextAttemptAt(row([held]))).toBeUndefined();
    expect(describeNextAttempt(row([held, recipient()]), 5000)).toBe('Due');
    expect(explainNextAttempt(row([held, recipient({ nextAttemptAt: 7 })]), String)).toBe('7');
    expect(explainNextAttempt(row([done]), String)).toBe('');
    expect(describeOutcome(held)).toBe('Waits for ETRN');
  });
  it('counts different ways', () => {
    expect(describeRoute(row([recipient(), recipient(), recipient({ route: 'MX of a.test' })]))).toBe(
      'smart host relay.test +1',
    );
    expect(describeRoute(row([done]))).toBe('Nothing left to deliver');
  });
  it('shows the youngest reply of those who wait', () => {
    const rows = row([
      recipient({ last: reply(5, 'older') }),
      recipient({ last: reply(9, 'younger') }),
      { ...done, last: reply(20, 'of somebody who is done') },
    ]);
    expect(lastReply(rows)?.status.text).toBe('younger');
    expect(lastReply(row([recipient()]))).toBeUndefined();
  });
  it('counts the most attempts', () => {
    expect(countAttempts(row([recipient({ attempts: 2 }), recipient({ attempts: 5 })]))).toBe(5);
    expect(countAttempts(row([]))).toBe(0);
  });
  it.each([
    [{ isActive: true }, 0, 'Being tried', 'being tried now'],
    [{}, 1000, 'Due', 'next attempt due'],
    [{}, -239_000, 'in 4 min', 'next attempt in 4 min'],
  ])('says when it is tried next (%j at %d)', (change, now, short, long) => {
    const waiting = row([recipient()], change);
    expect(describeNextAttempt(waiting, now)).toBe(short);
    expect(describePlan(waiting, now)).toBe(long);
  });
  it('says so when nothing is left to try', () => {
    expect(describeNextAttempt(row([done]), 0)).toBe('');
    expect(describePlan(row([done]), 0)).toBe('nothing left to try');
  });
});

describe('words of the other side', () => {
  it.each([
    [{ code: 451, enhanced: '4.7.1', text: 'Try later' }, '451 4.7.1 Try later'],
    [{ code: 451, enhanced: '4.7.1', text: '4.7.1 Try later' }, '451 4.7.1 Try later'],
  ])('%j', (status, text) => {
    expect(formatReply(status)).toBe(text);
  });
  it.each([
    [undefined, ''],
    [{ name: 'mx.test' }, 'mx.test'],
    [{ name: 'mx.test', address: '192.0.2.1', port: 25 }, 'mx.test [192.0.2.1]:25'],
    [{ name: '192.0.2.1', address: '192.0.2.1', port: 587 }, '192.0.2.1:587'],
  ])('%j is %s', (remote, text) => {
    expect(formatRemote(remote)).toBe(text);
  });
});

it.each([
  [{ version: 'TLSv1.3', cipher: 'x', isVerified: true }, 'TLS 1.3, certificate verified'],
  [
    { version: 'TLSv1.2', cipher: 'x', isVerified: false, fault: 'it is self-signed' },
    'TLS 1.2, certificate not verified: it is self-signed',
  ],
])('encryption %j is %s', (tls, text) => {
  expect(describeEncryption(tls)).toBe(text);
});

it('every outcome has words', () => {
  const words = outcomeKinds.map((outcome) => describeOutcome(recipient({ outcome })));
  expect(new Set(words).size).toBe(outcomeKinds.length);
  expect(describeOutcome(recipient())).toBe('Waiting for the first attempt');
  expect(describeOutcome(recipient({ attempts: 1 }))).toBe('Waiting');
});
