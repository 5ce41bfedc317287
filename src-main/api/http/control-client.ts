/**
 * The contract over a data folder's control channel: how the command line, and a desktop that attaches to a
 * running service, call the engine.
 *
 * Fails: Problem 'unavailable' when nothing runs on the data folder or the connection is lost; otherwise with
 * the contract's own errors (ORPCError with code and data).
 */
import { request as openRequest } from 'node:http';
import { Readable } from 'node:stream';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import { Problem, reasonOf, systemCodeOf } from '../../engine/core/problem';
import type { Contract } from '../contract';
import { endpointOf } from './control-channel';
import { askControl, fetchHello, type Hello } from './control-hello';
import { directoryFault } from './data-folder-claim';

export { createForwardingRouter } from './forwarding-router';

export type ContractClient = ContractRouterClient<Contract>;

/** Connects to the engine that owns the data folder. */
export async function connectControl(dataFolder: string): Promise<ContractClient> {
  const path = await findRunning(dataFolder);
  const link = new RPCLink({
    url: 'http://mailroot/rpc',
    fetch: (request) => fetchOverSocket(path, dataFolder, request),
  });
  return createORPCClient(link);
}

/** Who owns the data folder; undefined when nobody does. */
export async function findOwner(dataFolder: string): Promise<Hello | undefined> {
  try {
    return await fetchHello(socketOf(dataFolder));
  } catch (error) {
    if (isNobodyThere(error)) return undefined;
    throw unavailable(dataFolder, error);
  }
}

/** A new one-time sign-in address of the browser console. */
export async function requestSignInAddress(dataFolder: string): Promise<string> {
  const path = await findRunning(dataFolder);
  const { status, text } = await askControl(path, { method: 'POST', route: '/sign-in-address' });
  const answer = JSON.parse(text) as { address?: unknown; json?: { message?: unknown } };
  if (status === 200 && typeof answer.address === 'string') return answer.address;
  throw new Problem('unavailable', String(answer.json?.message ?? `The control channel answered ${status}.`));
}

async function findRunning(dataFolder: string): Promise<string> {
  try {
    const path = socketOf(dataFolder);
    await fetchHello(path);
    return path;
  } catch (error) {
    throw unavailable(dataFolder, error);
  }
}

function socketOf(dataFolder: string): string {
  const endpoint = endpointOf(dataFolder);
  if (endpoint.kind === 'socket' && endpoint.isShared) {
    const fault = directoryFault(endpoint.directory);
    // Nobody listens in a directory that is not there; in one that is not ours somebody else may.
    if (fault === 'is missing') throw Object.assign(new Error(fault), { code: 'ENOENT' });
    if (fault !== undefined) throw new Problem('unavailable', `${endpoint.directory} ${fault}.`);
  }
  return endpoint.path;
}

function isNobodyThere(error: unknown): boolean {
  return ['ENOENT', 'ECONNREFUSED', 'ENOTDIR', 'ENOTSOCK'].includes(systemCodeOf(error) ?? '');
}

function unavailable(dataFolder: string, error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isNobodyThere(error)) {
    const message = `Mailroot is not running on ${dataFolder}. Start it with mailroot serve, or open the desktop.`;
    return new Problem('unavailable', message, undefined, { cause: error });
  }
  if (systemCodeOf(error) === 'EACCES' || systemCodeOf(error) === 'EPERM') {
    const message = `Mailroot on ${dataFolder} belongs to another user; ask as that user, or as administrator.`;
    return new Problem('unavailable', message, undefined, { cause: error });
  }
  const message = `Mailroot on ${dataFolder} does not answer: ${reasonOf(error)}`;
  return new Problem('unavailable', message, undefined, { cause: error });
}

/** `fetch` over a socket: what oRPC's link needs of it, streams and cancelling included. */
async function fetchOverSocket(path: string, dataFolder: string, request: Request): Promise<Response> {
  const body = Buffer.from(await request.arrayBuffer());
  const url = new URL(request.url);
  return new Promise((resolve, reject) => {
    const call = openRequest({
      socketPath: path,
      path: url.pathname + url.search,
      method: request.method,
      headers: { ...Object.fromEntries(request.headers), 'content-length': body.length },
      // A connection a call: it costs nothing here, and a kept one could be closed under the next call.
      agent: false,
    });
    const cancel = (): void => void call.destroy(asError(request.signal.reason));
    if (request.signal.aborted) cancel();
    request.signal.addEventListener('abort', cancel, { once: true });
    call.once('close', () => request.signal.removeEventListener('abort', cancel));
    call.once('error', (error) => reject(request.signal.aborted ? error : unavailable(dataFolder, error)));
    call.once('response', (response) => {
      const headers = new Headers();
      for (const [name, value] of Object.entries(response.headers)) headers.set(name, String(value));
      const status = response.statusCode ?? 500;
      const hasBody = status !== 204 && status !== 304;
      if (!hasBody) response.resume();
      resolve(
        new Response(hasBody ? (Readable.toWeb(response) as ReadableStream) : null, { status, headers }),
      );
    });
    call.end(body);
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason ?? 'cancelled'));
}
