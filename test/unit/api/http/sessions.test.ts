import { beforeEach, describe, expect, it } from 'vitest';
import {
  createSessions,
  type Person,
  type Sessions,
  sessionIdleMs,
} from '../../../../src-main/api/http/sessions';

let now: number;
let sessions: Sessions;
beforeEach(() => {
  now = 1_000_000;
  sessions = createSessions({ now: () => now });
});

let stands = true;
const ann: Person = { name: 'ann', role: 'operator', stands: () => true };
const bob: Person = { name: 'bob', role: 'viewer', stands: () => stands };
beforeEach(() => {
  stands = true;
});

describe('a session', () => {
  it('belongs to the person it was opened for', () => {
    const key = sessions.open(ann);
    expect(Buffer.from(key, 'base64url').length).toBe(32);
    expect(sessions.touch(key)?.person).toBe(ann);
  });

  it('lives while it is used', () => {
    const key = sessions.open(ann);
    for (let count = 0; count < 5; count += 1) {
      now += sessionIdleMs - 1;
      expect(sessions.touch(key)).toBeDefined();
    }
  });

  it('ends after twelve idle hours', () => {
    const key = sessions.open(ann);
    now += sessionIdleMs;
    expect(sessions.touch(key)).toBeUndefined();
    now -= 1;
    expect(sessions.touch(key)).toBeUndefined();
  });

  it('is not opened by a key that somebody else chose', () => {
    sessions.open(ann);
    for (const key of [undefined, '', 'x', 'A'.repeat(43)]) expect(sessions.touch(key)).toBeUndefined();
  });

  it('ends at sign-out, and only this one', () => {
    const key = sessions.open(ann);
    const other = sessions.open(ann);
    sessions.end(key);
    sessions.end(key);
    sessions.end(undefined);
    expect(sessions.touch(key)).toBeUndefined();
    expect(sessions.touch(other)).toBeDefined();
  });

  it('ends at once with its person, and what goes on for it ends with it', () => {
    const key = sessions.open(bob);
    const other = sessions.open(ann);
    const ended: string[] = [];
    sessions.touch(key)?.onEnd(() => ended.push('bob'));
    sessions.touch(key)?.onEnd(() => ended.push('taken back'))();
    sessions.touch(other)?.onEnd(() => ended.push('ann'));
    sessions.endFallen();
    expect(ended).toEqual([]);
    stands = false;
    sessions.endFallen();
    expect(ended).toEqual(['bob']);
    stands = true;
    expect(sessions.touch(key)).toBeUndefined();
    expect(sessions.touch(other)).toBeDefined();
  });

  it('of a person who fell is refused even before anybody was told', () => {
    const key = sessions.open(bob);
    stands = false;
    expect(sessions.touch(key)).toBeUndefined();
  });

  it('makes room when there are too many, the longest unused first', () => {
    const first = sessions.open(ann);
    const second = sessions.open(ann);
    let isEnded = false;
    sessions.touch(second)?.onEnd(() => {
      isEnded = true;
    });
    sessions.touch(first);
    for (let count = 0; count < 49; count += 1) sessions.open(bob);
    expect(sessions.touch(second)).toBeUndefined();
    expect(isEnded).toBe(true);
    expect(sessions.touch(first)).toBeDefined();
  });
});
