/**
 * A message of Drop, Badmail or Pickup as it can be sent again: its envelope as far as it is known, and its content.
 *
 * Promises: an envelope is what the files say, or nothing: never with some of its recipients. The content is what came
 *   in: without x-sender and x-receiver lines, without the Return-Path line that Drop added, with CRLF line endings
 *   (but that of BINARYMIME, which is left as it is), a Pickup file unstuffed where the settings say so.
 * Trusts: nothing in the files; whoever sends checks addresses, and the envelope of a .BDP as the queue does its own.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerSettings } from '../../settings/schema';
import { wholeReadLimitBytes } from '../core/content';
import type { EnvelopeDraft } from '../core/envelope';
import { parseForeignEnvelope } from './badmail-foreign';
import type { BadmailProperties } from './badmail-reason';
import { parseLeadingLines, readLeadingLines } from './envelope-lines';
import { type MessageFiles, readBeside, readProperties } from './message-row';
import { longestHeaderBytes, parsePickupHeader } from './pickup-file';
import { pickupOpenFlags } from './pickup-row';
import { collectHeader, readPickupText } from './pickup-text';

export type KnownEnvelope = Pick<EnvelopeDraft, 'sender' | 'recipients'> &
  Partial<Pick<EnvelopeDraft, 'body' | 'isUtf8' | 'ret' | 'envid'>>;

export interface Original {
  /** Absent: it could not be made out, and `whyUnknown` says why. */
  readonly envelope?: KnownEnvelope;
  readonly whyUnknown?: string;
  /** It is a Pickup file, with what that means for Bcc lines. */
  readonly isPickupFile: boolean;
  /** The content. Ends with the file; the caller ends it early by `return`. */
  content(): AsyncGenerator<Uint8Array, void, undefined>;
  /** Some byte of it is above 127. */
  hasEightBit(): Promise<boolean>;
  close(): Promise<void>;
}

export interface OriginalFacts {
  readonly settings: ServerSettings;
  readonly defaultDomain: string;
  /** What the .BDP file says, checked. undefined: it cannot be used. */
  readonly checkEnvelope: (properties: BadmailProperties) => KnownEnvelope | undefined;
}

const noRecipients = 'It is not known whom the message was for. Name its sender and recipients.';

/** Rejects with the system's error when the file cannot be opened (ENOENT: it is gone). */
export async function openOriginal(files: MessageFiles, facts: OriginalFacts): Promise<Original> {
  const handle = await open(join(files.folder, files.name), pickupOpenFlags);
  try {
    if (!(await handle.stat()).isFile()) throw Object.assign(new Error('no file'), { code: 'ENOENT' });
    switch (files.kind) {
      case 'drop':
        return await openDropped(files, handle);
      case 'pickup':
        return await openPickupFile(handle, facts);
      case 'badmail':
        return await openDead(files, handle, facts);
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openDropped(files: MessageFiles, handle: FileHandle): Promise<Original> {
  const { sender, receivers, bytes } = await readLeadingLines(join(files.folder, files.name));
  // The line below them is of Drop too (RFC 5321 section 4.4: it is not for sending).
  const after = await readAt(handle, bytes, 2048);
  const path = bytes > 0 ? /^return-path:[^\n]*\n(?![ \t])/i.exec(after)?.[0].length : undefined;
  const isKnown = sender !== undefined && receivers.length > 0;
  return {
    ...(isKnown
      ? { envelope: { sender, recipients: receivers.map((address) => ({ address })) } }
      : { whyUnknown: noRecipients }),
    ...contentFrom(handle, bytes + (path ?? 0), true),
    isPickupFile: false,
  };
}

async function openPickupFile(handle: FileHandle, { settings, defaultDomain }: OriginalFacts) {
  const text = () => readPickupText(chunksOf(handle, 0), { isDotStuffed: settings.isPickupDotStuffed });
  const first = text();
  const { header } = await collectHeader(first, longestHeaderBytes);
  await first.return();
  const parsed = parsePickupHeader(header.toString('latin1'), {
    defaultDomain,
    defaultSender: settings.defaultSender,
  });
  const isKnown = parsed.kind === 'envelope';
  const skip = isKnown ? parsed.envelopeBytes : parseLeadingLines(header.toString('latin1')).bytes;
  return {
    ...(isKnown
      ? { envelope: parsed }
      : { whyUnknown: `${parsed.reason} Name sender and recipients to send it nevertheless.` }),
    isPickupFile: true,
    content: () => without(text(), skip),
    hasEightBit: () => hasEightBit(without(text(), skip)),
    close: () => handle.close(),
  } satisfies Original;
}

async function openDead(files: MessageFiles, handle: FileHandle, facts: OriginalFacts): Promise<Original> {
  const properties = await readProperties(files);
  const envelope = properties && facts.checkEnvelope(properties);
  if (envelope) {
    const isBinary = envelope.body === 'binarymime';
    return { envelope, ...contentFrom(handle, 0, !isBinary), isPickupFile: false };
  }
  if (properties?.cause === 'damaged-queue-file')
    return {
      whyUnknown: `The envelope of this message was damaged. ${noRecipients}`,
      ...contentFrom(handle, 0, true),
      isPickupFile: false,
    };
  // What is left are Pickup files, and dead mail of others.
  const asPickup = await openPickupFile(handle, facts);
  if (properties) return asPickup;
  const reason = await readBeside(files, ['.BDR', '.bdr'], 4 * 1024 * 1024);
  const foreign = reason === undefined ? undefined : parseForeignEnvelope(reason);
  const whole = contentFrom(handle, 0, true);
  if (foreign) return { envelope: foreign, ...whole, isPickupFile: false };
  return 'envelope' in asPickup ? asPickup : { whyUnknown: noRecipients, ...whole, isPickupFile: false };
}

function contentFrom(
  handle: FileHandle,
  from: number,
  isText: boolean,
): Pick<Original, 'content' | 'hasEightBit' | 'close'> {
  const content = (): AsyncGenerator<Uint8Array, void, undefined> =>
    isText ? readPickupText(chunksOf(handle, from), { isDotStuffed: false }) : chunksOf(handle, from);
  return { content, hasEightBit: () => hasEightBit(content()), close: () => handle.close() };
}

/** By position, so that a second pass is possible; each piece is a new buffer, the queue may keep it. */
async function* chunksOf(handle: FileHandle, from: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = from; ; ) {
    const chunk = Buffer.allocUnsafeSlow(wholeReadLimitBytes / 4);
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

async function* without(
  pieces: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let skip = bytes;
  for await (const piece of pieces) {
    if (skip < piece.length) yield piece.subarray(skip);
    skip = Math.max(0, skip - piece.length);
  }
}

async function hasEightBit(pieces: AsyncIterable<Uint8Array>): Promise<boolean> {
  for await (const piece of pieces) for (const byte of piece) if (byte > 127) return true;
  return false;
}

async function readAt(handle: FileHandle, position: number, sizeBytes: number): Promise<string> {
  const buffer = Buffer.alloc(sizeBytes);
  const { bytesRead } = await handle.read(buffer, 0, sizeBytes, position);
  return buffer.toString('latin1', 0, bytesRead);
}
