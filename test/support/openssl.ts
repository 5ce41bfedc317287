/** Files as other programs make them: OpenSSL in a throw-away folder, and a small certification authority. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolPath } from './packages';

export class OpensslFolder {
  readonly folder = mkdtempSync(join(tmpdir(), 'mailroot-openssl-'));

  /** Runs one command in the folder; words are divided by spaces. What it wrote to standard output. */
  run(words: string, input?: string): string {
    const program = toolPath('openssl');
    if (program === undefined) throw new Error('openssl is not installed');
    return execFileSync(program, words.split(' '), {
      cwd: this.folder,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(input === undefined ? {} : { input }),
    });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  bytes(name: string): Buffer {
    return readFileSync(this.path(name));
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(this.path(name), content);
  }

  /** root.pem, and issuing.pem signed by it, with their keys. */
  makeAuthority(): void {
    this.write(
      'issuing.ext',
      'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n',
    );
    const ec = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
    this.run(`req -x509 ${ec} -keyout root.key -out root.pem -days 3000 -subj /CN=Example-Root`);
    this.run(`req -new ${ec} -keyout issuing.key -out issuing.csr -subj /CN=Example-Issuing`);
    this.run(
      'x509 -req -in issuing.csr -CA root.pem -CAkey root.key -days 2000 -extfile issuing.ext -out issuing.pem',
    );
  }

  /** Signs a request as it stands, names included; the certificate as PEM. */
  sign(requestPem: string, days = 365): string {
    this.write('asked.csr', requestPem);
    this.run(
      `x509 -req -in asked.csr -CA issuing.pem -CAkey issuing.key -days ${days} -copy_extensions copy -out answer.pem`,
    );
    return this.read('answer.pem');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
