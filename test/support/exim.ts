/**
 * Exim as a plain process on loopback, in a temporary folder of its own; it keeps what it takes as files, as it came.
 *
 *   const exim = await startExim({ certificate });
 *   exim.port; exim.messages(); exim.log(); await exim.stop();
 *
 * Its package cannot be installed beside Postfix, so it is extracted (packages.json) and runs where it lies. Needs root,
 * because it insists on an account that its package would make: it sees one in a table of accounts of its own.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsCredentials } from '../../src-main/engine/core/keyring';
import type { MailPeer } from './mail-peers';
import { extractedFolder, missingReason, toolPath } from './packages';
import { findFreePort, waitFor } from './service';
import { connectSmtp } from './smtp-client';

export interface EximOptions {
  /** Offers STARTTLS with it. */
  readonly certificate?: TlsCredentials;
  /** Statements of its ACL for RCPT, in front of the last one, which accepts. */
  readonly recipientRules?: string;
  /** More main settings. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface RunningExim extends MailPeer {
  /** Its main log. */
  log(): string;
}

/** Its deliveries run under this number, which nobody has. */
const accountId = 61_111;
const account = 'Debian-exim';

/** Why no Exim can be started here, or undefined when one can. */
export function eximSkipReason(): string | undefined {
  const missing = missingReason('exim');
  if (missing !== undefined) return missing;
  if (process.getuid?.() !== 0) return 'needs root to run Exim';
  const folder = makeFolder();
  try {
    const { status, stderr, error } = spawnSync('unshare', wordsFor(folder, ['-bV']), {
      env: environment(),
      encoding: 'utf8',
    });
    const said = error?.message ?? stderr.trim().split('\n').at(-1);
    return status === 0 ? undefined : `Exim of Debian package exim4-daemon-light does not run here: ${said}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function startExim(options: EximOptions = {}): Promise<RunningExim> {
  const folder = makeFolder(options);
  const port = await findFreePort();
  const child: ChildProcess = spawn('unshare', wordsFor(folder, ['-bdf', '-oX', `127.0.0.1:${port}`]), {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const read = (piece: Buffer): void => {
    printed += piece.toString();
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const mail = join(folder, 'mail');
  const readText = (path: string): string => (existsSync(path) ? readFileSync(path, 'latin1') : '');
  const log = (): string => printed + readText(join(folder, 'mainlog')) + readText(join(folder, 'paniclog'));
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await waitFor("Exim's greeting", async () => {
      if (child.exitCode !== null) throw new Error(`Exim ended with ${child.exitCode}`);
      const client = await connectSmtp(port).catch(() => undefined);
      client?.end();
      return client?.greeting.startsWith('220');
    });
  } catch (error) {
    const last = log();
    await stop();
    throw new Error(`Exim does not answer. It wrote:\n${last}`, { cause: error });
  }
  return {
    port,
    // A name of its own, until all of it is there.
    messages: () =>
      readdirSync(mail)
        .filter((name) => !name.startsWith('temp.'))
        .map((name) => readText(join(mail, name))),
    log,
    stop,
  };
}

const libraries = (): string => {
  const folder = join(extractedFolder('exim'), 'usr', 'lib');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('-linux-gnu')) : [];
  return names.map((name) => join(folder, name)).join(':');
};

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, LD_LIBRARY_PATH: libraries() });

/** For unshare(1): Exim in a mount namespace of its own. The process that is started becomes Exim. */
function wordsFor(folder: string, words: readonly string[]): string[] {
  const script = 'mount --bind "$0/passwd" /etc/passwd && mount --bind "$0/group" /etc/group && exec "$@"';
  const exim = [toolPath('exim') as string, '-C', join(folder, 'exim.conf'), ...words];
  return ['--mount', 'sh', '-c', script, folder, ...exim];
}

function makeFolder(options: EximOptions = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-exim-'));
  // Deliveries give up root and must still get in.
  chmodSync(folder, 0o755);
  const place = (name: string): string => join(folder, name);
  mkdirSync(place('mail'));
  chmodSync(place('mail'), 0o777);
  const withoutAccount = (path: string): string =>
    readFileSync(path, 'utf8').replace(new RegExp(`^${account}:.*\n`, 'm'), '');
  const numbers = `x:${accountId}:${accountId}`;
  writeFileSync(
    place('passwd'),
    `${withoutAccount('/etc/passwd')}${account}:${numbers}::/:/usr/sbin/nologin\n`,
  );
  writeFileSync(place('group'), `${withoutAccount('/etc/group')}${account}:x:${accountId}:\n`);
  const { certificate, recipientRules = '', settings = {} } = options;
  if (certificate) {
    writeFileSync(place('certificate.pem'), certificate.certificatePem);
    writeFileSync(place('key.pem'), certificate.keyPem);
  }
  const main = {
    exim_path: toolPath('exim') ?? '',
    keep_environment: 'LD_LIBRARY_PATH',
    exim_user: 'root',
    exim_group: 'root',
    spool_directory: folder,
    log_file_path: place('%slog'),
    log_selector: '+8bitmime +tls_cipher',
    primary_hostname: 'exim.test',
    // Nothing is added: what is kept is what came.
    received_header_text: '',
    acl_smtp_rcpt: 'recipient',
    acl_smtp_data: 'accept',
    tls_advertise_hosts: certificate ? '*' : '',
    ...(certificate ? { tls_certificate: place('certificate.pem'), tls_privatekey: place('key.pem') } : {}),
    ...settings,
  };
  writeFileSync(
    place('exim.conf'),
    `${Object.entries(main)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join('')}
begin acl
recipient:
${recipientRules}
  accept
begin routers
all:
  driver = accept
  transport = keep
begin transports
keep:
  driver = appendfile
  directory = ${place('mail')}
  user = ${accountId}
  group = ${accountId}
  use_crlf
  message_prefix =
  message_suffix =
begin retry
* * F,1h,5m
`,
    { mode: 0o600 },
  );
  return folder;
}
