/**
 * Paged lists of Drop, Badmail and Pickup for consoles, newest first; reading, deleting and bringing back messages.
 *
 * Owns: ".deleted" in the folder (deleted-messages); it looks at folders that others write, also while the server is
 *   stopped.
 * Promises: a page costs the reading of that page's beginnings and no more; rows are plain, bounded text.
 * Trusts: nothing in the files, and no id from a caller: only one that the folder's own listing has names a file.
 * Fails: a message that vanished is left out; a folder that is not there is empty; other trouble with the
 * folder rejects with the system's error.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../core/problem';
import { readRange } from '../disk/read-range';
import { mapAtOnce } from './at-once';
import type { BadmailProperties } from './badmail-reason';
import { createDeletedMessages } from './deleted-messages';
import { readLeadingLines } from './envelope-lines';
import { createFolderTable, type FolderTable, type TableCause } from './folder-table';
import { createMessageNames } from './message-names';
import {
  type ListKind,
  type MessageFiles,
  type MessageRow,
  readMessageRow,
  readProperties,
  timeInName,
} from './message-row';
import { type PickupRowFacts, pickupOpenFlags, readPickupRow } from './pickup-row';

interface ReadMessage {
  readonly row: MessageRow;
  /** Without the x-sender and x-receiver lines. */
  readonly content: Uint8Array;
  /** There is more than `maxBytes`. */
  readonly isCut: boolean;
}

interface MessagePiece {
  readonly row: MessageRow;
  /** Of the whole content, without the x-sender and x-receiver lines. */
  readonly contentBytes: number;
  /** Empty behind the end. */
  readonly piece: Uint8Array;
}

export interface MessageList {
  list(page: {
    readonly offset: number;
    readonly limit: number;
    /** Badmail: of this cause only, as far as causes are counted. */
    readonly cause?: TableCause;
  }): Promise<{ readonly rows: readonly MessageRow[]; readonly total: number }>;
  read(id: string, maxBytes: number): Promise<ReadMessage | undefined>;
  /** A piece of the content; no more of it is in memory. */
  readPiece(id: string, offset: number, limit: number): Promise<MessagePiece | undefined>;
  /** Badmail: cause and envelope as kept in .BDP; undefined for messages of others and in Drop. */
  properties(id: string): Promise<BadmailProperties | undefined>;
  /** Where its files lie. */
  files(id: string): Promise<MessageFiles | undefined>;
  /** Puts messages away, for an hour; `restore` brings them back. Answers how many were there. */
  delete(ids: readonly string[]): Promise<number>;
  restore(ids: readonly string[]): Promise<number>;
  /** What `restore` could bring back. */
  deletedIds(): Promise<ReadonlySet<string>>;
  /** Removes for good what was deleted longer ago than an hour. */
  sweepDeleted(now: number): Promise<void>;
  /** Size, age and cause of all messages; made on first use, kept by comparison with the folder. */
  readonly table: FolderTable;
  count(): Promise<number>;
  /** Stops watching. Calls after it still work. */
  close(): void;
}

/** Rows kept for paging back and forth; a few hundred bytes each. */
const mostRowsKept = 5000;

export function createMessageList(options: {
  readonly folder: string;
  readonly kind: ListKind;
  /** An answer that was given is no longer true, and a newer one can be had. */
  readonly onOutdated: () => void;
  /** Default: the system's clock. */
  readonly now?: () => number;
  /** Pickup: what completes and explains its files. */
  readonly pickup?: PickupRowFacts;
}): MessageList {
  const { folder, kind } = options;
  const names = createMessageNames(options);
  const deleted = createDeletedMessages(options);
  const table = createFolderTable(options);
  /** Least recently used first. Messages do not change once they have their name. */
  const kept = new Map<string, MessageRow>();

  async function rowOf(files: MessageFiles): Promise<MessageRow | undefined> {
    if (kind === 'pickup')
      return readPickupRow(files, options.pickup).catch((error) => unreadableRow(files.name, error));
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
    if (kept.size > mostRowsKept) kept.delete(kept.keys().next().value as string);
    return row;
  }

  async function filesOf(ids: readonly string[]): Promise<readonly MessageFiles[]> {
    const known = [...new Set(ids)];
    const find = async (): Promise<readonly MessageFiles[]> =>
      (await Promise.all(known.map((id) => names.find(id)))).filter((files) => files !== undefined);
    const found = await find();
    if (found.length === known.length) return found;
    // They may be younger than the listing.
    names.forget();
    return find();
  }

  async function readPiece(id: string, offset: number, limit: number): Promise<MessagePiece | undefined> {
    const [files] = await filesOf([id]);
    const row = files && (await rowOf(files));
    if (!row) return undefined;
    const path = join(folder, files.name);
    let handle: FileHandle;
    try {
      handle = await open(path, kind === 'pickup' ? pickupOpenFlags : 'r');
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      kept.delete(id);
      names.forget();
      return undefined;
    }
    try {
      const skip = kind !== 'badmail' ? (await readLeadingLines(path)).bytes : 0;
      const contentBytes = Math.max(0, (await handle.stat()).size - skip);
      const length = Math.max(0, Math.min(limit, contentBytes - offset));
      return { row, contentBytes, piece: await readRange(handle, skip + offset, length) };
    } finally {
      await handle.close();
    }
  }

  return {
    async list({ offset, limit, cause }) {
      const all = await names.all();
      const files = cause === undefined ? all : await table.ofCause(all, cause);
      const page = files.slice(offset, offset + limit);
      const rows = await mapAtOnce(page, (each) => rowOf(each));
      return { rows: rows.filter((row) => row !== undefined), total: files.length };
    },

    async read(id, maxBytes) {
      const found = await readPiece(id, 0, maxBytes);
      return (
        found && { row: found.row, content: found.piece, isCut: found.contentBytes > found.piece.length }
      );
    },

    readPiece,

    async properties(id) {
      const [files] = await filesOf([id]);
      return files && kind === 'badmail' ? readProperties(files) : undefined;
    },

    async files(id) {
      return (await filesOf([id]))[0];
    },

    async delete(ids) {
      const found = await filesOf(ids);
      try {
        return await deleted.putAway(found.map(({ name }) => name));
      } finally {
        for (const files of found) kept.delete(files.base.toLowerCase());
        names.forget();
      }
    },

    async restore(ids) {
      try {
        return await deleted.restore(ids);
      } finally {
        names.forget();
      }
    },

    deletedIds: deleted.ids,
    sweepDeleted: deleted.sweep,
    table,

    async count() {
      return (await names.all()).length;
    },

    close() {
      names.close();
      table.close();
    },
  };
}

/** A file that lies there and cannot be opened is still shown: somebody has to find it. */
function unreadableRow(id: string, error: unknown): MessageRow {
  const reason = `The file cannot be read (${systemCodeOf(error) ?? 'unknown error'}).`;
  return {
    id,
    receivedAt: timeInName(id) ?? 0,
    sizeBytes: 0,
    from: '',
    subject: '',
    sender: '',
    recipients: [],
    hasAttachments: false,
    reason,
  };
}
