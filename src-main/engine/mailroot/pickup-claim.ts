/**
 * The claim on a Pickup file: it is renamed out of Pickup, into a folder of ours, under the queue id under
 * which it is about to be accepted. What cannot be renamed cannot be removed either, and is not sent.
 *
 * Owns: the folder Working beside Pickup (or ".working" inside it, where Pickup is another volume), names
 * "<queue id>_<file name>", and marks "<queue id>.sent".
 * Promises: after a crash a claim whose id lies in Queue was accepted and is removed; any other was not and
 * is taken up again. A claimed file that was accepted and cannot be removed is marked, and never sent again.
 * Why this is enough: the claim is removed at once after the commit, long before the queue can be done with
 * the message; a claim that is left over while its message is already finished needs a power failure on a
 * file system that reorders metadata, and then the message is sent twice.
 */
import { lstat, readdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isQueueId, type QueueId } from '../core/ids';
import { systemCodeOf } from '../core/problem';
import { removeFile, replaceFile } from '../disk/durable';
import { makeFolder } from '../disk/make-folder';

export interface ClaimedFile {
  readonly path: string;
  /** Its name in Pickup; a very long one is cut. */
  readonly name: string;
}

export interface PickupClaims {
  /** Renames the file to its claimed name. Rejects with the system's error; the file then stays. */
  claim(from: string, name: string, queueId: QueueId): Promise<ClaimedFile>;
  /** The message is safe: removes the file. False: it could not be removed and was marked instead. */
  finish(file: ClaimedFile): Promise<boolean>;
  /** The claimed file was not accepted after all: it is listed again. */
  release(file: ClaimedFile): void;
  /** At start, before the queue works on what it recovered: removes claims that were accepted. */
  recover(): Promise<void>;
  /** Claims that were not accepted and are not under way: to be taken up again. */
  list(): Promise<readonly ClaimedFile[]>;
}

export interface PickupClaimsOptions {
  readonly pickupFolder: string;
  readonly workingFolder: string;
  /** Says whether the message has an envelope in Queue. */
  isQueued(queueId: QueueId): Promise<boolean>;
}

const claimPattern = /^([0-9a-f]{24})_(.+)$/s;
const markSuffix = '.sent';
/** File names have 255 bytes almost everywhere; the id takes 25. */
const longestNameBytes = 200;

export function createPickupClaims(options: PickupClaimsOptions): PickupClaims {
  const { pickupFolder, workingFolder, isQueued } = options;
  const innerFolder = join(pickupFolder, '.working');
  const folders = [workingFolder, innerFolder];
  const underWay = new Set<string>();
  /** Accepted files that are still there because the system does not let go of them. */
  const unremoved = new Set<string>();

  async function renameInto(folder: string, from: string, claimedName: string): Promise<string> {
    const path = join(folder, claimedName);
    // Before the rename: a sweep that lists the folder right after it must not take the file for a left-over.
    underWay.add(path);
    try {
      await rename(from, path).catch(async (error: unknown) => {
        if (systemCodeOf(error) !== 'ENOENT') throw error;
        // Either the file is gone or the folder is not there yet.
        await lstat(from);
        await makeFolder(folder, 0o700);
        await rename(from, path);
      });
    } catch (error) {
      underWay.delete(path);
      throw error;
    }
    return path;
  }

  /** Removes a file whose message is safe; what resists is marked, so that a later start knows it too. */
  async function removeSent(folder: string, queueId: QueueId, path: string): Promise<boolean> {
    const mark = join(folder, queueId + markSuffix);
    try {
      await removeFile(path);
    } catch {
      if (!unremoved.has(path)) await replaceFile(mark, Buffer.from('sent\r\n'));
      unremoved.add(path);
      return false;
    }
    // Only a file that resisted, in this run or an earlier one, has a mark.
    if (unremoved.delete(path)) await removeFile(mark);
    return true;
  }

  return {
    async claim(from, name, queueId) {
      const isLong = Buffer.byteLength(name) > longestNameBytes;
      const claimedName = `${queueId}_${isLong ? name.slice(-60) : name}`;
      if (folders.includes(dirname(from)))
        return { path: await renameInto(dirname(from), from, claimedName), name };
      try {
        return { path: await renameInto(workingFolder, from, claimedName), name };
      } catch (error) {
        if (systemCodeOf(error) !== 'EXDEV') throw error;
        return { path: await renameInto(innerFolder, from, claimedName), name };
      }
    },

    async finish(file) {
      const isRemoved = await removeSent(dirname(file.path), basename(file.path).slice(0, 24), file.path);
      underWay.delete(file.path);
      return isRemoved;
    },

    release(file) {
      underWay.delete(file.path);
    },

    async recover() {
      for (const folder of folders) {
        const marks = await marksIn(folder);
        for (const { queueId, path } of await entriesOf(folder)) {
          const isMarked = marks.delete(queueId);
          if (isMarked) unremoved.add(path);
          if (isMarked || (await isQueued(queueId))) await removeSent(folder, queueId, path);
        }
        // The file behind the mark is gone.
        for (const queueId of marks) await removeFile(join(folder, queueId + markSuffix));
      }
    },

    async list() {
      const claims: ClaimedFile[] = [];
      for (const folder of folders) {
        for (const { queueId, name, path } of await entriesOf(folder)) {
          if (unremoved.has(path)) await removeSent(folder, queueId, path);
          else if (!underWay.has(path)) claims.push({ path, name });
        }
      }
      return claims;
    },
  };
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    const code = systemCodeOf(error);
    // Not there, or a file in its place: then a claim fails, and says so for the file that it is about.
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  });
}

async function entriesOf(folder: string): Promise<{ queueId: QueueId; name: string; path: string }[]> {
  return (await namesIn(folder)).flatMap((entry) => {
    const match = claimPattern.exec(entry);
    return match
      ? [{ queueId: match[1] as string, name: match[2] as string, path: join(folder, entry) }]
      : [];
  });
}

/** Ids of the claims that were sent and could not be removed. */
async function marksIn(folder: string): Promise<Set<QueueId>> {
  const ids = (await namesIn(folder))
    .filter((entry) => entry.endsWith(markSuffix))
    .map((entry) => entry.slice(0, -markSuffix.length));
  return new Set(ids.filter(isQueueId));
}
