/**
 * Looks at one waiting message and says what is to be done with it now, and when to look again. Pure: the
 * runner does it.
 */

import type { ServerSettings } from '../../settings/schema';
import { holdOf, isLocalRoute, type QueueRoute } from '../core/delivery';
import type { AttemptNote, ChosenWay, Envelope, Recipient } from '../core/envelope';
import { isTemporary, type SmtpStatus } from '../core/smtp-status';
import { isDelayNotificationOpen, type RetrySettings, type WaitingSettings, waitingLimits } from './schedule';
import { type Settlement, settleAttempt, settleDelay, settleExpiry, tooManyHops } from './settlement';

export interface ReviewFacts {
  readonly envelope: Envelope;
  /** The route with which a recipient waits for a lane; 'active' when it is being tried or settled. */
  readonly standing: (index: number) => QueueRoute | 'active' | undefined;
  /** Today's route. */
  readonly route: (address: string, sender: string, way?: ChosenWay) => QueueRoute;
  /** Its mail stays in Queue as it is. Default: none is. */
  readonly isFrozen?: (route: QueueRoute) => boolean;
  /** Held until it is asked for, and somebody asked: it is tried once. Default: nobody did. */
  readonly isReleased?: (index: number) => boolean;
  /** What is known of a destination. */
  readonly destination: (
    key: string,
  ) => { readonly nextTryAt: number; readonly last?: AttemptNote | undefined } | undefined;
  readonly settings: RetrySettings & WaitingSettings & Pick<ServerSettings, 'maxHops'>;
  readonly now: number;
}

export interface Review {
  /** To be tried as soon as their destination has a lane; one group each. */
  readonly ready: readonly { readonly route: QueueRoute; readonly indices: readonly number[] }[];
  /** To be settled without an attempt. */
  readonly settled: readonly {
    readonly route: QueueRoute;
    readonly indices: readonly number[];
    readonly settlement: Settlement;
  }[];
  /** Positions of recipients that are held until they are asked for, released or not; active ones are left out. */
  readonly held: readonly number[];
  /** When to look again; Infinity: something else will come first. */
  readonly wakeAt: number;
}

/** A message that waits for a lane past one of its times is looked at again after this. */
const backlogReviewMs = 60_000;

type Need = 'ready' | 'fail' | 'expire' | 'tell-delay';

export function reviewEntry(facts: ReviewFacts): Review {
  const { envelope, settings, now } = facts;
  const isLooping = envelope.hopCount > settings.maxHops;
  const needs: Record<Need, Map<string, { readonly route: QueueRoute; readonly indices: number[] }>> = {
    ready: new Map(),
    fail: new Map(),
    expire: new Map(),
    'tell-delay': new Map(),
  };
  const held: number[] = [];
  let wakeAt = Number.POSITIVE_INFINITY;

  for (let index = 0; index < envelope.recipients.length; index++) {
    const recipient = envelope.recipients[index] as Recipient;
    if (recipient.outcome !== undefined) continue;
    const standing = facts.standing(index);
    if (standing === 'active') continue;
    // What an operator keeps back has no times: it neither expires nor is late. A change looks at it again.
    if (recipient.isHeld) continue;
    const route = standing ?? facts.route(recipient.address, facts.envelope.sender, recipient.way);
    if (facts.isFrozen?.(route)) continue;
    const isReleased = facts.isReleased?.(index) ?? false;
    if (holdOf(route)) held.push(index);
    const view = reviewRecipient(facts, recipient, route, {
      isReady: standing !== undefined,
      isReleased,
      isLooping,
    });
    wakeAt = Math.min(wakeAt, view.wakeAt);
    if (!view.need) continue;
    const found = needs[view.need].get(route.destination);
    if (found) found.indices.push(index);
    else needs[view.need].set(route.destination, { route, indices: [index] });
  }

  const noteOf = (route: QueueRoute): AttemptNote | undefined => facts.destination(route.destination)?.last;
  const limitsOf = (route: QueueRoute) => waitingLimits(envelope.arrivedAt, isLocalRoute(route), settings);
  return {
    // Copied to their size: they stay for as long as the message waits.
    ready: [...needs.ready.values()].map(({ route, indices }) => ({ route, indices: [...indices] })),
    settled: [
      ...[...needs.fail.values()].map(({ route, indices }) => ({
        route,
        indices,
        settlement: settleAttempt({
          envelope,
          indices,
          isLocal: false,
          result: refusals(envelope, indices, isLooping ? tooManyHops : statusOf(route)),
          now,
          limits: limitsOf(route),
          settings,
          ...(isLooping && { badmailCause: 'hop-count-exceeded' as const }),
        }),
      })),
      ...[...needs.expire.values()].map(({ route, indices }) => ({
        route,
        indices,
        settlement: settleExpiry(envelope, indices, { note: noteOf(route), hold: holdOf(route) }),
      })),
      ...[...needs['tell-delay'].values()].map(({ route, indices }) => ({
        route,
        indices,
        settlement: settleDelay({
          envelope,
          indices,
          destinationNote: noteOf(route),
          hold: holdOf(route),
          limits: limitsOf(route),
        }),
      })),
    ],
    held,
    wakeAt,
  };
}

interface RecipientReview {
  readonly need?: Need;
  readonly wakeAt: number;
}

function reviewRecipient(
  facts: ReviewFacts,
  recipient: Recipient,
  route: QueueRoute,
  state: { readonly isReady: boolean; readonly isReleased: boolean; readonly isLooping: boolean },
): RecipientReview {
  const { envelope, settings, now } = facts;
  const never = Number.POSITIVE_INFINITY;
  const isDue = state.isReady || state.isReleased || recipient.nextAttemptAt <= now;
  if (state.isLooping) return { need: 'fail', wakeAt: never };
  if (route.kind === 'refuse' && isDue) return { need: 'fail', wakeAt: never };

  const limits = waitingLimits(envelope.arrivedAt, isLocalRoute(route), settings);
  const destination = facts.destination(route.destination);
  const waitsForTrigger = holdOf(route) !== undefined && !state.isReleased;
  const isHeld = waitsForTrigger || (destination !== undefined && destination.nextTryAt > now);
  // Expiry without a last attempt only where an attempt cannot be made.
  if (isHeld && limits.expiresAt <= now) return { need: 'expire', wakeAt: never };

  const hasWaited = isHeld || (recipient.last !== undefined && isTemporary(recipient.last.status));
  const isDelayOpen = isDelayNotificationOpen(envelope, recipient, limits);
  // An attempt that can be made now comes first; its failure is then what the sender is told.
  const canTry = isDue && !isHeld;
  if (isDelayOpen && hasWaited && limits.delayedAt <= now && !canTry) {
    return { need: 'tell-delay', wakeAt: never };
  }
  const later = (at: number): number => (at > now ? at : now + backlogReviewMs);
  const wakeAt = Math.min(later(limits.expiresAt), isDelayOpen ? later(limits.delayedAt) : never);
  if (state.isReady || waitsForTrigger) return { wakeAt };
  // What waits for the time of its destination stands in the destination's queue, to go when that ends early.
  const sharesWait = isHeld && recipient.nextAttemptAt === destination?.nextTryAt;
  if (isDue || sharesWait || limits.expiresAt <= now) return { need: 'ready', wakeAt };
  return { wakeAt: Math.min(wakeAt, recipient.nextAttemptAt) };
}

function statusOf(route: QueueRoute): SmtpStatus {
  if (route.kind === 'refuse') return route.status;
  throw new Error('Only a route that refuses has a status.');
}

function refusals(envelope: Envelope, indices: readonly number[], status: SmtpStatus) {
  return {
    results: indices.map((index) => ({
      address: (envelope.recipients[index] as Recipient).address,
      status,
    })),
    isDestinationDown: false,
  };
}
