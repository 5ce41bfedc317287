/**
 * Logs in at a host as its route says: password, NTLM or a token that is fetched when it is needed.
 *
 * Promises: a refused log-in never returns mail, it waits; a token that was refused is renewed once, and not tried
 *   again when the renewed one is the same; no word of a password or a token is in a failure.
 */
import type { Clock } from '../core/clock';
import type { RouteLogin } from '../core/delivery';
import type { AccessToken, Keyring } from '../core/keyring';
import { reasonOf } from '../core/problem';
import { type HostFailure, readFailure } from './failure';
import { createNtlmClient } from './ntlm-client';
import {
  createLoginClient,
  createOauthBearerClient,
  createPlainClient,
  createXoauth2Client,
  type PasswordLogin,
  type SaslClient,
} from './sasl-client';

export type LoginKeyring = Pick<Keyring, 'unseal' | 'accessToken'>;

/** The best first. */
const mechanisms = {
  basic: ['PLAIN', 'LOGIN'],
  ntlm: ['NTLM'],
  oauth2: ['XOAUTH2', 'OAUTHBEARER'],
} as const satisfies Record<RouteLogin['method'], readonly string[]>;

export type Mechanism = (typeof mechanisms)[RouteLogin['method']][number];

/** The one to log in by; undefined: the host offers none of ours. */
export function chooseMechanism(
  { method }: Pick<RouteLogin, 'method'>,
  offered: readonly string[],
): Mechanism | undefined {
  return mechanisms[method].find((mechanism) => offered.includes(mechanism));
}

/** "AUTH PLAIN or AUTH LOGIN" */
export const describeMechanisms = ({ method }: Pick<RouteLogin, 'method'>): string =>
  mechanisms[method].map((mechanism) => `AUTH ${mechanism}`).join(' or ');

/** Token of one opening of a session, over all its connections. */
export interface TokenSource {
  /** Set when a renewed token needs a connection of its own, because the host closed the one it refused. */
  wantsConnection: boolean;
  current(): Promise<AccessToken>;
  /** Another token in place of the refused one; undefined: there was one already, or it is the same. */
  renew(): Promise<AccessToken | undefined>;
}

export function createTokenSource(
  { signIn }: Extract<RouteLogin, { method: 'oauth2' }>,
  keyring: Pick<Keyring, 'accessToken'>,
): TokenSource {
  let token: AccessToken | undefined;
  let isRenewed = false;
  return {
    wantsConnection: false,
    async current() {
      token ??= await keyring.accessToken(signIn);
      return token;
    },
    async renew() {
      const refused = token;
      if (isRenewed || refused === undefined) return undefined;
      isRenewed = true;
      const other = await keyring.accessToken(signIn, refused.token);
      if (other.token === refused.token) return undefined;
      token = other;
      return other;
    },
  };
}

export interface LogInMeans {
  readonly mechanism: Mechanism;
  readonly host: { readonly name: string; readonly port: number };
  readonly keyring: LoginKeyring;
  /** For a log-in by token. */
  readonly tokens?: TokenSource;
  readonly clock: Clock;
  /** How long the token server may take. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Rejects with the SMTP client's error. */
  readonly authenticate: (client: SaslClient) => Promise<void>;
  readonly isUsable: () => boolean;
}

const ours = { kind: 'login', enhanced: '4.3.5' } as const;

/** Undefined: it worked. Never rejects. */
export function logIn(login: RouteLogin, means: LogInMeans): Promise<HostFailure | undefined> {
  return login.method === 'oauth2' ? logInByToken(login, means) : logInByPassword(login, means);
}

async function logInByPassword(
  login: Exclude<RouteLogin, { method: 'oauth2' }>,
  { mechanism, keyring, authenticate, clock }: LogInMeans,
): Promise<HostFailure | undefined> {
  let password: string;
  try {
    password = login.password === '' ? '' : keyring.unseal(login.password);
  } catch (error) {
    const cause = reasonOf(error);
    return { ...ours, reason: 'The stored password for the log-in cannot be read; enter it again', cause };
  }
  if (password === '') return { ...ours, reason: 'No password is set for the log-in' };
  const credentials: PasswordLogin = { user: login.user, password };
  const client =
    mechanism === 'NTLM'
      ? createNtlmClient(credentials, { now: () => clock.now() })
      : mechanism === 'LOGIN'
        ? createLoginClient(credentials)
        : createPlainClient(credentials);
  return tryClient(client, authenticate, 'user name or password');
}

async function logInByToken(
  login: Extract<RouteLogin, { method: 'oauth2' }>,
  means: LogInMeans,
): Promise<HostFailure | undefined> {
  const { mechanism, host, keyring, authenticate, isUsable } = means;
  const tokens = means.tokens ?? createTokenSource(login, keyring);
  const attempt = async ({ token, user }: AccessToken): Promise<HostFailure | undefined> => {
    const name = login.user === '' ? user : login.user;
    if (name === '')
      return {
        ...ours,
        reason: 'No mailbox is set for the log-in, and the sign-in does not say whose it is',
      };
    // It comes from somebody else's server, and a control character would end a field of the message.
    if (!/^[\u0021-\u007e]+$/.test(token))
      return { ...ours, reason: 'The token server handed out what is no token' };
    const credentials = { user: name, token };
    const client =
      mechanism === 'OAUTHBEARER'
        ? createOauthBearerClient(credentials, { host: host.name, port: host.port })
        : createXoauth2Client(credentials);
    return tryClient(client, authenticate, 'token');
  };
  try {
    const refusal = await attempt(await inTime(tokens.current(), means));
    if (refusal?.reply?.code !== 535) return refusal;
    const renewed = await inTime(tokens.renew(), means);
    if (renewed === undefined) return refusal;
    if (isUsable()) {
      const again = await attempt(renewed);
      const isLost = again?.kind === 'connect' && again.reply === undefined;
      if (!isLost) return again;
    }
    tokens.wantsConnection = true;
    return refusal;
  } catch (error) {
    return { kind: 'login', reason: `There is no token for the log-in: ${reasonOf(error)}` };
  }
}

/** The connection may end meanwhile; that is seen later. */
function inTime<T>(value: Promise<T>, { clock, deadlineMs, signal }: LogInMeans): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      cancelTimer();
      signal.removeEventListener('abort', stop);
    };
    const stop = (): void => {
      end();
      reject(new Error('interrupted'));
    };
    const cancelTimer = clock.startTimer(() => {
      end();
      reject(new Error('the token server did not answer in time'));
    }, deadlineMs);
    signal.addEventListener('abort', stop, { once: true });
    value.then(resolve, reject).finally(end);
  });
}

async function tryClient(
  client: SaslClient,
  authenticate: LogInMeans['authenticate'],
  what: string,
): Promise<HostFailure | undefined> {
  try {
    await authenticate(client);
    return undefined;
  } catch (error) {
    const failure = readFailure(error, 'connect');
    const code = failure.reply?.code ?? 0;
    if (code < 500) return failure;
    const refused = code === 535 ? `It refused the ${what}` : 'It refused the log-in';
    return { ...failure, kind: 'login', reason: `${refused} (${failure.reason})` };
  }
}
