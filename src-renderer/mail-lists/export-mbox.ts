/**
 * Messages as one mbox file (mboxrd, RFC 4155 with quoted From lines), which every mail program reads. Put together
 * piece by piece; it ends when told to, or when it would be larger than a page can hold.
 */
import type { MessageAddress } from '../../src-main/api/contract';
import type { ConsoleClient } from '../client';

export const mostExportedBytes = 512 * 1024 * 1024;

export interface ExportProgress {
  readonly done: number;
  readonly total: number;
}

export interface WholeMessage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sender: string;
  readonly receivedAt: number;
  readonly subject: string;
}

export interface MboxExport {
  readonly blob: Blob;
  readonly count: number;
  /** Messages that were gone, or would have made the file too large. */
  readonly missing: number;
}

/** Rejects with what the engine said, and with AbortError when it was broken off. */
export async function exportMbox(options: {
  readonly client: ConsoleClient;
  readonly messages: readonly MessageAddress[];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ExportProgress) => void;
}): Promise<MboxExport> {
  const { client, messages, signal, onProgress } = options;
  const parts: BlobPart[] = [];
  let sizeBytes = 0;
  let missing = 0;
  for (const [done, address] of messages.entries()) {
    onProgress({ done, total: messages.length });
    const message = await readWhole(client, address, signal, mostExportedBytes - sizeBytes);
    if (message === undefined) {
      missing++;
      continue;
    }
    const entry = mboxEntry(message.bytes, message.sender, message.receivedAt);
    parts.push(new Blob(entry));
    sizeBytes += message.bytes.length;
  }
  return { blob: new Blob(parts, { type: 'application/mbox' }), count: messages.length - missing, missing };
}

/** One message as it is; undefined: it is gone, or larger than `maxBytes`. */
export async function readWhole(
  client: ConsoleClient,
  address: MessageAddress,
  signal: AbortSignal,
  maxBytes: number,
): Promise<WholeMessage | undefined> {
  try {
    const first = await client.messages.content({ ...address }, { signal });
    if (first.contentBytes > maxBytes) return undefined;
    const bytes = new Uint8Array(first.contentBytes);
    let at = put(bytes, 0, first.pieceBase64);
    while (at < bytes.length) {
      const piece = await client.messages.content({ ...address, offset: at }, { signal });
      const added = put(bytes, at, piece.pieceBase64);
      if (added === at) return undefined;
      at = added;
    }
    const { sender, receivedAt, subject } = first.row;
    return { bytes, sender, receivedAt, subject };
  } catch (error) {
    signal.throwIfAborted();
    if (isGone(error)) return undefined;
    throw error;
  }
}

const isGone = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && (error as { code?: unknown }).code === 'not-found';

function put(target: Uint8Array, at: number, base64: string): number {
  const binary = atob(base64);
  const end = Math.min(target.length, at + binary.length);
  for (let index = at; index < end; index += 1) target[index] = binary.charCodeAt(index - at);
  return end;
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** "From ann@corp.test Mon Nov 23 10:31:07 2026", UTC. */
export function fromLine(sender: string, receivedAt: number): string {
  const at = new Date(receivedAt);
  const address = /^[!-~]+$/.test(sender) ? sender : 'MAILER-DAEMON';
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  const date = String(at.getUTCDate()).padStart(2, ' ');
  return `From ${address} ${days[at.getUTCDay()]} ${months[at.getUTCMonth()]} ${date} ${clock} ${at.getUTCFullYear()}\n`;
}

const newLine = 10;
const carriageReturn = 13;
const quote = 62;
const from = [...'From '].map((character) => character.charCodeAt(0));

/** One message of an mbox: lines end in LF, lines that look like a separator get one ">" more. */
export function mboxEntry(bytes: Uint8Array, sender: string, receivedAt: number): Uint8Array<ArrayBuffer>[] {
  const head = new TextEncoder().encode(fromLine(sender, receivedAt));
  // Each quoted line makes it one byte longer; it has five at least.
  const out = new Uint8Array(bytes.length + Math.ceil(bytes.length / 5) + 2);
  let at = 0;
  let isLineStart = true;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    if (isLineStart && isSeparator(bytes, index)) out[at++] = quote;
    if (byte === carriageReturn && bytes[index + 1] === newLine) continue;
    out[at++] = byte;
    isLineStart = byte === newLine;
  }
  if (!isLineStart) out[at++] = newLine;
  out[at++] = newLine;
  return [head, out.slice(0, at)];
}

/** "From ", with any number of ">" before it. */
function isSeparator(bytes: Uint8Array, start: number): boolean {
  let index = start;
  while (bytes[index] === quote) index += 1;
  return from.every((byte, offset) => bytes[index + offset] === byte);
}
