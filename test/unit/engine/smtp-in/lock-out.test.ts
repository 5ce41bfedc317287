/** Addresses that guessed too often. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Emit } from '../../../../src-main/engine/core/event';
import type { LockOut } from '../../../../src-main/engine/core/session';
import { createLockOuts, type LockOuts } from '../../../../src-main/engine/smtp-in/lock-out';
import { createLockOutWarning } from '../../../../src-main/engine/smtp-in/lock-out-warning';
import { createManualClock, type ManualClock } from '../../../protocol/manual-clock';
import { createSettableClock } from '../../../support/fake-clock';

const minute = 60_000;
const address = '192.0.2.7';
let clock: ManualClock;
let limits: { maxFailedLogOns: number; lockOutMs: number };
let told: LockOut[];
let lockOuts: LockOuts;

beforeEach(() => {
  clock = createManualClock();
  limits = { maxFailedLogOns: 3, lockOutMs: 30 * minute };
  told = [];
  lockOuts = createLockOuts({ clock, limits: () => limits, onLocked: (each) => void told.push(each) });
});

function fail(count: number, from = address, user = 'ann'): void {
  for (let index = 0; index < count; index++) lockOuts.noteFailure(from, user);
}

describe('an address', () => {
  it('is locked out by the last failure allowed, and that is told once', () => {
    fail(2);
    expect(lockOuts.isLocked(address)).toBe(false);
    fail(3);
    expect(lockOuts.isLocked(address)).toBe(true);
    const now = clock.now();
    expect(told).toEqual([
      { address, failureCount: 3, lastUser: 'ann', lockedAt: now, until: now + 30 * minute },
    ]);
    expect(lockOuts.list()).toEqual([{ ...told[0], failureCount: 5 }]);
  });

  it('is let in again when its time is up, and begins anew', () => {
    fail(3);
    clock.advance(30 * minute - 1);
    expect(lockOuts.isLocked(address)).toBe(true);
    clock.advance(1);
    expect(lockOuts.isLocked(address)).toBe(false);
    expect(lockOuts.list()).toEqual([]);
    fail(2);
    expect(lockOuts.isLocked(address)).toBe(false);
  });

  it.each([
    ['forward', 5 * 365 * 86_400_000],
    ['back', -5 * 365 * 86_400_000],
  ])('is locked out for its time when the clock is set %s', async (_claim, ms) => {
    const settable = createSettableClock();
    const own = createLockOuts({ clock: settable, limits: () => limits, onLocked: () => undefined });
    for (let count = 0; count < 3; count++) own.noteFailure(address, 'ann');
    settable.setBy(ms);
    await settable.advance(20 * minute);
    expect(own.isLocked(address)).toBe(true);
    expect(own.find(address)?.until).toBe(settable.now() + 10 * minute);
    await settable.advance(10 * minute);
    expect(own.isLocked(address)).toBe(false);
  });

  it('is not kept out longer by what it tries meanwhile', () => {
    fail(3);
    clock.advance(20 * minute);
    fail(3);
    clock.advance(10 * minute);
    expect(lockOuts.isLocked(address)).toBe(false);
  });

  it('is judged by the failures of the last minutes: each counts for its own time', () => {
    fail(1);
    clock.advance(20 * minute);
    fail(1);
    clock.advance(10 * minute);
    fail(1);
    expect(lockOuts.isLocked(address)).toBe(false);
    clock.advance(19 * minute);
    fail(1);
    expect(lockOuts.isLocked(address)).toBe(true);
  });

  it('is forgiven by a success, but not once it is locked out', () => {
    fail(2);
    lockOuts.noteSuccess(address);
    fail(2);
    expect(lockOuts.isLocked(address)).toBe(false);
    fail(1);
    lockOuts.noteSuccess(address);
    expect(lockOuts.isLocked(address)).toBe(true);
  });

  it('is the /64 network for IPv6, and its neighbour is another', () => {
    fail(1, '2001:db8:1:2::1');
    fail(1, '2001:db8:1:2::2');
    fail(1, '2001:db8:1:2:ffff::3');
    expect(lockOuts.isLocked('2001:db8:1:2:abcd::1')).toBe(true);
    expect(lockOuts.isLocked('2001:db8:1:3::1')).toBe(false);
    expect(lockOuts.list().map((each) => each.address)).toEqual(['2001:db8:1:2::/64']);
  });

  it('of this computer is never locked out', () => {
    for (const loopback of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) fail(100, loopback);
    expect(lockOuts.list()).toEqual([]);
  });

  it('is let in again by hand: by its address, or by any of its network', () => {
    fail(3);
    fail(3, '2001:db8:1:2::1');
    expect(lockOuts.lift([address, '203.0.113.1'])).toBe(1);
    expect(lockOuts.isLocked(address)).toBe(false);
    expect(lockOuts.lift(['2001:db8:1:2::9'])).toBe(1);
    fail(3, '2001:db8:1:2::1');
    expect(lockOuts.lift(['2001:db8:1:2::/64'])).toBe(1);
    expect(lockOuts.list()).toEqual([]);
  });

  it('is not lifted by nonsense', () => {
    fail(3);
    expect(lockOuts.lift(['', '/64', 'x', '192.0.2.0/24', '::/64'])).toBe(0);
  });
});

describe('without a limit', () => {
  it('nobody is locked out, and who was is let in', () => {
    fail(3);
    limits = { ...limits, maxFailedLogOns: Number.POSITIVE_INFINITY };
    expect(lockOuts.isLocked(address)).toBe(false);
    expect(lockOuts.list()).toEqual([]);
    fail(100, '192.0.2.8');
    limits = { ...limits, maxFailedLogOns: 3 };
    expect(lockOuts.isLocked('192.0.2.8')).toBe(false);
  });
});

describe('memory', () => {
  it('holds 50,000 addresses; the one that failed longest ago is forgotten', () => {
    fail(3);
    fail(3, '192.0.2.8');
    const addressAt = (index: number): string => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
    for (let index = 0; index < 49_999; index++) fail(1, addressAt(index));
    expect(lockOuts.isLocked(address)).toBe(false);
    expect(lockOuts.isLocked('192.0.2.8')).toBe(true);
  });

  it('holds half a million failures under a limit that is never reached', () => {
    limits = { maxFailedLogOns: 1_000_000, lockOutMs: 30 * minute };
    fail(1000, '192.0.2.8');
    for (let index = 0; index < 500; index++) fail(1000, `10.0.${index >> 8}.${index & 255}`);
    limits = { ...limits, maxFailedLogOns: 1001 };
    fail(1, '192.0.2.8');
    expect(lockOuts.isLocked('192.0.2.8')).toBe(false);
    fail(1, '10.0.1.243');
    expect(lockOuts.isLocked('10.0.1.243')).toBe(true);
  }, 30_000);

  it('keeps names short and fit to read', () => {
    fail(3, address, `a\u0007b\u202e${'x'.repeat(500)}`);
    expect(lockOuts.list()[0]?.lastUser).toBe(`a?b?${'x'.repeat(96)}…`);
  });
});

describe('the warning', () => {
  it('counts one as one', () => {
    const events: string[] = [];
    const emit: Emit = (event) => void (event.type === 'warning' && events.push(event.text));
    const warn = createLockOutWarning({ serverId: 1, clock, emit });
    warn({ address: '192.0.2.1', failureCount: 1, lockedAt: 0, until: minute, lastUser: '' });
    expect(events).toEqual(['192.0.2.1 is locked out for 1 minute after 1 failed log-in.']);
  });

  it('is said once a minute at most, and tells how many there were meanwhile', () => {
    const events: string[] = [];
    const warn = createLockOutWarning({
      serverId: 1,
      clock,
      emit: (event) => void (event.type === 'warning' && events.push(event.text)),
    });
    lockOuts = createLockOuts({ clock, limits: () => limits, onLocked: warn });
    for (let index = 0; index < 5; index++) fail(3, `192.0.2.${index}`);
    clock.advance(minute);
    fail(3, '203.0.113.9');
    expect(events).toEqual([
      '192.0.2.0 is locked out for 30 minutes after 3 failed log-ins.',
      '203.0.113.9 is locked out for 30 minutes after 3 failed log-ins. Since the last warning 4 more were locked out.',
    ]);
  });
});
