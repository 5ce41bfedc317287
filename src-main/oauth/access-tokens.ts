/**
 * Access tokens of the sign-ins: kept in memory while they are good, renewed when they are about to expire.
 *
 * Owns: the tokens and what is known of each sign-in's last try. No token is ever on the disk in clear, logged or told.
 * Promises: one request at a time for each sign-in, however many ask; a refresh token that the provider exchanged for
 *   another is on the disk before the access token that came with it is used; a token that a host refused is renewed at
 *   most once a minute; a provider that refused for good is left alone until somebody acts, or for some minutes.
 * Fails: Problem 'unavailable' in words for people, which say what to do.
 */
import type { Clock } from '../engine/core/clock';
import type { AccessToken } from '../engine/core/keyring';
import { Problem, reasonOf } from '../engine/core/problem';
import { isSameApplication, mailboxOf, type SignInEntry, type Trouble } from './entry-file';
import { type FailureKind, TokenFailure } from './failure';
import { scopeOf } from './providers';
import type { SignInStore } from './store';
import type { TokenRequester, Tokens } from './token-request';

export interface AccessTokens {
  /** See Keyring. */
  accessToken(signIn: string, refused?: string): Promise<AccessToken>;
  /** Fetches a new token now, whatever is known. */
  renew(signIn: string): Promise<AccessToken>;
  /** Somebody signed in: these are the tokens. Nothing is in force before it is on the disk. */
  accept(signIn: string, used: SignInEntry, tokens: Tokens): Promise<void>;
  /** Why the last try failed, when the next may succeed. */
  lastFailure(signIn: string): string | undefined;
}

/** Seals what must not lie on the disk in clear. */
export interface SecretSeal {
  seal(clearText: string): string;
  /** Throws Problem 'unavailable'. */
  open(sealed: string): string;
}

export interface AccessTokenMeans {
  readonly store: SignInStore;
  readonly box: SecretSeal;
  readonly clock: Pick<Clock, 'now'>;
  readonly requesterOf: (entry: SignInEntry) => TokenRequester;
  /** It gives tokens again after it did not, or for the first time. */
  readonly onGood: (signIn: string) => void;
  /** How it stands has changed in a way that the store does not tell. */
  readonly onStanding: () => void;
  readonly warn: (line: string) => void;
}

/** A token must last for the log-in, and for clocks that differ. */
const spareMs = 2 * 60_000;
const forcedEveryMs = 60_000;
/** A token server that is down is asked by the next attempt, not by each message of a burst. */
const unreachableForMs = 15_000;
/** What was put right at the provider is noticed after this time without anybody telling us. */
const brokenForMs = 5 * 60_000;

interface Known {
  token?: { readonly value: string; readonly goodUntil: number };
  /** The entry that the token was fetched for. */
  of?: SignInEntry;
  forcedAt?: number;
  failure?: { readonly kind: FailureKind; readonly text: string; readonly at: number };
  /** It failed, and has given no token since: mail may wait for it. */
  isMissed?: boolean;
  underWay?: Promise<AccessToken>;
  /** Given by the provider in exchange, and not on the disk: the one there is worth nothing any more. */
  unsaved?: string;
}

export function createAccessTokens(means: AccessTokenMeans): AccessTokens {
  const { store, box, clock, requesterOf, onGood, onStanding, warn } = means;
  const all = new Map<string, Known>();
  const knownOf = (id: string): Known => {
    const found = all.get(id) ?? {};
    all.set(id, found);
    return found;
  };
  store.onChange((now, before) => {
    for (const old of before) {
      const entry = now.find(({ id }) => id === old.id);
      const known = all.get(old.id);
      if (!entry) all.delete(old.id);
      else if (known && (!isSameApplication(entry, old) || entry.clientSecret !== old.clientSecret)) {
        delete known.token;
        delete known.failure;
        delete known.forcedAt;
        if (!isSameApplication(entry, old)) delete known.unsaved;
      }
    }
  });

  const entryOf = (id: string): SignInEntry => {
    const entry = store.find(id);
    if (!entry)
      throw new Problem(
        'unavailable',
        'The OAuth2 sign-in does not exist any more. Choose another one under Outbound Security.',
      );
    return entry;
  };

  /** What keeps it from being tried now; undefined: it may be. */
  const whyNot = (entry: SignInEntry, known: Known): string | undefined => {
    const { trouble, grant, refreshToken } = entry;
    const now = clock.now();
    if (trouble?.kind === 'needs-sign-in') return trouble.reason;
    if (trouble?.kind === 'broken' && now - trouble.at < brokenForMs && now >= trouble.at)
      return trouble.reason;
    if (grant !== 'client-credentials' && refreshToken === undefined)
      return 'Nobody has signed in yet. Sign in.';
    const { failure } = known;
    return failure?.kind === 'unreachable' && now - failure.at < unreachableForMs ? failure.text : undefined;
  };

  async function fetchTokens(entry: SignInEntry, known: Known): Promise<Tokens> {
    const requester = requesterOf(entry);
    if (entry.grant === 'client-credentials') return requester.clientCredentials(scopeOf(entry));
    const refreshToken = known.unsaved ?? openToken(box, entry);
    return requester.refresh(refreshToken, scopeOf(entry));
  }

  async function save(entry: SignInEntry, known: Known, tokens: Tokens): Promise<SignInEntry> {
    const { refreshToken } = tokens;
    const isRotated = refreshToken !== undefined && entry.grant !== 'client-credentials';
    // Kept until it is on the disk: the provider may have ended the one that lies there.
    if (isRotated) known.unsaved = refreshToken;
    try {
      const saved = await store.change(entry.id, (now) => {
        if (!isStillMeant(now, entry)) throw changedMeanwhile();
        const { trouble: _, ...rest } = now;
        return {
          ...rest,
          renewedAt: clock.now(),
          ...(tokens.mailbox === '' ? {} : { signedInMailbox: tokens.mailbox }),
          ...(known.unsaved === undefined ? {} : { refreshToken: box.seal(known.unsaved) }),
        };
      });
      delete known.unsaved;
      return saved;
    } catch (error) {
      const isDisk =
        error instanceof Problem && (error.code === 'disk-full' || error.code === 'folder-unusable');
      // Only when it was renewed is lost then.
      if (isDisk && known.unsaved === undefined) {
        warn(reasonOf(error));
        return entry;
      }
      throw error;
    }
  }

  async function noteFailure(entry: SignInEntry, known: Known, error: TokenFailure): Promise<void> {
    const at = clock.now();
    known.failure = { kind: error.kind, text: error.message, at };
    known.isMissed = true;
    if (error.kind === 'unreachable') return onStanding();
    delete known.token;
    const trouble: Trouble = { kind: error.kind, reason: error.message.slice(0, 2000), at };
    warn(`The OAuth2 sign-in "${entry.name}" gives no tokens: ${error.message}`);
    await store
      .change(entry.id, (now) => (isStillMeant(now, entry) ? { ...now, trouble } : now))
      .catch((reason: unknown) => warn(reasonOf(reason)));
  }

  async function fetchNow(id: string): Promise<AccessToken> {
    const entry = entryOf(id);
    const known = knownOf(id);
    const isMissed = known.isMissed === true || entry.trouble !== undefined || entry.renewedAt === undefined;
    let tokens: Tokens;
    try {
      tokens = await fetchTokens(entry, known);
    } catch (error) {
      if (!(error instanceof TokenFailure)) throw error;
      await noteFailure(entry, known, error);
      throw unavailable(entry, error.message);
    }
    const saved = await save(entry, known, tokens);
    return put(saved, known, tokens, isMissed);
  }

  function put(entry: SignInEntry, known: Known, tokens: Tokens, isMissed: boolean): AccessToken {
    known.token = { value: tokens.accessToken, goodUntil: clock.now() + tokens.lifetimeMs - spareMs };
    delete known.failure;
    delete known.isMissed;
    if (isMissed) onGood(entry.id);
    return { token: tokens.accessToken, user: mailboxOf(entry) };
  }

  /** All who ask while it is under way get the same answer. */
  function fetchOnce(id: string): Promise<AccessToken> {
    const known = knownOf(id);
    known.underWay ??= fetchNow(id).finally(() => delete known.underWay);
    return known.underWay;
  }

  return {
    async accessToken(id, refused) {
      const entry = entryOf(id);
      const known = knownOf(id);
      const { token } = known;
      const isRefused = token !== undefined && refused === token.value;
      if (token && !isRefused && clock.now() < token.goodUntil)
        return { token: token.value, user: mailboxOf(entry) };
      if (!known.underWay) {
        const reason = whyNot(entry, known);
        if (reason !== undefined) throw unavailable(entry, reason);
        if (isRefused) {
          const { forcedAt } = known;
          if (forcedAt !== undefined && clock.now() - forcedAt < forcedEveryMs)
            throw unavailable(entry, refusedTwice(entry));
          known.forcedAt = clock.now();
        }
      }
      return fetchOnce(id).catch((error: unknown) => {
        throw error instanceof Problem && error.code !== 'unavailable'
          ? unavailable(entry, error.message)
          : error;
      });
    },
    renew: (id) => fetchOnce(id),
    async accept(id, used, tokens) {
      const known = knownOf(id);
      // A renewal with what was there before must not come in after this.
      await known.underWay?.catch(() => undefined);
      const { refreshToken, mailbox } = tokens;
      if (refreshToken === undefined)
        throw new TokenFailure(
          'broken',
          'The provider gave no refresh token, so the sign-in would end within the hour. Add what it asks for to the scope, often offline_access.',
        );
      const at = clock.now();
      const saved = await store.change(id, (now) => {
        if (!isStillMeant(now, used)) throw changedMeanwhile();
        const { trouble: _, signedInMailbox: __, ...rest } = now;
        return {
          ...rest,
          refreshToken: box.seal(refreshToken),
          signedInAt: at,
          renewedAt: at,
          ...(mailbox === '' ? {} : { signedInMailbox: mailbox }),
        };
      });
      delete known.unsaved;
      delete known.forcedAt;
      put(saved, known, tokens, true);
    },
    lastFailure(id) {
      const failure = all.get(id)?.failure;
      return failure?.kind === 'unreachable' ? failure.text : undefined;
    },
  };
}

/** Tokens that were fetched for `used` are good for it as it is now. */
const isStillMeant = (now: SignInEntry, used: SignInEntry): boolean =>
  isSameApplication(now, used) && now.clientSecret === used.clientSecret;

const changedMeanwhile = (): Problem =>
  new Problem('conflict', 'The OAuth2 sign-in was changed meanwhile. Sign in again.');

function openToken(box: SecretSeal, { refreshToken = '' }: SignInEntry): string {
  try {
    return box.open(refreshToken);
  } catch (error) {
    throw new TokenFailure('needs-sign-in', 'What is stored of the sign-in cannot be read. Sign in again.', {
      cause: error,
    });
  }
}

const unavailable = ({ name }: SignInEntry, reason: string): Problem =>
  new Problem('unavailable', `OAuth2 sign-in "${name}": ${reason}`);

const refusedTwice = ({ provider, grant }: SignInEntry): string =>
  `The host refuses tokens that were just made. ${
    provider === 'microsoft'
      ? grant === 'client-credentials'
        ? 'Register the application in Exchange Online (New-ServicePrincipal), give it the right to the mailbox (Add-MailboxPermission), and allow the mailbox authenticated SMTP.'
        : 'Allow the mailbox authenticated SMTP (Microsoft 365 admin center, the user, Mail, Manage email apps), and check that the user may log in to it.'
      : 'Check that the user may send through this host, and that the scope is the one for SMTP.'
  }`;
