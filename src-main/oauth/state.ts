/** How a sign-in stands, and what helps. Pure. */
import type { SignInState } from '../api/contract';
import type { SignInEntry } from './entry-file';
import { forgottenAfterDays } from './providers';

const dayMs = 86_400_000;
/** A new secret needs an administrator of the provider: weeks, not days. */
const secretWarningDays = 30;
/** It is renewed every few days by itself; so long without says that something is in the way. */
const unusedWarningShare = 2 / 3;

export interface Standing {
  readonly state: SignInState;
  /** Why it is not simply signed in, and what helps. */
  readonly reason?: string;
}

export interface StandingFacts {
  readonly now: number;
  /** Why the last renewal did not succeed, when it may the next time. */
  readonly lastFailure?: string | undefined;
}

export function judgeSignIn(entry: SignInEntry, { now, lastFailure }: StandingFacts): Standing {
  const { grant, provider, trouble, refreshToken, clientSecretExpiresAt, renewedAt, signedInAt } = entry;
  if (trouble) return { state: trouble.kind, reason: trouble.reason };
  if (grant !== 'client-credentials' && refreshToken === undefined)
    return { state: 'needs-sign-in', reason: 'Nobody has signed in yet. Sign in.' };
  if (grant === 'client-credentials' && renewedAt === undefined)
    return {
      state: 'needs-sign-in',
      reason: lastFailure ?? 'It has not been tried yet. Sign in, to see whether it works.',
    };
  if (clientSecretExpiresAt !== undefined && clientSecretExpiresAt - now < secretWarningDays * dayMs) {
    const verb = clientSecretExpiresAt <= now ? 'expired' : 'expires';
    return {
      state: 'expires-soon',
      reason: `The client secret ${verb} on ${dayOf(clientSecretExpiresAt)}. Make a new one for the application, and enter it here.`,
    };
  }
  const days = forgottenAfterDays[provider];
  const last = Math.max(renewedAt ?? 0, signedInAt ?? 0);
  if (grant !== 'client-credentials' && days !== undefined && now - last > days * unusedWarningShare * dayMs)
    return {
      state: 'expires-soon',
      reason: `It was last renewed on ${dayOf(last)}; the provider forgets a sign-in that nobody uses for ${days} days.${lastFailure === undefined ? '' : ` ${lastFailure}`}`,
    };
  return { state: 'signed-in', ...(lastFailure === undefined ? {} : { reason: lastFailure }) };
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
