/** Waiting mail. */
import type { Envelope, MessageSource } from '../../engine/core/envelope';
import { Problem } from '../../engine/core/problem';
import { contentOfQueued, findQueued, listQueue, type QueueViewEntry } from '../../engine/queue-view';
import { describeRoute } from '../../engine/server-summary';
import type { VirtualServer } from '../../engine/virtual-server';
import { type MessageRow, maxShownBytes, type QueueRow } from '../contract';
import type { Implementer } from '../implementer';
import type { Services } from './services';

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
    show: os.queue.show.handler(async ({ input }) => {
      const server = engine.server(input.serverId);
      return rowOf(server, await find(server, input.queueId));
    }),
    retry: os.queue.retry.handler(({ input }) => ({
      count: engine.server(input.serverId).running.runner.retry(input.queueIds),
    })),
    delete: os.queue.delete.handler(async ({ input }) => ({
      count: await engine.server(input.serverId).running.runner.delete(input.queueIds),
    })),
    content: os.queue.content.handler(async ({ input }) => {
      const server = engine.server(input.serverId);
      const { envelope } = await find(server, input.queueId);
      const pieces: Uint8Array[] = [];
      let length = 0;
      for await (const piece of contentOfQueued(server, envelope).stream()) {
        pieces.push(piece.subarray(0, maxShownBytes - length));
        length += piece.length;
        if (length >= maxShownBytes) break;
      }
      const content = Buffer.concat(pieces);
      return {
        row: messageRowOf(envelope),
        contentBase64: content.toString('base64'),
        isCut: envelope.sizeBytes > content.length,
      };
    }),
  };
}

function describeSource(source: MessageSource): string {
  switch (source.kind) {
    case 'smtp':
      return `SMTP from ${source.peer}`;
    case 'pickup':
      return `Pickup file ${source.file}`;
    case 'notification':
      return `Notification about ${source.about}`;
    case 'test':
      return 'Test message';
  }
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
        route: asksFirst ? `LDAP routing, then ${text}` : text,
        ...(hold && !asksFirst && recipient.outcome === undefined ? { held: { ...hold } } : {}),
        ...(pacedUntil?.has(index) ? { isPaced: true } : {}),
      };
    }),
  };
}

function messageRowOf(envelope: Envelope): MessageRow {
  return {
    id: envelope.queueId,
    receivedAt: envelope.arrivedAt,
    sizeBytes: envelope.sizeBytes,
    from: envelope.sender,
    subject: envelope.subject,
    sender: envelope.sender,
    recipients: envelope.recipients.map((recipient) => recipient.address),
    hasAttachments: false,
  };
}
