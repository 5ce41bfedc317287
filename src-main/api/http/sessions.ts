/**
 * Who is signed in to the browser console. Kept in memory only; a restart signs everybody out.
 *
 * Promises: keys are made here, at sign-in, and never taken from a request; only their hashes are stored; a
 *   session ends after twelve idle hours, at sign-out, and with the person's role or password; what was still
 *   being answered for it is ended with it.
 */
import { ageMs, type Clock, type Moment, momentOf } from '../../engine/core/clock';
import type { Role } from '../contract';
import { hashOf, newSecret } from './random-secret';

export const sessionIdleMs = 12 * 3_600_000;
/** More than a person opens; the longest unused make room. */
const maxSessions = 50;

/** Who a session belongs to. */
export interface Person {
  readonly name: string;
  readonly role: Role;
  /** False once the person may not go on as this: deleted, another role, another password. */
  stands(): boolean;
}

export interface Session {
  readonly person: Person;
  /** Calls `end` when the session ends; returns how to take that back. */
  onEnd(end: () => void): () => void;
}

export interface Sessions {
  /** Opens a session; its key. */
  open(person: Person): string;
  /** The session when the key is that of a living one; keeps it alive. */
  touch(key: string | undefined): Session | undefined;
  /** Signs out; an unknown key is no fault. */
  end(key: string | undefined): void;
  /** Ends all sessions whose person may not go on. */
  endFallen(): void;
}

interface Entry extends Session {
  lastAt: Moment;
  readonly ends: Set<() => void>;
}

export function createSessions(clock: Pick<Clock, 'now' | 'elapsed'>): Sessions {
  /** By hash of the key, the longest unused first. */
  const sessions = new Map<string, Entry>();
  const idOf = (key: string): string => hashOf(key).toString('hex');
  const isAlive = ({ lastAt, person }: Entry): boolean =>
    ageMs(lastAt, clock) < sessionIdleMs && person.stands();
  const endEntry = (id: string, { ends }: Entry): void => {
    sessions.delete(id);
    for (const end of ends) end();
    ends.clear();
  };
  return {
    open(person) {
      const key = newSecret();
      const ends = new Set<() => void>();
      sessions.set(idOf(key), {
        person,
        lastAt: momentOf(clock),
        ends,
        onEnd(end) {
          ends.add(end);
          return () => ends.delete(end);
        },
      });
      for (const [id, entry] of sessions) {
        if (sessions.size <= maxSessions) break;
        endEntry(id, entry);
      }
      return key;
    },
    touch(key) {
      if (key === undefined) return undefined;
      const id = idOf(key);
      const entry = sessions.get(id);
      if (!entry) return undefined;
      if (!isAlive(entry)) {
        endEntry(id, entry);
        return undefined;
      }
      sessions.delete(id);
      sessions.set(id, entry);
      entry.lastAt = momentOf(clock);
      return entry;
    },
    end(key) {
      if (key === undefined) return;
      const id = idOf(key);
      const entry = sessions.get(id);
      if (entry) endEntry(id, entry);
    },
    endFallen() {
      for (const [id, entry] of sessions) if (!entry.person.stands()) endEntry(id, entry);
    },
  };
}
