/** When a virtual server changed its state, whoever changed it: tells a screen reader, takes back what is not true any more. */
import { useEffect, useRef } from 'react';
import { useIsReachable, useServers } from '../client';
import { type ShownState, stateWord } from '../client/words';
import { announce } from '../ui/announcer';
import { dismissNoticesUntilRunning } from './console-store';

interface Shown {
  readonly id: number;
  readonly name: string;
  readonly state: ShownState;
}

/** What to say about states that are no longer what they were; nothing about servers that came or went. Pure. */
export function stateNews(before: readonly Shown[], now: readonly Shown[]): string[] {
  return now.flatMap(({ id, name, state }) => {
    const last = before.find((server) => server.id === id);
    return last === undefined || last.state === state ? [] : [`${name}: ${stateWord(state)}.`];
  });
}

/** Those that take or keep connections now and did not before. Pure. */
export function runningAgain(before: readonly Shown[], now: readonly Shown[]): Set<number> {
  const runs = ({ state }: Shown): boolean => state === 'started' || state === 'paused';
  const ran = new Set(before.filter(runs).map(({ id }) => id));
  return new Set(now.filter((server) => runs(server) && !ran.has(server.id)).map(({ id }) => id));
}

/** Call once, in the shell. While the engine is out of reach the notice says so; states are compared after it. */
export function useStateNews(): void {
  const servers = useServers().data;
  const isReachable = useIsReachable();
  const before = useRef<readonly Shown[]>([]);
  useEffect(() => {
    if (servers === undefined || !isReachable) return;
    const news = stateNews(before.current, servers);
    dismissNoticesUntilRunning(runningAgain(before.current, servers));
    before.current = servers;
    if (news.length > 0) announce(news.join(' '));
  }, [servers, isReachable]);
}
