/**
 * What the index keeps of one message, read from its file. Everything in the file is hostile: only its first part is
 * read, each piece is bounded, and what cannot be read is told in the row.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BadmailCause, badmailCauses } from '../engine/core/event';
import { timeOfQueueId } from '../engine/core/ids';
import { systemCodeOf } from '../engine/core/problem';
import { parseForeignReason, parseProperties } from '../engine/mailroot/badmail-reason';
import { parseLeadingLines } from '../engine/mailroot/envelope-lines';
import { cleanText, decodeHeaderText } from '../engine/mailroot/header-text';
import { readContent } from './message-content';
import type { IndexedFolder } from './query';

export interface MessageFacts {
  readonly received: number;
  readonly size: number;
  readonly from: string;
  readonly subject: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly hasAttachments: boolean;
  readonly cause?: BadmailCause;
  readonly reason?: string;
  /** All of From, Sender and Reply-To, and all of To, Cc and Bcc, for searching. */
  readonly fromText: string;
  readonly toText: string;
  readonly body: string;
  readonly fileNames: readonly string[];
  /** Lower-case names; several values of one name apart by line feeds. */
  readonly headers: ReadonlyMap<string, string>;
  readonly messageId: string;
  /** The oldest first. */
  readonly references: readonly string[];
}

const readBytes = 256 * 1024;
const longestLinesBytes = 1024 * 1024;
const longestBesideBytes = 4 * 1024 * 1024;
const mostRecipients = 1000;

/** undefined when the file is gone. `name` is the name of the file. */
export function readMessageFile(
  path: string,
  folder: IndexedFolder,
  name: string,
  longestBytes = readBytes,
): MessageFacts | undefined {
  let bytes: Buffer;
  let size: number;
  let modified: number;
  try {
    const file = openSync(join(path, name), 'r');
    try {
      const facts = fstatSync(file);
      if (!facts.isFile()) return undefined;
      size = facts.size;
      modified = facts.mtimeMs;
      bytes = readStart(file, Math.min(size, longestBytes));
      // A message to very many: the header lies behind their lines.
      if (bytes.length < size && hasLines(folder) && linesOf(bytes).bytes > longestBytes / 2)
        bytes = readStart(file, Math.min(size, longestLinesBytes + longestBytes));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    return unreadable(folder, name, systemCodeOf(error));
  }
  const lines = hasLines(folder) ? linesOf(bytes) : undefined;
  const skip = lines?.bytes ?? 0;
  const content = readContent(bytes.subarray(skip));
  const envelope = lines ? { ...lines, recipients: lines.receivers } : readBeside(path, folder, name);
  const recipients = (envelope.recipients ?? [])
    .slice(0, mostRecipients)
    .map((address) => cleanText(address, 320));
  const sender = cleanText(envelope.sender ?? '', 320);
  const { from, subject } = content;
  return {
    ...content,
    received: Math.round(envelope.at ?? timeOf(folder, name) ?? modified),
    size: Math.max(0, size - skip),
    from: decodeHeaderText(from),
    subject: decodeHeaderText(subject),
    sender,
    recipients: recipients.length > 0 || folder !== 'badmail' ? recipients : shownRecipients(content.to),
    fromText: `${content.fromText} ${sender}`,
    toText: `${content.toText} ${recipients.join(' ')}`,
    ...(envelope.cause === undefined ? {} : { cause: envelope.cause }),
    ...(envelope.reason === undefined ? {} : { reason: cleanText(envelope.reason, 1000) }),
  };
}

const hasLines = (folder: IndexedFolder): boolean => folder === 'drop' || folder === 'pickup';
const shownRecipients = (to: string): string[] => (to === '' ? [] : [decodeHeaderText(to)]);

function readStart(file: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  while (at < length) {
    const read = readSync(file, bytes, at, length - at, at);
    if (read === 0) break;
    at += read;
  }
  return bytes.subarray(0, at);
}

interface Envelope {
  readonly sender?: string | undefined;
  readonly recipients?: readonly string[];
  readonly at?: number;
  readonly cause?: BadmailCause;
  readonly reason?: string;
}

function linesOf(bytes: Buffer): Envelope & { receivers: string[]; bytes: number } {
  const lines = parseLeadingLines(bytes.toString('latin1', 0, Math.min(bytes.length, longestLinesBytes)));
  const decode = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');
  return {
    sender: lines.sender === undefined ? undefined : decode(lines.sender),
    receivers: lines.receivers.slice(0, mostRecipients).map(decode),
    bytes: lines.bytes,
  };
}

/** The envelope file of Queue, the reason files of Badmail. */
function readBeside(path: string, folder: IndexedFolder, name: string): Envelope {
  const base = join(path, name.replace(/\.[^.]*$/, ''));
  if (folder === 'queue') return parseQueueEnvelope(readSmall(`${base}.json`));
  const properties = parseProperties(readSmall(`${base}.BDP`) ?? readSmall(`${base}.bdp`) ?? '');
  if (properties) return properties;
  const reason = readSmall(`${base}.BDR`) ?? readSmall(`${base}.bdr`);
  return reason === undefined ? {} : parseForeignReason(reason);
}

function readSmall(path: string): string | undefined {
  try {
    return statSync(path).size > longestBesideBytes ? undefined : readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parseQueueEnvelope(text: string | undefined): Envelope {
  try {
    const { sender, recipients, arrivedAt } = JSON.parse(text ?? '{}') as Record<string, unknown>;
    const addresses = (Array.isArray(recipients) ? recipients : [])
      .map((recipient: unknown) => (recipient as { address?: unknown } | null)?.address)
      .filter((address) => typeof address === 'string');
    return {
      recipients: addresses,
      ...(typeof sender === 'string' ? { sender } : {}),
      ...(typeof arrivedAt === 'number' ? { at: arrivedAt } : {}),
    };
  } catch {
    return {};
  }
}

/** Names that IIS wrote begin with another clock; ours are times since its end of life. */
const timeOf = (folder: IndexedFolder, name: string): number | undefined =>
  folder === 'pickup' ? undefined : timeInName(name);

/** When a message came in, where its name is of this server's making. */
export function timeInName(name: string): number | undefined {
  const time = timeOfQueueId(name.toLowerCase());
  return time > Date.UTC(2015) && time < Date.now() + 86_400_000 ? time : undefined;
}

function unreadable(folder: IndexedFolder, name: string, code = 'unknown error'): MessageFacts {
  return {
    received: timeOf(folder, name) ?? 0,
    size: 0,
    from: '',
    subject: '',
    sender: '',
    recipients: [],
    hasAttachments: false,
    reason: `The file cannot be read (${code}).`,
    fromText: '',
    toText: '',
    body: '',
    fileNames: [],
    headers: new Map(),
    messageId: '',
    references: [],
  };
}

export const knownCause = (text: unknown): BadmailCause | undefined =>
  badmailCauses.find((cause) => cause === text);
