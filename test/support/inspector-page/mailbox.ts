/**
 * Folders of one virtual server in the page's memory, behind the part of the contract that reading mail uses.
 * The test puts messages in as raw text and changes them while the page runs.
 */
import type { MessageContent, MessageRow, QueueRow } from '../../../src-main/api/contract';
import type { ConsoleClient } from '../../../src-renderer/client';

export interface StoredMessage {
  readonly row: MessageRow;
  readonly source: string;
}

export interface Mailbox {
  drop: StoredMessage[];
  badmail: StoredMessage[];
  queue: { row: QueueRow; source: string }[];
  /** Every call that changes something, for the test to look at. */
  calls: { name: string; input: unknown }[];
}

/** Time a call takes, so that the page has to wait as it does for an engine. */
const latencyMs = 5;

const later = <Value>(value: Value): Promise<Value> =>
  new Promise((resolve) => setTimeout(() => resolve(value), latencyMs));

function contentOf(row: MessageRow, source: string): MessageContent {
  const bytes = new TextEncoder().encode(source);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { row, contentBase64: btoa(binary), isCut: false };
}

const rowOfQueued = (row: QueueRow): MessageRow => ({
  id: row.queueId,
  receivedAt: row.arrivedAt,
  sizeBytes: row.sizeBytes,
  from: row.sender,
  subject: row.subject,
  sender: row.sender,
  recipients: row.recipients.map((recipient) => recipient.address),
  hasAttachments: false,
});

export function createMailboxClient(mailbox: Mailbox): ConsoleClient {
  const find = <Entry>(entries: readonly Entry[], isIt: (entry: Entry) => boolean): Entry => {
    const found = entries.find(isIt);
    if (!found) throw new Error('not found');
    return found;
  };
  const client = {
    servers: { list: () => later([]) },
    messages: {
      list: (input: { folder: 'drop' | 'badmail'; offset: number; limit: number }) => {
        const all = mailbox[input.folder];
        return later({
          rows: all.slice(input.offset, input.offset + input.limit).map((entry) => entry.row),
          total: all.length,
        });
      },
      content: (input: { folder: 'drop' | 'badmail'; id: string }) => {
        const { row, source } = find(mailbox[input.folder], (entry) => entry.row.id === input.id);
        return later(contentOf(row, source));
      },
      delete: (input: { folder: 'drop' | 'badmail'; ids: string[] }) => {
        mailbox.calls.push({ name: 'messages.delete', input });
        const gone = new Set(input.ids);
        mailbox[input.folder] = mailbox[input.folder].filter((entry) => !gone.has(entry.row.id));
        return later({ count: gone.size });
      },
    },
    queue: {
      list: (input: { offset: number; limit: number }) =>
        later({
          rows: mailbox.queue.slice(input.offset, input.offset + input.limit).map((entry) => entry.row),
          total: mailbox.queue.length,
        }),
      content: (input: { queueId: string }) => {
        const { row, source } = find(mailbox.queue, (entry) => entry.row.queueId === input.queueId);
        return later(contentOf(rowOfQueued(row), source));
      },
      retry: (input: { queueIds?: string[] }) => {
        mailbox.calls.push({ name: 'queue.retry', input });
        return later({ count: input.queueIds?.length ?? mailbox.queue.length });
      },
      delete: (input: { queueIds: string[] }) => {
        mailbox.calls.push({ name: 'queue.delete', input });
        const gone = new Set(input.queueIds);
        mailbox.queue = mailbox.queue.filter((entry) => !gone.has(entry.row.queueId));
        return later({ count: gone.size });
      },
    },
  };
  // Only what reading mail calls is here; anything else would fail loudly in the page.
  return client as unknown as ConsoleClient;
}
