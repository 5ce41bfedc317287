/** The queue of a virtual server as consoles see it: from the runner while it runs, from the folder while it does not. */
import type { ServerSettings } from '../settings/schema';
import { systemClock } from './core/clock';
import { type DirectoryRoute, destinationName } from './core/delivery';
import type { Envelope } from './core/envelope';
import type { QueueId } from './core/ids';
import type { QueueTotals } from './queue/catalogue-totals';
import type { GroupQuery } from './queue/catalogue-view';
import { type GroupPage, type Progress, QueueConsole } from './queue/queue-console';
import type { QueueEntry } from './queue/queue-entry';
import type { QueueGroup } from './queue/queue-groups';
import { countRestingMessages, listRestingMessages, readRestingEnvelope } from './queue/resting-queue';
import { createQueueStore, type QueuedContent } from './queue/store';
import { decideRoute } from './routing/route';
import type { VirtualServer } from './virtual-server';

export type QueueViewEntry = QueueEntry;
export type QueueViewGroup = QueueGroup;

/** Oldest first. */
export async function listQueue(
  server: VirtualServer,
  { offset, limit }: { offset: number; limit: number },
): Promise<{ rows: readonly QueueViewEntry[]; total: number }> {
  if (server.isRunning) return server.running.runner.list({ offset, limit });
  const folder = server.folders.queue;
  const names = await listRestingMessages(folder);
  const envelopes = await Promise.all(
    names.slice(offset, offset + limit).map((queueId) => readRestingEnvelope(folder, queueId)),
  );
  const rows = envelopes.flatMap((envelope) => (envelope ? [{ envelope, isActive: false }] : []));
  return { rows, total: names.length };
}

/** Groups of recipients that wait for the same destination. */
export async function listQueueGroups(
  server: VirtualServer,
  query: GroupQuery,
  page: { readonly offset: number; readonly limit: number },
): Promise<GroupPage> {
  if (server.isRunning) return server.running.runner.groups(query, page);
  return (await restingConsole(server)).groups(query, page);
}

/** Waiting mail by destination. */
export async function sumQueue(server: VirtualServer): Promise<QueueTotals & Progress> {
  if (server.isRunning) return server.running.runner.totals();
  return (await restingConsole(server)).totals();
}

/** Whether mail for the destination of this name stays in Queue. */
export function isFrozen(name: string, { frozenDestinations }: ServerSettings): boolean {
  const wanted = name.toLowerCase();
  return frozenDestinations.some((frozen) => frozen.toLowerCase() === wanted);
}

/** Where mail for a domain goes today, by the name that `frozenDestinations` knows. */
export function destinationOfDomain(domain: string, settings: ServerSettings): string {
  return destinationName(decideRoute({ recipient: `postmaster@${domain}`, sender: '' }, settings));
}

/** Stands for the directory where nobody asks it. */
export const restingDirectoryRoute: DirectoryRoute = {
  kind: 'directory',
  destination: 'directory',
  rule: 'LDAP routing',
};

interface RestingConsole {
  readonly settings: ServerSettings;
  readonly folder: string;
  readonly names: readonly QueueId[];
  readonly console: QueueConsole;
  readonly listedAt: number;
}

/** Of virtual servers that do not run; dropped when nobody asks. */
const restingConsoles = new WeakMap<VirtualServer, RestingConsole>();
/** Nothing writes into the folder of a virtual server that does not run, but a person may. */
const listedForMs = 30_000;

async function restingConsole(server: VirtualServer): Promise<QueueConsole> {
  const { settings } = server;
  const folder = server.folders.queue;
  const known = restingConsoles.get(server);
  const isCurrent = known?.settings === settings && known.folder === folder;
  if (isCurrent && systemClock.now() - known.listedAt < listedForMs) return known.console;
  const names = await listRestingMessages(folder);
  const listedAt = systemClock.now();
  if (isCurrent && isSame(names, known.names)) {
    restingConsoles.set(server, { ...known, listedAt });
    return known.console;
  }
  known?.console.close();
  const console = new QueueConsole({
    names: () => names,
    count: () => names.length,
    read: (queueId) => readRestingEnvelope(folder, queueId),
    routeOf: ({ sender, isResolved, recipients }, index) => {
      const { address = '', way } = recipients[index] ?? {};
      return settings.usesLdapRouting && !isResolved
        ? restingDirectoryRoute
        : decideRoute({ recipient: address, sender, way }, settings);
    },
    live: () => undefined,
    isFrozen: (destination) => isFrozen(destination, settings),
    isBusy: () => false,
    clock: systemClock,
    shiftMs: () => 0,
    keep: (catalogue) => {
      if (!catalogue) restingConsoles.delete(server);
    },
  });
  restingConsoles.set(server, { settings, folder, names, console, listedAt });
  return console;
}

function isSame(one: readonly QueueId[], other: readonly QueueId[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}

/** One message; undefined when it is not in the queue. */
export async function findQueued(
  server: VirtualServer,
  queueId: QueueId,
): Promise<QueueViewEntry | undefined> {
  if (server.isRunning) return server.running.runner.get(queueId);
  const envelope = await readRestingEnvelope(server.folders.queue, queueId);
  return envelope && { envelope, isActive: false };
}

/** The content of a message in the queue. */
export function contentOfQueued(server: VirtualServer, envelope: Envelope): QueuedContent {
  const store = server.isRunning
    ? server.running.store
    : createQueueStore({ folder: server.folders.queue, cacheBytes: 0 });
  return store.content(envelope);
}

/** Number of waiting messages and the age of the oldest. */
export async function countQueued(
  server: VirtualServer,
): Promise<{ total: number; oldestArrivedAt?: number }> {
  return server.isRunning ? server.running.runner.stats() : countRestingMessages(server.folders.queue);
}
