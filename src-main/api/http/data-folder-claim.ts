/**
 * Takes a data folder for one process by listening on its control socket.
 *
 * Promises: never two owners, also when several processes start at once on a folder whose last owner was
 *   killed; and no clean-up by hand after that.
 * Trusts: the system to refuse connections to the socket of a dead process, and rename to be atomic.
 *
 * A socket file outlives its process, so it alone proves nothing, and "remove the stale file, then bind"
 * lets a second starter remove the fresh socket of the first. Here nobody removes a name that somebody else
 * could be about to use. Each starter
 *   1. listens under a temporary name and renames that to a claim with a random name: whoever sees a claim
 *      that refuses connections knows for certain that its process is dead, and may remove it;
 *   2. looks for other claims, and then for a live owner. If there is any live one, it withdraws and tries
 *      again after a random pause;
 *   3. renames its claim to the socket's final name, over a stale one.
 * Of two starters the one that published its claim later sees the other's claim, or (renamed meanwhile) the
 * owner's socket, because claims are looked for first. So at most one gets to step 3.
 */
import { randomBytes, randomInt } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { connect, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Problem, reasonOf, systemCodeOf } from '../../engine/core/problem';
import { makeFolderSync } from '../../engine/disk/make-folder';
import type { ControlEndpoint } from './control-endpoint';

type SocketEndpoint = Extract<ControlEndpoint, { kind: 'socket' }>;

/** `taken`: another process owns the endpoint, or is about to. */
export type ClaimResult = 'owned' | 'taken';

const maxTries = 30;
/** Leftovers of a process that was killed between listening and renaming. */
const maxUnnamedAgeMs = 60_000;

/** Makes `server` listen on the endpoint if nobody else does. Throws Problem 'folder-unusable'. */
export async function claimEndpoint(endpoint: ControlEndpoint, server: Server): Promise<ClaimResult> {
  try {
    return endpoint.kind === 'pipe'
      ? await claimPipe(endpoint.path, server)
      : await claimSocket(endpoint, server);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const message = `The control socket ${endpoint.path} cannot be made: ${reasonOf(error)}`;
    throw new Problem('folder-unusable', message, undefined, { cause: error });
  }
}

async function claimPipe(path: string, server: Server): Promise<ClaimResult> {
  try {
    await listen(server, path);
    return 'owned';
  } catch (error) {
    if (systemCodeOf(error) === 'EADDRINUSE' || systemCodeOf(error) === 'EACCES') return 'taken';
    throw error;
  }
}

async function claimSocket(endpoint: SocketEndpoint, server: Server): Promise<ClaimResult> {
  // Somebody else's folder: no claim can be made there, and whether it is free is not ours to find out by trying.
  if (!(await mayClaim(endpoint))) return 'taken';
  if (endpoint.isShared) makePrivate(endpoint.directory);
  const claimName = `${endpoint.base}.claim.${randomBytes(4).toString('hex')}`;
  const claimPath = join(endpoint.directory, claimName);
  const unnamed = join(endpoint.directory, `${endpoint.base}.new.${randomBytes(4).toString('hex')}`);
  await listenPrivately(server, unnamed);
  let current = unnamed;
  try {
    for (let tries = 0; tries < maxTries; tries += 1) {
      renameSync(current, claimPath);
      current = claimPath;
      const hasRival = await hasLiveClaim(endpoint, claimName);
      if (await isAlive(endpoint.path)) break;
      if (!hasRival) {
        renameSync(claimPath, endpoint.path);
        return 'owned';
      }
      // Withdrawn under the first name, not removed: the server goes on listening for the next try.
      renameSync(claimPath, unnamed);
      current = unnamed;
      await pause(randomInt(5, 60));
    }
  } catch (error) {
    rmSync(current, { force: true });
    throw error;
  }
  rmSync(current, { force: true });
  return 'taken';
}

/** False: the directory is another user's, and somebody listens there. Throws Problem when nobody does. */
async function mayClaim({ directory, path, isShared }: SocketEndpoint): Promise<boolean> {
  const reason = isShared ? ownerFault(directory) : writeFault(directory);
  if (reason === undefined) return true;
  if (await isAlive(path)) return false;
  throw new Problem('folder-unusable', `${directory} ${reason}. Choose a data folder of your own.`);
}

function writeFault(directory: string): string | undefined {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return `cannot be used by this account (${systemCodeOf(error) ?? reasonOf(error)})`;
  }
}

/** The directory below /tmp bears the number of the data folder's owner; nobody else makes it. */
function ownerFault(directory: string): string | undefined {
  const userId = process.getuid?.() ?? 0;
  return userId === 0 || directory.endsWith(`-${userId}`) ? undefined : 'is for another user';
}

/** Looks at all claims but one's own; removes those of dead processes. */
async function hasLiveClaim(endpoint: SocketEndpoint, ownName: string): Promise<boolean> {
  let hasLive = false;
  for (const name of readdirSync(endpoint.directory)) {
    const path = join(endpoint.directory, name);
    if (name.startsWith(`${endpoint.base}.new.`)) removeOld(path);
    if (!name.startsWith(`${endpoint.base}.claim.`) || name === ownName) continue;
    const state = await probe(path);
    if (state === 'dead') rmSync(path, { force: true });
    // A claim that vanished meanwhile was withdrawn or became the owner: look again.
    else hasLive = true;
  }
  return hasLive;
}

function removeOld(path: string): void {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts && Date.now() - facts.mtimeMs > maxUnnamedAgeMs) rmSync(path, { force: true });
}

/** True when a process listens on the socket. */
async function isAlive(path: string): Promise<boolean> {
  return (await probe(path)) === 'alive';
}

function probe(path: string): Promise<'alive' | 'dead' | 'missing'> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const settle = (state: 'alive' | 'dead' | 'missing'): void => {
      socket.destroy();
      resolve(state);
    };
    socket.once('connect', () => settle('alive'));
    socket.once('error', (error) => {
      const code = systemCodeOf(error);
      // Anything else (no permission, a full queue of connections) means that somebody may well be there.
      settle(
        code === 'ENOENT' ? 'missing' : code === 'ECONNREFUSED' || code === 'ENOTSOCK' ? 'dead' : 'alive',
      );
    });
  });
}

/** The socket is the owner's alone from its first moment: a mode that is set afterwards would come too late. */
async function listenPrivately(server: Server, path: string): Promise<void> {
  const mask = process.umask(0o177);
  try {
    // The file is made before listen returns.
    const done = listen(server, path);
    process.umask(mask);
    await done;
  } finally {
    process.umask(mask);
  }
  chmodSync(path, 0o600);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Below /tmp anybody could have made the directory first, to listen in our place. */
function makePrivate(directory: string): void {
  makeFolderSync(directory, 0o700);
  const reason = directoryFault(directory);
  if (reason !== undefined) {
    throw new Problem(
      'folder-unusable',
      `${directory} ${reason}. Remove it, or choose a data folder with a shorter path.`,
    );
  }
}

/** What is wrong with a directory that should be one user's own; undefined when nothing is. */
export function directoryFault(directory: string): string | undefined {
  const facts = lstatSync(directory, { throwIfNoEntry: false });
  if (!facts) return 'is missing';
  if (!facts.isDirectory()) return 'is not a directory';
  if (!directory.endsWith(`-${facts.uid}`)) return 'belongs to another user';
  // Passing through is what an admission lets them do (control-reach.ts).
  if ((facts.mode & 0o066) !== 0) return 'is open to other users';
  return undefined;
}
