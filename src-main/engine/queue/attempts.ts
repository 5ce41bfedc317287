/**
 * Attempts under way: one group over a lane of its destination, or over a connection that a host turned around.
 *
 * Promises: every attempt ends with its lane free and its group settled, whatever happened; the route is that of
 *   today's settings.
 */
import { type AttemptResult, holdOf, isLocalRoute, type QueueRoute } from '../core/delivery';
import { isTemporary } from '../core/smtp-status';
import type { TurnedConnection } from '../core/trigger';
import { attemptGroup } from './attempt';
import { limitsOf } from './destination';
import type { Group } from './entry';
import type { Mover } from './mover';
import { type Resolved, settleResolution } from './resolution';
import { waitingLimits } from './schedule';
import { type AttemptFacts, type Settlement, settleAttempt } from './settlement';

export class Attempts {
  readonly #mover: Mover;

  constructor(mover: Mover) {
    this.#mover = mover;
  }

  /** Tries a group that has got a lane. */
  async attempt(waiting: Group): Promise<void> {
    const { dispatcher, shelf } = this.#mover;
    const { entry } = this.#mover.activate(waiting);
    const hasRested = !entry.envelope;
    if (hasRested) await shelf.load(entry);
    // What an operator wants of the message came first.
    const isPutOff =
      this.#isOver(waiting) || (hasRested && entry.acts) || this.#mover.frozen.has(waiting.route);
    const group = isPutOff ? undefined : this.#withTodaysRoute(waiting);
    if (!group) {
      dispatcher.finished(waiting);
      this.#mover.deactivate(waiting);
      if (entry.envelope) this.#mover.review(entry);
      this.#mover.pump();
      return;
    }
    const { route } = group;
    const { clock } = this.#mover.options;
    const controller = new AbortController();
    group.controller = controller;
    const { options } = this.#mover;
    const { result, isTelling, resolved } = await attemptGroup(group, controller.signal, options);
    // The engine may have another runner on these files by now: whatever came too late has not happened.
    if (this.#mover.isOver) return;
    const now = clock.now();
    const isAborted = controller.signal.aborted;
    const worst = result.results.find(({ status }) => isTemporary(status));
    const isTriggered = holdOf(route) !== undefined;
    // Held mail has no time of its own: as soon as it is not held any more, it is due.
    let destinationNextTryAt = isTriggered ? now : undefined;
    if (isTelling && !isAborted) {
      if (isReset(result)) entry.resets++;
      if (!result.isDestinationDown) dispatcher.succeeded(route.destination);
      else if (isTriggered) this.#mover.rounds.endRound(group);
      else if (worst) {
        const { status, remote } = worst;
        const note = { at: now, status, ...(remote && { remote }) };
        destinationNextTryAt = dispatcher.failed(route.destination, note);
      }
    }
    dispatcher.finished(waiting);
    const attempted = {
      ...(resolved && { resolved }),
      result,
      now,
      isAborted,
      ...(destinationNextTryAt !== undefined && { destinationNextTryAt }),
    };
    // An operator may change these recipients while they are tried.
    const settled = this.#mover.settle(group, () => this.#settlementOf(group, attempted));
    // The lane takes the next message while this one is written down.
    this.#mover.pump();
    await settled;
  }

  /** Nothing is to be tried any more: the message is gone or to be gone, or the runner stops. */
  #isOver({ entry }: Group): boolean {
    return this.#mover.isStopped || !entry.envelope || entry.deletion !== undefined;
  }

  /** The group as the settings of today want it; undefined: it goes elsewhere now, or has to wait for new limits. */
  #withTodaysRoute(group: Group): Group | undefined {
    const { entry, generation, indices } = group;
    const { routes } = this.#mover;
    if (generation === routes.generation) return group;
    const found = indices.map((index) => this.#mover.routeOf(entry, index));
    const [route] = found;
    const { destination } = group.route;
    if (!route || found.some((other) => other.destination !== destination)) return undefined;
    if (!hasSameLimits(route, group.route)) return undefined;
    const renewed: Group = { ...group, route, generation: routes.generation };
    this.#mover.deactivate(group);
    return this.#mover.activate(renewed);
  }

  /** One message over a connection that changed its direction. Who got no answer was not tried. */
  async attemptTurned(taken: Group, { deliver }: TurnedConnection): Promise<void> {
    const group = this.#mover.activate(taken);
    const { entry } = group;
    const controller = new AbortController();
    group.controller = controller;
    const { result } = await attemptGroup(group, controller.signal, { ...this.#mover.options, deliver });
    if (this.#mover.isOver) return;
    const answered = new Set(result.results.map(({ address }) => address));
    const indices = group.indices.filter((index) => answered.has(entry.recipient(index).address));
    const now = this.#mover.options.clock.now();
    const isAborted = controller.signal.aborted;
    const facts = { result, now, isAborted, destinationNextTryAt: now };
    await this.#mover.settle(group, () => this.#settlementOf({ ...group, indices }, facts));
  }

  #settlementOf(
    { entry, route, indices }: Group,
    attempt: Pick<AttemptFacts, 'result' | 'now' | 'isAborted' | 'destinationNextTryAt'> & {
      readonly resolved?: Resolved;
    },
  ): Settlement {
    const settings = this.#mover.options.settings();
    const isLocal = isLocalRoute(route);
    const envelope = entry.present;
    const limits = waitingLimits(envelope.arrivedAt, isLocal, settings);
    const { resolved, now } = attempt;
    if (resolved) return settleResolution({ envelope, indices, resolved, now, limits, settings });
    return settleAttempt({ ...attempt, envelope, indices, isLocal, limits, settings });
  }
}

function hasSameLimits(one: QueueRoute, other: QueueRoute): boolean {
  const [limits, others] = [limitsOf(one), limitsOf(other)];
  return (
    limits?.maxConnections === others?.maxConnections &&
    limits?.maxMessagesPerMinute === others?.maxMessagesPerMinute
  );
}

/** The other side was reached, and ended the session before it had answered (RFC 3463 X.4.2, bad connection). */
function isReset({ results, isDestinationDown }: AttemptResult): boolean {
  return !isDestinationDown && results.some(({ status }) => status.enhanced === '4.4.2');
}
