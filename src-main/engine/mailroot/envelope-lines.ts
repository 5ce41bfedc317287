/** The x-sender and x-receiver lines on top of a Drop file, read back. */
import { type FileHandle, open } from 'node:fs/promises';

export interface LeadingLines {
  /** undefined: no x-sender line. '' is the null reverse-path. */
  readonly sender: string | undefined;
  readonly receivers: string[];
  /** Bytes that the lines take; 0 when there are none. */
  readonly bytes: number;
}

/** Lines for ten thousand recipients fit; more of them is not ours. */
export const longestLinesBytes = 1024 * 1024;

const line = /^x-(sender|receiver):[ \t]*(.*)$/i;

/** @param text beginning of the file, one character a byte or UTF-8; only whole lines count */
export function parseLeadingLines(text: string): LeadingLines {
  let sender: string | undefined;
  const receivers: string[] = [];
  let at = 0;
  for (;;) {
    const end = text.indexOf('\n', at);
    if (end < 0) break;
    const match = line.exec(text.slice(at, end).replace(/\r$/, ''));
    if (!match) break;
    const address = (match[2] as string).trim().replace(/^<(.*)>$/, '$1');
    if ((match[1] as string).toLowerCase() === 'sender') sender = address;
    else receivers.push(address);
    at = end + 1;
  }
  return { sender, receivers, bytes: at };
}

/** Reads them from a file: 16 KiB when that is enough, else the most that they may take. */
export async function readLeadingLines(path: string): Promise<LeadingLines> {
  const handle = await open(path, 'r');
  try {
    const first = await readStart(handle, 16 * 1024);
    const lines = parseLeadingLines(first);
    const isWhole = first.length < 16 * 1024 || lines.bytes < first.length - 1024;
    return decodeAddresses(isWhole ? lines : parseLeadingLines(await readStart(handle, longestLinesBytes)));
  } finally {
    await handle.close();
  }
}

/** Addresses from one character a byte: they are written in UTF-8. */
function decodeAddresses({ sender, receivers, bytes }: LeadingLines): LeadingLines {
  const decode = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');
  return { sender: sender === undefined ? sender : decode(sender), receivers: receivers.map(decode), bytes };
}

async function readStart(handle: FileHandle, sizeBytes: number): Promise<string> {
  const buffer = Buffer.allocUnsafe(sizeBytes);
  const { bytesRead } = await handle.read(buffer, 0, sizeBytes, 0);
  return buffer.toString('latin1', 0, bytesRead);
}
