/**
 * How often passwords may be tried at the sign-in form.
 *
 * Guards against: guessing one person's password (tries of a name), guessing everybody's (tries in total).
 * Promises: strangers who use all the tries of a name keep nobody out who has signed in with the same browser
 *   before: such a browser has tries of its own. The one-time address has nothing to do with any of this.
 * Kept in memory only, and bounded: there are never more tries to remember than may be made.
 */
import { type Clock, steadyNow } from '../../engine/core/clock';
import { nameKey } from '../../people';
import { hashOf, newSecret } from './random-secret';

export const triesWindowMs = 5 * 60_000;
/** Of one name, or of one browser that is known for that name. */
export const maxTriesOfName = 10;
export const maxTriesInTotal = 120;
/** The oldest make room. */
const maxKnownBrowsers = 500;

type Begun =
  | { readonly kind: 'wait'; readonly seconds: number }
  /** Counted as a wrong try from this moment, so that many at once are no way around; `succeed` takes it back. */
  | { readonly kind: 'go'; readonly succeed: () => void };

export interface PasswordTries {
  begin(name: string, browserKey: string | undefined): Begun;
  /** What a browser keeps to be known by, after a sign-in as `name`. */
  rememberBrowser(name: string): string;
}

interface Try {
  readonly at: number;
  readonly of: string;
  readonly isKnown: boolean;
}

export function createPasswordTries(clock: Pick<Clock, 'now' | 'elapsed'>): PasswordTries {
  let tries: Try[] = [];
  /** Hash of a browser's key to the name that it is known for, oldest first. */
  const known = new Map<string, string>();
  return {
    begin(name, browserKey) {
      const now = steadyNow(clock);
      tries = tries.filter(({ at }) => now - at < triesWindowMs);
      const browser = browserKey === undefined ? undefined : hashOf(browserKey).toString('hex');
      const isKnown = browser !== undefined && known.get(browser) === nameKey(name);
      const of = isKnown ? `browser ${browser}` : `name ${nameKey(name)}`;
      const wait =
        isFull(
          tries.filter((each) => each.of === of),
          maxTriesOfName,
        ) ??
        (isKnown
          ? undefined
          : isFull(
              tries.filter((each) => !each.isKnown),
              maxTriesInTotal,
            ));
      if (wait !== undefined)
        return { kind: 'wait', seconds: Math.ceil((wait + triesWindowMs - now) / 1000) };
      const made: Try = { at: now, of, isKnown };
      tries.push(made);
      return {
        kind: 'go',
        succeed() {
          tries = tries.filter((each) => each !== made);
        },
      };
    },
    rememberBrowser(name) {
      const key = newSecret();
      known.set(hashOf(key).toString('hex'), nameKey(name));
      for (const [oldest] of known) {
        if (known.size <= maxKnownBrowsers) break;
        known.delete(oldest);
      }
      return key;
    },
  };
}

/** When the oldest of `tries` was made, if there may be no more of them now. */
function isFull(tries: readonly Try[], max: number): number | undefined {
  return tries.length >= max ? tries[0]?.at : undefined;
}
