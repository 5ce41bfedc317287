/**
 * Reads the Queue folder at start: what was promised comes back, what was not is swept, what is damaged is
 * set aside where a person finds it.
 *
 * Promises: no file that may hold accepted mail is deleted: a damaged pair goes to `quarantine`, and stays
 *   where it is when that fails. One bad file never keeps the rest from being delivered. Files that are not
 *   ours are left alone.
 * Trusts: that nothing else writes in the folder meanwhile (the home directory's lock).
 * Fails: with Problem 'folder-unusable' when the folder cannot be read.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Envelope } from '../core/envelope';
import { waitingRecipients } from '../core/envelope';
import type { Emit } from '../core/event';
import { isQueueId, type QueueId } from '../core/ids';
import { Problem, reasonOf, systemCodeOf } from '../core/problem';
import { flushDirectory, removeFile, temporarySuffix } from '../disk/durable';
import { largestEnvelopeBytes, parseEnvelope } from './envelope-file';
import { contentSuffix, envelopeSuffix, type QueueStore } from './store';

/** Files of a message that cannot be used as they are. */
export interface DamagedPair {
  /** Full path; absent when there is no such file. */
  readonly contentFile?: string;
  readonly envelopeFile?: string;
  /** One sentence for a person. */
  readonly reason: string;
}

export interface RecoveryOptions {
  readonly store: QueueStore;
  readonly serverId: number;
  readonly emit: Emit;
  /** Sets damaged files aside, durably. What it leaves of them is removed when it resolves. */
  readonly quarantine: (pair: DamagedPair) => Promise<unknown>;
}

/** Files read at the same time: enough to keep a disk busy, few enough for the limit of open files. */
const readsAtOnce = 16;

/** Mail that Windows' own SMTP service left behind; only its own code can read the envelopes in these. */
const foreignName = /^ntfs_.*\.eml$/i;

/** Answers the envelopes of all mail that waits, oldest first. */
export async function recoverQueue(options: RecoveryOptions): Promise<readonly Envelope[]> {
  const { store, serverId, emit } = options;
  const { folder } = store;
  const names = await readdir(folder).catch((error: unknown) => {
    throw new Problem('folder-unusable', `The Queue folder ${folder} cannot be read: ${reasonOf(error)}`);
  });
  const contents = new Set<QueueId>();
  const envelopes: QueueId[] = [];
  const leftovers: string[] = [];
  let foreignCount = 0;
  for (const name of names) {
    const envelopeId = idOf(name, envelopeSuffix);
    const contentId = idOf(name, contentSuffix);
    if (envelopeId) envelopes.push(envelopeId);
    else if (contentId) contents.add(contentId);
    else if (name.endsWith(temporarySuffix) && isQueueId(name.slice(0, 24))) leftovers.push(name);
    else if (foreignName.test(name)) foreignCount++;
  }
  if (foreignCount > 0) {
    const text =
      `${foreignCount} file(s) NTFS_*.EML in ${folder} were left there by another SMTP service. ` +
      'They stay where they are and are not sent. To send one, copy it to Pickup with X-Sender and X-Receiver lines.';
    emit({ type: 'warning', serverId, code: 'foreign-queue-files', text });
  }

  envelopes.sort();
  const recovered: Envelope[] = [];
  await forEachAtOnce(envelopes, async (queueId) => {
    const envelope = await recoverMessage(queueId, contents.has(queueId), options);
    if (envelope) recovered.push(envelope);
  });
  // Content without an envelope was never promised to anybody, or its message is over.
  const known = new Set(envelopes);
  for (const queueId of contents) if (!known.has(queueId)) leftovers.push(queueId + contentSuffix);
  await forEachAtOnce(leftovers, (name) => sweep(join(folder, name), options));
  if (leftovers.length > 0) await flushDirectory(folder);
  return recovered.sort((a, b) => (a.queueId < b.queueId ? -1 : 1));
}

function idOf(name: string, suffix: string): QueueId | undefined {
  const id = name.slice(0, -suffix.length);
  return name.endsWith(suffix) && isQueueId(id) ? id : undefined;
}

async function recoverMessage(
  queueId: QueueId,
  hasContent: boolean,
  options: RecoveryOptions,
): Promise<Envelope | undefined> {
  const { store, serverId, emit } = options;
  const envelopeFile = join(store.folder, queueId + envelopeSuffix);
  const contentFile = join(store.folder, queueId + contentSuffix);
  try {
    const found = await readMessage({ queueId, envelopeFile, contentFile, hasContent });
    if ('reason' in found) {
      await options.quarantine({ reason: found.reason, envelopeFile, ...(hasContent && { contentFile }) });
      const text = `Message ${queueId} in Queue was damaged and is in Badmail now. ${found.reason}`;
      emit({ type: 'warning', serverId, code: 'damaged-queue-file', text });
      await store.remove(queueId);
      return undefined;
    }
    if (waitingRecipients(found).length === 0) {
      await store.remove(queueId);
      return undefined;
    }
    // A home directory may have been given to a virtual server with another number.
    return found.serverId === serverId ? found : { ...found, serverId };
  } catch (error) {
    const text = `Message ${queueId} in ${store.folder} cannot be used and stays there: ${reasonOf(error)}`;
    emit({ type: 'warning', serverId, code: 'damaged-queue-file', text });
    return undefined;
  }
}

/** The envelope, or why the pair cannot be used. Rejects when the disk does not answer: that is no damage. */
async function readMessage(files: {
  readonly queueId: QueueId;
  readonly envelopeFile: string;
  readonly contentFile: string;
  readonly hasContent: boolean;
}): Promise<Envelope | { readonly reason: string }> {
  const { size } = await stat(files.envelopeFile);
  if (size > largestEnvelopeBytes) return { reason: `The envelope file has ${size} bytes.` };
  const parsed = parseEnvelope(await readFile(files.envelopeFile), files.queueId);
  if (!parsed.isValid) return { reason: parsed.reason };
  if (!files.hasContent) return { reason: 'The content file is missing.' };
  const { sizeBytes } = parsed.envelope;
  const content = await stat(files.contentFile);
  return content.size === sizeBytes
    ? parsed.envelope
    : { reason: `The content file has ${content.size} bytes; it had ${sizeBytes} when it was accepted.` };
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
  await Promise.all(Array.from({ length: Math.min(readsAtOnce, values.length) }, worker));
}
