/**
 * Addresses that guessed too often, over all sessions of a virtual server.
 *
 * Promises: bounded memory: the oldest addresses are forgotten first; an address is locked for the time in
 *   force when it was locked; loopback is never locked, because all programs of this computer share it.
 * In memory alone: lock-outs survive a pause, and are gone when the virtual server is stopped.
 * Trusts: names are hostile text and are shortened and cleaned before they are kept.
 */
import { type Clock, steadyNow } from '../core/clock';
import type { LockOut } from '../core/session';
import { isLoopback, networkOf } from './address-counter';

export interface LockOuts {
  /** A log-in was refused. */
  noteFailure(address: string, user: string): void;
  /** A log-in succeeded: what was guessed before was a mistyped password. A lock-out stays. */
  noteSuccess(address: string): void;
  isLocked(address: string): boolean;
  /** The lock-out that shuts this address out. */
  find(address: string): LockOut | undefined;
  /** The latest first. */
  list(): readonly LockOut[];
  /** Ends the lock-outs of these addresses or networks; answers how many there were. */
  lift(addresses: readonly string[]): number;
}

export interface LockOutOptions {
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  /** The limits in force. Infinity: nobody is locked out. */
  readonly limits: () => { readonly maxFailedLogOns: number; readonly lockOutMs: number };
  /** Called when an address is locked out. */
  readonly onLocked: (lockOut: LockOut) => void;
}

interface Entry {
  /** When each failure that still counts was; empty once it is locked. */
  failedAt: number[];
  failureCount: number;
  lastUser: string;
  /** `endsAt` by the steady clock; `at` by the wall clock, for people. */
  lock: { readonly at: number; readonly endsAt: number } | undefined;
}

/** Guards the memory against guesses from very many addresses. */
const mostAddresses = 50_000;
/** The same for a high limit of failures. */
const mostFailures = 500_000;
const longestUser = 100;

export function createLockOuts({ clock, limits, onLocked }: LockOutOptions): LockOuts {
  /** By network; the one that failed last stands last. */
  const entries = new Map<string, Entry>();
  let keptFailures = 0;

  const forget = (network: string, entry: Entry): void => {
    entries.delete(network);
    keptFailures -= entry.failedAt.length;
  };
  /** What is known of the address and still counts. */
  const find = (network: string): Entry | undefined => {
    const entry = entries.get(network);
    if (!entry?.lock || entry.lock.endsAt > steadyNow(clock)) return entry;
    forget(network, entry);
    return undefined;
  };
  const lockOutOf = (address: string, { failureCount, lastUser, lock }: Entry): LockOut | undefined =>
    lock && {
      address,
      failureCount,
      lastUser,
      lockedAt: lock.at,
      until: Math.round(clock.now() + lock.endsAt - steadyNow(clock)),
    };
  const isOn = (): boolean => Number.isFinite(limits().maxFailedLogOns);

  return {
    noteFailure(address, user) {
      const { maxFailedLogOns, lockOutMs } = limits();
      if (!isOn() || isLoopback(address)) return;
      const network = networkOf(address);
      const nowMs = steadyNow(clock);
      const entry = find(network) ?? { failedAt: [], failureCount: 0, lastUser: '', lock: undefined };
      entries.delete(network);
      entries.set(network, entry);
      entry.lastUser = cleanName(user);
      if (entry.lock) {
        entry.failureCount++;
        return;
      }
      const counted = entry.failedAt.filter((at) => nowMs - at < lockOutMs);
      counted.push(nowMs);
      keptFailures += counted.length - entry.failedAt.length;
      entry.failedAt = counted;
      entry.failureCount = counted.length;
      if (entry.failureCount >= maxFailedLogOns) {
        keptFailures -= entry.failedAt.length;
        entry.failedAt = [];
        entry.lock = { at: clock.now(), endsAt: nowMs + lockOutMs };
      }
      for (const [oldest, other] of entries) {
        if (entries.size <= mostAddresses && keptFailures <= mostFailures) break;
        forget(oldest, other);
      }
      const lockOut = lockOutOf(network, entry);
      if (lockOut) onLocked(lockOut);
    },
    noteSuccess(address) {
      const network = networkOf(address);
      const entry = find(network);
      if (entry && !entry.lock) forget(network, entry);
    },
    isLocked: (address) => entries.size > 0 && isOn() && find(networkOf(address))?.lock !== undefined,
    find(address) {
      const network = networkOf(address);
      const entry = isOn() ? find(network) : undefined;
      return entry && lockOutOf(network, entry);
    },
    list() {
      if (!isOn()) return [];
      const found: LockOut[] = [];
      for (const [network] of entries) {
        const entry = find(network);
        const lockOut = entry && lockOutOf(network, entry);
        if (lockOut) found.push(lockOut);
      }
      return found.sort((a, b) => b.lockedAt - a.lockedAt);
    },
    lift(addresses) {
      let count = 0;
      for (const address of addresses) {
        const network = address.endsWith('/64') ? networkOf(address.slice(0, -3)) : networkOf(address);
        const entry = find(network);
        if (!entry?.lock) continue;
        forget(network, entry);
        count++;
      }
      return count;
    },
  };
}

/** Fit for what a person reads. */
export function cleanName(user: string): string {
  const shown = user.replace(/[\p{Cc}\p{Cf}]/gu, '?');
  return shown.length > longestUser ? `${shown.slice(0, longestUser)}…` : shown;
}
