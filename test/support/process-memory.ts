/**
 * Memory of a process and everything it started, on Linux: the sum of the proportional set sizes, in which a
 * page that n processes share counts one nth in each. Resident sizes would count it n times.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Bytes; 0 where the system has no such figure. A process that ends meanwhile is left out. */
export function measureMemory(rootPid: number): number {
  if (process.platform !== 'linux') return 0;
  let bytes = 0;
  for (const pid of familyOf(rootPid)) {
    const found = /^Pss:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`));
    bytes += Number(found?.[1] ?? 0) * 1024;
  }
  return bytes;
}

/** The process, its children, their children and so on. */
function familyOf(rootPid: number): Set<number> {
  const family = new Set([rootPid]);
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name): [pid: number, parent: number] => {
      // The name in brackets may hold anything, spaces and brackets included.
      const stat = readOrEmpty(`/proc/${name}/stat`);
      return [Number(name), Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2])];
    });
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const [pid, parent] of parents) if (family.has(parent)) family.add(pid);
  }
  return family;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
