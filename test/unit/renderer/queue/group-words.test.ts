import { describe, expect, it } from 'vitest';
import { type QueueGroupRow, queueStates } from '../../../../src-main/api/contract';
import {
  describeGroupRecipients,
  describeNext,
  explainNext,
  explainReply,
  groupKey,
  listGroupRecipients,
  parseGroupKey,
  quoteReply,
  stateOf,
  stateText,
  stateTitle,
} from '../../../../src-renderer/queue/group-words';

const row = (change: Partial<QueueGroupRow> = {}): QueueGroupRow => ({
  queueId: 'a'.repeat(24),
  destination: 'corp.test',
  arrivedAt: 0,
  sender: '',
  subject: '',
  sizeBytes: 1,
  recipients: ['ann@corp.test'],
  recipientCount: 1,
  route: 'corp.test by MX',
  attempts: 0,
  nextAttemptAt: 1000,
  isActive: false,
  isHeld: false,
  isFrozen: false,
  isPaced: false,
  ...change,
});
const reply = (code: number, enhanced: string, text: string) => ({ at: 0, status: { code, enhanced, text } });

describe('a row of the queue', () => {
  it.each([
    [{}, 999, 'waiting'],
    [{}, 1000, 'due'],
    [{ isActive: true, isHeld: true }, 0, 'active'],
    [{ isHeld: true, isFrozen: true }, 0, 'held'],
    [{ isFrozen: true, heldFor: 'x' }, 0, 'frozen'],
    [{ heldFor: 'mail.example' }, 5000, 'for-trigger'],
  ] as const)('%o at %i is %s', (change, now, state) => {
    expect(stateOf(row(change), now)).toBe(state);
  });
  it('has words for each state of the contract', () => {
    for (const state of queueStates) {
      expect(stateTitle(state)).toMatch(/^[A-Z]/);
      expect(stateText(state)).toMatch(/\.$/);
    }
  });
  it('is known by message and destination, whatever the destination is called', () => {
    const name = { queueId: 'a'.repeat(24), destination: 'LDAP routing' };
    expect(parseGroupKey(groupKey(name))).toEqual(name);
  });
  it('counts the recipients that are not told', () => {
    expect(describeGroupRecipients(row({ recipientCount: 3 }))).toBe('ann@corp.test +2');
    expect(listGroupRecipients(row({ recipientCount: 1201 }))).toBe('ann@corp.test and 1,200 more');
    expect(describeGroupRecipients(row({ recipients: [], recipientCount: 0 }))).toBe('Nobody');
  });
  it('says when it is tried next, and nothing where it is not', () => {
    expect(describeNext(row({ nextAttemptAt: 240_000 }), 0)).toBe('in 4 min');
    expect(describeNext(row(), 1000)).toBe('Now');
    expect(describeNext(row({ isHeld: true }), 0)).toBe('');
    expect(explainNext(row({ heldFor: 'mail.example' }), 0, String)).toBe(
      'Waits until mail.example asks for it',
    );
    expect(explainNext(row({ isPaced: true }), 0, String)).toBe(
      'Waits for the rate limit of corp.test by MX, until 1000',
    );
  });
});

describe('a reply in plain words', () => {
  it.each([
    [451, '4.7.1', 'Greylisted, try again in 300 seconds', 'Greylisted: the host asks to try again later'],
    [452, '4.2.2', 'Over quota', 'The mailbox is full'],
    [550, '5.1.1', '<x>: Recipient address rejected', 'The mailbox does not exist'],
    [454, '4.7.0', 'Too many connections from your address', 'Too much at once for the host'],
    [554, '5.7.1', 'Blocked using zen.spamhaus.org', 'Refused: this computer is on a block list'],
    [421, '4.0.0', 'Closing', 'The host is busy or closing'],
    [450, '4.9.9', 'Hm', 'The host asks to try again later'],
    [550, '5.9.9', 'No', 'Refused by the host'],
  ])('%i %s %s', (code, enhanced, text, words) => {
    expect(explainReply(reply(code, enhanced, text))).toBe(words);
    expect(quoteReply(reply(code, enhanced, text))).toContain(text);
  });
});
