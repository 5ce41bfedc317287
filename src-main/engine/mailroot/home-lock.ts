/**
 * One engine for each home directory: the file "mailroot.lock" in it says whose it is.
 *
 * Promises: two engines never work on one home directory; the file of a process that died on this computer is
 * taken over without asking. The owner on another computer cannot be asked whether it lives, so its file is
 * respected: after making sure that it is gone, a person deletes the file.
 * Fails: Problem 'folder-in-use' with the owner, since when, and what to do.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, realpath, rmdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Problem, reasonOf, systemCodeOf } from '../core/problem';
import { flushDirectory, removeFile, writeNewFile } from '../disk/durable';

export const lockFileName = 'mailroot.lock';

export interface HomeOwner {
  /** Data folder of the installation, so that people know which one it is. */
  readonly dataFolder: string;
}

export interface HomeLock {
  /** Gives the home directory free. Calling it again does nothing. */
  release(): Promise<void>;
}

interface LockFacts {
  readonly host: string;
  readonly pid: number;
  /** Tells the process from a later one with the same number; '' where the system does not say. */
  readonly processMark: string;
  readonly lockedAt: number;
  readonly dataFolder: string;
  /** Tells our own file from any other. */
  readonly token: string;
}

/** Home directories that this process holds: its own number in a file may also be left from an earlier life. */
const heldHere = new Set<string>();

/** @throws Problem 'folder-in-use', 'folder-unusable' */
export async function lockHome(home: string, owner: HomeOwner): Promise<HomeLock> {
  const path = join(home, lockFileName);
  const facts: LockFacts = {
    host: hostname(),
    pid: process.pid,
    processMark: await processMarkOf(process.pid),
    lockedAt: Date.now(),
    dataFolder: owner.dataFolder,
    token: randomUUID(),
  };
  let place: string;
  try {
    place = await realpath(home);
    if (heldHere.has(place)) throw inUse(path, facts, 'another virtual server of this Mailroot');
    heldHere.add(place);
    await takeLock(path, facts).catch((error: unknown) => {
      heldHere.delete(place);
      throw error;
    });
  } catch (error) {
    if (error instanceof Problem) throw error;
    const text = `The home directory ${home} cannot be locked: ${reasonOf(error)}.`;
    throw new Problem('folder-unusable', text, 'homeDirectory', { cause: error });
  }
  let isReleased = false;
  return {
    async release() {
      if (isReleased) return;
      isReleased = true;
      try {
        // Not when somebody took over: then it is no longer ours.
        const current = await readLock(path);
        if (current.kind === 'owned' && current.facts.token === facts.token) await removeFile(path);
      } finally {
        // Also when the folder is out of reach: a file that stays has our process's number and holds nobody up.
        heldHere.delete(place);
      }
    },
  };
}

async function takeLock(path: string, facts: LockFacts): Promise<void> {
  const content = Buffer.from(`${JSON.stringify(facts, undefined, 2)}\n`);
  // A second round after a take-over; whoever still meets a file then lost against another engine.
  for (let round = 0; ; round++) {
    try {
      await writeNewFile(path, content);
      await flushDirectory(join(path, '..'));
      return;
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
    }
    const current = await readLock(path);
    if (current.kind === 'none') continue;
    const isDead = current.kind === 'owned' && (await isOwnerDead(current.facts));
    if (!isDead || round > 1) {
      throw current.kind === 'owned' ? inUse(path, current.facts) : unreadable(path);
    }
    await removeDeadLock(path, current.facts);
  }
}

/**
 * Of several engines that found the same dead owner one may remove its file: whoever has the folder beside it.
 * Otherwise the second could remove the file that the first has just written.
 */
async function removeDeadLock(path: string, dead: LockFacts): Promise<void> {
  const turn = `${path}.takeover`;
  try {
    await mkdir(turn);
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') throw error;
    // Left by a crash in the lines below: the next start finds it gone.
    if (await isOld(turn)) await rmdir(turn).catch(() => undefined);
    throw inUse(path, dead, 'another Mailroot that is just starting');
  }
  try {
    const current = await readLock(path);
    if (current.kind === 'owned' && current.facts.token === dead.token) await removeFile(path);
  } finally {
    await rmdir(turn);
  }
}

type LockReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'owned'; readonly facts: LockFacts };

async function readLock(path: string): Promise<LockReading> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return { kind: 'none' };
    throw error;
  }
  // A crash while it was created leaves it empty: nobody ever worked under it. A fresh one is being written.
  if (text === '') return (await isOld(path)) ? { kind: 'owned', facts: nobody } : { kind: 'unreadable' };
  try {
    const value = JSON.parse(text) as Partial<Record<keyof LockFacts, unknown>>;
    const { host, pid, processMark, lockedAt, dataFolder, token } = value;
    if (typeof host !== 'string' || typeof pid !== 'number' || !Number.isInteger(pid))
      return { kind: 'unreadable' };
    return {
      kind: 'owned',
      facts: {
        host,
        pid,
        processMark: typeof processMark === 'string' ? processMark : '',
        lockedAt: typeof lockedAt === 'number' ? lockedAt : 0,
        dataFolder: typeof dataFolder === 'string' ? dataFolder : '',
        token: typeof token === 'string' ? token : '',
      },
    };
  } catch {
    return { kind: 'unreadable' };
  }
}

const nobody: LockFacts = { host: '', pid: 0, processMark: '', lockedAt: 0, dataFolder: '', token: '' };

async function isOld(path: string): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined);
  return facts !== undefined && Date.now() - facts.mtimeMs > 2000;
}

async function isOwnerDead(facts: LockFacts): Promise<boolean> {
  if (facts === nobody) return true;
  if (facts.host !== hostname()) return false;
  // Ours by number and not held by us: a container's process has the same number after each start.
  if (facts.pid === process.pid) return true;
  if (facts.pid <= 0) return true;
  try {
    process.kill(facts.pid, 0);
  } catch (error) {
    if (systemCodeOf(error) === 'ESRCH') return true;
    if (systemCodeOf(error) !== 'EPERM') throw error;
  }
  const mark = await processMarkOf(facts.pid);
  return facts.processMark !== '' && mark !== '' && mark !== facts.processMark;
}

/** Boot and start time of a process, where the system tells (Linux); process numbers come round again. */
async function processMarkOf(pid: number): Promise<string> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const facts = await readFile(`/proc/${pid}/stat`, 'utf8');
    // Behind the name in parentheses, which may itself contain anything; start time is field 22.
    const startTime = facts.slice(facts.lastIndexOf(')') + 2).split(' ')[19];
    return startTime === undefined ? '' : `${boot}/${startTime}`;
  } catch {
    return '';
  }
}

function inUse(path: string, facts: LockFacts, who?: string): Problem {
  const owner =
    who ??
    `process ${facts.pid} on ${facts.host}${facts.dataFolder === '' ? '' : ` (data folder ${facts.dataFolder})`}`;
  const since = facts.lockedAt === 0 || who ? '' : ` since ${new Date(facts.lockedAt).toISOString()}`;
  const advice =
    who || facts.host === hostname()
      ? 'Stop it, or choose another home directory.'
      : `If that computer no longer uses it, delete ${path} and start again.`;
  return new Problem(
    'folder-in-use',
    `The home directory is in use by ${owner}${since}. ${advice}`,
    'homeDirectory',
  );
}

function unreadable(path: string): Problem {
  const text = `The home directory seems to be in use: ${path} cannot be understood. If nothing else uses the folder, delete that file and start again.`;
  return new Problem('folder-in-use', text, 'homeDirectory');
}
