/** Certificates from the command line to the wire: files of OpenSSL in, what STARTTLS shows out. */
import { createHash, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CertificateRow } from '../../src-main/api/contract';
import { type CommandResult, runCommand } from '../support/command';
import { OpensslFolder } from '../support/openssl';
import { describeWith } from '../support/packages';
import { type RunningService, startService } from '../support/service';

describeWith(['openssl'], 'certificates from the command line to the wire', () => {
  const ssl = new OpensslFolder();
  let service: RunningService;

  beforeAll(async () => {
    service = await startService();
    ssl.makeAuthority();
  });
  afterAll(async () => {
    await service?.remove();
    ssl.remove();
  });

  const mailroot = (words: readonly string[], input = ''): Promise<CommandResult> =>
    runCommand([...words, '--data', service.dataFolder], { input });
  async function done(words: readonly string[], input = ''): Promise<string> {
    const result = await mailroot(words, input);
    expect(result).toMatchObject({ code: 0, error: '' });
    return result.out;
  }
  async function refused(words: readonly string[], input = ''): Promise<string> {
    const result = await mailroot(words, input);
    expect(result).toMatchObject({ code: 1, out: '' });
    expect(result.error).toMatch(/^mailroot: [^\n]+\n$/);
    return result.error.trimEnd();
  }
  const list = async () => JSON.parse(await done(['cert', 'list', '--json'])) as CertificateRow[];
  const rowOf = async (name: string) => (await list()).find((row) => row.name === name) as CertificateRow;
  /** What a client is shown after STARTTLS. */
  const shown = (): X509Certificate[] => {
    const words = `s_client -starttls smtp -connect 127.0.0.1:${service.port} -showcerts`;
    const found = ssl
      .run(words, 'QUIT\r\n')
      .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
    return (found ?? []).map((pem) => new X509Certificate(pem));
  };

  it('a self-signed certificate is made, used, and renewed without a restart', async () => {
    await done(['cert', 'create', 'Own', '--host', 'relay.corp.test', '--host', '127.0.0.1', '--days', '20']);
    const before = await rowOf('Own');
    await done(['server', 'set', '1', `certificate=${before.id}`]);
    expect(shown()[0]?.fingerprint256).toBe(before.fingerprint);
    expect((await service.client.system.status()).attention).toContainEqual(
      expect.objectContaining({ serverId: 1, code: 'certificate-expires', action: 'certificates' }),
    );

    expect(await refused(['cert', 'remove', 'Own'])).toMatch(/Default SMTP Virtual Server uses it/);
    expect(await done(['cert', 'renew', 'own'])).toContain('relay.corp.test, 127.0.0.1');
    const after = await rowOf('Own');
    expect(after).toMatchObject({ id: before.id, usedBy: [1] });
    expect(after.fingerprint).not.toBe(before.fingerprint);
    expect(shown()[0]?.fingerprint256).toBe(after.fingerprint);
    expect((await service.client.system.status()).attention).toEqual([]);
  });

  it('a request is signed by an authority, and its answer is shown with the chain', async () => {
    const file = ssl.path('request.csr');
    await done([
      'cert',
      'request',
      'Signed',
      '--host',
      'relay.corp.test',
      '--organization',
      'Example',
      '--out',
      file,
    ]);
    expect(await done(['cert', 'show-request', 'Signed'])).toBe(readFileSync(file, 'utf8'));
    expect(await refused(['cert', 'install', 'Signed', ssl.path('root.pem')])).toMatch(/^mailroot: /);
    ssl.write('answer.txt', ssl.read('issuing.pem') + ssl.sign(readFileSync(file, 'utf8')));
    await done(['cert', 'install', 'Signed', ssl.path('answer.txt')]);
    await done(['server', 'set', '1', `certificate=${(await rowOf('Signed')).id}`]);
    expect(shown().map((certificate) => certificate.subject)).toEqual([
      'O=Example\nCN=relay.corp.test',
      'CN=Example-Issuing',
    ]);
    const checked = ssl.run(
      `s_client -starttls smtp -connect 127.0.0.1:${service.port} -CAfile root.pem -verify_return_error -verify_hostname relay.corp.test`,
      'QUIT\r\n',
    );
    expect(checked).toContain('Verification: OK');
  });

  it('a PFX file goes out and comes in again, with its password on standard input', async () => {
    const out = ssl.path('own.pfx');
    const words = ['cert', 'export', 'Own', '--with-key', '--password-stdin', '--out', out];
    expect(await refused(words, 'short')).toMatch(/At least 8 characters/);
    await done(words, 'long enough\n');
    if (process.platform !== 'win32') expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(await refused(words, 'long enough\n')).toMatch(/own\.pfx was not written/);
    expect(await refused(['cert', 'import', out, '--password-stdin'], 'wrong\n')).toMatch(
      /^mailroot: .*password/,
    );
    await done(['cert', 'import', out, '--name', 'Again', '--password-stdin'], 'long enough\n');
    expect((await rowOf('Again')).fingerprint).toBe((await rowOf('Own')).fingerprint);
    await done(['cert', 'rename', 'Again', 'Once more']);
    await done(['cert', 'remove', 'once MORE']);
    expect((await list()).map((row) => row.name)).toEqual(['Own', 'Signed']);
  });

  it('PEM files are imported and exported', async () => {
    ssl.run(
      'req -x509 -newkey rsa:2048 -passout pass:secret-key -keyout key.pem -out cert.pem -days 99 -subj /CN=pem.test',
    );
    const words = ['cert', 'import', ssl.path('cert.pem'), '--name', 'Pem', '--key', ssl.path('key.pem')];
    expect(await refused(words)).toMatch(/^mailroot: This key is encrypted/);
    await done([...words, '--password-stdin'], 'secret-key\n');
    expect(await done(['cert', 'export', 'Pem'])).toBe(ssl.read('cert.pem'));
    await done(['cert', 'remove', 'Pem']);
  });

  it('survives a restart, and no private key lies in clear in the data folder', async () => {
    const before = await list();
    expect(await service.stop()).toBe(0);
    await service.restart();
    expect(await list()).toEqual(before);
    expect(
      createHash('sha256')
        .update(shown()[0]?.raw ?? '')
        .digest('hex'),
    ).toBe((await rowOf('Signed')).fingerprint?.replaceAll(':', '').toLowerCase());
    const folder = join(service.dataFolder, 'certificates');
    const files = readdirSync(folder);
    expect(files).toHaveLength(2);
    for (const file of files) expect(readFileSync(join(folder, file), 'utf8')).not.toContain('PRIVATE KEY');
    expect(service.output()).not.toMatch(/PRIVATE KEY|long enough|secret-key/);
  });

  it('a missing certificate is told of, and the same name twice needs the number', async () => {
    const [one, two] = [await rowOf('Own'), await rowOf('Signed')];
    await done(['cert', 'rename', two.id, 'own']);
    expect(await refused(['cert', 'remove', 'Own'])).toMatch(/2 certificates are called/);
    await done(['cert', 'remove', one.id]);
    expect(await refused(['cert', 'remove', one.id])).toMatch(/no certificate/);
    await done(['server', 'set', '1', `certificate=${one.id}`]);
    expect((await service.client.system.status()).attention).toContainEqual(
      expect.objectContaining({ code: 'certificate-missing', action: 'certificates' }),
    );
  });
});
