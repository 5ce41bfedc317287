/**
 * The contract as typed calls. Chooses the carrier once: a message port where the page runs in the desktop,
 * HTTP in the browser console. Trusts nothing that it gets beyond what the contract's types promise; a lost
 * connection shows as a rejected call.
 */
import { createORPCClient } from '@orpc/client';
import { RPCLink as FetchLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../src-main/api/contract';
import { connectMessage } from '../../src-main/api/contract/host';
import { findHost } from './host';
import { noteSignedOut } from './signed-out';

export type ConsoleClient = ContractRouterClient<Contract>;

/** The client for the place where this page runs. */
export function createClient(): ConsoleClient {
  return findHost() === undefined ? createHttpClient(location.origin) : createPortClient();
}

/** `x-mailroot-console` makes every call a non-simple request, which no foreign page can send unasked. */
function createHttpClient(origin: string): ConsoleClient {
  return createORPCClient(
    new FetchLink({
      url: `${origin}/rpc`,
      headers: { 'x-mailroot-console': '1' },
      interceptors: [noteSignedOut],
      fetch: (request, init) => fetch(request, { ...init, credentials: 'same-origin' }),
    }),
  );
}

function createPortClient(): ConsoleClient {
  const { port1, port2 } = new MessageChannel();
  window.postMessage(connectMessage, '*', [port2]);
  port1.start();
  return createORPCClient(new PortLink({ port: port1 }));
}
