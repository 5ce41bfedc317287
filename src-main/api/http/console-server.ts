/**
 * The browser console: the console's files and the contract over HTTP, on loopback, with sign-in.
 *
 * Owns: one HTTP server, its sessions and sign-in (sign-in-routes.ts).
 * Promises: nothing but the sign-in pages is answered to whoever has no session; no request of another web
 *   site reaches the contract (request-guard.ts); every answer carries a strict content security policy.
 * Trusts: the people who are signed in, as far as their role goes; the contract checks it at each call.
 * Fails: Problem 'refused' for an address that is not loopback, 'port-in-use', 'port-forbidden',
 *   'address-unavailable', 'unavailable' when the console was not built.
 */
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import type { Clock } from '../../engine/core/clock';
import { Problem, reasonOf, systemCodeOf } from '../../engine/core/problem';
import type { Operators } from '../../people';
import type { ApiErrorCode } from '../contract';
import type { ApiContext } from '../dispatch';
import { formatAuthority, isLoopback, type ListenAddress } from './console-address';
import { consolePolicy } from './console-policy';
import { type ContractRouter, maxBodyBytes } from './control-channel';
import { pagePolicy } from './page-frame';
import { findRefusal, isCallPath, isRpcPath, type Refusal, signInPath, signOutPath } from './request-guard';
import { createSessions, type Session } from './sessions';
import { createSignInRoutes, type PageAnswer, type SignInPerson, type SignInRoutes } from './sign-in-routes';
import { sendStaticFile } from './static-files';

export interface ConsoleOptions {
  readonly address: ListenAddress;
  /** Folder with the built console (index.html and assets). */
  readonly rendererFolder: string;
  readonly router: ContractRouter;
  /** Who may sign in with a name and a password. */
  readonly operators: Operators;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

export interface ConsoleServer {
  /** "http://127.0.0.1:8025" */
  readonly origin: string;
  /** A new address that signs in whoever opens it first, within ten minutes, as this person. */
  createSignInAddress(person?: SignInPerson): string;
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
  const { operators, clock } = options;
  const sessions = createSessions(clock);
  const stopFollowing = operators.onChange(() => sessions.endFallen());
  const routes = createSignInRoutes({ operators, sessions, clock, port });
  const answer = createAnswer(options, { port, routes });
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
    createSignInAddress: (person) => `${origin}${signInPath}?token=${routes.issueToken(person)}`,
    close: () =>
      new Promise((resolve) => {
        stopFollowing();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createAnswer(
  options: ConsoleOptions,
  { port, routes }: { readonly port: number; readonly routes: SignInRoutes },
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const handler = new RPCHandler(options.router, {
    plugins: [new BodyLimitPlugin({ maxBodySize: maxBodyBytes })],
  });
  return async (request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const method = request.method ?? '';
    const [path = '/', query = ''] = splitOnce(request.url ?? '/');
    const refusal = findRefusal({ method, path, headers: request.headers, port });
    if (refusal) return refuse(request, response, { ...refusal, isCall: isCallPath(path) });
    if (path === signInPath) return sendPage(response, await routes.signIn(request, query));
    if (path === signOutPath) {
      response.writeHead(204, { 'cache-control': 'no-store', ...routes.signOut(request) }).end();
      return;
    }
    const session = routes.sessionOf(request);
    if (isRpcPath(path)) {
      if (!session)
        return refuse(request, response, { status: 401, reason: 'You are not signed in.', isCall: true });
      response.setHeader('cache-control', 'no-store');
      endWithSession(session, response);
      const context = contextOf(session);
      const { matched } = await handler.handle(request, response, { prefix: '/rpc', context });
      if (!matched)
        refuse(request, response, { status: 404, reason: 'There is no such procedure.', isCall: true });
      return;
    }
    if (!session) return sendPage(response, routes.askToSignIn());
    const file = { urlPath: path, isHead: method === 'HEAD' };
    if (await sendStaticFile(options.rendererFolder, file, response)) return;
    refuse(request, response, { status: 404, reason: 'Not found.', isCall: false });
  };
}

const contextOf = ({ person: { name, role } }: Session): ApiContext => ({
  caller: { name, role, via: 'browser' },
});

/**
 * An event stream lasts as long as its page, and would outlive the session. Without it the page asks again, and
 * hears why.
 */
function endWithSession(session: Session, response: ServerResponse): void {
  response.once(
    'close',
    session.onEnd(() => response.destroy()),
  );
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
  // What is left of a form that was too long is not read.
  if (!response.req.complete) response.setHeader('connection', 'close');
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': pagePolicy,
    // Under "no-referrer" a browser sends the form with the Origin "null".
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
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
