/**
 * When a waiting recipient is tried again, when its sender is told of the delay, and when it is given up.
 * Pure: the one place where these times are computed. Times are milliseconds since 1970 UTC.
 */

import type { ServerSettings } from '../../settings/schema';
import type { Envelope, NotifyCondition, Recipient } from '../core/envelope';

export type RetrySettings = Pick<
  ServerSettings,
  | 'quickRetries'
  | 'quickRetryMinutes'
  | 'firstRetryMinutes'
  | 'secondRetryMinutes'
  | 'thirdRetryMinutes'
  | 'subsequentRetryMinutes'
>;
export type WaitingSettings = Pick<
  ServerSettings,
  'outboundDelayMinutes' | 'outboundExpirationMinutes' | 'localDelayMinutes' | 'localExpirationMinutes'
>;

const minuteMs = 60_000;

/**
 * Wait after the failure with number `failures` (1 is the first), each counted from that failure: the quick
 * retries, then first, second, third, then the subsequent interval again and again (reference 1.9).
 */
export function retryDelayMs(failures: number, settings: RetrySettings): number {
  if (failures <= settings.quickRetries) return settings.quickRetryMinutes * minuteMs;
  const slow = failures - settings.quickRetries;
  if (slow <= 1) return settings.firstRetryMinutes * minuteMs;
  if (slow === 2) return settings.secondRetryMinutes * minuteMs;
  if (slow === 3) return settings.thirdRetryMinutes * minuteMs;
  return settings.subsequentRetryMinutes * minuteMs;
}

/** No wait between two attempts is longer. */
export function longestRetryMs(settings: RetrySettings): number {
  const { quickRetryMinutes, firstRetryMinutes, secondRetryMinutes, thirdRetryMinutes } = settings;
  const { subsequentRetryMinutes } = settings;
  const minutes = [firstRetryMinutes, secondRetryMinutes, thirdRetryMinutes, subsequentRetryMinutes];
  return Math.max(quickRetryMinutes, ...minutes) * minuteMs;
}

/** The two limits of waiting, counted from arrival. */
export interface WaitingLimits {
  readonly delayedAt: number;
  readonly expiresAt: number;
}

/** Mail for the Drop folder ("local") has limits of its own. */
export function waitingLimits(arrivedAt: number, isLocal: boolean, settings: WaitingSettings): WaitingLimits {
  const delayMinutes = isLocal ? settings.localDelayMinutes : settings.outboundDelayMinutes;
  const expirationMinutes = isLocal ? settings.localExpirationMinutes : settings.outboundExpirationMinutes;
  return {
    delayedAt: arrivedAt + delayMinutes * minuteMs,
    expiresAt: arrivedAt + expirationMinutes * minuteMs,
  };
}

/**
 * Time of the next attempt. It is not put off beyond the expiry: the last attempt is made then, and its
 * failure ends the waiting.
 */
export function nextAttemptAt(
  now: number,
  failures: number,
  limits: WaitingLimits,
  settings: RetrySettings,
): number {
  const regular = now + retryDelayMs(failures, settings);
  return limits.expiresAt > now ? Math.min(regular, limits.expiresAt) : regular;
}

/** RFC 3461 section 4.1: without NOTIFY a failure and a delay are told, success is not. */
export function isNotifyWanted(recipient: Pick<Recipient, 'notify'>, condition: NotifyCondition): boolean {
  return recipient.notify === undefined ? condition !== 'success' : recipient.notify.includes(condition);
}

/** Whether the sender can still be told of a delay: once, if wanted, and never to the null reverse-path. */
export function isDelayNotificationOpen(
  envelope: Pick<Envelope, 'sender'>,
  recipient: Recipient,
  limits: WaitingLimits,
): boolean {
  return (
    envelope.sender !== '' &&
    recipient.outcome === undefined &&
    recipient.delayNotified !== true &&
    // Told of the delay at the moment of the return would be told twice.
    limits.delayedAt < limits.expiresAt &&
    isNotifyWanted(recipient, 'delay')
  );
}
