/**
 * Delivery into the Drop folder: one file a message, named by its queue id, with x-sender and x-receiver
 * lines on top (as IIS 6 wrote them, so that a Drop file laid into Pickup is sent to the same people).
 *
 * Promises: when a recipient is reported dropped, the file is complete and on stable storage under its final
 * name; readers never see half a file. An attempt that is repeated after a crash finds its own file by the
 * name and leaves it at one copy.
 * Trusts: the queue's content and envelope. Fails: always temporarily (4xx); trouble with the folder as a
 * whole says so, so that other mail for it waits too.
 */
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerSettings } from '../../settings/schema';
import type { Clock } from '../core/clock';
import { type ContentSource, wholeReadLimitBytes } from '../core/content';
import type { AttemptResult } from '../core/delivery';
import type { Envelope, Recipient } from '../core/envelope';
import type { Emit } from '../core/event';
import type { QueueId } from '../core/ids';
import { reasonOf, systemCodeOf } from '../core/problem';
import { createStatus, type SmtpStatus } from '../core/smtp-status';
import { flushDirectory, removeFile, renameFile, temporarySuffix, writeNewFile } from '../disk/durable';
import { makeFolder } from '../disk/make-folder';
import { createDropQuota } from './drop-quota';
import { readLeadingLines } from './envelope-lines';

export interface DropOptions {
  readonly folder: string;
  readonly settings: () => ServerSettings;
  readonly emit: Emit;
  readonly serverId: number;
  readonly fqdn: () => string;
  readonly clock: Clock;
}

interface DropJob {
  readonly envelope: Envelope;
  /** The local ones among the envelope's recipients. */
  readonly recipients: readonly Recipient[];
  readonly content: ContentSource;
}

export interface Drop {
  deliver(job: DropJob, signal: AbortSignal): Promise<AttemptResult>;
}

/** Reading the queue's content failed: this message's trouble, not the folder's. */
class ContentUnreadable extends Error {}

const dropped = createStatus(250, '2.0.0', 'Dropped');

let temporaryCounter = 0;

export function createDrop(options: DropOptions): Drop {
  const { folder, settings, emit, serverId, clock } = options;
  const quota = createDropQuota({ folder, clock });

  async function write(job: DropJob, name: string, signal: AbortSignal): Promise<void> {
    const head = envelopeLines(job);
    const final = join(folder, name);
    const temporary = `${final}.${process.pid}-${++temporaryCounter}${temporarySuffix}`;
    if (job.content.sizeBytes <= wholeReadLimitBytes) {
      const content = await job.content.read().catch(asUnreadable);
      signal.throwIfAborted();
      await writeNewFile(temporary, [head, content]);
    } else {
      await writeStream({ path: temporary, head, content: job.content, signal });
    }
    try {
      await renameFile(temporary, final);
    } catch (error) {
      await removeFile(temporary).catch(() => undefined);
      throw error;
    }
  }

  async function writeRecreatingFolder(job: DropJob, name: string, signal: AbortSignal): Promise<void> {
    try {
      await write(job, name, signal);
    } catch (error) {
      if (error instanceof ContentUnreadable || systemCodeOf(error) !== 'ENOENT') throw error;
      await makeFolder(folder, 0o700);
      await write(job, name, signal);
    }
  }

  return {
    async deliver(job, signal) {
      const { recipients, content } = job;
      const answer = (status: SmtpStatus, isDestinationDown = false): AttemptResult => ({
        results: recipients.map(({ address }) => ({ address, status })),
        isDestinationDown,
      });
      let taken = 0;
      try {
        signal.throwIfAborted();
        const place = await findName(folder, job);
        if (!place.isThere) {
          const limitBytes = quotaOf(settings());
          if (limitBytes !== undefined) {
            const { isGranted, isFull } = await quota.take(content.sizeBytes, limitBytes);
            if (!isGranted) return answer(createStatus(452, '4.2.2', 'Mailbox full'), isFull);
            taken = content.sizeBytes;
          }
          await writeRecreatingFolder(job, place.name, signal);
        }
        // Also for a file that was there: its name need not have been durable before the crash.
        await flushDirectory(folder);
        emit({ type: 'folder-changed', serverId, folder: 'drop' });
        return answer(dropped);
      } catch (error) {
        if (taken > 0) quota.giveBack(taken);
        if (signal.aborted) return answer(createStatus(451, '4.3.2', 'The server is being stopped'));
        return answer(statusOf(error), !(error instanceof ContentUnreadable));
      }
    },
  };
}

/** Ten times the message size limit (IIS 6); without a limit on messages there is none on the folder. */
function quotaOf(settings: ServerSettings): number | undefined {
  return settings.hasDropQuota && settings.maxMessageKb !== null
    ? settings.maxMessageKb * 1024 * 10
    : undefined;
}

function statusOf(error: unknown): SmtpStatus {
  if (error instanceof ContentUnreadable) {
    return createStatus(451, '4.3.0', 'The queued message cannot be read', error.message);
  }
  const code = systemCodeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return createStatus(452, '4.3.1', 'Insufficient system storage', code);
  }
  return createStatus(451, '4.3.0', 'The Drop folder cannot be written', code ?? reasonOf(error));
}

function asUnreadable(error: unknown): never {
  throw new ContentUnreadable(systemCodeOf(error) ?? reasonOf(error));
}

interface DropName {
  readonly name: string;
  /** This very delivery was made before; a crash kept the queue from knowing. */
  readonly isThere: boolean;
}

/**
 * "<queue id>.eml", or, when other recipients of the same message were dropped under that name, the id with
 * its last eight digits made from the recipients. Both can be found again by a repeated attempt.
 */
async function findName(folder: string, job: DropJob): Promise<DropName> {
  const { queueId } = job.envelope;
  const addresses = job.recipients.map(({ address }) => address).sort();
  for (const id of [queueId, derivedId(queueId, addresses)]) {
    const name = `${id}.eml`;
    const path = join(folder, name);
    if (!(await isFile(path))) return { name, isThere: false };
    const { receivers } = await readLeadingLines(path);
    if (receivers.sort().join('\n') === addresses.map(withoutBreaks).join('\n'))
      return { name, isThere: true };
  }
  return { name: `${derivedId(queueId, addresses)}.eml`, isThere: false };
}

function derivedId(queueId: QueueId, addresses: readonly string[]): QueueId {
  const digest = createHash('sha256')
    .update([queueId, ...addresses].join('\n'))
    .digest('hex');
  return queueId.slice(0, 16) + digest.slice(0, 8);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** The lines on top of a Drop file. "<>" for the null reverse-path, which Pickup reads as such. */
function envelopeLines(job: DropJob): Uint8Array {
  const sender = withoutBreaks(job.envelope.sender);
  const lines = [
    `x-sender: ${sender === '' ? '<>' : sender}`,
    ...job.recipients.map(({ address }) => `x-receiver: ${withoutBreaks(address)}`),
    // RFC 5321 section 4.4: the final delivery adds it.
    `Return-Path: <${sender}>`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'utf8');
}

/** Addresses were checked at the door; a line break here would forge the lines that follow. */
function withoutBreaks(address: string): string {
  return address.replace(/[\u0000-\u001f\u007f]/g, '');
}

interface StreamJob {
  readonly path: string;
  readonly head: Uint8Array;
  readonly content: ContentSource;
  readonly signal: AbortSignal;
}

async function writeStream({ path, head, content, signal }: StreamJob): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(head);
    const pieces = content.stream()[Symbol.asyncIterator]();
    for (;;) {
      const next = await pieces.next().catch(asUnreadable);
      if (next.done) break;
      signal.throwIfAborted();
      await handle.writeFile(next.value);
    }
    await handle.datasync();
    await handle.close();
  } catch (error) {
    await handle.close().catch(() => undefined);
    await removeFile(path).catch(() => undefined);
    throw error;
  }
}
