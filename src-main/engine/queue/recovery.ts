/**
 * Looks through the Queue folder at start: which messages wait there, and what was never promised to anybody. The
 * messages themselves are read one by one when the runner comes to them (queue/message-reader).
 *
 * Promises: no file that may hold accepted mail is deleted. Files that are not ours are left alone.
 * Trusts: that nothing else writes in the folder meanwhile (the home directory's lock).
 * Fails: with Problem 'folder-unusable' when the folder cannot be read.
 */
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Emit } from '../core/event';
import { isQueueId, type QueueId } from '../core/ids';
import { Problem, reasonOf, systemCodeOf } from '../core/problem';
import { flushDirectory, removeFile, temporarySuffix } from '../disk/durable';
import { contentSuffix, envelopeSuffix } from './file-names';
import type { QueueStore } from './store';

export interface RecoveryOptions {
  readonly store: QueueStore;
  readonly serverId: number;
  readonly emit: Emit;
}

/** Files removed at the same time: enough to keep a disk busy, few enough for the limit of open files. */
const removalsAtOnce = 16;

/** Mail that Windows' own SMTP service left behind; only its own code can read the envelopes in these. */
const foreignName = /^ntfs_.*\.eml$/i;

/** Answers the names of all messages that wait, oldest first. */
export async function recoverQueue(options: RecoveryOptions): Promise<readonly QueueId[]> {
  const { store, serverId, emit } = options;
  const { folder } = store;
  const contents = new Set<QueueId>();
  const envelopes: QueueId[] = [];
  const leftovers: string[] = [];
  let foreignCount = 0;
  try {
    // Entry by entry: the names of a long queue are many megabytes.
    for await (const { name } of await opendir(folder, { bufferSize: 1000 })) {
      const envelopeId = idOf(name, envelopeSuffix);
      const contentId = idOf(name, contentSuffix);
      if (envelopeId) envelopes.push(envelopeId);
      else if (contentId) contents.add(contentId);
      else if (name.endsWith(temporarySuffix) && isQueueId(name.slice(0, 24))) leftovers.push(name);
      else if (foreignName.test(name)) foreignCount++;
    }
  } catch (error) {
    throw new Problem('folder-unusable', `The Queue folder ${folder} cannot be read: ${reasonOf(error)}`);
  }
  if (foreignCount > 0) {
    const text =
      `${foreignCount} file(s) NTFS_*.EML in ${folder} were left there by another SMTP service. ` +
      'They stay where they are and are not sent. To send one, copy it to Pickup with X-Sender and X-Receiver lines.';
    emit({ type: 'warning', serverId, code: 'foreign-queue-files', text });
  }
  // Content without an envelope was never promised to anybody, or its message is over.
  for (const queueId of envelopes) contents.delete(queueId);
  for (const queueId of contents) leftovers.push(queueId + contentSuffix);
  await forEachAtOnce(leftovers, (name) => sweep(join(folder, name), options));
  if (leftovers.length > 0) await flushDirectory(folder);
  return envelopes.sort();
}

function idOf(name: string, suffix: string): QueueId | undefined {
  const id = name.slice(0, -suffix.length);
  // A copy: part of a string keeps the whole of it in memory.
  return name.endsWith(suffix) && isQueueId(id) ? Buffer.from(id, 'latin1').toString('latin1') : undefined;
}

async function sweep(path: string, { serverId, emit }: RecoveryOptions): Promise<void> {
  try {
    await removeFile(path);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return;
    const text = `The unfinished file ${path} cannot be removed: ${reasonOf(error)}`;
    emit({ type: 'warning', serverId, code: 'queue-not-swept', text });
  }
}

async function forEachAtOnce<T>(values: readonly T[], run: (value: T) => Promise<void>): Promise<void> {
  const rest = values.values();
  const worker = async (): Promise<void> => {
    for (const value of rest) await run(value);
  };
  await Promise.all(Array.from({ length: Math.min(removalsAtOnce, values.length) }, worker));
}
