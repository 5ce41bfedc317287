/**
 * The control channel of a data folder: a local socket or named pipe. Holding it is the lock on the data folder; the
 * command line and a second host talk to the engine through it.
 *
 * Owns: the data folder's existence and mode (control-reach.ts), the socket, its HTTP routes.
 * Promises: one owner at a time (data-folder-claim.ts); only the owner can open the socket, until an admission says who
 *   else may call (control-admission.ts); whoever is not admitted hears so and nothing else; what a person follows
 *   ends when that person is dismissed or gets another role.
 * Trusts: the file system's permissions; everything that comes over the socket is validated by the contract.
 * Fails: Problem 'data-folder-in-use' naming the owner, Problem 'folder-unusable'.
 */
import { realpathSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Router } from '@orpc/server';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import { Problem, reasonOf, systemCodeOf } from '../../engine/core/problem';
import { makeFolderSync } from '../../engine/disk/make-folder';
import type { Contract } from '../contract';
import type { ApiContext } from '../dispatch';
import { type Caller, hasRole } from '../implementer';
import type { Admission } from './control-admission';
import { sendJson, sendProblem, sendRefusal } from './control-answers';
import { type ControlEndpoint, findControlEndpoint } from './control-endpoint';
import { createGate, type Gate } from './control-gate';
import { fetchHello, type Hello, isNotAdmitted } from './control-hello';
import { setReach } from './control-reach';
import { claimEndpoint } from './data-folder-claim';
import type { SignInPerson } from './sign-in-routes';

/** Any router of the contract: the engine's own, or one that forwards to another host's. */
export type ContractRouter = Router<Contract, ApiContext>;

/** A whole settings document of 999 virtual servers fits, and a message of 44 MB; a runaway does not. */
export const maxBodyBytes = 64 * 1024 * 1024;

export type TakeOptions = Pick<Hello, 'product' | 'version' | 'host'>;

interface ControlExtras {
  /** Makes a new one-time sign-in address for a person; throws Problem when there is no browser console. */
  readonly createSignInAddress?: (person: SignInPerson) => string;
  /** Who may call. Without it: whoever the file system lets open the socket, as administrator. */
  readonly admission?: Admission;
  readonly log?: (line: string) => void;
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
  let answer: Answer = async (_, response) =>
    sendProblem(response, 503, new Problem('unavailable', 'Mailroot is starting. Try again in a moment.'));
  let gate: Gate = createGate(undefined);
  const server = createServer((request, response) => {
    const admitAndAnswer = async (): Promise<void> => {
      const caller = await gate.admit(request.socket, response);
      if (!caller) return;
      if (request.method === 'GET' && request.url === '/hello') sendJson(response, 200, hello);
      else await answer(request, response, caller);
    };
    admitAndAnswer().catch((error: unknown) => {
      if (!response.headersSent) sendProblem(response, 500, new Problem('internal', reasonOf(error)));
      else response.destroy();
    });
  });
  server.on('connection', (socket: Socket) => void gate.welcome(socket));
  if ((await claimEndpoint(endpoint, server)) === 'taken') {
    await closeServer(server);
    throw await inUse(dataFolder, endpoint);
  }
  const inode = inodeOf(endpoint);
  const isOurs = (): boolean => inodeOf(endpoint) === inode;
  let stopFollowing = (): void => undefined;
  return {
    dataFolder,
    path: endpoint.path,
    serve(router, extras = {}) {
      const { admission, log: warn = () => undefined } = extras;
      const reach = (): void => {
        if (isOurs()) setReach({ dataFolder, endpoint, warn }, admission?.isShared() ?? false);
      };
      answer = createAnswer(router, extras);
      gate = createGate(admission);
      stopFollowing = followAdmission(admission, { reach, review: () => void gate.review() });
      reach();
    },
    async close() {
      stopFollowing();
      // Only while it is ours: somebody may have removed it and started another.
      if (endpoint.kind === 'socket' && isOurs()) rmSync(endpoint.path, { force: true });
      await closeServer(server);
    },
  };
}

/** Somebody who has left a group of the computer is noticed by the next call, and by what is followed after this. */
const reviewMs = 30_000;

function followAdmission(
  admission: Admission | undefined,
  { reach, review }: { readonly reach: () => void; readonly review: () => void },
): () => void {
  if (!admission) return () => undefined;
  const stop = admission.onChange(() => {
    reach();
    review();
  });
  const timer = setInterval(review, reviewMs).unref();
  return () => {
    stop();
    clearInterval(timer);
  };
}

type Answer = (request: IncomingMessage, response: ServerResponse, caller: Caller) => Promise<void>;

function createAnswer(router: ContractRouter, extras: ControlExtras): Answer {
  const handler = new RPCHandler(router, { plugins: [new BodyLimitPlugin({ maxBodySize: maxBodyBytes })] });
  return async (request, response, caller) => {
    if (request.method === 'POST' && request.url === '/sign-in-address') {
      // Whoever opens it is an administrator.
      if (hasRole(caller.role, 'administrator')) return sendSignInAddress(extras, response, caller);
      return sendRefusal(response, 'A sign-in address needs the role administrator.');
    }
    const { matched } = await handler.handle(request, response, { prefix: '/rpc', context: { caller } });
    if (!matched) sendProblem(response, 404, new Problem('not-found', 'There is no such route.'));
  };
}

function sendSignInAddress(extras: ControlExtras, response: ServerResponse, caller: Caller): void {
  try {
    if (!extras.createSignInAddress)
      throw new Problem(
        'unavailable',
        'The desktop application works on this data folder: use its window. The browser console belongs to mailroot serve.',
      );
    const stands = (): boolean => extras.admission?.stillIs(caller) ?? true;
    sendJson(response, 200, { address: extras.createSignInAddress({ name: caller.name, stands }) });
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
  const who = await fetchHello(endpoint.path).then(
    ({ host, pid, startedAt }) =>
      `by the ${host}, process ${pid}, since ${new Date(startedAt).toISOString()}`,
    (error: unknown) =>
      isNotAdmitted(error) || systemCodeOf(error) === 'EACCES'
        ? 'by another user of this computer'
        : 'by another process that is starting or does not answer',
  );
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
