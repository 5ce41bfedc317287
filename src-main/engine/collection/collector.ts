/**
 * Asks other hosts for our mail on their schedules, and on demand.
 *
 * Owns: when each host of the settings was asked last, and what came of it. In memory: after a start every host is
 *   asked as soon as its window is open, for that is when mail may be waiting.
 * Promises: one request at a time to each host of the list; a change of the settings is followed at once; `close` ends
 *   what is under way.
 * Trusts: `ask`. Fails: never; what goes wrong is told as the host's last result, and as a warning when it is news.
 */
import type { Collection, ServerSettings } from '../../settings/schema';
import type { CancelTimer, Clock } from '../core/clock';
import type { CollectionResult, CollectionState } from '../core/collection';
import type { Emit } from '../core/event';
import { Problem, reasonOf } from '../core/problem';
import { nextAskAt } from './schedule';

export interface CollectorOptions {
  readonly serverId: number;
  readonly settings: () => Pick<ServerSettings, 'collections'>;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly ask: (collection: Collection, signal: AbortSignal) => Promise<CollectionResult>;
}

export interface Collector {
  /** In the order of the settings. */
  states(): readonly CollectionState[];
  /**
   * Asks now, whatever the schedule says; joins a request that is under way.
   *
   * @throws Problem 'not-found' when no host of the settings has this name
   */
  askNow(name: string): Promise<CollectionResult>;
  /** The settings have changed. */
  refresh(): void;
  close(): Promise<void>;
}

interface Host {
  /** As the settings were when it was asked last: another host under the same name is a new one. */
  readonly facts: string;
  askedAt?: number;
  result?: CollectionResult;
  running?: Promise<CollectionResult>;
}

const keyOf = (name: string): string => name.toLowerCase();
const factsOf = ({ host, port, command, domains }: Collection): string =>
  JSON.stringify([host, port, command, domains]);

export function createCollector(options: CollectorOptions): Collector {
  const { settings, clock, emit, serverId } = options;
  const hosts = new Map<string, Host>();
  const stop = new AbortController();
  let cancelTimer: CancelTimer | undefined;

  const hostOf = (collection: Collection): Host => {
    const key = keyOf(collection.name);
    const known = hosts.get(key);
    if (known?.facts === factsOf(collection)) return known;
    const host: Host = { facts: factsOf(collection) };
    hosts.set(key, host);
    return host;
  };

  const run = async (collection: Collection, host: Host): Promise<CollectionResult> => {
    host.askedAt = clock.now();
    const before = host.result;
    const result = await options
      .ask(collection, stop.signal)
      .catch((error: unknown): CollectionResult => ({ isOk: false, text: reasonOf(error) }));
    host.result = result;
    delete host.running;
    // Once, until it works or fails for another reason.
    if (!result.isOk && !stop.signal.aborted && before?.text !== result.text) {
      const text = `${collection.name} (${collection.host}) did not hand over our mail: ${result.text}`;
      emit({ type: 'warning', serverId, code: 'collection-failed', text });
    }
    emit({ type: 'collection-changed', serverId });
    schedule();
    return result;
  };

  const start = (collection: Collection, host: Host): Promise<CollectionResult> => {
    host.running ??= run(collection, host);
    emit({ type: 'collection-changed', serverId });
    return host.running;
  };

  const dueAt = (collection: Collection): number => {
    const { askedAt } = hostOf(collection);
    return collection.isEnabled ? nextAskAt(collection, clock.now(), askedAt) : Number.POSITIVE_INFINITY;
  };

  function schedule(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    if (stop.signal.aborted) return;
    const { collections } = settings();
    const names = new Set(collections.map(({ name }) => keyOf(name)));
    for (const key of hosts.keys()) if (!names.has(key)) hosts.delete(key);
    const now = clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const collection of collections) {
      const host = hostOf(collection);
      if (host.running) continue;
      const at = dueAt(collection);
      if (at <= now) void start(collection, host);
      else next = Math.min(next, at);
    }
    if (next !== Number.POSITIVE_INFINITY) cancelTimer = clock.startTimer(schedule, next - now);
  }

  schedule();
  return {
    states: () =>
      settings().collections.map((collection): CollectionState => {
        const { askedAt, result, running } = hostOf(collection);
        return {
          name: collection.name,
          isAsking: running !== undefined,
          ...(askedAt === undefined ? {} : { askedAt }),
          ...(result === undefined ? {} : { result }),
          ...(collection.isEnabled ? { nextAskAt: dueAt(collection) } : {}),
        };
      }),
    async askNow(name) {
      const collection = settings().collections.find((each) => keyOf(each.name) === keyOf(name));
      if (!collection) throw new Problem('not-found', `No host named "${name}" is asked for mail.`, 'name');
      return start(collection, hostOf(collection));
    },
    refresh: schedule,
    async close() {
      stop.abort();
      cancelTimer?.();
      await Promise.allSettled([...hosts.values()].map(({ running }) => running));
    },
  };
}
