/**
 * Tells people of lock-outs, once a minute at most: whoever guesses from many addresses must not fill the list of
 * warnings. What was not told is in the list of lock-outs.
 */
import { type Clock, steadyNow } from '../core/clock';
import type { Emit } from '../core/event';
import type { LockOut } from '../core/session';

const quietMs = 60_000;

export function createLockOutWarning(options: {
  readonly serverId: number;
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  readonly emit: Emit;
}): (lockOut: LockOut) => void {
  let toldAt: number | undefined;
  let untoldCount = 0;
  return ({ address, failureCount, until, lockedAt }) => {
    const nowMs = steadyNow(options.clock);
    if (toldAt !== undefined && nowMs - toldAt < quietMs) {
      untoldCount++;
      return;
    }
    const minutes = Number(((until - lockedAt) / 60_000).toFixed(2));
    const failures = `${failureCount} failed ${failureCount === 1 ? 'log-in' : 'log-ins'}`;
    const others = untoldCount === 0 ? '' : ` Since the last warning ${untoldCount} more were locked out.`;
    toldAt = nowMs;
    untoldCount = 0;
    options.emit({
      type: 'warning',
      serverId: options.serverId,
      code: 'address-locked-out',
      text: `${address} is locked out for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} after ${failures}.${others}`,
    });
  };
}
