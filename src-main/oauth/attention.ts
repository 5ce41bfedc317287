/** What about the sign-ins in use waits for a person. Pure. */
import type { SystemStatus } from '../api/contract';
import type { SignInUse } from '../settings/schema';
import type { SignInEntry } from './entry-file';
import { judgeSignIn } from './state';

type Item = SystemStatus['attention'][number];

export interface SignInAttentionFacts {
  /** Places of the settings that log in by OAuth2. */
  readonly uses: readonly SignInUse[];
  readonly entries: readonly SignInEntry[];
  readonly lastFailure: (id: string) => string | undefined;
  readonly now: number;
}

/** Those that give no tokens first. Each sign-in is told of once, with the first virtual server that uses it. */
export function findSignInAttention({ uses, entries, lastFailure, now }: SignInAttentionFacts): Item[] {
  const urgent: Item[] = [];
  const soon: Item[] = [];
  const seen = new Set<string>();
  for (const { id, serverId, place } of uses) {
    if (seen.has(id)) continue;
    seen.add(id);
    const entry = entries.find((each) => each.id === id);
    const base = { serverId, action: 'sign-ins' as const };
    if (!entry) {
      const text = `${place} logs in with an OAuth2 sign-in that does not exist any more. Choose another one.`;
      urgent.push({ ...base, code: 'sign-in-missing', text });
      continue;
    }
    const { state, reason } = judgeSignIn(entry, { now, lastFailure: lastFailure(id) });
    if (reason === undefined) continue;
    const text = `OAuth2 sign-in "${entry.name}": ${reason}`;
    if (state === 'needs-sign-in') urgent.push({ ...base, code: 'sign-in-needed', text });
    else if (state === 'broken') urgent.push({ ...base, code: 'sign-in-broken', text });
    else
      soon.push({
        ...base,
        code: state === 'expires-soon' ? 'sign-in-expires' : 'sign-in-unreachable',
        text,
      });
  }
  return [...urgent, ...soon];
}
