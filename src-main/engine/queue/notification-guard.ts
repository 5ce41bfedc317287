/**
 * Ends loops of notifications: a program that answers each notification with new mail to the address that failed,
 * and does it from an address of its own, would get notifications without end. (RFC 3834 forbids it; the null
 * reverse-path stops those who know it.)
 *
 * Owns: how many notifications of failure about one recipient went to one sender within the last while. In memory: a
 *   restart begins anew.
 * Promises: no message is lost: the one that nobody is told of goes to Badmail. Bounded memory.
 */
import type { Clock } from '../core/clock';
import type { Envelope } from '../core/envelope';
import type { Settlement, Verdict } from './settlement';

/**
 * So many of one pair in an hour are no loop: a monitor that writes to a dead address every minute stays below. More
 * than that is not read by anybody. A bulk mailing is about many recipients and is not concerned.
 */
export const mostNotificationsAnHour = 100;
const windowMs = 60 * 60_000;
/** A pair is two addresses; the oldest is forgotten. */
const mostPairs = 10_000;

interface Window {
  readonly endsAt: number;
  count: number;
  isTold: boolean;
}

export interface Guarded {
  readonly settlement: Settlement;
  /** To be told to people: the pairs that were stopped now, in words, each once in its hour. */
  readonly warnings: readonly string[];
}

export class NotificationGuard {
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The settlement as it may be carried out: who would be told once too often is not told, and Badmail gets it. What is
   * left counts as sent from now on, for others may be on their way at the same time; see `release`.
   */
  check(envelope: Envelope, settlement: Settlement): Guarded {
    const warnings: string[] = [];
    const verdicts = settlement.verdicts.map((verdict): Verdict => {
      if (verdict.notified?.action !== 'failed') return verdict;
      const { address } = verdict.notified;
      const window = this.#find(envelope.sender, address) ?? this.#open(envelope.sender, address);
      if (window.count < mostNotificationsAnHour) {
        window.count++;
        return verdict;
      }
      const what = `${mostNotificationsAnHour} notifications about ${address} went to ${envelope.sender} within an hour`;
      if (!window.isTold) {
        window.isTold = true;
        warnings.push(
          `${what}. A program may answer each of them, or go on writing to a dead address. No more are sent until ${new Date(window.endsAt).toISOString()}; what comes until then goes to Badmail.`,
        );
      }
      return divert(verdict, `${what}, so this one was not sent`);
    });
    return { settlement: { ...settlement, verdicts }, warnings };
  }

  /** Of what `check` let pass, these were not sent after all. */
  release(sender: string, addresses: readonly string[]): void {
    for (const address of addresses) {
      const window = this.#find(sender, address);
      if (window) window.count = Math.max(0, window.count - 1);
    }
  }

  #find(sender: string, address: string): Window | undefined {
    const key = keyOf(sender, address);
    const window = this.#windows.get(key);
    if (!window || window.endsAt > this.#clock.now()) return window;
    this.#windows.delete(key);
    return undefined;
  }

  #open(sender: string, address: string): Window {
    // In order of their beginning, which is that of their end.
    for (const [key, { endsAt }] of this.#windows) {
      if (endsAt > this.#clock.now() && this.#windows.size < mostPairs) break;
      this.#windows.delete(key);
    }
    const window = { endsAt: this.#clock.now() + windowMs, count: 0, isTold: false };
    this.#windows.set(keyOf(sender, address), window);
    return window;
  }
}

const keyOf = (sender: string, address: string): string => `${sender}\n${address}`.toLowerCase();

/** The same end without a notification: the message goes to Badmail as one that could not be returned. */
export function divert(verdict: Verdict, why: string): Verdict {
  const { notified: _nobody, ...rest } = verdict;
  return {
    ...rest,
    outcome: 'badmail',
    recipient: { ...verdict.recipient, outcome: 'badmail' },
    badmail: { cause: 'general-failure', why },
  };
}
