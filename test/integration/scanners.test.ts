/** What scanners find on a default port, and mail from msmtp by every way to log in that it knows. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCertificate } from '../support/certificate';
import { describeWith } from '../support/packages';
import { findFreePort, type RunningService, startService, waitFor } from '../support/service';
import { outputOf } from '../support/tool-output';

let service: RunningService;
let implicitPort: number;
let folder: string;
const password = 'correct horse';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailroot-scanners-'));
  implicitPort = await findFreePort();
  service = await startService({
    server: { allowsBasic: true, allowsIntegrated: true, allowsChallengeResponse: true },
  });
  const { keyPem, certificatePem } = await createCertificate('relay.corp.test');
  writeFileSync(join(folder, 'ca.pem'), certificatePem);
  const { id } = await service.client.certificates.importPem({ name: 'Relay', certificatePem, keyPem });
  const address = '127.0.0.1';
  const bindings = [
    { address, port: service.port },
    { address, port: implicitPort, encryption: 'implicit' },
  ];
  await service.client.servers.set({ serverId: 1, patch: { certificate: id, bindings } });
  const methods = ['basic', 'ntlm', 'cram-md5', 'scram-sha-256'] as const;
  await service.client.accounts.create({ name: 'ann', password, methods: [...methods] });
});
afterAll(async () => {
  await service?.remove();
  rmSync(folder, { recursive: true, force: true });
});

describeWith(['nmap'], 'nmap', () => {
  /** The scripts ask for the service by its port; "+" makes them run on any. */
  const scan = (...scripts: string[]): Promise<string> => {
    const wanted = scripts.map((script) => `+${script}`).join(',');
    return outputOf('nmap', ['-Pn', '-n', '-p', String(service.port), '--script', wanted, '127.0.0.1']);
  };

  it('finds no way to relay', async () => {
    expect(await scan('smtp-open-relay')).toContain(
      "smtp-open-relay: Server doesn't seem to be an open relay, all tests failed",
    );
  });

  it('reads the commands, and of NTLM the names that a client must have', async () => {
    const text = await scan('smtp-commands', 'smtp-ntlm-info');
    expect(text).toContain(
      'AUTH NTLM LOGIN PLAIN SCRAM-SHA-256 CRAM-MD5, AUTH=LOGIN, SIZE 2097152, PIPELINING, DSN, ENHANCEDSTATUSCODES, 8bitmime, BINARYMIME, CHUNKING, SMTPUTF8, VRFY, TLS, STARTTLS, OK',
    );
    expect(text).toMatch(/DNS_Computer_Name: relay\.corp\.test/);
    // No version of the system, which the original gave away here.
    expect(text).not.toContain('Product_Version');
  });

  it('finds no user by VRFY, EXPN or RCPT', async () => {
    const text = await scan('smtp-enum-users');
    expect(text).toContain('smtp-enum-users');
    expect(text).not.toMatch(/\b(?:root|admin|administrator|webadmin|sysadmin)\b/);
  });
});

describeWith(['msmtp'], 'msmtp', () => {
  const send = (options: readonly string[]): Promise<string> => {
    // No configuration of whoever runs the test takes part.
    const empty = join(folder, 'msmtprc');
    writeFileSync(empty, '');
    chmodSync(empty, 0o600);
    return outputOf(
      'msmtp',
      [
        `--file=${empty}`,
        '--host=127.0.0.1',
        '--from=ann@corp.test',
        '--user=ann',
        `--passwordeval=echo '${password}'`,
        ...options,
        'bob@corp.test',
      ],
      { input: 'Subject: from msmtp\n\nhello\n' },
    );
  };
  const trust = (): readonly string[] => ['--tls=on', '--tls-certcheck=off'];

  describe.each(['plain', 'login', 'cram-md5', 'scram-sha-256'])('by AUTH %s', (method) => {
    it.each([
      ['in clear', () => [`--port=${service.port}`, '--tls=off']],
      ['behind STARTTLS', () => [`--port=${service.port}`, ...trust(), '--tls-starttls=on']],
      ['with implicit TLS', () => [`--port=${implicitPort}`, ...trust(), '--tls-starttls=off']],
    ])('%s', async (_, options) => {
      const before = service.dropped().length;
      expect(await send([...options(), `--auth=${method}`])).toBe('\nexit 0');
      await waitFor('the message', () => service.dropped().length === before + 1);
    });
  });

  it('by NTLM is refused: it knows version 1 alone', async () => {
    const text = await send([`--port=${service.port}`, '--tls=off', '--auth=ntlm']);
    expect(text).toContain('535 5.7.3 Authentication unsuccessful');
    expect(text).not.toMatch(/exit 0$/);
  });

  it('is told when the password is wrong, and nothing is taken', async () => {
    const before = service.dropped().length;
    const text = await send([
      `--port=${service.port}`,
      '--tls=off',
      '--auth=scram-sha-256',
      "--passwordeval=echo 'wrong horse'",
    ]);
    expect(text).toContain('535 5.7.3 Authentication unsuccessful');
    expect(text).not.toMatch(/exit 0$/);
    expect(service.dropped()).toHaveLength(before);
  });
});
