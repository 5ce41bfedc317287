/**
 * Paged lists of Drop and Badmail for consoles, newest first, and reading and deleting single messages.
 *
 * Owns: nothing on disk; it looks at folders that others write, also while the server is stopped.
 * Promises: a page costs the reading of that page's beginnings and no more; rows are plain, bounded text.
 * Trusts: nothing in the files, no id from a caller that is not 24 hexadecimal digits.
 * Fails: a message that vanished is left out; a folder that is not there is empty; other trouble with the
 * folder rejects with the system's error.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { isQueueId, type QueueId, timeOfQueueId } from '../core/ids';
import { systemCodeOf } from '../core/problem';
import { flushDirectory, removeFile } from '../disk/durable';
import type { BadmailProperties } from './badmail-reason';
import { readLeadingLines } from './envelope-lines';
import { createMessageNames } from './message-names';
import {
  type ListKind,
  type MessageFiles,
  type MessageRow,
  readMessageRow,
  readProperties,
} from './message-row';

interface ReadMessage {
  readonly row: MessageRow;
  /** Without the x-sender and x-receiver lines. */
  readonly content: Uint8Array;
  /** There is more than `maxBytes`. */
  readonly isCut: boolean;
}

export interface MessageList {
  list(page: {
    readonly offset: number;
    readonly limit: number;
  }): Promise<{ readonly rows: readonly MessageRow[]; readonly total: number }>;
  read(id: QueueId, maxBytes: number): Promise<ReadMessage | undefined>;
  /** Badmail: cause and envelope as kept in .BDP; undefined for messages of others and in Drop. */
  properties(id: QueueId): Promise<BadmailProperties | undefined>;
  /** Removes for good. Answers how many were there. */
  delete(ids: readonly QueueId[]): Promise<number>;
  count(): Promise<number>;
  /** Stops watching. Calls after it still work. */
  close(): void;
}

/** Rows kept for paging back and forth; a few hundred bytes each. */
const mostRowsKept = 5000;
const readsAtOnce = 16;

export function createMessageList(options: {
  readonly folder: string;
  readonly kind: ListKind;
  /** An answer that was given is no longer true, and a newer one can be had. */
  readonly onOutdated: () => void;
}): MessageList {
  const { folder, kind } = options;
  const names = createMessageNames(options);
  /** Least recently used first. Messages do not change once they have their name. */
  const kept = new Map<QueueId, MessageRow>();

  async function rowOf(files: MessageFiles): Promise<MessageRow | undefined> {
    const id = files.base.toLowerCase();
    const known = kept.get(id);
    kept.delete(id);
    let row = known;
    try {
      row ??= await readMessageRow(files);
    } catch (error) {
      return unreadableRow(id, error);
    }
    if (!row) {
      names.forget();
      return undefined;
    }
    kept.set(id, row);
    if (kept.size > mostRowsKept) kept.delete(kept.keys().next().value as QueueId);
    return row;
  }

  async function filesOf(ids: readonly QueueId[]): Promise<readonly MessageFiles[]> {
    const known = [...new Set(ids)].filter(isQueueId);
    const find = async (): Promise<readonly MessageFiles[]> =>
      (await Promise.all(known.map((id) => names.find(id)))).filter((files) => files !== undefined);
    const found = await find();
    if (found.length === known.length) return found;
    // They may be younger than the listing.
    names.forget();
    return find();
  }

  async function remove(files: MessageFiles): Promise<boolean> {
    const id = files.base.toLowerCase();
    const isThere = await isReadable(join(folder, files.name));
    // The message first: without it the reason files are nothing.
    await removeFile(join(folder, files.name));
    if (kind === 'badmail') {
      for (const ending of ['.BDP', '.BDR', '.bdp', '.bdr'])
        await removeFile(join(folder, files.base + ending));
    }
    kept.delete(id);
    return isThere;
  }

  return {
    async list({ offset, limit }) {
      const files = await names.all();
      const page = files.slice(offset, offset + limit);
      const rows = await mapAtOnce(page, rowOf);
      return { rows: rows.filter((row) => row !== undefined), total: files.length };
    },

    async read(id, maxBytes) {
      const [files] = await filesOf([id]);
      const row = files && (await rowOf(files));
      if (!row) return undefined;
      const path = join(folder, files.name);
      let handle: FileHandle;
      try {
        handle = await open(path, 'r');
      } catch (error) {
        if (systemCodeOf(error) !== 'ENOENT') throw error;
        kept.delete(id);
        names.forget();
        return undefined;
      }
      try {
        const skip = kind === 'drop' ? (await readLeadingLines(path)).bytes : 0;
        const size = Math.max(0, (await handle.stat()).size - skip);
        const content = Buffer.alloc(Math.min(size, maxBytes));
        let at = 0;
        while (at < content.length) {
          const { bytesRead } = await handle.read(content, at, content.length - at, skip + at);
          if (bytesRead === 0) break;
          at += bytesRead;
        }
        return { row, content: content.subarray(0, at), isCut: size > maxBytes };
      } finally {
        await handle.close();
      }
    },

    async properties(id) {
      const [files] = await filesOf([id]);
      return files && kind === 'badmail' ? readProperties(files) : undefined;
    },

    async delete(ids) {
      const found = await filesOf(ids);
      const removed = await mapAtOnce(found, remove);
      names.forget();
      if (found.length > 0) await flushDirectory(folder);
      return removed.filter(Boolean).length;
    },

    async count() {
      return (await names.all()).length;
    },

    close: names.close,
  };
}

/** A file that lies there and cannot be opened is still shown: somebody has to find it. */
function unreadableRow(id: QueueId, error: unknown): MessageRow {
  const reason = `The file cannot be read (${systemCodeOf(error) ?? 'unknown error'}).`;
  return {
    id,
    receivedAt: timeOfQueueId(id),
    sizeBytes: 0,
    from: '',
    subject: '',
    sender: '',
    recipients: [],
    hasAttachments: false,
    reason,
  };
}

async function isReadable(path: string): Promise<boolean> {
  return open(path, 'r').then(
    async (handle) => {
      await handle.close();
      return true;
    },
    (error: unknown) => systemCodeOf(error) !== 'ENOENT',
  );
}

/** In order, with a bounded number under way. */
async function mapAtOnce<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await run(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(readsAtOnce, items.length) }, work));
  return results;
}
