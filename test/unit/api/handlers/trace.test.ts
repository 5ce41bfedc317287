import { describe, expect, it } from 'vitest';
import type { QueuedRecipient } from '../../../../src-main/api/contract';
import { waitingStep } from '../../../../src-main/api/handlers/trace';

const now = Date.UTC(2026, 10, 24);
const recipient = (part: Partial<QueuedRecipient> = {}): QueuedRecipient => ({
  address: 'ann@far.test',
  attempts: 1,
  nextAttemptAt: now + 60_000,
  destination: 'far.test',
  route: 'far.test by MX',
  ...part,
});

describe('the trace of mail that waits', () => {
  it('tells the next attempt and what was said last', () => {
    const status = { code: 451, enhanced: '4.7.1', text: 'Greylisted' };
    expect(waitingStep(recipient({ last: { at: now - 1, status } }), false, now)).toMatchObject({
      text: 'Now in Queue: It waits for its next attempt.',
      nextAttemptAt: now + 60_000,
      status,
      recipients: ['ann@far.test'],
    });
  });
  it.each([
    [{ isHeld: true }, 'An operator holds it.'],
    [{ isFrozen: true }, 'far.test is frozen: nothing is sent there.'],
    [{ held: { host: 'mail.far.test', canTurn: false } }, 'It waits until mail.far.test asks for it.'],
    [{ isPaced: true }, 'It waits for the rate limit of far.test.'],
  ] as const)('tells what keeps it: %j', (part, words) => {
    const step = waitingStep(recipient(part as Partial<QueuedRecipient>), false, now);
    expect(step.text).toBe(`Now in Queue: ${words}`);
    // Nobody knows when, but for the rate limit.
    expect(step.nextAttemptAt !== undefined).toBe('isPaced' in part);
  });
  it('tells an attempt that is under way', () => {
    expect(waitingStep(recipient({ nextAttemptAt: now }), true, now).text).toContain('under way');
  });
});
