/** Waiting mail. */
import { Problem } from '../../engine/core/problem';
import { findQueued, listQueue, type QueueViewEntry } from '../../engine/queue-view';
import { describeRoute } from '../../engine/server-summary';
import type { VirtualServer } from '../../engine/virtual-server';
import type { ChosenMail, QueueRow } from '../contract';
import type { Implementer } from '../implementer';
import type { Services } from './services';
import { describeSource } from './source-words';

export function createQueueHandlers(os: Implementer, { engine }: Services) {
  const find = async (server: VirtualServer, queueId: string) => {
    const entry = await findQueued(server, queueId);
    if (!entry) throw new Problem('not-found', 'This message is no longer in the queue.', 'queueId');
    return entry;
  };
  return {
    list: os.queue.list.handler(async ({ input }) => {
      const server = engine.server(input.serverId);
      const { rows, total } = await listQueue(server, { offset: input.offset, limit: input.limit });
      return { rows: rows.map((entry) => rowOf(server, entry)), total };
    }),
    groups: os.queue.groups.handler(missing),
    show: os.queue.show.handler(async ({ input }) => {
      const server = engine.server(input.serverId);
      return rowOf(server, await find(server, input.queueId));
    }),
    retry: os.queue.retry.handler(({ input }) => ({
      count: engine.server(input.serverId).running.runner.retry(idsOf(input.chosen)),
    })),
    delete: os.queue.delete.handler(async ({ input }) => ({
      count: await engine.server(input.serverId).running.runner.delete(idsOf(input.chosen) ?? []),
    })),
    totals: os.queue.totals.handler(missing),
    hold: os.queue.hold.handler(missing),
    release: os.queue.release.handler(missing),
    setWay: os.queue.setWay.handler(missing),
    setRecipient: os.queue.setRecipient.handler(missing),
    freeze: os.queue.freeze.handler(missing),
    thaw: os.queue.thaw.handler(missing),
    releaseForTrigger: os.queue.releaseForTrigger.handler(missing),
  };
}

function rowOf(server: VirtualServer, { envelope, isActive, pacedUntil }: QueueViewEntry): QueueRow {
  const asksFirst = server.settings.usesLdapRouting && !envelope.isResolved;
  return {
    queueId: envelope.queueId,
    arrivedAt: envelope.arrivedAt,
    sender: envelope.sender,
    subject: envelope.subject,
    sizeBytes: envelope.sizeBytes,
    source: describeSource(envelope.source),
    isActive,
    recipients: envelope.recipients.map((recipient, index) => {
      const { text, hold } = describeRoute(server, recipient.address, envelope.sender);
      return {
        address: recipient.address,
        outcome: recipient.outcome,
        attempts: recipient.attempts,
        nextAttemptAt: recipient.nextAttemptAt,
        last: recipient.last,
        destination: '',
        route: asksFirst ? `LDAP routing, then ${text}` : text,
        ...(hold && !asksFirst && recipient.outcome === undefined ? { held: { ...hold } } : {}),
        ...(pacedUntil?.has(index) ? { isPaced: true } : {}),
      };
    }),
  };
}

const missing = (): never => {
  throw new Problem('unavailable', 'This cannot be done.');
};

function idsOf(chosen: ChosenMail | undefined): string[] | undefined {
  if (!chosen || 'filter' in chosen) return undefined;
  return 'queueIds' in chosen ? chosen.queueIds : chosen.groups.map((group) => group.queueId);
}
