/**
 * Looks at one session once a second: whether its client is silent, has been here too long, or hands its message
 * over too slowly. What that means is decided in session-limits.ts.
 *
 * Promises: the time that the client waits for us counts against nobody; a byte that completes nothing is a sign
 *   of life in a message only.
 */
import { steadyNow } from '../core/clock';
import type { SmtpStatus } from '../core/smtp-status';
import type { Policy } from './policy';
import { replies } from './replies';
import type { Session } from './session';
import { decideEnd } from './session-limits';
import { createTransferRate, type TransferRate } from './transfer-rate';

export interface SessionClock {
  /** A whole line came. */
  noteLine(): void;
  /** What the client is told when its time is up; undefined: it may go on. */
  check(
    connection: {
      /** Received so far. */
      readonly bytes: number;
      /** Something that has its own clock is under way: a handshake, a turn. */
      readonly isElsewhere: boolean;
    },
    policy: Policy,
  ): SmtpStatus | undefined;
}

const farewells = {
  idle: replies.timedOut,
  'too-old': replies.sessionTooOld,
  'too-slow': replies.tooSlow,
} as const;

export function createSessionClock(session: Session): SessionClock {
  const { clock } = session.services;
  const connectedAt = steadyNow(clock);
  let activeAt = connectedAt;
  let seenBytes = 0;
  /** Of the message under way. */
  let rate: TransferRate | undefined;
  return {
    noteLine() {
      activeAt = steadyNow(clock);
    },
    check({ bytes, isElsewhere }, policy) {
      const nowMs = steadyNow(clock);
      const { isContentLost } = session;
      const isInTransfer = session.transfer !== undefined || session.chunks !== undefined;
      const isBusy = isElsewhere || session.isBusy || session.endDelay !== undefined;
      if (isBusy || (isInTransfer && bytes !== seenBytes)) activeAt = nowMs;
      seenBytes = bytes;
      rate = isInTransfer ? (rate ?? createTransferRate()) : undefined;
      const clientMs = nowMs - session.busyMs(nowMs);
      const isTooSlow = rate?.isTooSlow({ bytes, clientMs }, policy.minBytesPerSecond) ?? false;
      const end = decideEnd(
        { nowMs, connectedAt, activeAt, isBusy, isInTransfer, isContentLost, isTooSlow },
        policy,
      );
      return end && farewells[end];
    },
  };
}
