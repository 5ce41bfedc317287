import { describe, expect, it } from 'vitest';
import { createStatus } from '../../../../src-main/engine/core/smtp-status';
import {
  mostNotificationsAnHour,
  NotificationGuard,
} from '../../../../src-main/engine/queue/notification-guard';
import type { Settlement } from '../../../../src-main/engine/queue/settlement';
import { createFakeClock } from '../../../support/fake-clock';
import { envelopeOf, recipientOf } from './fixture';

const status = createStatus(550, '5.1.1', 'No such user');
const hourMs = 60 * 60_000;

function failureOf(...addresses: string[]): Settlement {
  return {
    badmailCause: 'notification-undeliverable',
    verdicts: addresses.map((address, index) => ({
      index,
      recipient: recipientOf({ address, outcome: 'bounced' }),
      status,
      outcome: 'bounced',
      notified: { address, action: 'failed', status },
    })),
  };
}

function createGuard() {
  const clock = createFakeClock();
  const guard = new NotificationGuard(clock);
  /** Answers outcomes, and what people are told. */
  const fail = (sender: string, ...addresses: string[]) => {
    const { settlement, warnings } = guard.check(envelopeOf({ sender }), failureOf(...addresses));
    return { outcomes: settlement.verdicts.map(({ outcome }) => outcome), warnings, settlement };
  };
  const failOften = (times: number, sender: string, address: string): void => {
    for (let time = 0; time < times; time++) expect(fail(sender, address).outcomes).toEqual(['bounced']);
  };
  return { clock, guard, fail, failOften };
}

describe('a loop of notifications', () => {
  it('ends at the bound: what comes then goes to Badmail, and people are told once', () => {
    const { fail, failOften } = createGuard();
    failOften(mostNotificationsAnHour, 'robot@far.test', 'dead@corp.test');
    const { outcomes, warnings, settlement } = fail('Robot@far.test', 'dead@corp.test');
    expect(outcomes).toEqual(['badmail']);
    expect(settlement.verdicts[0]).toMatchObject({
      recipient: { outcome: 'badmail' },
      badmail: { cause: 'general-failure', why: expect.stringContaining('dead@corp.test') },
    });
    expect(settlement.verdicts[0]).not.toHaveProperty('notified');
    expect(warnings).toEqual([expect.stringContaining('robot@far.test'.toLowerCase().slice(1))]);
    expect(fail('robot@far.test', 'dead@corp.test').warnings).toEqual([]);
  });

  it('is not made of what could not be sent', () => {
    const { guard, fail, failOften } = createGuard();
    failOften(mostNotificationsAnHour, 'robot@far.test', 'dead@corp.test');
    guard.release('robot@far.test', ['dead@corp.test', 'nobody@corp.test']);
    expect(fail('robot@far.test', 'dead@corp.test').outcomes).toEqual(['bounced']);
    expect(fail('robot@far.test', 'dead@corp.test').outcomes).toEqual(['badmail']);
  });

  it('is over an hour after it began', async () => {
    const { clock, fail, failOften } = createGuard();
    failOften(mostNotificationsAnHour, 'robot@far.test', 'dead@corp.test');
    await clock.advance(hourMs - 1);
    expect(fail('robot@far.test', 'dead@corp.test').outcomes).toEqual(['badmail']);
    await clock.advance(1);
    expect(fail('robot@far.test', 'dead@corp.test').outcomes).toEqual(['bounced']);
  });

  it('is none: a mailing to very many dead addresses', () => {
    const { fail } = createGuard();
    for (let at = 0; at < 12_000; at++)
      expect(fail('news@corp.test', `r${at}@far.test`).outcomes).toEqual(['bounced']);
  });

  it('concerns its own recipient alone, in a message to several', () => {
    const { fail, failOften } = createGuard();
    failOften(mostNotificationsAnHour, 'robot@far.test', 'dead@corp.test');
    expect(fail('robot@far.test', 'dead@corp.test', 'other@corp.test').outcomes).toEqual([
      'badmail',
      'bounced',
    ]);
    expect(fail('somebody@far.test', 'dead@corp.test').outcomes).toEqual(['bounced']);
  });
});
