/**
 * The last sessions that are over, with what was said, until newer ones take their place. In memory alone.
 *
 * Promises: bounded by number, and by what their records cost of the shared budget.
 */
import type { EndedSession } from '../core/session';
import type { SessionRecord } from './session-record';

export interface EndedSessions {
  add(session: EndedSession, record: SessionRecord): void;
  /** The latest first. */
  list(): readonly EndedSession[];
  find(sessionId: string): { readonly session: EndedSession; readonly record: SessionRecord } | undefined;
}

const mostSessions = 1000;

export function createEndedSessions(): EndedSessions {
  const kept = new Map<string, { readonly session: EndedSession; readonly record: SessionRecord }>();
  return {
    add(session, record) {
      kept.set(session.id, { session, record });
      for (const [oldest, entry] of kept) {
        if (kept.size <= mostSessions) break;
        entry.record.forget();
        kept.delete(oldest);
      }
    },
    list: () => [...kept.values()].map(({ session }) => session).reverse(),
    find: (sessionId) => kept.get(sessionId),
  };
}
