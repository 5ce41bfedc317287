/**
 * The Badmail folder: dead messages, each as three files of one name. ".BAD" is the message as it was, ".BDR"
 * says why in plain text, ".BDP" holds the envelope, so that a resend restores it exactly.
 *
 * Promises: the reason files come first and the message last, by rename; all are on stable storage when a call
 * resolves, and only then may the caller let go of the message. A crash in between leaves reason files without
 * a message, which are nobody's mail and are not listed; the message is still where it was.
 * Fails: with the system's error, and without a new message in the folder.
 */
import { randomInt } from 'node:crypto';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Clock } from '../core/clock';
import { type ContentSource, wholeReadLimitBytes } from '../core/content';
import type { BadmailCause, Emit } from '../core/event';
import { createQueueIdGenerator, type QueueId } from '../core/ids';
import type { BadmailRequest } from '../core/notification';
import { systemCodeOf } from '../core/problem';
import { formatStatus } from '../core/smtp-status';
import {
  flushDirectory,
  moveFile,
  removeFile,
  renameFile,
  temporarySuffix,
  writeNewFile,
} from '../disk/durable';
import { makeFolder } from '../disk/make-folder';
import { type BadmailProperties, badmailCodes, formatProperties, formatReason } from './badmail-reason';

/** A file that is moved into Badmail as it is. */
interface BadmailFileRequest {
  readonly file: string;
  readonly cause: BadmailCause;
  readonly reason: string;
  readonly code?: number;
  readonly sender?: string;
  readonly recipients?: readonly string[];
}

/** Files of one queue entry that cannot be read as such; at least one is given. */
interface DamagedEntry {
  readonly contentFile?: string;
  readonly envelopeFile?: string;
  readonly reason: string;
}

export interface Badmail {
  /** Copies the content. The caller removes its own copy afterwards. */
  put(request: BadmailRequest): Promise<QueueId>;
  /** Moves the file, also from another volume. */
  putFile(request: BadmailFileRequest): Promise<QueueId>;
  /** Moves the content and removes the envelope file, whose text is kept in .BDP. */
  putDamaged(entry: DamagedEntry): Promise<QueueId>;
}

export interface BadmailOptions {
  readonly folder: string;
  readonly serverId: number;
  readonly emit: Emit;
  readonly clock: Clock;
  /** Called for each message that was laid into the folder. */
  readonly count?: (cause: BadmailCause) => void;
}

/** Of a damaged envelope file so much is kept. */
const longestKeptEnvelopeBytes = 256 * 1024;

let temporaryCounter = 0;

export function createBadmail(options: BadmailOptions): Badmail {
  const { folder, serverId, emit, clock } = options;
  const createId = createQueueIdGenerator(() => clock.now(), randomInt(2 ** 32));

  /** Writes the reason files, then lets `place` bring the message to its name. */
  async function lay(
    properties: BadmailProperties,
    place: (path: string) => Promise<void>,
  ): Promise<QueueId> {
    const id = createId();
    const messagePath = join(folder, `${id}.BAD`);
    const reasonPath = join(folder, `${id}.BDR`);
    const propertiesPath = join(folder, `${id}.BDP`);
    await makeFolder(folder, 0o700);
    try {
      await Promise.all([
        writeNewFile(reasonPath, Buffer.from(formatReason(properties))),
        writeNewFile(propertiesPath, Buffer.from(formatProperties(properties))),
      ]);
      await place(messagePath);
    } catch (error) {
      // When only the last flush failed the message is there, and keeps its reason.
      const isPlaced = await lstat(messagePath).then(
        () => true,
        () => false,
      );
      if (!isPlaced) await Promise.allSettled([removeFile(reasonPath), removeFile(propertiesPath)]);
      throw error;
    }
    await flushDirectory(folder);
    options.count?.(properties.cause);
    emit({ type: 'folder-changed', serverId, folder: 'badmail' });
    return id;
  }

  return {
    put({ envelope, content, recipients, cause, reason }) {
      const code = badmailCodes[cause];
      return lay(
        {
          cause,
          reason: withLastStatus(reason, recipients),
          ...(code === undefined ? {} : { code }),
          at: clock.now(),
          sender: envelope.sender,
          recipients: recipients.map(({ address }) => address),
          envelope: { ...envelope, recipients },
        },
        (path) => copyContent(content, path),
      );
    },

    putFile({ file, cause, reason, code = badmailCodes[cause], sender, recipients = [] }) {
      return lay(
        {
          cause,
          reason,
          ...(code === undefined ? {} : { code }),
          at: clock.now(),
          ...(sender === undefined ? {} : { sender }),
          recipients,
          file: basename(file),
        },
        (path) => moveFile(file, path),
      );
    },

    async putDamaged({ contentFile, envelopeFile, reason }) {
      const damagedEnvelope = envelopeFile === undefined ? undefined : await readStart(envelopeFile);
      const source = contentFile ?? envelopeFile;
      if (source === undefined) throw new Error('A damaged entry has at least one file.');
      const id = await lay(
        {
          cause: 'damaged-queue-file',
          reason,
          at: clock.now(),
          recipients: [],
          file: basename(source),
          ...(damagedEnvelope === undefined ? {} : { damagedEnvelope }),
        },
        (path) => moveFile(source, path),
      );
      if (contentFile !== undefined && envelopeFile !== undefined) await removeFile(envelopeFile);
      return id;
    },
  };
}

/** The remote server's own words, unless the sentence has them already. */
function withLastStatus(reason: string, recipients: BadmailRequest['recipients']): string {
  const last = recipients.find((recipient) => recipient.last)?.last;
  if (!last || reason.includes(last.status.text)) return reason;
  const host = last.remote ? `${last.remote.name}: ` : '';
  return `${reason} Last answer: ${host}${formatStatus(last.status)}`;
}

/** Copies to a temporary file, flushes it and renames it. */
async function copyContent(content: ContentSource, path: string): Promise<void> {
  const temporary = `${path}.${process.pid}-${++temporaryCounter}${temporarySuffix}`;
  try {
    if (content.sizeBytes <= wholeReadLimitBytes) {
      await writeNewFile(temporary, await content.read());
    } else {
      const handle = await open(temporary, 'wx', 0o600);
      try {
        for await (const piece of content.stream()) await handle.writeFile(piece);
        await handle.datasync();
      } finally {
        await handle.close();
      }
    }
    await renameFile(temporary, path);
  } catch (error) {
    await removeFile(temporary).catch(() => undefined);
    throw error;
  }
}

async function readStart(path: string): Promise<string | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const buffer = Buffer.alloc(longestKeptEnvelopeBytes);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
