/**
 * How far others get: opens the way to the control socket for the users of the computer, and closes it again.
 *
 * Owns: the modes of the data folder and of the socket, and a mark in the folder that says who opened it.
 * Promises: before others may pass through the data folder, what is in it is closed to them.
 *   A folder that others could pass through already was opened by a person, who decided what is to be seen in it: its
 *   modes stay. Only what was opened here is closed here.
 * Trusts: that a mode can be set; where it cannot, `warn` says so and the way stays as it is.
 */
import { chmodSync, lstatSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf, systemCodeOf } from '../../engine/core/problem';
import type { ControlEndpoint } from './control-endpoint';

type SocketEndpoint = Extract<ControlEndpoint, { kind: 'socket' }>;

export interface Reach {
  readonly dataFolder: string;
  readonly endpoint: ControlEndpoint;
  readonly warn: (line: string) => void;
}

/** Passing through, without seeing what is in it. */
const passBits = 0o011;
const modes = { openSocket: 0o666, closedSocket: 0o600, closedFolder: 0o700 } as const;
/** There while the data folder is open because of us, also after a crash. */
const markName = 'control.open';

/** Lets all users of the computer as far as the socket, or its owner alone. Never throws. */
export function setReach({ dataFolder, endpoint, warn }: Reach, isOpen: boolean): void {
  if (endpoint.kind === 'pipe') return;
  try {
    if (isOpen) open(dataFolder, endpoint);
    else close(dataFolder, endpoint);
  } catch (error) {
    warn(
      `The control channel could not be ${isOpen ? 'opened to' : 'closed to'} other users: ${reasonOf(error)}`,
    );
  }
}

function open(dataFolder: string, endpoint: SocketEndpoint): void {
  const mode = modeOf(dataFolder);
  const added = passBits & ~mode;
  if (added !== 0) {
    for (const name of readdirSync(dataFolder)) keepFrom(join(dataFolder, name), added);
    writeFileSync(join(dataFolder, markName), added.toString(8), { mode: 0o600 });
    chmodSync(dataFolder, mode | added);
  }
  // Below /tmp; all of its sockets have modes of their own.
  if (endpoint.isShared) chmodSync(endpoint.directory, modes.closedFolder | passBits);
  chmodSync(endpoint.path, modes.openSocket);
}

function close(dataFolder: string, endpoint: SocketEndpoint): void {
  chmodSync(endpoint.path, modes.closedSocket);
  const mark = join(dataFolder, markName);
  const added = readMark(mark);
  if (added === undefined) return;
  chmodSync(dataFolder, modeOf(dataFolder) & ~added);
  rmSync(mark, { force: true });
}

/** The bits that were added; undefined: none were. */
function readMark(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 8) & passBits;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** What the folder kept from those who may pass now is kept from them still. */
function keepFrom(path: string, added: number): void {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  // A link's mode is nobody's business, and a socket's is its owner's.
  if (!facts || !(facts.isFile() || facts.isDirectory())) return;
  // All three bits of each class that gets to pass.
  const kept = facts.mode & 0o7777 & ~(added * 7);
  if (kept !== (facts.mode & 0o7777)) chmodSync(path, kept);
}

const modeOf = (path: string): number => statSync(path).mode & 0o7777;
