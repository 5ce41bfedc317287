/**
 * One row of the Pickup list: the envelope that Pickup will make of the file, and why it still lies there when there
 * is a reason. The file is a stranger's, and may be half written.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../core/problem';
import { type HeaderFields, readHeaderFields } from './header-fields';
import { cleanText, decodeHeaderText } from './header-text';
import { fieldValue, hasAttachments, type MessageFiles, type MessageRow } from './message-row';
import { type PickupEnvelope, type PickupFault, parsePickupHeader } from './pickup-file';
import { headerQuietMs, isPassedOver } from './pickup-look';

export interface PickupRowFacts {
  readonly now: () => number;
  readonly defaultDomain: () => string;
  readonly defaultSender: () => string;
  /** What Pickup said about the file, or about all of them; undefined while all is well. */
  readonly whyWaiting: (name: string) => string | undefined;
}

/** Never a link, and never a wait for the writer of a pipe. Windows has neither flag. */
export const pickupOpenFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const startBytes = 64 * 1024;
const mostRecipients = 100;

/** undefined when the file is gone, or is no regular file. */
export async function readPickupRow(
  { folder, name }: MessageFiles,
  facts: PickupRowFacts | undefined,
): Promise<MessageRow | undefined> {
  const handle = await open(join(folder, name), pickupOpenFlags).catch((error: unknown) => {
    const code = systemCodeOf(error);
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENXIO') return undefined;
    throw error;
  });
  if (!handle) return undefined;
  try {
    const { size, mtimeMs, isFile } = await handle.stat().then((found) => ({
      size: found.size,
      mtimeMs: found.mtimeMs,
      isFile: found.isFile(),
    }));
    if (!isFile) return undefined;
    const buffer = Buffer.allocUnsafe(Math.min(startBytes, size));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    const text = buffer.toString('latin1', 0, bytesRead);
    const end = /\r?\n\r?\n/.exec(text)?.index;
    const header = end === undefined ? text : text.slice(0, end + 2);
    const read = readHeaderFields(header);
    const parsed = parsePickupHeader(header, {
      defaultDomain: facts?.defaultDomain() ?? 'localhost',
      defaultSender: facts?.defaultSender() ?? '',
    });
    const isEnvelope = parsed.kind === 'envelope';
    const reason =
      facts &&
      whyThere({
        name,
        said: facts.whyWaiting(name),
        sizeBytes: size,
        quietMs: facts.now() - mtimeMs,
        // Of half a header nothing can be said.
        parsed: end === undefined && size > bytesRead ? undefined : parsed,
      });
    return {
      id: name,
      receivedAt: Math.round(mtimeMs),
      sizeBytes: Math.max(0, size - (isEnvelope ? parsed.envelopeBytes : 0)),
      ...wordsOf(read),
      sender: cleanText(parsed.sender ?? '', 320),
      recipients: isEnvelope
        ? parsed.recipients.slice(0, mostRecipients).map(({ address }) => cleanText(address, 320))
        : [],
      hasAttachments: hasAttachments(read.fields, text),
      ...(reason === undefined ? {} : { reason: cleanText(reason, 1000) }),
    };
  } finally {
    await handle.close();
  }
}

const wordsOf = ({ fields }: HeaderFields): { from: string; subject: string } => ({
  from: decodeHeaderText(fieldValue(fields, 'from') ?? ''),
  subject: decodeHeaderText(fieldValue(fields, 'subject') ?? ''),
});

/** Why a file lies in Pickup and is not taken; undefined: it will be, in a moment. Pure. */
function whyThere(file: {
  readonly name: string;
  readonly said: string | undefined;
  readonly sizeBytes: number;
  readonly quietMs: number;
  readonly parsed: PickupEnvelope | PickupFault | undefined;
}): string | undefined {
  if (isPassedOver(file.name))
    return 'Its name says that it is still being written, so it is not taken. Rename it when it is complete.';
  if (file.said !== undefined) return file.said;
  if (file.sizeBytes === 0) return 'The file is empty: it is taken when something was written to it.';
  // A younger one may be in the middle of being written.
  if (file.quietMs < headerQuietMs || file.parsed?.kind !== 'fault') return undefined;
  return `It will be moved to Badmail: ${file.parsed.reason}`;
}
