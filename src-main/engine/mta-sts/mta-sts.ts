/**
 * The MTA-STS policies of the domains that mail goes to (RFC 8461), decision 0011.
 *
 * Owns: policies in memory and on disk, and which could not be fetched lately.
 * Promises: a policy that was fetched holds until its time is over, also when DNS or its web server no longer know it; a
 *   domain whose policy never could be fetched is one without; each is looked at again every day.
 * Trusts: the web server's certificate; DNS only for whether there is something new.
 * Fails: never rejects.
 */
import { domainToASCII } from 'node:url';
import { type Clock, steadyNow } from '../core/clock';
import { reasonOf } from '../core/problem';
import { type Policy, parsePolicy, parseRecord } from './policy';
import type { FetchPolicy } from './policy-fetch';
import type { PolicyStore, StoredPolicy } from './policy-store';

export interface MtaSts {
  /** Undefined: the domain has none that counts. */
  policyOf(domain: string): Promise<Policy | undefined>;
  /** Ends what is being fetched. */
  close(): void;
}

export interface MtaStsOptions {
  /** TXT records of a name; undefined: nobody knows at the moment. Never rejects. */
  readonly findTxt: (name: string) => Promise<readonly string[] | undefined>;
  readonly fetchPolicy: FetchPolicy;
  readonly store: PolicyStore;
  readonly clock: Clock;
  /** Hears, once, that policies cannot be kept on disk. */
  readonly warn?: (reason: string) => void;
}

/** Section 3.3 asks for five minutes at least after a failure. */
const fetchRestMs = 5 * 60_000;
/** A DNS server that does not answer costs each message seconds; the next ones to the domain go without asking it. */
const recordRestMs = 60_000;
/** Section 10.2: whatever the TXT record says, so that nobody gets rid of a policy by hiding that until it is over. */
const refreshMs = 24 * 60 * 60_000;
/** Domains come from recipients; the lists must not grow with them. */
const mostKnown = 2_000;

interface Known {
  readonly id: string;
  readonly fetchedAt: number;
  readonly policy: Policy;
}

export function createMtaSts(options: MtaStsOptions): MtaSts {
  const { findTxt, fetchPolicy, store, clock, warn } = options;
  const known = new Map<string, Known>();
  const running = new Map<string, Promise<Policy | undefined>>();
  const fetching = new Map<string, Promise<Known | undefined>>();
  const restsUntil = new Map<string, number>();
  const closing = new AbortController();
  let isWarned = false;

  const remember = <T>(map: Map<string, T>, key: string, value: T): void => {
    map.delete(key);
    if (map.size >= mostKnown) for (const old of [...map.keys()].slice(0, mostKnown / 10)) map.delete(old);
    map.set(key, value);
  };

  const isGood = ({ fetchedAt, policy }: Known): boolean => clock.now() < fetchedAt + policy.maxAgeS * 1_000;

  const find = async (domain: string): Promise<Known | undefined> => {
    let found = known.get(domain);
    if (!found) {
      found = readStored(await store.read(domain), clock.now());
      if (found) remember(known, domain, found);
    }
    return found && isGood(found) ? found : undefined;
  };

  const keep = async (stored: StoredPolicy): Promise<void> => {
    try {
      await store.write(stored);
    } catch (error) {
      if (!isWarned) warn?.(reasonOf(error));
      isWarned = true;
    }
  };

  const fetchOnce = async (domain: string, id: string): Promise<Known | undefined> => {
    const restKey = `${domain} ${id}`;
    if ((restsUntil.get(restKey) ?? Number.NEGATIVE_INFINITY) > steadyNow(clock)) return undefined;
    const answer = await fetchPolicy(domain, closing.signal);
    const policy = 'fault' in answer ? answer : parsePolicy(answer.text);
    if ('fault' in answer || 'fault' in policy) {
      remember(restsUntil, restKey, steadyNow(clock) + fetchRestMs);
      return undefined;
    }
    const fetchedAt = clock.now();
    const fetched: Known = { id, fetchedAt, policy };
    remember(known, domain, fetched);
    await keep({ domain, id, fetchedAt, text: answer.text });
    return fetched;
  };

  /** Several messages to one domain share one question. */
  const fetchShared = (domain: string, id: string): Promise<Known | undefined> => {
    const key = `${domain} ${id}`;
    const begun = fetching.get(key);
    if (begun) return begun;
    const fetched = fetchOnce(domain, id).finally(() => fetching.delete(key));
    fetching.set(key, fetched);
    return fetched;
  };

  /** Of the TXT record; undefined: there is none, or nobody knows. */
  const findId = async (domain: string): Promise<string | undefined> => {
    if ((restsUntil.get(domain) ?? Number.NEGATIVE_INFINITY) > steadyNow(clock)) return undefined;
    const records = await findTxt(`_mta-sts.${domain}`);
    if (!records) remember(restsUntil, domain, steadyNow(clock) + recordRestMs);
    return records && parseRecord(records);
  };

  const decide = async (domain: string): Promise<Policy | undefined> => {
    const [old, named] = await Promise.all([find(domain), findId(domain)]);
    const id = named ?? old?.id;
    if (id === undefined) return undefined;
    if (old?.id !== id) return ((await fetchShared(domain, id)) ?? old)?.policy;
    // In the background: the old one is good.
    if (clock.now() - old.fetchedAt >= refreshMs) void fetchShared(domain, id);
    return old.policy;
  };

  return {
    policyOf(name) {
      const domain = domainToASCII(name);
      if (domain === '') return Promise.resolve(undefined);
      const begun = running.get(domain);
      if (begun) return begun;
      const decided = decide(domain).finally(() => running.delete(domain));
      running.set(domain, decided);
      return decided;
    },
    close: () => closing.abort(),
  };
}

/** A time in the future was written by a clock that was wrong; the policy counts from now on. */
function readStored(stored: StoredPolicy | undefined, now: number): Known | undefined {
  const policy = stored && parsePolicy(stored.text);
  if (!stored || !policy || 'fault' in policy) return undefined;
  return { id: stored.id, fetchedAt: Math.min(stored.fetchedAt, now), policy };
}
