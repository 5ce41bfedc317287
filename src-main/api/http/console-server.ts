/**
 * The browser console: the console's files and the contract over HTTP, on loopback, with sign-in.
 *
 * Owns: one HTTP server, its sessions and one-time tokens.
 * Promises: nothing but the sign-in pages is answered to whoever has no session; no request of another web
 *   site reaches the contract (request-guard.ts); every answer carries a strict content security policy.
 * Trusts: the people who are signed in, as administrators of this Mailroot.
 * Fails: Problem 'refused' for an address that is not loopback, 'port-in-use', 'port-forbidden',
 *   'address-unavailable', 'unavailable' when the console was not built.
 */
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import type { Clock } from '../../engine/core/clock';
import { Problem, reasonOf, systemCodeOf } from '../../engine/core/problem';
import type { ApiErrorCode } from '../contract';
import type { ApiContext } from '../dispatch';
import { formatAuthority, isLoopback, type ListenAddress } from './console-address';
import { refusedTokenPage, signedInPage, signInHintPage, waitPage } from './console-pages';
import { consolePolicy } from './console-policy';
import { type ContractRouter, maxBodyBytes } from './control-channel';
import { cookieOf, findRefusal, isRpcPath, type Refusal } from './request-guard';
import { createSignIn, type SignIn } from './sign-in';
import { sendStaticFile } from './static-files';

export interface ConsoleOptions {
  readonly address: ListenAddress;
  /** Folder with the built console (index.html and assets). */
  readonly rendererFolder: string;
  readonly router: ContractRouter;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

export interface ConsoleServer {
  /** "http://127.0.0.1:8025" */
  readonly origin: string;
  /** A new address that signs in whoever opens it first, within ten minutes. */
  createSignInAddress(): string;
  close(): Promise<void>;
}

const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': consolePolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const context: ApiContext = { caller: { role: 'administrator', name: 'console', via: 'browser' } };
const maxConnections = 200;
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 60_000;

/** Starts the browser console. */
export async function startConsole(options: ConsoleOptions): Promise<ConsoleServer> {
  const { address, rendererFolder } = options;
  if (!isLoopback(address.host)) {
    const message = `The browser console listens on loopback only (127.0.0.1, ::1 or localhost), not on ${address.host}: it has no encryption.`;
    throw new Problem('refused', message);
  }
  if (!existsSync(join(rendererFolder, 'index.html'))) {
    throw new Problem(
      'unavailable',
      `The browser console was not built: ${rendererFolder} has no index.html.`,
    );
  }
  const server = createServer({ headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs });
  server.maxConnections = maxConnections;
  await listen(server, address);
  const bound = server.address();
  const port = typeof bound === 'object' && bound ? bound.port : address.port;
  const signIn = createSignIn(options.clock);
  const answer = createAnswer(options, { port, signIn });
  server.on('request', (request, response) => {
    answer(request, response).catch((error: unknown) => {
      // Somebody who closed the page in the middle is no news.
      if (systemCodeOf(error) !== 'ERR_STREAM_PREMATURE_CLOSE')
        options.log(`browser console: ${reasonOf(error)}`);
      response.destroy();
    });
  });
  const origin = `http://${formatAuthority({ host: address.host, port })}`;
  return {
    origin,
    createSignInAddress: () => `${origin}/sign-in?token=${signIn.issueToken()}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createAnswer(
  options: ConsoleOptions,
  { port, signIn }: { readonly port: number; readonly signIn: SignIn },
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const handler = new RPCHandler(options.router, {
    plugins: [new BodyLimitPlugin({ maxBodySize: maxBodyBytes })],
  });
  // Cookies do not tell ports apart: two Mailroots on one computer must not sign each other out.
  const cookieName = `mailroot-console-${port}`;
  const answering: Answering = new Map();
  return async (request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const method = request.method ?? '';
    const [path = '/', query = ''] = splitOnce(request.url ?? '/');
    const refusal = findRefusal({ method, path, headers: request.headers, port });
    if (refusal) return refuse(request, response, { ...refusal, isCall: isRpcPath(path) });
    if (path === '/sign-in') return sendPage(response, redeem(request, { query, signIn, cookieName }));
    const sessionKey = cookieOf(request.headers.cookie, cookieName);
    const isSignedIn = signIn.touch(sessionKey);
    if (!isSignedIn) endAnswers(answering, sessionKey);
    if (isRpcPath(path)) {
      if (!isSignedIn)
        return refuse(request, response, { status: 401, reason: 'You are not signed in.', isCall: true });
      response.setHeader('cache-control', 'no-store');
      noteAnswer(answering, sessionKey, response);
      const { matched } = await handler.handle(request, response, { prefix: '/rpc', context });
      if (!matched)
        refuse(request, response, { status: 404, reason: 'There is no such procedure.', isCall: true });
      return;
    }
    if (!isSignedIn) return sendPage(response, { status: 401, page: signInHintPage });
    const file = { urlPath: path, isHead: method === 'HEAD' };
    if (await sendStaticFile(options.rendererFolder, file, response)) return;
    refuse(request, response, { status: 404, reason: 'Not found.', isCall: false });
  };
}

/** Answers under way by session key: an event stream lasts as long as its page, and would outlive the session. */
type Answering = Map<string, Set<ServerResponse>>;

function noteAnswer(answering: Answering, sessionKey: string | undefined, response: ServerResponse): void {
  if (sessionKey === undefined) return;
  const responses = answering.get(sessionKey) ?? new Set();
  answering.set(sessionKey, responses.add(response));
  response.once('close', () => {
    responses.delete(response);
    if (responses.size === 0) answering.delete(sessionKey);
  });
}

/** A page whose session has ended learns it at its next call: without its stream it asks, and hears why. */
function endAnswers(answering: Answering, sessionKey: string | undefined): void {
  for (const response of answering.get(sessionKey ?? '') ?? []) response.destroy();
}

interface PageAnswer {
  readonly status: number;
  readonly page: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function redeem(
  request: IncomingMessage,
  {
    query,
    signIn,
    cookieName,
  }: { readonly query: string; readonly signIn: SignIn; readonly cookieName: string },
): PageAnswer {
  // Programs that look at links ahead of the person must not use the address up.
  const purpose = `${request.headers['sec-purpose'] ?? ''} ${request.headers.purpose ?? ''}`;
  const token = new URLSearchParams(query).get('token');
  if (token === null || request.method !== 'GET' || /prefetch|preview|prerender/i.test(purpose)) {
    return { status: 401, page: signInHintPage };
  }
  const result = signIn.redeem(token);
  switch (result.kind) {
    case 'wait':
      return {
        status: 429,
        page: waitPage(result.seconds),
        headers: { 'retry-after': String(result.seconds) },
      };
    case 'refused':
      return { status: 401, page: refusedTokenPage };
    case 'signed-in': {
      const cookie = `${cookieName}=${result.sessionKey}; Path=/; HttpOnly; SameSite=Strict`;
      return { status: 200, page: signedInPage, headers: { 'set-cookie': cookie } };
    }
  }
}

const codeOfStatus: Readonly<Record<number, ApiErrorCode>> = { 401: 'not-signed-in', 404: 'not-found' };

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, reason, isCall }: Refusal & { readonly isCall: boolean },
): void {
  // What is left of the body is not read.
  response.setHeader('connection', 'close');
  response.setHeader('cache-control', 'no-store');
  const error = {
    defined: false,
    code: codeOfStatus[status] ?? 'forbidden',
    status,
    message: reason,
    data: {},
  };
  const text = isCall ? JSON.stringify({ json: error }) : `${reason}\n`;
  response.writeHead(status, { 'content-type': isCall ? 'application/json' : 'text/plain; charset=utf-8' });
  response.end(request.method === 'HEAD' ? undefined : text);
}

function sendPage(response: ServerResponse, { status, page, headers }: PageAnswer): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(page);
}

function splitOnce(url: string): [string, string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}

function listen(server: Server, address: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(toProblem(error, address));
    server.once('error', fail);
    server.listen({ host: address.host, port: address.port, exclusive: true }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function toProblem(error: Error, address: ListenAddress): Problem {
  const where = formatAuthority(address);
  const system = systemCodeOf(error);
  if (system === 'EADDRINUSE') {
    const message = `The browser console cannot listen on ${where}: the port is in use. Choose another with --console HOST:PORT.`;
    return new Problem('port-in-use', message, undefined, { cause: error });
  }
  const code = system === 'EACCES' ? 'port-forbidden' : 'address-unavailable';
  const message = `The browser console cannot listen on ${where}: ${error.message}`;
  return new Problem(code, message, undefined, { cause: error });
}
