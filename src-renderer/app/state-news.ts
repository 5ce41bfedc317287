/** Tells a screen reader when a virtual server changed its state, whoever changed it. */
import { useEffect, useRef } from 'react';
import { useIsReachable, useServers } from '../client';
import { type ShownState, stateWord } from '../client/words';
import { announce } from '../ui/announcer';

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

/** Call once, in the shell. While the engine is out of reach the notice says so; states are compared after it. */
export function useStateNews(): void {
  const servers = useServers().data;
  const isReachable = useIsReachable();
  const before = useRef<readonly Shown[]>([]);
  useEffect(() => {
    if (servers === undefined || !isReachable) return;
    const news = stateNews(before.current, servers);
    before.current = servers;
    if (news.length > 0) announce(news.join(' '));
  }, [servers, isReachable]);
}
