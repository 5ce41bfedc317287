/**
 * The folders of a virtual server: where they are, and whether they can be used.
 *
 * Promises: after `prepareFolders` each folder exists and a file can be created, flushed and removed in it;
 * what is missing is created, what is there keeps its rights. `proveFolders` promises the same of settings that are
 * about to change, and leaves nothing behind when it refuses. Both fail with Problem 'folder-unusable', which
 * names the folder, the reason and what to do. A full disk is no reason not to start: waiting mail can leave.
 */
import { open, readdir, realpath, rmdir, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { ServerSettings } from '../../settings/schema';
import { Problem, reasonOf, systemCodeOf } from '../core/problem';
import { removeFile, temporarySuffix } from '../disk/durable';
import { makeFolder } from '../disk/make-folder';

export interface MailrootFolders {
  readonly home: string;
  readonly pickup: string;
  readonly queue: string;
  readonly drop: string;
  readonly badmail: string;
}

/** Home directory with the four folders of the original; Drop and Badmail may be elsewhere. */
export function foldersOf(settings: ServerSettings): MailrootFolders {
  const home = settings.homeDirectory;
  return {
    home,
    pickup: join(home, 'Pickup'),
    queue: join(home, 'Queue'),
    drop: settings.dropDirectory === '' ? join(home, 'Drop') : settings.dropDirectory,
    badmail: settings.badmailDirectory === '' ? join(home, 'Badmail') : settings.badmailDirectory,
  };
}

interface FolderRole {
  readonly title: string;
  /** Setting that names it. */
  readonly field: string;
  /** The others hold message text: nobody else reads it unless an administrator says so. */
  readonly mode: number;
}

const roles: readonly (FolderRole & { readonly key: keyof MailrootFolders })[] = [
  { key: 'home', title: 'home directory', field: 'homeDirectory', mode: 0o755 },
  { key: 'pickup', title: 'Pickup folder', field: 'homeDirectory', mode: 0o755 },
  { key: 'queue', title: 'Queue folder', field: 'homeDirectory', mode: 0o700 },
  { key: 'drop', title: 'Drop folder', field: 'dropDirectory', mode: 0o700 },
  { key: 'badmail', title: 'Badmail folder', field: 'badmailDirectory', mode: 0o700 },
];

const logRole: FolderRole = { title: 'log directory', field: 'logDirectory', mode: 0o755 };

/** Creates, checks, and removes what a crash left unfinished in Drop and Badmail. */
export async function prepareFolders(folders: MailrootFolders): Promise<void> {
  const places = new Map<string, FolderRole>();
  for (const role of roles) {
    await checkFolder(folders[role.key], role);
    await claimPlace(folders[role.key], role, places);
  }
  await sweepUnfinished(folders.drop);
  await sweepUnfinished(folders.badmail);
}

/**
 * Creates and checks the folders that `now` names and `before` did not, and the others are left alone: a disk that is
 * away today must not refuse another change. Rejects with what the start would say, and removes what it created.
 */
export async function proveFolders(now: ServerSettings, before?: ServerSettings): Promise<void> {
  const folders = foldersOf(now);
  const old = before && foldersOf(before);
  const made: string[] = [];
  const places = new Map<string, FolderRole>();
  const changed = roles.filter(({ key }) => folders[key] !== old?.[key]);
  for (const role of changed.length === 0 ? [] : roles.filter((each) => !changed.includes(each))) {
    // One that cannot be looked at is its own trouble, at its own time.
    await claimPlace(folders[role.key], role, places).catch(() => undefined);
  }
  try {
    for (const role of changed) {
      made.push(...(await checkFolder(folders[role.key], role)));
      await claimPlace(folders[role.key], role, places);
    }
    if (now.logDirectory !== '' && now.logDirectory !== before?.logDirectory)
      made.push(...(await checkFolder(now.logDirectory, logRole)));
  } catch (error) {
    // Only what is empty: whatever came into it meanwhile is somebody's.
    for (const folder of made.reverse()) await rmdir(folder).catch(() => undefined);
    throw error;
  }
}

/** Rejects with a Problem when the folder is one of `places` already. */
async function claimPlace(folder: string, role: FolderRole, places: Map<string, FolderRole>): Promise<void> {
  const facts = await stat(folder, { bigint: true });
  // Two names can lead to one folder; where the system has no file numbers, the resolved name must do.
  const identity = facts.ino === 0n ? await realpath(folder) : `${facts.dev}:${facts.ino}`;
  const other = places.get(identity);
  if (other) {
    const text = `The ${role.title} and the ${other.title} are the same folder (${folder}). Choose another folder for one of them.`;
    throw new Problem('folder-unusable', text, role.field);
  }
  places.set(identity, role);
}

/** Answers the folders that it created. */
async function checkFolder(folder: string, role: FolderRole): Promise<readonly string[]> {
  // "C:\mail" from another computer would be a folder below wherever Mailroot was started from, each time another one.
  if (!isAbsolute(folder)) {
    const text = `The ${role.title} ${folder} cannot be used: this is no full path on this computer. Choose another folder.`;
    throw new Problem('folder-unusable', text, role.field);
  }
  let made: readonly string[] = [];
  try {
    made = await makeFolder(folder, role.mode);
    const probe = join(folder, `.probe-${process.pid}-${Date.now().toString(36)}${temporarySuffix}`);
    const handle = await open(probe, 'w', 0o600);
    try {
      await handle.write('probe');
      await handle.sync();
    } finally {
      await handle.close();
      await removeFile(probe);
    }
    return made;
  } catch (error) {
    const code = systemCodeOf(error);
    const isThere = await stat(folder).then(
      (facts) => facts.isDirectory(),
      () => false,
    );
    if (isThere && (code === 'ENOSPC' || code === 'EDQUOT')) return made;
    for (const each of [...made].reverse()) await rmdir(each).catch(() => undefined);
    const text = `The ${role.title} ${folder} cannot be used: ${explain(code, error)}`;
    throw new Problem('folder-unusable', text, role.field, { cause: error });
  }
}

function explain(code: string | undefined, error: unknown): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'Mailroot may not write there. Give the account that runs Mailroot the right to create, change and delete files in it, or choose another folder.';
    case 'EEXIST':
    case 'ENOTDIR':
      return 'it, or a folder above it, is a file. Choose another folder, or move the file away.';
    case 'EROFS':
      return 'the file system is read-only. Choose a folder on another disk.';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full, so it cannot be created. Make room or choose another folder.';
    case 'ENOENT':
      return 'the disk or network share it lies on is not there. Connect it or choose another folder.';
    default:
      return `${reasonOf(error)}. Choose another folder.`;
  }
}

const unfinished = /^[0-9a-f]{24}\.(?:eml|BAD|BDR|BDP)\.(\d+)-\d+\.tmp$/;

/** Removes temporary files whose writer is gone; a Drop folder may be shared, so a living one keeps its own. */
export async function sweepUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const match = unfinished.exec(name);
    if (match && !isAlive(Number(match[1]))) await removeFile(join(folder, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM';
  }
}
