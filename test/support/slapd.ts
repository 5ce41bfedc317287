/**
 * A real directory server (OpenLDAP's slapd) on loopback, private to the test that starts it.
 *
 *   const directory = await startSlapd({ entries: [person('Ann', { mail: 'ann@corp.test' }), ...] });
 *   settings: ldapServer '127.0.0.1', ldapPort directory.port, ldapBase directory.base
 *   await directory.stop(); await directory.start();      // the same entries, the same ports
 *   await directory.remove();
 *
 * Entries stand below ou=people and ou=groups of dc=corp,dc=test; the attributes of the three schemas are known.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from './packages';
import { findFreePort, waitFor } from './service';

const directoryBase = 'dc=corp,dc=test';

export interface DirectoryEntry {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
}

/** RFC 4514 section 2.4. */
const escaped = (value: string): string => value.replace(/[,+"\\<>;=]/g, '\\$&');

export const personName = (cn: string): string => `cn=${escaped(cn)},ou=people,${directoryBase}`;
export const groupName = (cn: string): string => `cn=${escaped(cn)},ou=groups,${directoryBase}`;

export const person = (
  cn: string,
  attributes: DirectoryEntry['attributes'] = {},
  objectClass = 'user',
): DirectoryEntry => ({ name: personName(cn), attributes: { objectClass, cn, ...attributes } });

export const group = (
  cn: string,
  attributes: DirectoryEntry['attributes'],
  objectClass = 'group',
): DirectoryEntry => ({ name: groupName(cn), attributes: { objectClass, cn, ...attributes } });

export interface SlapdOptions {
  readonly entries: readonly DirectoryEntry[];
  /** Offers StartTLS and LDAPS with these. */
  readonly tls?: { readonly keyPem: string; readonly certificatePem: string };
  /** Nobody may read without a log-in. Default: everybody may. */
  readonly needsLogIn?: boolean;
}

export interface RunningSlapd {
  readonly port: number;
  readonly tlsPort: number;
  readonly base: string;
  readonly administrator: { readonly name: string; readonly password: string };
  start(): Promise<void>;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

const administrator = { name: `cn=reader,${directoryBase}`, password: 'Read 4 mail' };

export async function startSlapd(options: SlapdOptions): Promise<RunningSlapd> {
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-slapd-'));
  const program = toolPath('slapd') as string;
  const [port, tlsPort] = [await findFreePort(), await findFreePort()];
  const configuration = writeConfiguration(folder, options);
  const ldif = join(folder, 'entries.ldif');
  writeFileSync(ldif, formatEntries(options.entries));
  await promisify(execFile)(program, ['-T', 'add', '-q', '-f', configuration, '-l', ldif]);

  let server: ChildProcess | undefined;
  // A test that breaks off leaves no server behind.
  const kill = (): boolean | undefined => server?.kill('SIGKILL');
  process.once('exit', kill);
  const start = async (): Promise<void> => {
    const addresses = [
      `ldap://127.0.0.1:${port}/`,
      ...(options.tls ? [`ldaps://127.0.0.1:${tlsPort}/`] : []),
    ];
    server = spawn(program, ['-f', configuration, '-h', addresses.join(' '), '-d', '0'], { stdio: 'ignore' });
    await waitFor('slapd', () => isListening(port));
  };
  const stop = async (): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    // It has nothing to save, and waits for connections to end otherwise.
    kill();
    await gone;
  };
  await start();
  return {
    port,
    tlsPort,
    base: directoryBase,
    administrator,
    start,
    stop,
    async remove() {
      await stop();
      process.off('exit', kill);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeConfiguration(folder: string, { tls, needsLogIn }: SlapdOptions): string {
  const data = join(folder, 'data');
  mkdirSync(data);
  const schemas = ['core', 'cosine', 'inetorgperson'].map(
    (name) => `include /etc/ldap/schema/${name}.schema`,
  );
  const lines = [
    ...schemas,
    `include ${resolve(import.meta.dirname, '../fixtures/directory/directory.schema')}`,
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    `pidfile ${join(folder, 'pid')}`,
  ];
  if (tls) {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    writeFileSync(key, tls.keyPem);
    writeFileSync(certificate, tls.certificatePem);
    lines.push(`TLSCertificateFile ${certificate}`, `TLSCertificateKeyFile ${key}`);
  }
  lines.push(
    'database mdb',
    'maxsize 104857600',
    `suffix "${directoryBase}"`,
    `rootdn "${administrator.name}"`,
    `rootpw "${administrator.password}"`,
    `directory ${data}`,
    'index objectClass,mail,proxyAddresses eq',
    needsLogIn ? 'access to * by users read by anonymous auth' : 'access to * by * read',
  );
  const path = join(folder, 'slapd.conf');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

function formatEntries(entries: readonly DirectoryEntry[]): string {
  const frame: DirectoryEntry[] = [
    {
      name: directoryBase,
      attributes: { objectClass: ['dcObject', 'organization'], dc: 'corp', o: 'Corp' },
    },
    ...['people', 'groups'].map((ou) => ({
      name: `ou=${ou},${directoryBase}`,
      attributes: { objectClass: 'organizationalUnit', ou },
    })),
  ];
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return [...frame, ...entries]
    .map(({ name, attributes }) =>
      [
        `dn:: ${base64(name)}`,
        ...Object.entries(attributes).flatMap(([attribute, values]) =>
          [values].flat().map((value) => `${attribute}:: ${base64(value)}`),
        ),
      ].join('\n'),
    )
    .join('\n\n');
}

function isListening(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      answer(true);
    });
    socket.once('error', () => answer(false));
  });
}
