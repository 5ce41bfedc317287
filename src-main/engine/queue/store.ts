/**
 * The files of one Queue folder: "<24 hex>.eml" holds the content, "<24 hex>.json" the envelope.
 *
 * Owns: names, order of writing and removing, the cache of recent contents.
 * Promises: the envelope file is the message's existence. It is written last and as a whole (temporary
 *   file, rename), and removed first; content without an envelope is nothing. `accept` and `rewrite`
 *   resolve when the effect is on stable storage. `remove` resolves when the files are gone for this
 *   computer; a power failure within the next second may bring the message back (sent twice, never lost).
 * Trusts: one engine uses the folder (the home directory's lock).
 * Fails: with the system's error; what `accept` wrote is removed then.
 */
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CancelTimer, type Clock, systemClock } from '../core/clock';
import type { ContentSource } from '../core/content';
import type { Envelope } from '../core/envelope';
import type { QueueId } from '../core/ids';
import { systemCodeOf } from '../core/problem';
import {
  createNewFile,
  flushDirectory,
  type NewFile,
  removeFile,
  renameFile,
  replaceFile,
  temporarySuffix,
  writeNewFile,
} from '../disk/durable';
import { readRange } from '../disk/read-range';
import { ContentCache } from './content-cache';
import { formatEnvelope } from './envelope-file';
import { contentSuffix, envelopeSuffix } from './file-names';
import { readRestingEnvelope } from './resting-queue';

export interface QueueStoreOptions {
  /** The Queue folder; it exists. */
  readonly folder: string;
  /** Bytes of recent contents that are kept in memory; default 8 MiB. */
  readonly cacheBytes?: number;
  readonly clock?: Clock;
}

/** Content that can be read from any place on. */
export interface QueuedContent extends ContentSource {
  /** At most `limit` bytes; fewer where the content ends. */
  readRange(offset: number, limit: number): Promise<Uint8Array>;
}

/** Content that is too large for memory, on its way to the folder. */
export interface ContentSpool {
  write(pieces: readonly Uint8Array[]): Promise<void>;
  /** Flushes the content and makes the message exist: durable when it resolves. Nothing is left when it rejects. */
  accept(envelope: Envelope): Promise<void>;
  /** Removes what was written. Never rejects. */
  discard(): Promise<void>;
}

export interface QueueStore {
  readonly folder: string;
  /** Content in memory and its envelope become a message: durable when it resolves. */
  accept(envelope: Envelope, content: readonly Uint8Array[]): Promise<void>;
  openSpool(queueId: QueueId): Promise<ContentSpool>;
  /** Replaces the envelope as a whole: durable when it resolves. */
  rewrite(envelope: Envelope): Promise<void>;
  /** The envelope as it stands in the folder; undefined when it is not there, or cannot be read. */
  readEnvelope(queueId: QueueId): Promise<Envelope | undefined>;
  /** Ends a message: envelope first, then content. Missing files are no error. */
  remove(queueId: QueueId): Promise<void>;
  content(envelope: Pick<Envelope, 'queueId' | 'sizeBytes'>): QueuedContent;
  /** False when the content file is gone, which is nobody's doing here. */
  hasContent(queueId: QueueId): Promise<boolean>;
  /** Makes removals durable and lets go of the cache. */
  close(): Promise<void>;
}

const defaultCacheBytes = 8 * 1024 * 1024;
/** Removals are made durable together: each flush costs the disk as much as accepting a message. */
const removalFlushDelayMs = 1000;

export function createQueueStore(options: QueueStoreOptions): QueueStore {
  const { folder } = options;
  const cache = new ContentCache(options.cacheBytes ?? defaultCacheBytes);
  const contentPath = (queueId: QueueId): string => join(folder, queueId + contentSuffix);
  const envelopePath = (queueId: QueueId): string => join(folder, queueId + envelopeSuffix);
  const clock = options.clock ?? systemClock;
  let cancelRemovalFlush: CancelTimer | undefined;

  function flushRemovalsSoon(): void {
    cancelRemovalFlush ??= clock.startTimer(() => {
      cancelRemovalFlush = undefined;
      // A folder that cannot be flushed now is reported by whoever must rely on it: the next accept.
      flushDirectory(folder).catch(() => undefined);
    }, removalFlushDelayMs);
  }

  /** Content is being written by `writeContent`; envelope beside it; then both become visible in order. */
  async function publish(envelope: Envelope, writeContent: Promise<void>): Promise<void> {
    const { queueId } = envelope;
    const temporary = envelopePath(queueId) + temporarySuffix;
    // Both are waited for, also when one fails: nothing may still be written when we clean up.
    const written = await Promise.allSettled([
      writeContent,
      writeNewFile(temporary, formatEnvelope(envelope)),
    ]);
    try {
      for (const result of written) if (result.status === 'rejected') throw result.reason;
      await renameFile(temporary, envelopePath(queueId));
      await flushDirectory(folder);
    } catch (error) {
      // The envelope first: without it the content is nothing, whatever happens to us now.
      for (const path of [envelopePath(queueId), temporary, contentPath(queueId)]) {
        await removeFile(path).catch(() => undefined);
      }
      throw error;
    }
  }

  return {
    folder,
    async accept(envelope, content) {
      await publish(envelope, writeNewFile(contentPath(envelope.queueId), content));
      cache.put(envelope.queueId, content);
    },
    async openSpool(queueId) {
      const file: NewFile = await createNewFile(contentPath(queueId));
      return {
        write: (pieces) => file.write(pieces),
        accept: (envelope) => publish(envelope, file.finish()),
        discard: () => file.discard(),
      };
    },
    rewrite: (envelope) => replaceFile(envelopePath(envelope.queueId), formatEnvelope(envelope)),
    readEnvelope: (queueId) => readRestingEnvelope(folder, queueId),
    async remove(queueId) {
      await removeFile(envelopePath(queueId));
      await removeFile(contentPath(queueId));
      cache.delete(queueId);
      flushRemovalsSoon();
    },
    content: ({ queueId, sizeBytes }) => ({
      sizeBytes,
      async read() {
        return cache.get(queueId) ?? (await readFile(contentPath(queueId)));
      },
      async *stream() {
        const cached = cache.get(queueId);
        if (cached) yield cached;
        else yield* createReadStream(contentPath(queueId), { highWaterMark: 256 * 1024 });
      },
      async readRange(offset, limit) {
        const handle = await open(contentPath(queueId), 'r');
        try {
          return await readRange(handle, offset, Math.max(0, Math.min(limit, sizeBytes - offset)));
        } finally {
          await handle.close();
        }
      },
    }),
    hasContent: (queueId) =>
      stat(contentPath(queueId)).then(
        (facts) => facts.isFile(),
        (error: unknown) => systemCodeOf(error) !== 'ENOENT',
      ),
    async close() {
      cache.clear();
      if (cancelRemovalFlush === undefined) return;
      cancelRemovalFlush();
      cancelRemovalFlush = undefined;
      await flushDirectory(folder);
    },
  };
}
