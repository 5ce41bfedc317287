/**
 * Reads stale answers again, never two readings of the same answer at once. A change that comes while one is
 * under way makes one more reading after it: so a list that takes longer than the time between two changes is
 * still read to its end, and what is shown last is the last there was.
 */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

export interface Refresher {
  /** Marks everything below this key as stale and reads what is shown of it. */
  refresh(key: readonly (string | number)[]): void;
}

/** @param read resolves when the answers below the key have been read; it must not reject */
export function createRefresher(read: (key: readonly (string | number)[]) => Promise<void>): Refresher {
  const running = new Set<string>();
  const again = new Set<string>();
  const refresh = (key: readonly (string | number)[]): void => {
    const name = key.join('/');
    if (running.has(name)) {
      again.add(name);
      return;
    }
    running.add(name);
    void read(key).finally(() => {
      running.delete(name);
      if (again.delete(name)) refresh(key);
    });
  };
  return { refresh };
}

const refreshers = new WeakMap<QueryClient, Refresher>();

/** The one refresher of a cache: the engine's hints and the clock must not get in each other's way. */
export function refresherOf(queryClient: QueryClient): Refresher {
  const refresher =
    refreshers.get(queryClient) ?? createRefresher((queryKey) => queryClient.invalidateQueries({ queryKey }));
  refreshers.set(queryClient, refresher);
  return refresher;
}

/** For figures that grow without a hint, such as the bytes of a session; rests while nobody can see the page. */
export function useRefreshEvery(key: readonly (string | number)[], intervalMs: number): void {
  const queryClient = useQueryClient();
  const name = JSON.stringify(key);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') refresherOf(queryClient).refresh(JSON.parse(name));
    }, intervalMs);
    return () => clearInterval(timer);
  }, [queryClient, name, intervalMs]);
}
