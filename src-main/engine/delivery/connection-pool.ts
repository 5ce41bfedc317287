/**
 * Outgoing connections of one virtual server: those in use and, for a few seconds, those that may be used
 * again.
 *
 * Owns: the list of all open connections and the idle time.
 * Promises: no connection stays idle for longer than the idle time; close leaves none open.
 */
import type { CancelTimer, Clock } from '../core/clock';
import type { OutboundSession } from './session';

export interface ConnectionPool {
  /** An idle connection for the key, the one used last first; undefined when there is none. */
  take(key: string): OutboundSession | undefined;
  /** Counts a new connection until it is over. */
  add(session: OutboundSession): void;
  /** Lays a connection back for others. One that is over is forgotten. */
  giveBack(key: string, session: OutboundSession): void;
  /** Connections that are open, idle ones included. */
  size(): number;
  /** Ends all of them; whoever uses one gets a failure. */
  close(): void;
}

interface IdleSession {
  readonly session: OutboundSession;
  readonly cancelTimer: CancelTimer;
}

export function createConnectionPool({ clock, idleMs }: { clock: Clock; idleMs: number }): ConnectionPool {
  const open = new Set<OutboundSession>();
  const idle = new Map<string, IdleSession[]>();
  let isClosed = false;

  const forget = (key: string, session: OutboundSession): void => {
    const rest = (idle.get(key) ?? []).filter((entry) => {
      if (entry.session !== session) return true;
      entry.cancelTimer();
      return false;
    });
    if (rest.length === 0) idle.delete(key);
    else idle.set(key, rest);
  };

  return {
    take(key) {
      const entries = idle.get(key);
      for (let entry = entries?.pop(); entry; entry = entries?.pop()) {
        entry.cancelTimer();
        if (entries?.length === 0) idle.delete(key);
        if (entry.session.isUsable) return entry.session;
        entry.session.close();
      }
      return undefined;
    },
    add(session) {
      open.add(session);
      session.whenOver(() => open.delete(session));
      if (isClosed) session.close();
    },
    giveBack(key, session) {
      if (isClosed || !session.isUsable) {
        session.close();
        return;
      }
      const cancelTimer = clock.startTimer(() => {
        forget(key, session);
        session.quit();
      }, idleMs);
      const entries = idle.get(key);
      if (entries) entries.push({ session, cancelTimer });
      else idle.set(key, [{ session, cancelTimer }]);
    },
    size: () => open.size,
    close() {
      isClosed = true;
      for (const entries of idle.values()) {
        for (const { session, cancelTimer } of entries) {
          cancelTimer();
          session.quit();
        }
      }
      idle.clear();
      for (const session of [...open]) session.close();
    },
  };
}
