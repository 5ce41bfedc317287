/**
 * Who listens on a port, where the system tells (Linux: /proc). Best effort: undefined elsewhere, without the
 * rights to look, and when the owner went away meanwhile. Never throws.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface PortOwner {
  readonly name: string;
  readonly processId: number;
}

/** The state LISTEN in /proc/net/tcp. */
const listenState = '0A';

/**
 * Finds the process that stands in the way of a binding.
 *
 * @param binding address '' for all unassigned
 * @param procFolder the system's process folder; another one in tests
 */
export async function findPortOwner(
  binding: { readonly address: string; readonly port: number },
  procFolder = '/proc',
): Promise<PortOwner | undefined> {
  if (process.platform !== 'linux') return undefined;
  const inodes = new Set<string>();
  for (const table of ['tcp', 'tcp6']) {
    const text = await readFile(join(procFolder, 'net', table), 'latin1').catch(() => '');
    for (const inode of parseListeners(text, binding)) inodes.add(inode);
  }
  return inodes.size === 0 ? undefined : findHolder(inodes, procFolder);
}

/** Inodes of the listening sockets in a /proc/net/tcp or tcp6 table that overlap with the binding. */
export function parseListeners(
  table: string,
  binding: { readonly address: string; readonly port: number },
): readonly string[] {
  const port = binding.port.toString(16).toUpperCase().padStart(4, '0');
  const wanted = hexOfIpv4(binding.address);
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [address = '', localPort] = local.split(':');
    if (state !== listenState || localPort !== port) return [];
    const isAnyAddress = /^0+$/.test(address);
    const isSame = wanted === undefined || address === wanted || address.endsWith(`FFFF0000${wanted}`);
    return isAnyAddress || isSame ? [inode] : [];
  });
}

/** "0100007F" for 127.0.0.1, as the table has it on little-endian machines; undefined for anything else. */
function hexOfIpv4(address: string): string | undefined {
  const bytes = address.split('.').map(Number);
  if (bytes.length !== 4 || bytes.some((byte) => !(byte >= 0 && byte <= 255))) return undefined;
  return bytes
    .reverse()
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
    .join('');
}

async function findHolder(inodes: ReadonlySet<string>, procFolder: string): Promise<PortOwner | undefined> {
  const entries = await readdir(procFolder).catch(() => []);
  for (const entry of entries) {
    if (!/^\d+$/.test(entry)) continue;
    const folder = join(procFolder, entry, 'fd');
    for (const descriptor of await readdir(folder).catch(() => [])) {
      const target = await readlink(join(folder, descriptor)).catch(() => '');
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode === undefined || !inodes.has(inode)) continue;
      const name = await readFile(join(procFolder, entry, 'comm'), 'utf8').catch(() => 'another program');
      return { name: name.trim(), processId: Number(entry) };
    }
  }
  return undefined;
}
