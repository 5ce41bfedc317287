/** OAuth2 sign-ins of this computer: kept in its data folder, used by Outbound Security by their number. */
import type { SignInRow } from '../api/contract';
import type { Clock } from '../engine/core/clock';
import { reasonOf } from '../engine/core/problem';
import { type AccessTokens, createAccessTokens, type SecretSeal } from './access-tokens';
import { type Attempts, createAttempts } from './attempts';
import type { SignInEntry } from './entry-file';
import { TokenFailure } from './failure';
import { startKeepAlive } from './keep-alive';
import { createSignInActions, rowOf, type SignInActions } from './sign-ins';
import { openSignInStore, type SignInStore } from './store';
import { createTokenRequester, type TokenRequester } from './token-request';

export { findSignInAttention } from './attention';
export { refuseUsed } from './sign-ins';

export interface SignIns extends SignInActions {
  readonly store: SignInStore;
  readonly tokens: AccessTokens;
  readonly attempts: Attempts;
  row(entry: SignInEntry, usedBy: readonly number[]): SignInRow;
  /** Begins to renew what would be forgotten unused. */
  start(): void;
  /** Ends what is under way. */
  close(): void;
}

export interface SignInOptions {
  readonly dataFolder: string;
  readonly box: SecretSeal;
  readonly clock: Clock;
  /** Told of files that cannot be read, and of sign-ins that give no tokens any more. */
  readonly warn: (line: string) => void;
  /** It gives tokens again after it did not, or for the first time. */
  readonly onGood: (id: string) => void;
  /** What lists show of the sign-ins is not what it was. */
  readonly onChange: () => void;
}

/** Reads all sign-ins. Never throws for a damaged one. */
export function openSignIns(options: SignInOptions): SignIns {
  const { dataFolder, box, clock, warn, onGood, onChange } = options;
  const store = openSignInStore({ dataFolder, warn });
  store.onChange(onChange);
  const requesterOf = (entry: SignInEntry): TokenRequester =>
    createTokenRequester({ application: entry, clientSecret: openSecret(box, entry) });
  const tokens = createAccessTokens({ store, box, clock, requesterOf, onGood, onStanding: onChange, warn });
  const attempts = createAttempts({ store, tokens, clock, requesterOf });
  const actions = createSignInActions(store, box, clock);
  let stopKeepAlive = (): void => undefined;
  return {
    ...actions,
    async set(id, change) {
      const entry = await actions.set(id, change);
      // Whether the new secret is good is known at once, not with the next message.
      if (change.clientSecret !== undefined && entry.refreshToken !== undefined)
        tokens.renew(id).catch((error: unknown) => warn(reasonOf(error)));
      return entry;
    },
    store,
    tokens,
    attempts,
    row: (entry, usedBy) => rowOf(entry, { usedBy, tokens, now: clock.now() }),
    start() {
      stopKeepAlive();
      stopKeepAlive = startKeepAlive({ store, tokens, clock });
    },
    close() {
      stopKeepAlive();
      attempts.close();
    },
  };
}

function openSecret(box: SecretSeal, { clientSecret }: SignInEntry): string {
  if (clientSecret === '') return '';
  try {
    return box.open(clientSecret);
  } catch (error) {
    throw new TokenFailure('broken', 'The stored client secret cannot be read. Enter it again.', {
      cause: error,
    });
  }
}
