/** The queue of a virtual server as consoles see it: from the runner while it runs, from the folder while it does not. */
import type { Envelope } from './core/envelope';
import type { QueueId } from './core/ids';
import type { QueueEntry } from './queue/queue-entry';
import { countRestingMessages, listRestingMessages, readRestingEnvelope } from './queue/resting-queue';
import { createQueueStore, type QueuedContent } from './queue/store';
import type { VirtualServer } from './virtual-server';

export type QueueViewEntry = QueueEntry;

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
