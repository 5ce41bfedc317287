/**
 * Tokens of one-time sign-in addresses. Kept in memory only.
 *
 * Promises: a token is good once, for ten minutes; tokens are not stored, only their hashes; comparisons take
 *   the same time whatever is wrong.
 */
import { timingSafeEqual } from 'node:crypto';
import { ageMs, type Clock, type Moment, momentOf, steadyNow } from '../../engine/core/clock';
import { hashOf, newSecret } from './random-secret';

export const tokenLifetimeMs = 10 * 60_000;
/** Wrong tokens in `triesWindowMs` before the next wrong one is told to wait. A right one never is: nobody guesses 256 bits. */
export const maxWrongTries = 10;
export const triesWindowMs = 60_000;
/** More than a person opens; the oldest make room. */
const maxTokens = 5;

type Redeemed<T> =
  | { readonly kind: 'accepted'; readonly holder: T }
  | { readonly kind: 'refused' }
  | { readonly kind: 'wait'; readonly seconds: number };

/** `T` is what is known of the person that a token is made for. */
export interface OneTimeTokens<T> {
  /** A new token, 256 random bits. */
  issue(holder: T): string;
  /** Uses a token up. */
  redeem(token: string): Redeemed<T>;
}

export function createOneTimeTokens<T>(clock: Pick<Clock, 'now' | 'elapsed'>): OneTimeTokens<T> {
  const tokens: { readonly hash: Buffer; readonly issuedAt: Moment; readonly holder: T }[] = [];
  let wrongTries: number[] = [];
  return {
    issue(holder) {
      const token = newSecret();
      tokens.push({ hash: hashOf(token), issuedAt: momentOf(clock), holder });
      if (tokens.length > maxTokens) tokens.shift();
      return token;
    },
    redeem(token) {
      const now = steadyNow(clock);
      const hash = hashOf(token);
      let found = -1;
      // No early end: how long it takes tells nothing.
      tokens.forEach((entry, at) => {
        if (timingSafeEqual(entry.hash, hash) && ageMs(entry.issuedAt, clock) < tokenLifetimeMs) found = at;
      });
      const entry = tokens[found];
      if (!entry) {
        wrongTries = wrongTries.filter((at) => now - at < triesWindowMs);
        const [first] = wrongTries;
        if (first !== undefined && wrongTries.length >= maxWrongTries)
          return { kind: 'wait', seconds: Math.ceil((first + triesWindowMs - now) / 1000) };
        wrongTries.push(now);
        return { kind: 'refused' };
      }
      tokens.splice(found, 1);
      return { kind: 'accepted', holder: entry.holder };
    },
  };
}
