/**
 * Talks with a provider's endpoints: tokens, and codes for devices.
 *
 * Promises: an answer is at most 64 KiB and takes at most 20 seconds; redirects are not followed; HTTPS, or HTTP to this
 *   computer itself; what goes wrong is a TokenFailure whose text holds neither token nor secret.
 * Trusts: nothing of an answer. Who signed in is read from the ID token without checking its signature: it came over TLS
 *   from the endpoint itself (OpenID Connect Core 3.1.3.7, 6), and is a name to show and to log in by, no proof.
 */
import * as oauth from 'oauth4webapi';
import type { SignInProvider } from '../api/contract';
import { reasonOf, systemCodeOf } from '../engine/core/problem';
import { cleanWords, explainRefusal, TokenFailure } from './failure';
import { type Application, endpointsOf, issuerOf } from './providers';

/** What was asked for was given. Never logged. */
export interface Tokens {
  readonly accessToken: string;
  /** Another one, or the first; undefined: the one that was used stays good. */
  readonly refreshToken: string | undefined;
  readonly lifetimeMs: number;
  /** '' when the provider does not say. */
  readonly mailbox: string;
}

export interface DeviceCode {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly completeUri: string | undefined;
  readonly lifetimeMs: number;
  readonly intervalMs: number;
}

export interface TokenRequester {
  refresh(refreshToken: string, scope: string): Promise<Tokens>;
  clientCredentials(scope: string): Promise<Tokens>;
  /** `callback` has been checked: state and all. */
  code(callback: URLSearchParams, redirectUri: string, codeVerifier: string): Promise<Tokens>;
  requestDeviceCode(scope: string): Promise<DeviceCode>;
  /** undefined: nobody has entered the code yet; 'slow-down': the same, and it is asked too often. */
  deviceToken(deviceCode: string): Promise<Tokens | 'pending' | 'slow-down'>;
}

export interface RequesterOptions {
  readonly application: Application;
  /** Clear text; '' is none. */
  readonly clientSecret: string;
}

const timeoutMs = 20_000;
const maxAnswerBytes = 65_536;
/** A provider that does not say how long: asked again soon rather than refused mail. */
const defaultLifetimeMs = 10 * 60_000;
const maxLifetimeMs = 24 * 60 * 60_000;
const maxTokenLength = 50_000;

const isLoopback = (address: string): boolean => {
  try {
    return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(address).hostname);
  } catch {
    return false;
  }
};

/** What the library needs to know of the provider. */
export function authorizationServerOf(application: Application): oauth.AuthorizationServer {
  const { authorization, token, device } = endpointsOf(application);
  return {
    issuer: issuerOf(application) ?? new URL(token).origin,
    token_endpoint: token,
    ...(authorization === '' ? {} : { authorization_endpoint: authorization }),
    ...(device === '' ? {} : { device_authorization_endpoint: device }),
  };
}

export function createTokenRequester({ application, clientSecret }: RequesterOptions): TokenRequester {
  const { provider } = application;
  const server = authorizationServerOf(application);
  const client: oauth.Client = { client_id: application.clientId };
  const proof = clientSecret === '' ? oauth.None() : oauth.ClientSecretPost(clientSecret);

  /** One request and its answer; `mailbox` comes from the ID token, which the library would judge by its issuer. */
  async function ask<T>(
    endpoint: string,
    secrets: readonly string[],
    run: (options: oauth.TokenEndpointRequestOptions) => Promise<T>,
  ): Promise<{ answer: T; mailbox: string }> {
    let mailbox = '';
    let httpStatus = 0;
    const options: oauth.TokenEndpointRequestOptions = {
      [oauth.allowInsecureRequests]: isLoopback(endpoint),
      signal: () => AbortSignal.timeout(timeoutMs),
      [oauth.customFetch]: async (url, init) => {
        const read = await readBounded(await fetch(url, init as RequestInit));
        mailbox = read.mailbox;
        httpStatus = read.response.status;
        return read.response;
      },
    };
    try {
      return { answer: await run(options), mailbox };
    } catch (error) {
      throw toFailure(error, { provider, endpoint, httpStatus, secrets: [clientSecret, ...secrets] });
    }
  }

  async function askTokens(
    secrets: readonly string[],
    run: (options: oauth.TokenEndpointRequestOptions) => Promise<oauth.TokenEndpointResponse>,
  ): Promise<Tokens> {
    const { answer, mailbox } = await ask(server.token_endpoint ?? '', secrets, run);
    const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = answer;
    if (accessToken.length > maxTokenLength || (refreshToken?.length ?? 0) > maxTokenLength)
      throw new TokenFailure('unreachable', 'The provider answered with a token that is too long.');
    return {
      accessToken,
      refreshToken,
      lifetimeMs: seconds === undefined ? defaultLifetimeMs : Math.min(seconds * 1000, maxLifetimeMs),
      mailbox,
    };
  }

  return {
    refresh: (refreshToken, scope) =>
      askTokens([refreshToken], async (options) =>
        oauth.processRefreshTokenResponse(
          server,
          client,
          await oauth.refreshTokenGrantRequest(server, client, proof, refreshToken, {
            ...options,
            // Microsoft hands out tokens for one resource at a time, and this is which.
            ...(provider === 'microsoft' ? { additionalParameters: { scope } } : {}),
          }),
        ),
      ),
    clientCredentials: (scope) =>
      askTokens([], async (options) =>
        oauth.processClientCredentialsResponse(
          server,
          client,
          await oauth.clientCredentialsGrantRequest(
            server,
            client,
            proof,
            scope === '' ? {} : { scope },
            options as oauth.ClientCredentialsGrantRequestOptions,
          ),
        ),
      ),
    code: (callback, redirectUri, codeVerifier) =>
      askTokens([codeVerifier, callback.get('code') ?? ''], async (options) =>
        oauth.processAuthorizationCodeResponse(
          server,
          client,
          await oauth.authorizationCodeGrantRequest(
            server,
            client,
            proof,
            callback,
            redirectUri,
            codeVerifier,
            options,
          ),
        ),
      ),
    async requestDeviceCode(scope) {
      const { answer } = await ask(server.device_authorization_endpoint ?? '', [], async (options) =>
        oauth.processDeviceAuthorizationResponse(
          server,
          client,
          await oauth.deviceAuthorizationRequest(
            server,
            client,
            proof,
            scope === '' ? {} : { scope },
            options as oauth.DeviceAuthorizationRequestOptions,
          ),
        ),
      );
      return readDeviceCode(answer);
    },
    async deviceToken(deviceCode) {
      try {
        return await askTokens([deviceCode], async (options) =>
          oauth.processDeviceCodeResponse(
            server,
            client,
            await oauth.deviceCodeGrantRequest(server, client, proof, deviceCode, options),
          ),
        );
      } catch (error) {
        const code = error instanceof TokenFailure ? error.providerCode : undefined;
        if (code === 'authorization_pending') return 'pending';
        if (code === 'slow_down') return 'slow-down';
        throw error;
      }
    },
  };
}

const minIntervalMs = 1_000;
const maxIntervalMs = 60_000;
const maxCodeLifetimeMs = 60 * 60_000;

function readDeviceCode(answer: oauth.DeviceAuthorizationResponse): DeviceCode {
  const { verification_uri: address, verification_uri_complete: complete } = answer;
  // It is opened by a click: nothing but the web.
  const isWeb = (uri: string): boolean => {
    try {
      const { protocol } = new URL(uri);
      return uri.length <= 2000 && (protocol === 'https:' || (protocol === 'http:' && isLoopback(uri)));
    } catch {
      return false;
    }
  };
  if (!isWeb(address))
    throw new TokenFailure('broken', 'The provider names no usable address to sign in at.');
  return {
    deviceCode: answer.device_code,
    userCode: cleanWords(answer.user_code).slice(0, 100),
    verificationUri: address,
    completeUri: complete !== undefined && isWeb(complete) ? complete : undefined,
    lifetimeMs: Math.min(answer.expires_in * 1000, maxCodeLifetimeMs),
    // RFC 8628 section 3.2: five seconds when nothing is said.
    intervalMs: Math.min(Math.max((answer.interval ?? 5) * 1000, minIntervalMs), maxIntervalMs),
  };
}

/** The answer as the library takes it: of bounded size, without challenges, and without the ID token. */
async function readBounded(response: Response): Promise<{ response: Response; mailbox: string }> {
  const text = await readText(response);
  const { status } = response;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { response: bare(status, text.slice(0, 1000), 'text/plain'), mailbox: '' };
  const { id_token: idToken, ...rest } = body as Record<string, unknown>;
  return {
    response: bare(status, JSON.stringify(rest), 'application/json'),
    mailbox: readMailbox(idToken),
  };
}

function bare(status: number, body: string, type: string): Response {
  const hasBody = status !== 204 && status !== 205 && status !== 304;
  return new Response(hasBody ? body : null, {
    status: status >= 200 && status <= 599 ? status : 502,
    headers: { 'content-type': type },
  });
}

async function readText(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += piece.length;
    if (length > maxAnswerBytes)
      throw new TokenFailure('unreachable', 'The provider answered with more than a token server sends.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function readMailbox(idToken: unknown): string {
  if (typeof idToken !== 'string' || idToken.length > maxTokenLength) return '';
  try {
    const claims: unknown = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString());
    const { email, preferred_username: name, upn } = claims as Record<string, unknown>;
    const found = [email, name, upn].find((each) => typeof each === 'string' && each.includes('@'));
    return cleanWords(found).slice(0, 320);
  } catch {
    return '';
  }
}

interface FailedRequest {
  readonly provider: SignInProvider;
  readonly endpoint: string;
  /** 0: there was no answer. */
  readonly httpStatus: number;
  readonly secrets: readonly string[];
}

function toFailure(error: unknown, { provider, endpoint, httpStatus, secrets }: FailedRequest): TokenFailure {
  if (error instanceof TokenFailure) return error;
  if (error instanceof oauth.ResponseBodyError)
    return explainRefusal(provider, {
      code: cleanWords(error.error, secrets).slice(0, 100),
      description: cleanWords(error.error_description, secrets),
      httpStatus: error.status,
    });
  const { host } = new URL(endpoint);
  if (httpStatus >= 500 || httpStatus === 429)
    return new TokenFailure(
      'unreachable',
      `${host} gives no tokens now (HTTP ${httpStatus}). Mail waits and is tried again.`,
    );
  if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError)
    // Whatever answered there: a portal that wants a log-in, a proxy, a wrong address. The cause may hold the answer.
    return new TokenFailure(
      'unreachable',
      `${host} did not answer as a token server does. Mail waits and is tried again; check the address, or what stands between.`,
    );
  const reason = networkReason(error);
  return new TokenFailure(
    'unreachable',
    `The token server ${host} cannot be reached: ${cleanWords(reason, secrets)}. Mail waits and is tried again.`,
  );
}

function networkReason(error: unknown): string {
  if ((error as { name?: unknown } | null)?.name === 'TimeoutError') return 'it did not answer in time';
  const { cause } = error as { cause?: unknown };
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  const code = systemCodeOf(inner);
  const reason = inner === undefined ? reasonOf(error) : reasonOf(inner);
  return reason === '' ? (code ?? 'unknown') : reason;
}
