/**
 * Folders of one virtual server in the page's memory, behind the part of the contract that reading mail uses.
 * The test puts messages in as raw text and changes them while the page runs.
 */
import type { CollectionState, MessageRow, QueueRow } from '../../../src-main/api/contract';
import type { ConsoleClient } from '../../../src-renderer/client';
import { createQueueCalls } from './queue-memory';
import { createSearchCalls } from './search-memory';

export interface StoredMessage {
  readonly row: MessageRow;
  readonly source: string;
}

export interface Mailbox {
  drop: StoredMessage[];
  badmail: StoredMessage[];
  queue: { row: QueueRow; source: string }[];
  /** Put away, until they are brought back. */
  deleted?: StoredMessage[];
  /** Destinations that are frozen. */
  frozen?: string[];
  /** How many messages of the queue the engine has counted. Default: all. */
  counted?: number;
  collections?: CollectionState[];
  /** Searches with a name. */
  saved?: { name: string; query: string }[];
  /** Every call that changes something, for the test to look at. */
  calls: { name: string; input: unknown }[];
}

/** Time a call takes, so that the page has to wait as it does for an engine. */
const latencyMs = 5;

const later = <Value>(value: Value): Promise<Value> =>
  new Promise((resolve) => setTimeout(() => resolve(value), latencyMs));

function pieceOf(row: MessageRow, source: string, at: { offset?: number; limit?: number }) {
  const bytes = new TextEncoder().encode(source);
  const offset = at.offset ?? 0;
  let binary = '';
  for (const byte of bytes.subarray(offset, offset + (at.limit ?? bytes.length)))
    binary += String.fromCharCode(byte);
  return { row, contentBytes: bytes.length, pieceBase64: btoa(binary) };
}

const causeOf = (row: MessageRow) => ({
  ...(row.cause !== undefined && { cause: row.cause }),
  text: 'What this cause means, as the engine says it.',
  advice: 'What to do about it, as the engine says it.',
  count: 0,
  sizeBytes: 0,
  oldestAt: row.receivedAt,
  newestAt: row.receivedAt,
});

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
  const ofCause = (cause: string | undefined) => (entry: StoredMessage) =>
    cause === undefined || (entry.row.cause ?? 'unknown') === cause;
  type Folder = 'drop' | 'badmail';
  interface Ids {
    folder: Folder;
    ids: string[];
  }
  const client = {
    servers: {
      list: () => later([]),
      get: () =>
        later({ settings: { badmailKeepDays: null, badmailKeepMessages: null, badmailKeepMb: null } }),
    },
    search: createSearchCalls(mailbox),
    domains: { list: () => later({ rows: [], total: 0 }) },
    messages: {
      list: (input: { folder: Folder; offset: number; limit: number; cause?: string }) => {
        const all = mailbox[input.folder].filter(ofCause(input.cause));
        return later({
          rows: all.slice(input.offset, input.offset + input.limit).map((entry) => entry.row),
          total: all.length,
        });
      },
      content: (input: { folder: Folder | 'queue'; id: string; offset?: number; limit?: number }) => {
        if (input.folder === 'queue') {
          const { row, source } = find(mailbox.queue, (entry) => entry.row.queueId === input.id);
          return later(pieceOf(rowOfQueued(row), source, input));
        }
        const { row, source } = find(mailbox[input.folder], (entry) => entry.row.id === input.id);
        return later(pieceOf(row, source, input));
      },
      envelope: (input: { folder: Folder | 'queue'; id: string }) => {
        const rows =
          input.folder === 'queue'
            ? mailbox.queue.map(({ row }) => rowOfQueued(row))
            : mailbox[input.folder].map(({ row }) => row);
        const { sender, recipients } = find(rows, (row) => row.id === input.id);
        return later({ sender, recipients: recipients.map((address) => ({ address })) });
      },
      causes: () => {
        const groups = new Map<string, ReturnType<typeof causeOf>>();
        for (const entry of mailbox.badmail) {
          const name = entry.row.cause ?? 'unknown';
          const group = groups.get(name) ?? causeOf(entry.row);
          group.count += 1;
          group.sizeBytes += entry.row.sizeBytes;
          group.newestAt = Math.max(group.newestAt, entry.row.receivedAt);
          group.oldestAt = Math.min(group.oldestAt, entry.row.receivedAt);
          groups.set(name, group);
        }
        const total = mailbox.badmail.length;
        return later({
          groups: [...groups.values()].toSorted((a, b) => b.count - a.count),
          total,
          counted: total,
        });
      },
      delete: (input: Ids) => {
        mailbox.calls.push({ name: 'messages.delete', input });
        const gone = new Set(input.ids);
        const isGone = (entry: StoredMessage): boolean => gone.has(entry.row.id);
        mailbox.deleted = [...(mailbox.deleted ?? []), ...mailbox[input.folder].filter(isGone)];
        mailbox[input.folder] = mailbox[input.folder].filter((entry) => !isGone(entry));
        return later({ count: gone.size });
      },
      restore: (input: Ids) => {
        mailbox.calls.push({ name: 'messages.restore', input });
        const back = (mailbox.deleted ?? []).filter((entry) => input.ids.includes(entry.row.id));
        mailbox[input.folder] = [...mailbox[input.folder], ...back].toSorted(
          (a, b) => b.row.receivedAt - a.row.receivedAt,
        );
        return later({ count: back.length });
      },
      resend: (input: { messages: { id: string }[] }) => {
        mailbox.calls.push({ name: 'messages.resend', input });
        return later({
          accepted: input.messages.map((address, index) => ({
            address,
            serverId: 1,
            queueId: index.toString(16).padStart(24, '0'),
          })),
          refused: [],
        });
      },
    },
    ...createQueueCalls(mailbox, later),
  };
  // Only what reading mail calls is here; anything else would fail loudly in the page.
  return client as unknown as ConsoleClient;
}
