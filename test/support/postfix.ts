/**
 * A real Postfix on loopback, private to the one who starts it: own configuration, queue, log and port in a
 * temporary folder. The system's Postfix, its folders and its configuration are not touched.
 *
 *   const postfix = await startPostfix({ relayHost: `[127.0.0.1]:${peer.port}` });
 *   postfix.port; postfix.memoryBytes(); postfix.log();
 *   await postfix.stop();
 *
 * Takes mail for every domain from loopback. With a relay host everything goes there; without one it is
 * accepted and thrown away; with `isHolding` it is stored and stays. Needs root, because Postfix's own master
 * process does, and the accounts that Debian's package makes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingReason } from './packages';
import { measureMemory } from './process-memory';
import { findFreePort, waitFor } from './service';

export interface PostfixOptions {
  /** Next hop of everything: "[127.0.0.1]:port". Default: mail is discarded after it was accepted. */
  readonly relayHost?: string;
  /** Mail is put on hold: stored durably, never delivered. */
  readonly isHolding?: boolean;
  /** More lines of main.cf. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface RunningPostfix {
  readonly port: number;
  /** Of all its processes; pages they share are counted once. */
  memoryBytes(): number;
  log(): string;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

const daemons = '/usr/lib/postfix/sbin';

/** Why no Postfix can be started here, or undefined when one can. */
export function postfixSkipReason(): string | undefined {
  const missing = missingReason('postfix');
  if (missing) return missing;
  if (process.platform !== 'linux' || !existsSync(join(daemons, 'master')))
    return 'needs Debian package postfix';
  if (process.getuid?.() !== 0) return 'needs root to run Postfix';
  return undefined;
}

export async function startPostfix(options: PostfixOptions = {}): Promise<RunningPostfix> {
  const reason = postfixSkipReason();
  if (reason) throw new Error(`no Postfix: ${reason}`);
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-postfix-'));
  // Postfix's processes give up root and must still get in.
  chmodSync(folder, 0o755);
  const port = await findFreePort();
  const configuration = writeConfiguration(folder, port, options);
  makeQueue(folder);
  // `detached` makes master the leader of a process group, which it ends as a whole.
  const master = spawn(join(daemons, 'master'), ['-c', configuration, '-d'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MAIL_CONFIG: configuration },
  });
  let printed = '';
  master.stderr.on('data', (bytes: Buffer) => {
    printed += bytes.toString();
  });
  const log = (): string => {
    const path = join(folder, 'maillog');
    return printed + (existsSync(path) ? readFileSync(path, 'utf8') : '');
  };
  const killGroup = (): void => {
    try {
      if (master.pid !== undefined) process.kill(-master.pid, 'SIGKILL');
    } catch {
      // nobody left
    }
  };
  process.once('exit', killGroup);
  const stop = async (): Promise<void> => {
    if (master.exitCode === null && master.signalCode === null) {
      const gone = once(master, 'exit');
      master.kill('SIGTERM');
      await gone;
    }
    killGroup();
    process.off('exit', killGroup);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await waitFor("Postfix's greeting", () => {
      if (master.exitCode !== null) throw new Error(`Postfix ended with ${master.exitCode}:\n${log()}`);
      return isGreeting(port);
    });
  } catch (error) {
    const last = log();
    await stop();
    throw new Error(`Postfix does not answer. It wrote:\n${last}`, { cause: error });
  }
  return { port, memoryBytes: () => measureMemory(master.pid as number), log, stop };
}

async function isGreeting(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    const [first] = (await once(socket, 'data', { signal: AbortSignal.timeout(5000) })) as [Buffer];
    return first.toString().startsWith('220');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function writeConfiguration(folder: string, port: number, options: PostfixOptions): string {
  const settings: Record<string, string> = {
    compatibility_level: '3.6',
    queue_directory: join(folder, 'queue'),
    data_directory: join(folder, 'data'),
    daemon_directory: daemons,
    command_directory: '/usr/sbin',
    mail_owner: 'postfix',
    setgid_group: 'postdrop',
    default_privs: 'nobody',
    maillog_file: join(folder, 'maillog'),
    maillog_file_prefixes: folder,
    myhostname: 'postfix.test',
    mydestination: '',
    local_recipient_maps: '',
    alias_maps: '',
    alias_database: '',
    mynetworks: '127.0.0.0/8',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    smtp_bind_address: '127.0.0.1',
    // Its limits are for strangers; whoever talks to it here is always the same address.
    smtpd_client_connection_count_limit: '0',
    smtpd_peername_lookup: 'no',
    ...(options.relayHost === undefined
      ? { default_transport: 'discard' }
      : { relayhost: options.relayHost }),
    ...(options.isHolding ? { smtpd_client_restrictions: 'check_client_access static:HOLD' } : {}),
    ...options.settings,
  };
  const configuration = join(folder, 'etc');
  mkdirSync(configuration);
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  writeFileSync(join(configuration, 'main.cf'), lines.join(''));
  writeFileSync(join(configuration, 'master.cf'), masterTable(port));
  return configuration;
}

/** The services of Debian's own file that mail needs, none in a chroot. */
function masterTable(port: number): string {
  const rows: [name: string, type: string, wakeUp: string, limit: string, command: string][] = [
    [`127.0.0.1:${port}`, 'inet', '-', '-', 'smtpd'],
    ['pickup', 'unix', '60', '1', 'pickup'],
    ['cleanup', 'unix', '-', '0', 'cleanup'],
    ['qmgr', 'unix', '300', '1', 'qmgr'],
    ['tlsmgr', 'unix', '1000?', '1', 'tlsmgr'],
    ['rewrite', 'unix', '-', '-', 'trivial-rewrite'],
    ['bounce', 'unix', '-', '0', 'bounce'],
    ['defer', 'unix', '-', '0', 'bounce'],
    ['trace', 'unix', '-', '0', 'bounce'],
    ['verify', 'unix', '-', '1', 'verify'],
    ['flush', 'unix', '1000?', '0', 'flush'],
    ['proxymap', 'unix', '-', '-', 'proxymap'],
    ['proxywrite', 'unix', '-', '1', 'proxymap'],
    ['smtp', 'unix', '-', '-', 'smtp'],
    ['relay', 'unix', '-', '-', 'smtp'],
    ['showq', 'unix', '-', '-', 'showq'],
    ['error', 'unix', '-', '-', 'error'],
    ['retry', 'unix', '-', '-', 'error'],
    ['discard', 'unix', '-', '-', 'discard'],
    ['anvil', 'unix', '-', '1', 'anvil'],
    ['scache', 'unix', '-', '1', 'scache'],
    ['postlog', 'unix-dgram', '-', '1', 'postlogd'],
  ];
  // Sockets in the folder `public`, where every account may reach them.
  const open = new Set(['pickup', 'cleanup', 'qmgr', 'flush', 'showq', 'postlog']);
  // Columns: service, type, private, unprivileged, chroot, wake-up, process limit, command.
  return rows
    .map(([name, type, wakeUp, limit, command]) => {
      const isPrivate = type !== 'inet' && !open.has(name) ? '-' : 'n';
      return `${[name, type, isPrivate, '-', 'n', wakeUp, limit, command].join('\t')}\n`;
    })
    .join('');
}

/** The folders that the package's own script would make, with the owners that Postfix insists on. */
function makeQueue(folder: string): void {
  const owner = findAccount('postfix');
  const dropGroup = findGroup('postdrop');
  const root = { userId: 0, groupId: 0 };
  const make = (name: string, facts: { userId: number; groupId: number; mode: number }): void => {
    const path = join(folder, name);
    mkdirSync(path);
    chownSync(path, facts.userId, facts.groupId);
    // Not by mkdir, which takes the umask off.
    chmodSync(path, facts.mode);
  };
  make('data', { ...owner, mode: 0o700 });
  make('queue', { ...root, mode: 0o755 });
  make('queue/pid', { ...root, mode: 0o755 });
  const own = 'active bounce corrupt defer deferred flush hold incoming private saved trace';
  for (const name of own.split(' ')) make(`queue/${name}`, { userId: owner.userId, groupId: 0, mode: 0o700 });
  make('queue/maildrop', { userId: owner.userId, groupId: dropGroup, mode: 0o1730 });
  make('queue/public', { userId: owner.userId, groupId: dropGroup, mode: 0o2710 });
}

/** Numbers of an account from the system's table. */
function findAccount(name: string): { userId: number; groupId: number } {
  const fields = findRow('/etc/passwd', name);
  return { userId: Number(fields[2]), groupId: Number(fields[3]) };
}

function findGroup(name: string): number {
  return Number(findRow('/etc/group', name)[2]);
}

function findRow(table: string, name: string): string[] {
  const rows = readFileSync(table, 'utf8').split('\n');
  const row = rows.map((line) => line.split(':')).find(([first]) => first === name);
  if (!row) throw new Error(`${table} has no ${name}; Debian's package postfix makes it`);
  return row;
}
