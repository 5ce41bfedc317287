/**
 * The control channel of a data folder: a local socket or named pipe that only the owner can open. Holding
 * it is the lock on the data folder; the command line and a second host talk to the engine through it.
 *
 * Owns: the data folder's existence and mode, the socket, its HTTP routes.
 * Promises: one owner at a time (data-folder-claim.ts); whoever can open the socket is an administrator.
 * Trusts: the file system's permissions; everything that comes over the socket is validated by the contract.
 * Fails: Problem 'data-folder-in-use' naming the owner, Problem 'folder-unusable'.
 */
import { realpathSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Router } from '@orpc/server';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import { Problem, reasonOf } from '../../engine/core/problem';
import { makeFolderSync } from '../../engine/disk/make-folder';
import type { Contract } from '../contract';
import type { ApiContext } from '../dispatch';
import { type ControlEndpoint, findControlEndpoint } from './control-endpoint';
import { fetchHello, type Hello } from './control-hello';
import { claimEndpoint } from './data-folder-claim';

/** Any router of the contract: the engine's own, or one that forwards to another host's. */
export type ContractRouter = Router<Contract, ApiContext>;

/** A whole settings document of 999 virtual servers fits; a runaway does not. */
export const maxBodyBytes = 16 * 1024 * 1024;

export type TakeOptions = Pick<Hello, 'product' | 'version' | 'host'>;

interface ControlExtras {
  /** Makes a new one-time sign-in address; throws Problem when there is no browser console. */
  readonly createSignInAddress?: () => string;
}

/** The data folder, taken. */
export interface ControlChannel {
  /** The real path of the data folder. */
  readonly dataFolder: string;
  /** Path of the socket or pipe. */
  readonly path: string;
  /** Starts answering calls; before it, callers are told to try again. */
  serve(router: ContractRouter, extras?: ControlExtras): void;
  /** Cuts all connections and lets go of the data folder. */
  close(): Promise<void>;
}

/** Makes the data folder if need be and takes it. */
export async function takeDataFolder(folder: string, options: TakeOptions): Promise<ControlChannel> {
  const dataFolder = prepareFolder(folder);
  const endpoint = endpointOf(dataFolder);
  const hello: Hello = { ...options, pid: process.pid, startedAt: Date.now() };
  let answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> = async (_, response) =>
    sendProblem(response, 503, new Problem('unavailable', 'Mailroot is starting. Try again in a moment.'));
  const server = createServer((request, response) => {
    if (request.method === 'GET' && request.url === '/hello') {
      sendJson(response, 200, hello);
      return;
    }
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendProblem(response, 500, new Problem('internal', reasonOf(error)));
      else response.destroy();
    });
  });
  if ((await claimEndpoint(endpoint, server)) === 'taken') {
    await closeServer(server);
    throw await inUse(dataFolder, endpoint);
  }
  const inode = inodeOf(endpoint);
  return {
    dataFolder,
    path: endpoint.path,
    serve(router, extras = {}) {
      answer = createAnswer(router, extras);
    },
    async close() {
      // Only while it is ours: somebody may have removed it and started another.
      if (endpoint.kind === 'socket' && inodeOf(endpoint) === inode) rmSync(endpoint.path, { force: true });
      await closeServer(server);
    },
  };
}

function createAnswer(
  router: ContractRouter,
  extras: ControlExtras,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const handler = new RPCHandler(router, { plugins: [new BodyLimitPlugin({ maxBodySize: maxBodyBytes })] });
  const context: ApiContext = { caller: { role: 'administrator', name: 'local', via: 'control' } };
  return async (request, response) => {
    if (request.method === 'POST' && request.url === '/sign-in-address')
      return sendSignInAddress(extras, response);
    const { matched } = await handler.handle(request, response, { prefix: '/rpc', context });
    if (!matched) sendProblem(response, 404, new Problem('not-found', 'There is no such route.'));
  };
}

function sendSignInAddress(extras: ControlExtras, response: ServerResponse): void {
  try {
    if (!extras.createSignInAddress)
      throw new Problem(
        'unavailable',
        'The desktop application works on this data folder: use its window. The browser console belongs to mailroot serve.',
      );
    sendJson(response, 200, { address: extras.createSignInAddress() });
  } catch (error) {
    sendProblem(response, 409, error instanceof Problem ? error : new Problem('internal', reasonOf(error)));
  }
}

/** The endpoint of an existing data folder. */
export function endpointOf(dataFolder: string): ControlEndpoint {
  const real = realpathSync(dataFolder);
  return findControlEndpoint({ platform: process.platform, dataFolder: real, ownerId: statSync(real).uid });
}

function prepareFolder(path: string): string {
  try {
    makeFolderSync(path, 0o700);
    return realpathSync(path);
  } catch (error) {
    const message = `The data folder ${path} cannot be used: ${reasonOf(error)}`;
    throw new Problem('folder-unusable', message, undefined, { cause: error });
  }
}

async function inUse(dataFolder: string, endpoint: ControlEndpoint): Promise<Problem> {
  const owner = await fetchHello(endpoint.path).catch(() => undefined);
  const who = owner
    ? `by the ${owner.host}, process ${owner.pid}, since ${new Date(owner.startedAt).toISOString()}`
    : 'by another process that is starting or does not answer';
  return new Problem('data-folder-in-use', `The data folder ${dataFolder} is in use ${who}.`);
}

function inodeOf(endpoint: ControlEndpoint): number | undefined {
  return endpoint.kind === 'socket' ? statSync(endpoint.path, { throwIfNoEntry: false })?.ino : undefined;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length })
    .end(bytes);
}

/** In the shape of the contract's errors, so that callers of procedures understand it too. */
function sendProblem(response: ServerResponse, status: number, problem: Problem): void {
  const { code, message } = problem;
  sendJson(response, status, { json: { defined: false, code, status, message, data: {} } });
}
