/**
 * Who is signed in to the browser console: one-time tokens and the sessions they open. Kept in memory only; a
 * restart signs everybody out.
 *
 * Promises: a token opens one session and is gone; neither tokens nor session keys are stored, only their
 *   hashes; comparisons take the same time whatever is wrong.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../engine/core/clock';

export const tokenLifetimeMs = 10 * 60_000;
export const sessionIdleMs = 12 * 3_600_000;
/** Wrong tokens in `triesWindowMs` before everybody has to wait; 256 random bits need no more, logs do. */
export const maxWrongTries = 10;
export const triesWindowMs = 60_000;
/** More than a person opens; the oldest make room. */
const maxTokens = 5;
const maxSessions = 50;

type Redeemed =
  | { readonly kind: 'signed-in'; readonly sessionKey: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'wait'; readonly seconds: number };

export interface SignIn {
  /** A new token, 256 random bits. */
  issueToken(): string;
  /** Uses a token up. */
  redeem(token: string): Redeemed;
  /** True when the key is that of a living session; keeps it alive. */
  touch(sessionKey: string | undefined): boolean;
}

export function createSignIn(clock: Pick<Clock, 'now'>): SignIn {
  const tokens: { readonly hash: Buffer; readonly expiresAt: number }[] = [];
  /** Hash of the key to the time of the last call, oldest first. */
  const sessions = new Map<string, number>();
  let wrongTries: number[] = [];

  const openSession = (): string => {
    const key = newSecret();
    sessions.set(hashOf(key).toString('hex'), clock.now());
    for (const [oldest] of sessions) {
      if (sessions.size <= maxSessions) break;
      sessions.delete(oldest);
    }
    return key;
  };

  return {
    issueToken() {
      const token = newSecret();
      tokens.push({ hash: hashOf(token), expiresAt: clock.now() + tokenLifetimeMs });
      if (tokens.length > maxTokens) tokens.shift();
      return token;
    },
    redeem(token) {
      const now = clock.now();
      wrongTries = wrongTries.filter((at) => now - at < triesWindowMs);
      const [first] = wrongTries;
      if (first !== undefined && wrongTries.length >= maxWrongTries) {
        return { kind: 'wait', seconds: Math.ceil((first + triesWindowMs - now) / 1000) };
      }
      const hash = hashOf(token);
      let found = -1;
      // No early end: how long it takes tells nothing.
      tokens.forEach((entry, at) => {
        if (timingSafeEqual(entry.hash, hash) && now < entry.expiresAt) found = at;
      });
      if (found < 0) {
        wrongTries.push(now);
        return { kind: 'refused' };
      }
      tokens.splice(found, 1);
      return { kind: 'signed-in', sessionKey: openSession() };
    },
    touch(sessionKey) {
      if (sessionKey === undefined) return false;
      const name = hashOf(sessionKey).toString('hex');
      const lastAt = sessions.get(name);
      if (lastAt === undefined) return false;
      sessions.delete(name);
      if (clock.now() - lastAt >= sessionIdleMs) return false;
      sessions.set(name, clock.now());
      return true;
    },
  };
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
