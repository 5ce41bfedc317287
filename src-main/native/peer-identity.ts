/**
 * Who is at the other end of a unix socket, as the kernel says it.
 *
 * The kernel noted it when the peer connected; the peer cannot lie about it. Linux and macOS only: on Windows, and
 * where the call is impossible, the answer is undefined and the caller must ask for a proof of another kind.
 */
import type { Socket } from 'node:net';
import { openKoffi, openProcessLibrary } from './library';

export interface PeerIdentity {
  readonly userId: number;
  /** All groups of the peer's process: its primary group first. */
  readonly groupIds?: readonly number[];
  readonly processId?: number;
}

/** The process that opened this connection; undefined when the system does not say. */
export function peerIdentityOf(socket: Socket): PeerIdentity | undefined {
  const descriptor = descriptorOf(socket);
  if (descriptor === undefined) return undefined;
  if (process.platform === 'linux') return readOnLinux(descriptor);
  if (process.platform === 'darwin') return readOnMac(descriptor);
  return undefined;
}

/** Node has no public way to the number of an open socket. */
function descriptorOf(socket: Socket): number | undefined {
  const { fd } = (socket as { _handle?: { fd?: unknown } | null })._handle ?? {};
  return typeof fd === 'number' && fd >= 0 ? fd : undefined;
}

const linux = { solSocket: 1, soPeerCredentials: 17, soPeerGroups: 59 };
/** Linux says (uid_t) -1 for a connection that is no unix socket. */
const nobodyKnown = 0xffff_ffff;
const usualGroupBytes = 4 * 64;
/** NGROUPS_MAX: the most groups that the kernel allows a process. */
const maxGroupBytes = 4 * 65_536;

function readOnLinux(descriptor: number): PeerIdentity | undefined {
  // struct ucred: pid, uid, gid.
  const credentials = getOption(descriptor, linux.solSocket, linux.soPeerCredentials, 12);
  if (credentials?.length !== 12) return undefined;
  const userId = credentials.readUInt32LE(4);
  if (userId === nobodyKnown) return undefined;
  const groupId = credentials.readUInt32LE(8);
  const processId = credentials.readInt32LE(0);
  const readGroups = (size: number): Buffer | undefined =>
    getOption(descriptor, linux.solSocket, linux.soPeerGroups, size);
  const others = readGroups(usualGroupBytes) ?? readGroups(maxGroupBytes);
  return {
    userId,
    // Linux before 4.13 does not tell the other groups; then the primary one is all we know.
    groupIds: [...new Set([groupId, ...readNumbers(others)])],
    // 0: the peer is in another container.
    ...(processId > 0 ? { processId } : {}),
  };
}

const mac = { solLocal: 0, localPeerCredentials: 1, localPeerProcess: 2 };

function readOnMac(descriptor: number): PeerIdentity | undefined {
  // struct xucred: version, uid, number of groups (short, padded), 16 groups.
  const credentials = getOption(descriptor, mac.solLocal, mac.localPeerCredentials, 76);
  if (credentials?.length !== 76 || credentials.readUInt32LE(0) !== 0) return undefined;
  const groupCount = Math.min(Math.max(credentials.readInt16LE(8), 0), 16);
  const processId = getOption(descriptor, mac.solLocal, mac.localPeerProcess, 4)?.readInt32LE(0) ?? 0;
  return {
    userId: credentials.readUInt32LE(4),
    groupIds: readNumbers(credentials.subarray(12, 12 + 4 * groupCount)),
    ...(processId > 0 ? { processId } : {}),
  };
}

function readNumbers(bytes: Buffer | undefined): number[] {
  if (!bytes) return [];
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readUInt32LE(4 * index));
}

type GetOption = (descriptor: number, level: number, name: number, value: Buffer, length: Buffer) => number;
let getsockopt: GetOption | undefined;

/** What getsockopt(2) writes, cut to its length. All processors we are built for are little-endian. */
function getOption(descriptor: number, level: number, name: number, size: number): Buffer | undefined {
  if (!openKoffi()) return undefined;
  getsockopt ??= openProcessLibrary()?.func('int getsockopt(int, int, int, void *, void *)') as
    | GetOption
    | undefined;
  const value = Buffer.alloc(size);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(size);
  if (getsockopt?.(descriptor, level, name, value, length) !== 0) return undefined;
  return value.subarray(0, Math.min(length.readUInt32LE(0), size));
}
