/**
 * Renews sign-ins that nobody used for days: providers forget them otherwise, and a printer may rest for months. What was
 * revoked, or put right, is found before mail waits for it.
 */
import type { Clock } from '../engine/core/clock';
import type { AccessTokens } from './access-tokens';
import type { SignInEntry } from './entry-file';
import type { SignInStore } from './store';

export interface KeepAliveMeans {
  readonly store: Pick<SignInStore, 'list'>;
  readonly tokens: Pick<AccessTokens, 'renew'>;
  readonly clock: Clock;
}

const hourMs = 60 * 60_000;
/** Often enough to notice within the day; rare enough to be no load for anybody. */
const lookEveryMs = 6 * hourMs;
const renewAfterMs = 3 * 24 * hourMs;

/** Returns how to stop it. */
export function startKeepAlive({ store, tokens, clock }: KeepAliveMeans): () => void {
  let isStopped = false;
  const look = async (): Promise<void> => {
    for (const entry of store.list()) {
      if (isStopped) return;
      // How it failed is in its standing.
      if (isDue(entry, clock.now())) await tokens.renew(entry.id).catch(() => undefined);
    }
    wait();
  };
  let cancelTimer = (): void => undefined;
  const wait = (): void => {
    if (!isStopped) cancelTimer = clock.startTimer(() => void look(), lookEveryMs);
  };
  wait();
  return () => {
    isStopped = true;
    cancelTimer();
  };
}

/** Whether it should be tried without anybody asking. */
export function isDue(entry: SignInEntry, now: number): boolean {
  const { grant, trouble, refreshToken, renewedAt, signedInAt } = entry;
  if (trouble) return trouble.kind === 'broken';
  if (grant === 'client-credentials' ? renewedAt === undefined : refreshToken === undefined) return false;
  return now - Math.max(renewedAt ?? 0, signedInAt ?? 0) >= renewAfterMs;
}
