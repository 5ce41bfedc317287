/**
 * What can be done with the OAuth2 sign-ins of this computer, as the contract names it.
 *
 * Promises: secrets and tokens go in and never come out; what the tokens were given for does not change under them.
 * Fails: Problem with the field of the contract's input; then nothing has changed.
 */
import type { SignInChange, SignInRow, SignInSettings } from '../api/contract';
import type { Clock } from '../engine/core/clock';
import { Problem } from '../engine/core/problem';
import type { AccessTokens, SecretSeal } from './access-tokens';
import { isSameApplication, mailboxOf, type SignInEntry } from './entry-file';
import { checkApplication, endpointsOf, scopeOf } from './providers';
import { judgeSignIn } from './state';
import type { SignInStore } from './store';

export interface SignInActions {
  create(settings: SignInSettings): Promise<SignInEntry>;
  /** What the tokens were not given for is forgotten with them. */
  set(id: string, change: SignInChange): Promise<SignInEntry>;
}

export function createSignInActions(
  store: SignInStore,
  box: Pick<SecretSeal, 'seal'>,
  clock: Pick<Clock, 'now'>,
): SignInActions {
  const check = (entry: Omit<SignInEntry, 'id'>): void =>
    checkApplication({ ...entry, hasClientSecret: entry.clientSecret !== '' });
  return {
    async create({ clientSecret, clientSecretExpiresAt, ...rest }) {
      const entry = {
        ...rest,
        clientSecret: clientSecret === '' ? '' : box.seal(clientSecret),
        ...(clientSecretExpiresAt === null ? {} : { clientSecretExpiresAt }),
        createdAt: clock.now(),
      };
      check(entry);
      return store.add(entry);
    },
    set: (id, change) =>
      store.change(id, (now) => {
        const next = applyChange(now, change, box);
        check(next);
        return next;
      }),
  };
}

function applyChange(now: SignInEntry, change: SignInChange, box: Pick<SecretSeal, 'seal'>): SignInEntry {
  const { clientSecret, clientSecretExpiresAt, ...given } = change;
  const { clientSecretExpiresAt: oldExpiry, ...rest } = now;
  const expiry = clientSecretExpiresAt === undefined ? oldExpiry : (clientSecretExpiresAt ?? undefined);
  // Only what was given: a field that is there and undefined would overwrite.
  const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const next: SignInEntry = {
    ...rest,
    ...(fields as Partial<SignInEntry>),
    ...(expiry === undefined ? {} : { clientSecretExpiresAt: expiry }),
    ...(clientSecret === undefined
      ? {}
      : { clientSecret: clientSecret === '' ? '' : box.seal(clientSecret) }),
  };
  if (!isSameApplication(now, next)) {
    const {
      refreshToken: _,
      trouble: __,
      signedInAt: ___,
      signedInMailbox: ____,
      renewedAt: _____,
      ...bare
    } = next;
    return bare;
  }
  if (clientSecret === undefined || next.trouble?.kind !== 'broken') return next;
  // It may work with the new one.
  const { trouble: _, ...untroubled } = next;
  return untroubled;
}

export interface RowFacts {
  /** Virtual servers whose settings name it. */
  readonly usedBy: readonly number[];
  readonly tokens: Pick<AccessTokens, 'lastFailure'>;
  readonly now: number;
}

/** A sign-in as lists show it. */
export function rowOf(entry: SignInEntry, { usedBy, tokens, now }: RowFacts): SignInRow {
  const endpoints = endpointsOf(entry);
  const { clientSecret, clientSecretExpiresAt, signedInAt, renewedAt } = entry;
  return {
    id: entry.id,
    name: entry.name,
    provider: entry.provider,
    grant: entry.grant,
    tenant: entry.tenant,
    clientId: entry.clientId,
    hasClientSecret: clientSecret !== '',
    ...(clientSecretExpiresAt === undefined ? {} : { clientSecretExpiresAt }),
    scope: scopeOf(entry),
    isScopeDefault: entry.scope === '',
    authorizationEndpoint: endpoints.authorization,
    tokenEndpoint: endpoints.token,
    deviceEndpoint: endpoints.device,
    mailbox: mailboxOf(entry),
    ...judgeSignIn(entry, { now, lastFailure: tokens.lastFailure(entry.id) }),
    createdAt: entry.createdAt,
    ...(signedInAt === undefined ? {} : { signedInAt }),
    ...(renewedAt === undefined ? {} : { renewedAt }),
    usedBy: [...usedBy],
  };
}

/** Throws Problem 'refused' with the places. */
export function refuseUsed(places: readonly string[]): void {
  if (places.length === 0) return;
  throw new Problem(
    'refused',
    `${places.join('; ')} logs in with it. Choose another sign-in there first.`,
    'id',
  );
}
