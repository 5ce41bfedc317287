import { describe, expect, it } from 'vitest';
import { mendTimes, shiftTimes } from '../../../../src-main/engine/queue/envelope-times';
import { envelopeOf, recipientOf } from './fixture';
import { greylisted } from './runner-fixture';

const startedAt = 1_000_000;
const longestRetryMs = 500;

describe('times of an envelope', () => {
  it('move together: arrival, next attempts, last attempts', () => {
    const last = { at: 2000, status: greylisted };
    const envelope = envelopeOf({
      arrivedAt: 1000,
      recipients: [recipientOf({ nextAttemptAt: 3000, last }), recipientOf({ nextAttemptAt: 1000 })],
    });
    expect(shiftTimes(envelope, 500)).toEqual(
      envelopeOf({
        arrivedAt: 1500,
        recipients: [
          recipientOf({ nextAttemptAt: 3500, last: { ...last, at: 2500 } }),
          recipientOf({ nextAttemptAt: 1500 }),
        ],
      }),
    );
    expect(shiftTimes(shiftTimes(envelope, 500), -500)).toEqual(envelope);
    expect(shiftTimes(envelope, 0)).toBe(envelope);
    expect(shiftTimes(envelope, -5000).arrivedAt).toBe(0);
  });

  it.each([
    ['a past arrival and attempt stay', 999_000, 999_500, 999_000, 999_500],
    ['an attempt within the longest interval stays', 999_000, 1_000_500, 999_000, 1_000_500],
    ['an attempt beyond it comes with it', 999_000, 9_000_000, 999_000, 1_000_500],
    ['an arrival in the future is now', 9_000_000, 1_000_100, 1_000_000, 1_000_100],
    ['both are mended', 9_000_000, 9_000_000, 1_000_000, 1_000_500],
  ])('after a start: %s', (_claim, arrivedAt, nextAttemptAt, arrival, attempt) => {
    const mended = mendTimes(envelopeOf({ arrivedAt, recipients: [recipientOf({ nextAttemptAt })] }), {
      startedAt,
      longestRetryMs,
    });
    expect(mended).toEqual(
      envelopeOf({ arrivedAt: arrival, recipients: [recipientOf({ nextAttemptAt: attempt })] }),
    );
  });
});
