/**
 * Reads the envelope of one message from the Queue folder, at start and whenever it has rested: what is damaged is
 * set aside where a person finds it.
 *
 * Promises: no file that may hold accepted mail is deleted: a damaged pair goes to `quarantine`, and stays where it is
 *   when that fails. Whatever was set aside is told.
 * Fails: never by itself; a disk that does not answer is no damage, and the message stays.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Envelope, waitingRecipients } from '../core/envelope';
import type { Emit } from '../core/event';
import type { QueueId } from '../core/ids';
import { reasonOf, systemCodeOf } from '../core/problem';
import { largestEnvelopeBytes, parseEnvelope } from './envelope-file';
import { contentSuffix, envelopeSuffix } from './file-names';
import type { QueueStore } from './store';

/** Files of a message that cannot be used as they are. */
export interface DamagedPair {
  /** Full path; absent when there is no such file. */
  readonly contentFile?: string;
  readonly envelopeFile?: string;
  /** One sentence for a person. */
  readonly reason: string;
}

export interface MessageReaderOptions {
  readonly store: QueueStore;
  readonly serverId: number;
  readonly emit: Emit;
  /** Sets damaged files aside, durably. What it leaves of them is removed when it resolves. */
  readonly quarantine: (pair: DamagedPair) => Promise<unknown>;
}

export type Reading =
  | { readonly kind: 'waiting'; readonly envelope: Envelope }
  /** It is over, was set aside, or somebody took it away. */
  | { readonly kind: 'gone' }
  /** Nothing is known; the files stay. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** `isFirst`: since the start; the content is checked too. Never rejects. */
export type ReadMessage = (queueId: QueueId, options: { readonly isFirst: boolean }) => Promise<Reading>;

interface Files {
  readonly queueId: QueueId;
  readonly envelopeFile: string;
  readonly contentFile: string;
}

export function createMessageReader(options: MessageReaderOptions): ReadMessage {
  const { store, serverId, emit } = options;
  return async (queueId, { isFirst }) => {
    const files = {
      queueId,
      envelopeFile: join(store.folder, queueId + envelopeSuffix),
      contentFile: join(store.folder, queueId + contentSuffix),
    };
    try {
      const found = await readFiles(files, isFirst);
      if (!('envelope' in found)) {
        await setAside(files, found, options);
        return { kind: 'gone' };
      }
      const { envelope } = found;
      if (waitingRecipients(envelope).length === 0) {
        await store.remove(queueId);
        return { kind: 'gone' };
      }
      // A home directory may have been given to a virtual server with another number.
      return {
        kind: 'waiting',
        envelope: envelope.serverId === serverId ? envelope : { ...envelope, serverId },
      };
    } catch (error) {
      const reason = `Message ${queueId} in ${store.folder} cannot be used and stays there: ${reasonOf(error)}`;
      if (isFirst) emit({ type: 'warning', serverId, code: 'damaged-queue-file', text: reason });
      return { kind: 'unreadable', reason };
    }
  };
}

interface Damage {
  readonly reason: string;
  readonly hasEnvelope: boolean;
  readonly hasContent: boolean;
}

/** Rejects when the disk does not answer: that is no damage. */
async function readFiles(files: Files, isFirst: boolean): Promise<{ readonly envelope: Envelope } | Damage> {
  const { queueId, envelopeFile, contentFile } = files;
  const contentBytes = isFirst ? await sizeOf(contentFile) : undefined;
  const hasContent = async () => (contentBytes ?? (await sizeOf(contentFile))) !== undefined;
  const damage = async (reason: string): Promise<Damage> => ({
    reason,
    hasEnvelope: true,
    hasContent: await hasContent(),
  });
  const envelopeBytes = await sizeOf(envelopeFile);
  if (envelopeBytes === undefined) {
    const reason = 'The envelope file was removed from the Queue folder by another program.';
    return { reason, hasEnvelope: false, hasContent: await hasContent() };
  }
  if (envelopeBytes > largestEnvelopeBytes) return damage(`The envelope file has ${envelopeBytes} bytes.`);
  const parsed = parseEnvelope(await readFile(envelopeFile), queueId);
  if (!parsed.isValid) return damage(parsed.reason);
  // Later the attempt finds out whether the content is still there.
  if (!isFirst) return parsed;
  if (contentBytes === undefined) return damage('The content file is missing.');
  const { sizeBytes } = parsed.envelope;
  if (contentBytes === sizeBytes) return parsed;
  return damage(`The content file has ${contentBytes} bytes; it had ${sizeBytes} when it was accepted.`);
}

/** Undefined: there is no such file. */
function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    (error: unknown) => {
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      throw error;
    },
  );
}

async function setAside(
  { queueId, envelopeFile, contentFile }: Files,
  { reason, hasEnvelope, hasContent }: Damage,
  { store, serverId, emit, quarantine }: MessageReaderOptions,
): Promise<void> {
  if (hasEnvelope || hasContent) {
    await quarantine({ reason, ...(hasEnvelope && { envelopeFile }), ...(hasContent && { contentFile }) });
    const text = `Message ${queueId} in Queue was damaged and is in Badmail now. ${reason}`;
    emit({ type: 'warning', serverId, code: 'damaged-queue-file', text });
    await store.remove(queueId);
  } else {
    const text = `Message ${queueId} was removed from the Queue folder by another program; it is not sent.`;
    emit({ type: 'warning', serverId, code: 'damaged-queue-file', text });
  }
}
