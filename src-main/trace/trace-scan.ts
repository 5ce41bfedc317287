/**
 * Answers from the newest journals as they are, where there is no index: its disk is full, or its program does not run
 * on this system. Keeps nothing between two questions.
 *
 * Promises: reads a bounded part of the journals, and holds no more in memory than that.
 */
import { join } from 'node:path';
import type { TraceRow } from '../api/contract/trace';
import type { TraceRecord } from '../engine/core/trace';
import { addToEntry, createEntry, outcomesOf, type TraceEntry } from './entry';
import { listJournals } from './journal-files';
import { readRecords } from './journal-lines';
import type { TraceFilter } from './query-sql';
import { type FollowingMessage, rowOf } from './story';

/** Of all journals together, the newest. */
const mostBytes = 24 * 1024 * 1024;

interface Found {
  readonly server: number;
  readonly key: string;
  readonly entry: TraceEntry;
}

export class TraceScan {
  readonly #root: string;
  readonly #mostBytes: number;

  constructor({ root, most = mostBytes }: { readonly root: string; readonly most?: number }) {
    this.#root = root;
    this.#mostBytes = most;
  }

  async find(
    filter: TraceFilter,
    { offset, limit }: { readonly offset: number; readonly limit: number },
  ): Promise<{ rows: TraceRow[]; total: number }> {
    const found = new Map<string, Found>();
    await this.#read((server, key, record) => {
      const name = `${server} ${key}`;
      const known = found.get(name) ?? { server, key, entry: createEntry(record.at) };
      found.set(name, known);
      addToEntry(known.entry, record);
    });
    const rows = [...found.values()].filter((each) => isWanted(each, filter));
    rows.sort((one, other) => other.entry.at - one.entry.at);
    return {
      rows: rows
        .slice(offset, offset + limit)
        .map(({ server, key, entry }) => rowOf(entry, { serverId: server, id: key })),
      total: rows.length,
    };
  }

  /** The records of one message, oldest first, and the notifications about it. */
  async message(
    wantedServer: number,
    wantedKey: string,
  ): Promise<{ readonly records: TraceRecord[]; readonly following: FollowingMessage[] }> {
    const files: TraceRecord[][] = [];
    const following: FollowingMessage[] = [];
    await this.#read(
      (server, key, record) => {
        if (server !== wantedServer) return;
        if (key === wantedKey) files.at(-1)?.push(record);
        else if (
          record.kind === 'accepted' &&
          record.source.kind === 'notification' &&
          record.source.about === wantedKey
        )
          following.push({ queueId: key, at: record.at, recipients: record.recipients });
      },
      () => files.push([]),
    );
    // The newest file was read first.
    return { records: files.reverse().flat(), following };
  }

  async #read(
    take: (server: number, key: string, record: TraceRecord) => void,
    begin: () => void = () => undefined,
  ): Promise<void> {
    let left = this.#mostBytes;
    for (const { server, name, bytes } of await listJournals(this.#root)) {
      if (left <= 0) return;
      begin();
      const from = Math.max(0, bytes - left);
      left -= bytes - from;
      await readRecords(join(this.#root, String(server), name), from, ({ record, offset }) => {
        const key = record.kind === 'refused' ? `${name}:${offset}` : record.queueId;
        if (typeof key !== 'string') return;
        try {
          take(server, key, record);
        } catch {
          // Not one of ours.
        }
      }).catch(() => undefined);
    }
  }
}

/** As query-sql has it. */
function isWanted({ server, key, entry }: Found, filter: TraceFilter): boolean {
  const part = (text: string | undefined): string | undefined => text?.trim().toLowerCase() || undefined;
  const has = (text: string, wanted: string | undefined): boolean =>
    wanted === undefined || text.toLowerCase().includes(wanted);
  const recipients = Object.keys(entry.recipients).join(' ');
  const [person, sender] = [part(filter.person), part(filter.sender)];
  const bare = part(filter.messageId)?.replace(/^<|>$/g, '');
  return (
    (filter.serverId === undefined || server === filter.serverId) &&
    (filter.from === undefined || entry.at >= filter.from) &&
    (filter.until === undefined || entry.at <= filter.until) &&
    (has(entry.sender, person) || has(recipients, person) || has(entry.client, person)) &&
    (sender === '<>' ? entry.sender === '' && entry.about !== '' : has(entry.sender, sender)) &&
    has(recipients, part(filter.recipient)) &&
    has(entry.subject, part(filter.subject)) &&
    (key === bare || has(entry.messageId, bare)) &&
    (filter.outcome === undefined || outcomesOf(entry).includes(filter.outcome))
  );
}
