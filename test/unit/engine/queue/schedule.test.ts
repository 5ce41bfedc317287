import { describe, expect, it } from 'vitest';
import {
  isDelayNotificationOpen,
  isNotifyWanted,
  longestRetryMs,
  nextAttemptAt,
  retryDelayMs,
  waitingLimits,
} from '../../../../src-main/engine/queue/schedule';
import { createServerSettings } from '../../../support/settings';
import { recipientOf } from './fixture';

const settings = createServerSettings();
const minuteMs = 60_000;

describe('schedule', () => {
  it.each([
    [1, 15],
    [2, 30],
    [3, 60],
    [4, 240],
    [5, 240],
    [100, 240],
  ])('waits after failure %i for %i minutes', (failures, minutes) => {
    expect(retryDelayMs(failures, settings)).toBe(minutes * minuteMs);
  });

  it.each([
    ['three quick ones, as in the original', 3, 1, [1, 1, 1, 15, 30, 60, 240, 240]],
    ['one, of two minutes', 1, 2, [2, 15, 30, 60, 240]],
    ['parts of a minute', 2, 0.05, [0.05, 0.05, 15, 30, 60, 240]],
    ['none', 0, 1, [15, 30, 60, 240, 240]],
  ])('begins with quick retries: %s', (_claim, quickRetries, quickRetryMinutes, minutes) => {
    const own = createServerSettings({ quickRetries, quickRetryMinutes });
    const waits = minutes.map((_, index) => retryDelayMs(index + 1, own) / minuteMs);
    expect(waits).toEqual(minutes);
    expect(longestRetryMs(own)).toBe(240 * minuteMs);
  });

  it('has limits for outgoing and for local mail, counted from arrival', () => {
    const own = createServerSettings({ localDelayMinutes: 10, localExpirationMinutes: 20 });
    expect(waitingLimits(1000, false, own)).toEqual({
      delayedAt: 1000 + 720 * minuteMs,
      expiresAt: 1000 + 2880 * minuteMs,
    });
    expect(waitingLimits(1000, true, own)).toEqual({
      delayedAt: 1000 + 10 * minuteMs,
      expiresAt: 1000 + 20 * minuteMs,
    });
  });

  it.each([
    ['counts from the failure', 5_000, 1, 5_000 + 15 * minuteMs],
    ['makes the last attempt when the message expires', 90 * minuteMs, 3, 100 * minuteMs],
    ['goes on regularly past the expiry', 200 * minuteMs, 3, 260 * minuteMs],
  ])('the next attempt %s', (_claim, now, failures, expected) => {
    expect(nextAttemptAt(now, failures, { delayedAt: 0, expiresAt: 100 * minuteMs }, settings)).toBe(
      expected,
    );
  });

  it.each([
    [undefined, true, true, false],
    [[], false, false, false],
    [['success' as const], false, false, true],
    [['failure' as const], true, false, false],
    [['failure' as const, 'delay' as const, 'success' as const], true, true, true],
  ])('NOTIFY=%j asks for failure %s, delay %s, success %s', (notify, failure, delay, success) => {
    const recipient = notify === undefined ? {} : { notify };
    expect(isNotifyWanted(recipient, 'failure')).toBe(failure);
    expect(isNotifyWanted(recipient, 'delay')).toBe(delay);
    expect(isNotifyWanted(recipient, 'success')).toBe(success);
  });

  const limits = { delayedAt: 10, expiresAt: 20 };
  it.each([
    ['is open for an ordinary recipient', 'a@x', {}, limits, true],
    ['is closed for the null reverse-path', '', {}, limits, false],
    ['is sent once', 'a@x', { delayNotified: true }, limits, false],
    ['is not sent about what is finished', 'a@x', { outcome: 'relayed' as const }, limits, false],
    ['respects NOTIFY', 'a@x', { notify: ['failure' as const] }, limits, false],
    ['makes no sense at the expiry', 'a@x', {}, { delayedAt: 20, expiresAt: 20 }, false],
  ])('a delay notification %s', (_claim, sender, change, of, expected) => {
    expect(isDelayNotificationOpen({ sender }, recipientOf(change), of)).toBe(expected);
  });
});
