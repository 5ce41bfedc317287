/**
 * A real MIT Kerberos realm on loopback, MAILROOT.TEST, private to the one who starts it: own database, configuration
 * and port in a temporary folder. The system's /etc/krb5.conf and key file are not touched.
 *
 *   const kdc = await startKdc();
 *   const keytab = await kdc.writeKeytab('smtp/localhost');
 *   const tickets = await kdc.logIn('ann');            // for KRB5CCNAME
 *   await kdc.stop();
 *
 * `environment` is for programs that are to use the realm.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolPath } from './packages';
import { findFreePort, waitFor } from './service';

export const realm = 'MAILROOT.TEST';
/** What must be installed, as packages.json names it. */
export const kdcTools = ['krb5kdc', 'kadmin.local', 'kinit'];

export interface RunningKdc {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A person with a password, or with a random key. */
  addPrincipal(name: string): Promise<void>;
  /** A new key for the service, in a new file; the service is made when there is none. Earlier keys no longer fit. */
  writeKeytab(service: string): Promise<string>;
  /** Gets the first ticket; the answer is the place of the tickets. `options` are kinit's. */
  logIn(name: string, ...options: string[]): Promise<string>;
  stop(): Promise<void>;
}

const password = 'Correct horse 7';

export async function startKdc(): Promise<RunningKdc> {
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-kdc-'));
  const port = await findFreePort();
  const environment = writeConfiguration(folder, port);
  const call = (tool: string, words: readonly string[], input = ''): Promise<string> =>
    runTool(tool, words, { environment, input });
  const administer = (query: string): Promise<string> => call('kadmin.local', ['-r', realm, '-q', query]);

  await call('kdb5_util', ['-r', realm, 'create', '-s', '-P', 'master']);
  const kdc = spawn(toolPath('krb5kdc') as string, ['-n', '-r', realm, '-P', join(folder, 'pid')], {
    env: { ...process.env, ...environment },
    stdio: 'ignore',
  });
  // A test that breaks off leaves no KDC behind.
  const end = (): boolean => kdc.kill('SIGTERM');
  process.once('exit', end);
  await waitFor('the KDC', () => isListening(port));

  const services = new Set<string>();
  let files = 0;
  return {
    folder,
    environment,
    addPrincipal: async (name) => {
      await administer(`addprinc -pw "${password}" ${name}`);
    },
    async writeKeytab(service) {
      if (!services.has(service)) await administer(`addprinc -randkey ${service}`);
      services.add(service);
      const path = join(folder, `keytab-${++files}`);
      await administer(`ktadd -k ${path} ${service}`);
      return path;
    },
    async logIn(name, ...options) {
      const cache = `FILE:${join(folder, `tickets-${++files}`)}`;
      await call('kinit', ['-c', cache, ...options, name], `${password}\n`);
      return cache;
    },
    async stop() {
      if (kdc.exitCode === null && kdc.signalCode === null) {
        const gone = once(kdc, 'exit');
        end();
        await gone;
      }
      process.off('exit', end);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeConfiguration(folder: string, port: number): Record<string, string> {
  const client = join(folder, 'krb5.conf');
  const server = join(folder, 'kdc.conf');
  writeFileSync(
    client,
    `[libdefaults]
 default_realm = ${realm}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
 default_keytab_name = FILE:${join(folder, 'computer.keytab')}
[realms]
 ${realm} = {
  kdc = 127.0.0.1:${port}
 }
[domain_realm]
 localhost = ${realm}
`,
  );
  writeFileSync(
    server,
    `[kdcdefaults]
 kdc_listen = 127.0.0.1:${port}
 kdc_tcp_listen = 127.0.0.1:${port}
[realms]
 ${realm} = {
  database_name = ${join(folder, 'principal')}
  key_stash_file = ${join(folder, 'stash')}
  acl_file = ${join(folder, 'acl')}
 }
`,
  );
  // KRB5RCACHEDIR: the service's memory of tickets it has seen, by default in /var/tmp.
  return { KRB5_CONFIG: client, KRB5_KDC_PROFILE: server, KRB5RCACHEDIR: folder };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

interface ToolOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly input: string;
}

function runTool(
  tool: string,
  words: readonly string[],
  { environment, input }: ToolOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      toolPath(tool) as string,
      words,
      { env: { ...process.env, ...environment } },
      (error, stdout, stderr) => (error ? reject(new Error(`${tool}: ${stdout}${stderr}`)) : resolve(stdout)),
    );
    child.stdin?.end(input);
  });
}
