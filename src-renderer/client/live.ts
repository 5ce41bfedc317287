/**
 * One subscription to the engine's changes for the whole page. On each change exactly the answers concerned
 * are read again; after a lost connection everything is, because changes were missed.
 */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { create } from 'zustand';
import type { LiveChange } from '../../src-main/api/contract';
import type { ConsoleClient } from './client';
import { useClient } from './context';
import { type Fault, readFault } from './faults';
import { findStaleKeys } from './keys';
import { type Refresher, refresherOf } from './refresher';

export type Connection =
  | { readonly state: 'connecting' | 'connected' }
  | { readonly state: 'lost'; readonly fault: Fault };

/** What the banner shows. */
export const useConnection = create<Connection>(() => ({ state: 'connecting' }));

/** False while what is shown may be old: states must then not be told as true. */
export const useIsReachable = (): boolean => useConnection((connection) => connection.state !== 'lost');

const firstWaitMs = 500;
const maxWaitMs = 10_000;

/** Wait before attempt number `attempt` (1 is the first after a loss): doubles up to ten seconds. */
export function reconnectWaitMs(attempt: number): number {
  return Math.min(maxWaitMs, firstWaitMs * 2 ** Math.max(0, attempt - 1));
}

/** Call once, in the shell. */
export function useLive(): void {
  const client = useClient();
  const queryClient = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    void followChanges({ client, queryClient, signal: stop.signal });
    return () => stop.abort();
  }, [client, queryClient]);
}

interface FollowOptions {
  readonly client: ConsoleClient;
  readonly queryClient: QueryClient;
  readonly signal: AbortSignal;
}

async function followChanges({ client, queryClient, signal }: FollowOptions): Promise<void> {
  let attempt = 0;
  let isFirst = true;
  const refresher = refresherOf(queryClient);
  while (!signal.aborted) {
    try {
      const changes = await client.system.watch(undefined, { signal });
      for await (const change of changes) {
        attempt = 0;
        if (useConnection.getState().state !== 'connected') {
          useConnection.setState({ state: 'connected' }, true);
          // The first answers were read moments ago; later ones may have missed changes.
          if (!isFirst) void queryClient.invalidateQueries();
          isFirst = false;
        }
        applyChange(refresher, change);
      }
      reportLoss(signal, { code: 'unreachable', text: 'The engine has ended the connection.' });
    } catch (error) {
      reportLoss(signal, readFault(error));
    }
    isFirst = false;
    attempt += 1;
    await wait(reconnectWaitMs(attempt), signal);
  }
}

function reportLoss(signal: AbortSignal, fault: Fault): void {
  if (!signal.aborted) useConnection.setState({ state: 'lost', fault }, true);
}

function applyChange(refresher: Refresher, change: LiveChange): void {
  for (const key of findStaleKeys(change)) refresher.refresh(key);
}

function wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
