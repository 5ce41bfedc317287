/**
 * The verified host name of a client: the name that DNS gives its address, when that name leads back to the
 * address. Without the second question anybody who runs a reverse zone could call himself anything.
 *
 * Owns: the names found lately (and that none was), for as long as they are good.
 * Promises: an answer within `waitMs`, whatever DNS does; a peer makes at most `mostNames` names be looked up.
 * Trusts: nothing in an answer.
 * Fails: never rejects; what cannot be found out in time, or because DNS fails, is `undecidedHostName`, and is asked
 *   again soon.
 */
import { BlockList, isIP } from 'node:net';
import { type Clock, steadyNow } from '../core/clock';
import { undecidedHostName } from '../core/host-name';
import type { DnsAnswer, DnsLookup } from './dns-lookup';

/** A client waits this long for its greeting, its recipient or its 354 at the most. */
export const hostNameWaitMs = 4_000;
/** Honest addresses have one name, sometimes a few. */
const mostNames = 5;
const knownMs = 5 * 60_000;
const unknownMs = 60_000;
const mostKept = 5_000;

/** Undefined: there is none. `undecidedHostName`: DNS cannot tell at the moment. */
export type VerifyHostName = (address: string) => Promise<string | undefined>;

/** Makes the verifier. Where several names lead back, the first in the alphabet is told, so that it stays the same. */
export function createHostNameVerifier(options: {
  readonly dns: Pick<DnsLookup, 'ptr' | 'a' | 'aaaa'>;
  readonly clock: Clock;
  /** DNS servers in force: what others said counts no longer. Default: always the same. */
  readonly servers?: () => readonly string[];
  readonly waitMs?: number;
}): VerifyHostName {
  const { dns, clock, servers, waitMs = hostNameWaitMs } = options;
  const kept = new Map<string, { readonly name: Promise<string | undefined>; expiresAt: number }>();

  const find = async (address: string): Promise<string | undefined> => {
    const family = isIP(address);
    // A zone ("fe80::1%eth0") means something on this computer alone.
    const found = family === 0 || address.includes('%') ? undefined : await dns.ptr(address);
    if (found?.kind === 'failed') return undecidedHostName;
    if (found?.kind !== 'records') return undefined;
    const names = [...found.records].sort().slice(0, mostNames);
    const answers = await Promise.all(
      names.map((name): Promise<DnsAnswer<string>> => (family === 4 ? dns.a(name) : dns.aaaa(name))),
    );
    const verified = names.find((_, at) => {
      const answer = answers[at];
      return answer?.kind === 'records' && leadsBack(answer.records, address);
    });
    const isUndecided = answers.some((answer) => answer.kind === 'failed');
    return verified ?? (isUndecided ? undecidedHostName : undefined);
  };

  const inTime = (name: Promise<string | undefined>): Promise<string | undefined> =>
    new Promise((resolve) => {
      const cancel = clock.startTimer(() => resolve(undecidedHostName), waitMs);
      void name
        .catch(() => undecidedHostName)
        .then((value) => {
          cancel();
          resolve(value);
        });
    });

  return (address) => {
    const now = steadyNow(clock);
    const key = `${servers?.().join(' ') ?? ''}|${address}`;
    const known = kept.get(key);
    if (known && known.expiresAt > now) return known.name;
    if (kept.size >= mostKept) for (const old of [...kept.keys()].slice(0, mostKept / 10)) kept.delete(old);
    const name = inTime(find(address));
    const entry = { name, expiresAt: Number.POSITIVE_INFINITY };
    kept.delete(key);
    kept.set(key, entry);
    void name.then((value) => {
      entry.expiresAt =
        steadyNow(clock) + (value === undefined || value === undecidedHostName ? unknownMs : knownMs);
    });
    return name;
  };
}

/** IPv6 addresses have many spellings; the list compares what they mean. */
function leadsBack(addresses: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const each of addresses)
    if (isIP(each) !== 0) list.addAddress(each, isIP(each) === 4 ? 'ipv4' : 'ipv6');
  return list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}
