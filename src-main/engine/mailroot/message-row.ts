/**
 * One row of the Drop or Badmail list, read from the beginning of the files; Pickup has its own (pickup-row). What
 * stands in them is hostile: bounded, decoded, plain text.
 */
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BadmailCause } from '../core/event';
import { type QueueId, timeOfQueueId } from '../core/ids';
import { systemCodeOf } from '../core/problem';
import { type BadmailProperties, parseForeignReason, parseProperties } from './badmail-reason';
import { longestLinesBytes, parseLeadingLines } from './envelope-lines';
import { type HeaderField, readHeaderFields } from './header-fields';
import { cleanText, decodeHeaderText } from './header-text';

export type ListKind = 'drop' | 'badmail' | 'pickup';

/** Same names as the row of the contract. */
export interface MessageRow {
  /** Queue id; in Pickup the name of the file. */
  readonly id: string;
  readonly receivedAt: number;
  readonly sizeBytes: number;
  readonly from: string;
  readonly subject: string;
  /** Envelope sender; '' is the null reverse-path, or unknown. */
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly hasAttachments: boolean;
  readonly cause?: BadmailCause;
  readonly reason?: string;
}

/** Where the files of one message lie. */
export interface MessageFiles {
  readonly folder: string;
  readonly kind: ListKind;
  /** File name without its ending, as it is on disk (the original wrote capitals); in Pickup the whole name. */
  readonly base: string;
  /** Name of the message file. */
  readonly name: string;
}

const startBytes = 16 * 1024;
/** A list shows a few; the message itself shows all that fit here. */
const mostRecipients = 100;
const longestPropertiesBytes = 4 * 1024 * 1024;

/** undefined when the message is gone. */
export async function readMessageRow(files: MessageFiles): Promise<MessageRow | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(join(files.folder, files.name), 'r');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) return undefined;
    const start = await readStart(handle, files.kind);
    const header = readHeaderFields(start.text).fields;
    const id = files.base.toLowerCase();
    const { sender, recipients, at, cause, reason } = await readEnvelope(files, start.lines, header);
    return {
      id,
      receivedAt: Math.round(at ?? timeInName(id) ?? facts.mtimeMs),
      sizeBytes: Math.max(0, facts.size - start.lines.bytes),
      from: decodeHeaderText(fieldValue(header, 'from') ?? ''),
      subject: decodeHeaderText(fieldValue(header, 'subject') ?? ''),
      sender: cleanText(sender, 320),
      recipients: recipients.slice(0, mostRecipients).map((address) => cleanText(address, 320)),
      hasAttachments: hasAttachments(header, start.text),
      ...(cause === undefined ? {} : { cause }),
      ...(reason === undefined ? {} : { reason: cleanText(reason, 1000) }),
    };
  } finally {
    await handle.close();
  }
}

interface MessageStart {
  readonly lines: ReturnType<typeof parseLeadingLines>;
  /** What follows the leading lines, one character a byte. */
  readonly text: string;
}

const noLines = { sender: undefined, receivers: [], bytes: 0 };

async function readStart(handle: FileHandle, kind: ListKind): Promise<MessageStart> {
  const text = await readAt(handle, 0, startBytes);
  if (kind === 'badmail') return { lines: noLines, text };
  let lines = parseLeadingLines(text);
  // A message to very many: the header lies behind their lines.
  const isCut = text.length === startBytes && lines.bytes > startBytes - 1024;
  if (isCut) lines = parseLeadingLines(await readAt(handle, 0, longestLinesBytes));
  const hasMore = lines.bytes > startBytes / 2;
  return { lines, text: hasMore ? await readAt(handle, lines.bytes, startBytes) : text.slice(lines.bytes) };
}

async function readAt(handle: FileHandle, position: number, sizeBytes: number): Promise<string> {
  const buffer = Buffer.allocUnsafe(sizeBytes);
  const { bytesRead } = await handle.read(buffer, 0, sizeBytes, position);
  return buffer.toString('latin1', 0, bytesRead);
}

export function fieldValue(header: readonly HeaderField[], name: string): string | undefined {
  return header.find((field) => field.name === name)?.value;
}

/** A guess from the header and the first parts: an attachment announced, or a top level that is one. */
export function hasAttachments(header: readonly HeaderField[], text: string): boolean {
  const type = (fieldValue(header, 'content-type') ?? 'text/plain').toLowerCase();
  if (type.startsWith('multipart/')) {
    return type.startsWith('multipart/mixed') || /^content-disposition:[ \t]*attachment/im.test(text);
  }
  const isAttached = (fieldValue(header, 'content-disposition') ?? '').toLowerCase().startsWith('attachment');
  return isAttached || !(type.startsWith('text/') || type.startsWith('message/'));
}

/** Names that IIS wrote begin with another clock; ours are times since its end of life. */
export function timeInName(id: QueueId): number | undefined {
  const time = timeOfQueueId(id);
  const isPlausible = time > Date.UTC(2015) && time < Date.now() + 86_400_000;
  return isPlausible ? time : undefined;
}

interface RowEnvelope {
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly at?: number;
  readonly cause?: BadmailCause;
  readonly reason?: string;
}

async function readEnvelope(
  files: MessageFiles,
  lines: MessageStart['lines'],
  header: readonly HeaderField[],
): Promise<RowEnvelope> {
  if (files.kind === 'drop') return { sender: lines.sender ?? '', recipients: lines.receivers };
  const properties = await readProperties(files);
  if (properties) {
    const { sender = '', recipients, at, cause, reason } = properties;
    return { sender, recipients, at, cause, reason };
  }
  const reason = await readBeside(files, ['.BDR', '.bdr'], 64 * 1024);
  const to = fieldValue(header, 'to');
  return {
    sender: '',
    recipients: to === undefined ? [] : [decodeHeaderText(to)],
    ...(reason === undefined ? {} : parseForeignReason(reason)),
  };
}

/** The .BDP file of a message in Badmail, when it is one of ours. */
export async function readProperties(files: MessageFiles): Promise<BadmailProperties | undefined> {
  const text = await readBeside(files, ['.BDP', '.bdp'], longestPropertiesBytes);
  return text === undefined ? undefined : parseProperties(text);
}

/** A small file beside the message, by its ending. */
export async function readBeside(
  files: MessageFiles,
  endings: readonly string[],
  maxBytes: number,
): Promise<string | undefined> {
  for (const ending of endings) {
    const path = join(files.folder, files.base + ending);
    try {
      if ((await stat(path)).size > maxBytes) return undefined;
      return await readFile(path, 'utf8');
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') return undefined;
    }
  }
  return undefined;
}
