/**
 * One Pickup file becomes one message: open, read the header, claim, pour into the queue, let go.
 *
 * Promises: the file is removed only after the commit; a file that changes while it is read is given back to
 * the ready rule; a file that cannot be claimed is not sent; a large file is streamed.
 * Trusts: nothing in the file. Links and everything else that is no regular file are never followed.
 * A crash leaves: before the claim, the file in Pickup; after it, the file in Working, taken up again when no
 * envelope with its id lies in Queue, removed when one does.
 */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import type { ServerSettings } from '../../settings/schema';
import { isAscii } from '../core/address';
import { wholeReadLimitBytes } from '../core/content';
import type { EnvelopeDraft } from '../core/envelope';
import type { BadmailCause } from '../core/event';
import type { IntakeTransaction, MessageIntake } from '../core/intake';
import { Problem, reasonOf, systemCodeOf } from '../core/problem';
import type { ClaimedFile, PickupClaims } from './pickup-claim';
import { longestHeaderBytes, type PickupFault, parsePickupHeader, pickupErrorCode } from './pickup-file';
import { headerQuietMs } from './pickup-look';
import { collectHeader, readPickupText } from './pickup-text';

/** A Pickup file on its way to Badmail. */
interface BadPickupFile {
  readonly file: string;
  readonly cause: BadmailCause;
  readonly reason: string;
  /** IIS 6 error code. */
  readonly code?: number;
  readonly sender?: string;
  readonly recipients?: readonly string[];
}

export interface PickupMessageOptions {
  readonly serverId: number;
  readonly settings: () => ServerSettings;
  readonly intake: MessageIntake;
  readonly claims: PickupClaims;
  moveToBadmail(request: BadPickupFile): Promise<unknown>;
}

export type PickupResult =
  | { readonly kind: 'accepted'; readonly isRemoved: boolean }
  | { readonly kind: 'badmail' }
  /** Not there any more, or no regular file. */
  | { readonly kind: 'passed-over' }
  /** Not complete yet. */
  | { readonly kind: 'wait' }
  /** This file cannot be read, claimed or moved now; the text says why. */
  | { readonly kind: 'blocked'; readonly text: string }
  /** The queue takes nothing now. */
  | { readonly kind: 'refused'; readonly text: string };

/** O_NONBLOCK: opening a pipe must not wait for its writer. Windows has neither flag. */
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * @param file where the file lies now; `name` is its name in Pickup
 * @param quietMs for how long nobody has written to it
 */
export async function acceptPickupFile(
  options: PickupMessageOptions,
  file: ClaimedFile,
  quietMs: number,
): Promise<PickupResult> {
  let handle: FileHandle;
  try {
    handle = await open(file.path, openFlags);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'EISDIR' || code === 'ENXIO')
      return { kind: 'passed-over' };
    return { kind: 'blocked', text: `cannot be opened (${code ?? reasonOf(error)})` };
  }
  let result: PickupResult | ClaimedFile | PickupFault;
  try {
    result = await readAndCommit({ options, file, quietMs, handle });
  } finally {
    await handle.close();
  }
  // Windows removes and moves only what nobody, ourselves included, holds open.
  if ('path' in result) return { kind: 'accepted', isRemoved: await options.claims.finish(result) };
  if (result.kind !== 'fault') return result;
  const { cause, reason, code, sender } = result;
  try {
    await options.moveToBadmail({
      file: file.path,
      cause,
      reason,
      ...(code === undefined ? {} : { code }),
      ...(sender === undefined ? {} : { sender }),
    });
    return { kind: 'badmail' };
  } catch (error) {
    return {
      kind: 'blocked',
      text: `cannot be moved to Badmail (${systemCodeOf(error) ?? reasonOf(error)}): ${reason}`,
    };
  }
}

interface OpenFile {
  readonly options: PickupMessageOptions;
  readonly file: ClaimedFile;
  readonly quietMs: number;
  readonly handle: FileHandle;
}

/** What must be the same before and after reading. */
interface FileState {
  readonly ino: bigint;
  readonly dev: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

const isSameState = (a: FileState, b: FileState): boolean =>
  a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mtimeNs === b.mtimeNs;

/** The claimed file, when its message was committed. */
async function readAndCommit(open: OpenFile): Promise<PickupResult | ClaimedFile | PickupFault> {
  const { options, file, handle } = open;
  const state = await handle.stat({ bigint: true });
  if (!state.isFile()) return { kind: 'passed-over' };
  const sizeBytes = Number(state.size);
  const settings = options.settings();
  const limitBytes = settings.maxMessageKb === null ? Number.POSITIVE_INFINITY : settings.maxMessageKb * 1024;
  // Without reading it: the envelope lines, which do not count, cannot be longer than a header.
  if (sizeBytes > limitBytes + longestHeaderBytes) return tooLarge(sizeBytes, settings);

  const text = readPickupText(chunksOf(handle, sizeBytes), { isDotStuffed: settings.isPickupDotStuffed });
  const { header, rest, end } = await collectHeader(text, longestHeaderBytes);
  if (end === 'end-of-file' && open.quietMs < headerQuietMs) return { kind: 'wait' };
  if (end === 'too-long') {
    const reason = `The header is longer than ${longestHeaderBytes} bytes, or no blank line ends it.`;
    return { kind: 'fault', cause: 'bad-pickup-file', reason, code: pickupErrorCode };
  }
  const parsed = parsePickupHeader(header.toString('latin1'), {
    defaultDomain: defaultDomainOf(settings),
    defaultSender: settings.defaultSender,
  });
  if (parsed.kind === 'fault') return parsed;
  if (sizeBytes - parsed.envelopeBytes > limitBytes)
    return { ...tooLarge(sizeBytes, settings), sender: parsed.sender };

  const isUtf8 = [parsed.sender, ...parsed.recipients.map(({ address }) => address)].some(
    (address) => !isAscii(address),
  );
  const draft: EnvelopeDraft = {
    serverId: options.serverId,
    sender: parsed.sender,
    recipients: parsed.recipients,
    body: (await hasEightBit(handle, sizeBytes)) ? '8bitmime' : '7bit',
    ...(isUtf8 ? { isUtf8 } : {}),
    ...(parsed.ret === undefined ? {} : { ret: parsed.ret }),
    ...(parsed.envid === undefined ? {} : { envid: parsed.envid }),
    source: { kind: 'pickup', file: file.name },
  };
  let transaction: IntakeTransaction | undefined;
  let claimed: ClaimedFile | undefined;
  try {
    transaction = options.intake.open(draft, {
      receivedFrom: 'from mail pickup service',
      isBccStripped: !settings.keepsPickupBcc,
    });
    try {
      claimed = await options.claims.claim(file.path, file.name, transaction.queueId);
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return { kind: 'passed-over' };
      return {
        kind: 'blocked',
        text: `cannot be moved out of the folder (${systemCodeOf(error) ?? reasonOf(error)})`,
      };
    }
    // Somebody may have put another file under this name since it was opened.
    if (!isSameState(state, await lstat(claimed.path, { bigint: true }))) return { kind: 'wait' };
    await transaction.write(header.subarray(parsed.envelopeBytes));
    if (end === 'end-of-file') await transaction.write(Buffer.from('\r\n'));
    if (rest.length > 0) await transaction.write(rest);
    for await (const chunk of text) await transaction.write(chunk);
    if (!isSameState(state, await handle.stat({ bigint: true }))) return { kind: 'wait' };
    await transaction.commit();
    transaction = undefined;
    const accepted = claimed;
    claimed = undefined;
    return accepted;
  } catch (error) {
    if (!(error instanceof Problem)) {
      return { kind: 'blocked', text: `cannot be read (${systemCodeOf(error) ?? reasonOf(error)})` };
    }
    return { kind: 'refused', text: error.message };
  } finally {
    await transaction?.abort();
    if (claimed) options.claims.release(claimed);
  }
}

function tooLarge(sizeBytes: number, settings: ServerSettings): PickupFault {
  const reason = `The file has ${Math.ceil(sizeBytes / 1024)} KB; messages are limited to ${settings.maxMessageKb} KB.`;
  return { kind: 'fault', cause: 'bad-pickup-file', reason };
}

function defaultDomainOf(settings: ServerSettings): string {
  return settings.domains.find((domain) => domain.type === 'default')?.name ?? 'localhost';
}

/** By position, so that a second pass is possible; each piece is a new buffer, the queue may keep it. */
async function* chunksOf(handle: FileHandle, sizeBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 0;
  while (at < sizeBytes) {
    const chunk = Buffer.allocUnsafeSlow(Math.min(sizeBytes - at, wholeReadLimitBytes / 4));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

/** A pass of its own: the envelope comes before the content, and says whether that is 8-bit (RFC 6152). */
async function hasEightBit(handle: FileHandle, sizeBytes: number): Promise<boolean> {
  const mark = Buffer.from([0xef, 0xbb, 0xbf]);
  let isStart = true;
  for await (const chunk of chunksOf(handle, sizeBytes)) {
    const from = isStart && mark.compare(chunk, 0, 3) === 0 ? 3 : 0;
    isStart = false;
    for (let at = from; at < chunk.length; at++) if ((chunk[at] as number) > 127) return true;
  }
  return false;
}
