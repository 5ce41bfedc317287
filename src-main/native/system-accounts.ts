/**
 * Users and groups of this computer, by name and by number.
 *
 * Asked of the C library, because accounts may come from LDAP or Active Directory as well as from /etc. Such an
 * answer can take as long as the directory's server does: the calls wait in threads of their own, a few at a time, so that
 * neither the event loop nor those who write files wait with them.
 * Without native calls /etc is read to tell whether a name exists; who belongs to a group is then unknown, which
 * means nobody. On Windows everything is unknown. Never rejects.
 */
import { readFileSync } from 'node:fs';
import { type Koffi, openKoffi, openProcessLibrary } from './library';

export interface SystemAccounts {
  userName(userId: number): Promise<string | undefined>;
  userId(name: string): Promise<number | undefined>;
  /** Names of all groups of this user; none when the name does not belong to the number. */
  groupsOf(name: string, userId: number): Promise<readonly string[]>;
  groupExists(name: string): Promise<boolean>;
  /** The group whose members may administer this computer; undefined: it has none. */
  administratorsGroup(): Promise<string | undefined>;
  /** False: the numbers of callers have no names here. */
  canTell(): boolean;
  /** When all questions have been answered. A process that ends before waits for it all the same. */
  whenIdle(): Promise<unknown>;
}

interface User {
  readonly name: string;
  readonly userId: number;
  readonly groupId: number;
}

/** Debian and Ubuntu; Red Hat, SUSE and the BSDs; old Ubuntu. Everyone's wheel on macOS has root alone. */
const administratorsGroups = process.platform === 'darwin' ? ['admin'] : ['sudo', 'wheel', 'admin'];

export const systemAccounts: SystemAccounts = {
  userName: async (userId) => (await database()?.userById(userId))?.name,
  async userId(name) {
    if (!isAccountName(name)) return undefined;
    const accounts = database();
    return accounts ? (await accounts.userByName(name))?.userId : numberInFile('/etc/passwd', name);
  },
  async groupsOf(name, userId) {
    const accounts = database();
    const user = isAccountName(name) ? await accounts?.userByName(name) : undefined;
    if (!accounts || user?.userId !== userId) return [];
    const names = (await accounts.groupIdsOf(user)).map((groupId) => accounts.groupNameById(groupId));
    return (await Promise.all(names)).filter((found) => found !== undefined);
  },
  groupExists,
  async administratorsGroup() {
    for (const name of administratorsGroups) if (await groupExists(name)) return name;
    return undefined;
  },
  canTell: () => database() !== undefined,
  whenIdle: () => Promise.allSettled(underWay),
};

async function groupExists(name: string): Promise<boolean> {
  if (!isAccountName(name)) return false;
  const accounts = database();
  return accounts ? accounts.hasGroup(name) : numberInFile('/etc/group', name) !== undefined;
}

/** A NUL would end the name early for the C library, which would then look for another one. */
function isAccountName(name: string): boolean {
  return name.length > 0 && name.length <= 256 && !/[\0-\x1f:]/.test(name);
}

/** The number of a user or group in /etc/passwd or /etc/group: both begin with name:password:number. */
function numberInFile(path: string, name: string): number | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    const line = readFileSync(path, 'utf8')
      .split('\n')
      .find((text) => text.startsWith(`${name}:`));
    const id = Number(line?.split(':')[2] || Number.NaN);
    return Number.isInteger(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

interface Database {
  userById(userId: number): Promise<User | undefined>;
  userByName(name: string): Promise<User | undefined>;
  groupIdsOf(user: User): Promise<readonly number[]>;
  groupNameById(groupId: number): Promise<string | undefined>;
  hasGroup(name: string): Promise<boolean>;
}

let opened: Database | undefined | 'none';

function database(): Database | undefined {
  opened ??= openDatabase() ?? 'none';
  return opened === 'none' ? undefined : opened;
}

function openDatabase(): Database | undefined {
  if (process.platform === 'win32') return undefined;
  const koffi = openKoffi();
  const library = openProcessLibrary();
  if (!koffi || !library) return undefined;
  try {
    return bindDatabase(koffi, library);
  } catch {
    // A C library without these functions: as if there were no native calls.
    return undefined;
  }
}

const smallestBuffer = 4 * 1024;
/** A group's entry holds the names of all its members. */
const largestBuffer = 4 * 1024 * 1024;
const mostGroups = 65_536;
/** Of the threads that flush files, too: most of them are left to those. */
const mostAtOnce = 4;

type NativeFunction = ReturnType<NonNullable<ReturnType<typeof openProcessLibrary>>['func']>;

const underWay = new Set<Promise<number>>();

/** Calls in a thread; a few at a time, the others in line. */
function createCaller(): (call: NativeFunction, ...args: unknown[]) => Promise<number> {
  let running = 0;
  const line: (() => void)[] = [];
  return async (call, ...args) => {
    if (running < mostAtOnce) running += 1;
    // Whoever leaves hands the place over.
    else await new Promise<void>((resolve) => line.push(resolve));
    try {
      const answer = new Promise<number>((resolve, reject) => {
        call.async(...args, (error: unknown, result: number) => (error ? reject(error) : resolve(result)));
      });
      underWay.add(answer);
      return await answer.finally(() => underWay.delete(answer));
    } finally {
      const next = line.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

function bindDatabase(koffi: Koffi, library: NonNullable<ReturnType<typeof openProcessLibrary>>): Database {
  // The beginnings of struct passwd and struct group, where all systems agree.
  const userRecord = koffi.struct({
    name: 'char *',
    password: 'char *',
    userId: 'uint32_t',
    groupId: 'uint32_t',
  });
  const groupRecord = koffi.struct({ name: 'char *', password: 'char *', groupId: 'uint32_t' });
  const getUserById = library.func('int getpwuid_r(uint32_t, void *, void *, size_t, _Out_ void **)');
  const getUserByName = library.func('int getpwnam_r(const char *, void *, void *, size_t, _Out_ void **)');
  const getGroupById = library.func('int getgrgid_r(uint32_t, void *, void *, size_t, _Out_ void **)');
  const getGroupByName = library.func('int getgrnam_r(const char *, void *, void *, size_t, _Out_ void **)');
  const getGroupList = library.func('int getgrouplist(const char *, uint32_t, void *, _Inout_ int *)');
  const tooSmall = koffi.os.errno.ERANGE;

  const inThread = createCaller();

  /** Calls one of the functions above with a buffer that is large enough; `read` copies the result out of it. */
  async function find<T>(
    call: NativeFunction,
    key: string | number,
    read: (record: Buffer) => T,
  ): Promise<T | undefined> {
    for (let size = smallestBuffer; size <= largestBuffer; size *= 4) {
      const record = Buffer.alloc(256);
      const strings = Buffer.alloc(size);
      const found = [null];
      const error = await inThread(call, key, record, strings, size, found).catch(() => undefined);
      // The record points into `strings`, which must live until it is read.
      if (error === 0) return found[0] === null || strings.length === 0 ? undefined : read(record);
      if (error !== tooSmall) return undefined;
    }
    return undefined;
  }
  const readUser = (record: Buffer): User => koffi.decode(record, userRecord) as User;
  const readGroupName = (record: Buffer): string =>
    (koffi.decode(record, groupRecord) as { name: string }).name;

  return {
    userById: (userId) => find(getUserById, userId, readUser),
    userByName: (name) => find(getUserByName, name, readUser),
    groupNameById: (groupId) => find(getGroupById, groupId, readGroupName),
    hasGroup: async (name) => (await find(getGroupByName, name, readGroupName)) !== undefined,
    async groupIdsOf(user) {
      for (let room = 64; room <= mostGroups; room *= 4) {
        const ids = new Uint32Array(room);
        const count = [room];
        const result = await inThread(getGroupList, user.name, user.groupId, ids, count).catch(
          () => undefined,
        );
        if (result === undefined) return [];
        if (result >= 0) return [...ids.subarray(0, count[0])];
      }
      return [];
    },
  };
}
