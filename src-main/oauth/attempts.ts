/**
 * Sign-ins that are under way: begun, waiting for a person somewhere else, and ended.
 *
 * Owns: what is needed until the end (state, PKCE verifier, device code), in memory only, and the listener that waits for
 *   the browser.
 * Promises: one at a time for each sign-in; each ends by success, refusal, cancelling, or its time; nothing is taken
 *   that does not carry the state it was begun with.
 */
import { randomBytes } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import type { SignInProgress, SignInStep } from '../api/contract';
import type { CancelTimer, Clock } from '../engine/core/clock';
import { Problem, reasonOf } from '../engine/core/problem';
import type { AccessTokens } from './access-tokens';
import type { SignInEntry } from './entry-file';
import { cleanWords, explainRefusal, TokenFailure } from './failure';
import { openLoopback } from './loopback';
import { askedScopeOf, authorizationParameters, redirectHostOf } from './providers';
import type { SignInStore } from './store';
import { authorizationServerOf, type TokenRequester, type Tokens } from './token-request';

export interface Attempts {
  /** Rejects with Problem 'unavailable' when it cannot even begin. */
  begin(signIn: string): Promise<SignInStep>;
  /** Resolves when it has ended, or after `waitMs`. */
  poll(attemptId: string, waitMs: number, signal?: AbortSignal): Promise<SignInProgress>;
  /** `address` is where the browser ended. Throws Problem 'invalid' when it is not of this sign-in. */
  complete(attemptId: string, address: string): Promise<SignInProgress>;
  cancel(attemptId: string): void;
  /** Ends all that are under way. */
  close(): void;
}

export interface AttemptMeans {
  readonly store: SignInStore;
  readonly tokens: AccessTokens;
  readonly clock: Clock;
  readonly requesterOf: (entry: SignInEntry) => TokenRequester;
}

const browserTimeMs = 15 * 60_000;
/** How an ended one is still told about. */
const rememberedMs = 10 * 60_000;
const maxUnderWay = 50;
/** RFC 8628 section 3.5. */
const slowDownMs = 5_000;

interface Attempt {
  readonly id: string;
  readonly signIn: string;
  progress: SignInProgress;
  readonly listeners: Set<() => void>;
  /** Frees what it holds. */
  release: () => void;
  finish?: (parameters: URLSearchParams) => Promise<SignInProgress>;
}

export function createAttempts({ store, tokens, clock, requesterOf }: AttemptMeans): Attempts {
  const attempts = new Map<string, Attempt>();

  const end = (attempt: Attempt, progress: SignInProgress): SignInProgress => {
    if (attempt.progress.state !== 'waiting') return attempt.progress;
    attempt.progress = progress;
    attempt.release();
    for (const listener of attempt.listeners) listener();
    clock.startTimer(() => attempts.delete(attempt.id), rememberedMs);
    return progress;
  };
  const fail = (attempt: Attempt, error: unknown): SignInProgress =>
    end(attempt, {
      state: 'failed',
      reason:
        error instanceof TokenFailure || error instanceof Problem
          ? error.message
          : `Something went wrong: ${cleanWords(reasonOf(error))}`,
    });
  const find = (id: string): Attempt => {
    const attempt = attempts.get(id);
    if (!attempt)
      throw new Problem('not-found', 'This sign-in is not under way any more. Begin again.', 'attemptId');
    return attempt;
  };
  const create = (signIn: string): Attempt => {
    for (const other of attempts.values()) if (other.signIn === signIn) end(other, { state: 'cancelled' });
    const underWay = [...attempts.values()].filter(({ progress }) => progress.state === 'waiting');
    if (underWay.length >= maxUnderWay)
      throw new Problem('refused', `There are ${maxUnderWay} sign-ins under way. Cancel some first.`);
    const attempt: Attempt = {
      id: randomBytes(12).toString('hex'),
      signIn,
      progress: { state: 'waiting' },
      listeners: new Set(),
      release: () => undefined,
    };
    attempts.set(attempt.id, attempt);
    return attempt;
  };
  const accept = async (attempt: Attempt, entry: SignInEntry, given: Tokens): Promise<SignInProgress> => {
    if (attempt.progress.state !== 'waiting') return attempt.progress;
    await tokens.accept(attempt.signIn, entry, given);
    return end(attempt, { state: 'done' });
  };

  async function beginInBrowser(attempt: Attempt, entry: SignInEntry): Promise<SignInStep> {
    const state = oauth.generateRandomState();
    const verifier = oauth.generateRandomCodeVerifier();
    const challenge = await oauth.calculatePKCECodeChallenge(verifier);
    const server = authorizationServerOf(entry);
    const host = redirectHostOf(entry.provider);
    const loopback = await openLoopback({
      host,
      state,
      onAnswer: async (parameters) => wordsOf(await finish(parameters)),
    });
    const { redirectUri } = loopback;
    let isTaken = false;
    const finish = async (parameters: URLSearchParams): Promise<SignInProgress> => {
      // A browser that loads the page again brings the same code, which is good for one time.
      if (isTaken) return settled(attempt, clock);
      isTaken = true;
      try {
        const checked = checkCallback(server, entry, parameters, state);
        return await accept(attempt, entry, await requesterOf(entry).code(checked, redirectUri, verifier));
      } catch (error) {
        return fail(attempt, error);
      }
    };
    attempt.finish = (parameters) => {
      if (parameters.get('state') !== state)
        throw new Problem(
          'invalid',
          'This address is not of this sign-in. Paste the one that the browser ended at.',
          'address',
        );
      return finish(parameters);
    };
    const cancelTimer = clock.startTimer(
      () => end(attempt, { state: 'failed', reason: 'Nobody signed in in time. Begin again.' }),
      browserTimeMs,
    );
    attempt.release = () => {
      cancelTimer();
      loopback.close();
    };
    const url = new URL(server.authorization_endpoint ?? '');
    const parameters = {
      response_type: 'code',
      client_id: entry.clientId,
      redirect_uri: redirectUri,
      scope: askedScopeOf(entry),
      state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...authorizationParameters(entry),
    };
    for (const [name, value] of Object.entries(parameters))
      if (value !== '') url.searchParams.set(name, value);
    const expiresAt = clock.now() + browserTimeMs;
    return { kind: 'browser', attemptId: attempt.id, url: url.href, redirectUri, expiresAt };
  }

  async function beginOnDevice(attempt: Attempt, entry: SignInEntry): Promise<SignInStep> {
    const requester = requesterOf(entry);
    const code = await requester.requestDeviceCode(askedScopeOf(entry));
    const expiresAt = clock.now() + code.lifetimeMs;
    let cancelTimer: CancelTimer = () => undefined;
    attempt.release = () => cancelTimer();
    let { intervalMs } = code;
    const ask = async (): Promise<void> => {
      if (attempt.progress.state !== 'waiting') return;
      try {
        const answer = await requester.deviceToken(code.deviceCode);
        if (answer === 'slow-down') intervalMs += slowDownMs;
        else if (answer !== 'pending') return void (await accept(attempt, entry, answer));
      } catch (error) {
        // RFC 8628 section 3.5: a connection that fails is no answer; it is asked less often then.
        if (!(error instanceof TokenFailure) || error.kind !== 'unreachable')
          return void fail(attempt, error);
        intervalMs = Math.min(intervalMs * 2, 60_000);
      }
      waitOn();
    };
    const waitOn = (): void => {
      if (attempt.progress.state !== 'waiting') return;
      if (clock.now() + intervalMs > expiresAt)
        return void end(attempt, { state: 'failed', reason: 'The code has expired. Begin again.' });
      cancelTimer = clock.startTimer(() => void ask(), intervalMs);
    };
    waitOn();
    return {
      kind: 'device',
      attemptId: attempt.id,
      userCode: code.userCode,
      verificationUri: code.verificationUri,
      ...(code.completeUri === undefined ? {} : { completeUri: code.completeUri }),
      expiresAt,
    };
  }

  return {
    async begin(signIn) {
      const entry = store.get(signIn);
      if (entry.grant === 'client-credentials') {
        await tokens.renew(signIn);
        return { kind: 'done' };
      }
      const attempt = create(signIn);
      try {
        return entry.grant === 'device-code'
          ? await beginOnDevice(attempt, entry)
          : await beginInBrowser(attempt, entry);
      } catch (error) {
        attempts.delete(attempt.id);
        attempt.release();
        throw error instanceof TokenFailure ? new Problem('unavailable', error.message) : error;
      }
    },
    async poll(attemptId, waitMs, signal) {
      const attempt = find(attemptId);
      if (attempt.progress.state === 'waiting' && waitMs > 0)
        await settled(attempt, clock, { waitMs, signal });
      return attempt.progress;
    },
    async complete(attemptId, address) {
      const attempt = find(attemptId);
      if (attempt.progress.state !== 'waiting') return attempt.progress;
      if (!attempt.finish)
        throw new Problem('refused', 'This sign-in waits for a code to be entered, not for an address.');
      return attempt.finish(readCallback(address));
    },
    cancel(attemptId) {
      const attempt = attempts.get(attemptId);
      if (attempt) end(attempt, { state: 'cancelled' });
    },
    close() {
      for (const attempt of attempts.values()) end(attempt, { state: 'cancelled' });
    },
  };
}

/** Resolves with its progress when it has ended, or after the time. */
function settled(
  attempt: Attempt,
  clock: Clock,
  { waitMs, signal }: { readonly waitMs?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<SignInProgress> {
  return new Promise((resolve) => {
    const done = (): void => {
      attempt.listeners.delete(done);
      cancelTimer();
      signal?.removeEventListener('abort', done);
      resolve(attempt.progress);
    };
    const cancelTimer = waitMs === undefined ? () => undefined : clock.startTimer(done, waitMs);
    attempt.listeners.add(done);
    signal?.addEventListener('abort', done, { once: true });
    if (attempt.progress.state !== 'waiting' || signal?.aborted === true) done();
  });
}

function checkCallback(
  server: oauth.AuthorizationServer,
  entry: SignInEntry,
  parameters: URLSearchParams,
  state: string,
): URLSearchParams {
  const copy = new URLSearchParams(parameters);
  // Only Google's own name is known for certain (RFC 9207).
  if (entry.provider !== 'google' || entry.tokenEndpoint !== '') copy.delete('iss');
  try {
    return oauth.validateAuthResponse(server, { client_id: entry.clientId }, copy, state);
  } catch (error) {
    const code = cleanWords(copy.get('error') ?? '').slice(0, 100);
    if (error instanceof oauth.AuthorizationResponseError && code !== '')
      throw explainRefusal(entry.provider, {
        code,
        description: cleanWords(copy.get('error_description') ?? ''),
        httpStatus: 400,
      });
    throw new TokenFailure(
      'broken',
      'The browser brought an answer that is not of this sign-in. Begin again.',
    );
  }
}

/** The address, or what stands behind its question mark. */
function readCallback(address: string): URLSearchParams {
  const refuse = (): never => {
    throw new Problem(
      'invalid',
      'Paste the whole address that the browser ended at. It begins with http:// and contains code= and state=.',
      'address',
    );
  };
  const query = address.includes('?') ? address.slice(address.indexOf('?') + 1) : address;
  const parameters = new URLSearchParams(query.split('#', 1)[0]);
  if (!parameters.has('state') || !(parameters.has('code') || parameters.has('error'))) refuse();
  return parameters;
}

function wordsOf(progress: SignInProgress): { title: string; text: string } {
  switch (progress.state) {
    case 'done':
      return { title: 'You are signed in', text: 'Mailroot can send mail now. You can close this window.' };
    case 'failed':
      return { title: 'You are not signed in', text: progress.reason };
    default:
      return { title: 'You are not signed in', text: 'This sign-in was cancelled. Begin again in Mailroot.' };
  }
}
