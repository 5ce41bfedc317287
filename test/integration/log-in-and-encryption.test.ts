/** Real clients that log in and encrypt: swaks, curl, Python's smtplib and OpenSSL against the real service. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerSettingsInput } from '../../src-main/api/contract';
import { createCertificate } from '../support/certificate';
import { describeWith } from '../support/packages';
import { type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';
import { outputOf } from '../support/tool-output';

const run = promisify(execFile);

const password = 'Correct horse 7';
const folder = mkdtempSync(join(tmpdir(), 'mailroot-log-in-'));
const authority = join(folder, 'certificate.pem');
const messageFile = join(folder, 'message.txt');
let service: RunningService;
let secondCertificate: string;

const set = (patch: Partial<ServerSettingsInput>) => service.client.servers.set({ serverId: 1, patch });

beforeAll(async () => {
  service = await startService();
  const { keyPem, certificatePem } = await createCertificate('localhost');
  writeFileSync(authority, certificatePem);
  writeFileSync(messageFile, 'Subject: from curl\r\n\r\nHello\r\n');
  const { client } = service;
  const [first, second] = await Promise.all([
    client.certificates.importPem({ name: 'First', certificatePem, keyPem }),
    client.certificates.createSelfSigned({ name: 'Second', names: ['second.test'] }),
  ]);
  secondCertificate = second.id;
  await client.accounts.create({ name: 'ann', password });
  await set({ allowsBasic: true, basicRequiresTls: true, certificate: first.id });
});
afterAll(async () => {
  await service?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const dropped = (subject: string) =>
  waitFor(`"${subject}" in Drop`, () => service.dropped().find((mail) => mail.includes(subject)));

describeWith(['swaks', 'perl-tls'], 'swaks', () => {
  const swaks = (...words: string[]): Promise<string> =>
    outputOf('swaks', [
      ...['--server', `127.0.0.1:${service.port}`, '--from', 'app@line.test', '--to', 'ann@corp.test'],
      ...words,
    ]);

  it.each(['PLAIN', 'LOGIN'])(
    'logs in with AUTH %s behind TLS; the account stands in no header',
    async (type) => {
      const subject = `swaks ${type}`;
      const output = await swaks(
        ...['--tls', '--auth', type, '--auth-user', 'ann', '--auth-password', password],
        ...['--header', `Subject: ${subject}`],
      );
      expect(output).toMatch(/=== TLS started with cipher TLSv1\.3:/);
      expect(output).toMatch(/<~ {2}235 2\.7\.0 Authentication successful\./);
      expect(output).toMatch(/<~ {2}250 2\.6\.0/);
      const mail = await dropped(subject);
      expect(mail).toMatch(
        /^Received: from \S+ \(\[127\.0\.0\.1\]\) by relay\.corp\.test with Mailroot ESMTPSA /m,
      );
      expect(mail.replace(/ann@corp\.test/g, '')).not.toMatch(/\bann\b/);
    },
  );

  it('is offered no log-in in clear, and sends no password', async () => {
    const output = await swaks('--auth', 'PLAIN', '--auth-user', 'ann', '--auth-password', password);
    expect(output).toMatch(/Host did not advertise authentication/);
    expect(output).not.toMatch(/-> AUTH/);
  });

  it('with a wrong password is refused', async () => {
    const output = await swaks('--tls', '--auth', 'PLAIN', '--auth-user', 'ann', '--auth-password', 'wrong');
    expect(output).toMatch(/<~\* 535 5\.7\.3 Authentication unsuccessful/);
    expect(output).not.toMatch(/MAIL FROM/);
  });
});

describeWith(['curl'], 'curl', () => {
  const curl = (...words: string[]): Promise<string> =>
    outputOf('curl', [
      ...['-sS', '-v', `smtp://localhost:${service.port}`, '--connect-to', '::127.0.0.1:'],
      ...['--ssl-reqd', '--mail-from', 'app@line.test', '--upload-file', messageFile, ...words],
    ]);

  it('checks the certificate, logs in and relays', async () => {
    const output = await curl(
      ...['--cacert', authority, '--user', `ann:${password}`],
      ...['--mail-rcpt', 'x@elsewhere.invalid', '--mail-rcpt', 'ann@corp.test'],
    );
    expect(output).toMatch(/< 235 2\.7\.0/);
    expect(output).toMatch(/exit 0$/);
    expect(await dropped('from curl')).toMatch(/ESMTPSA/);
  });

  it('may not relay without a log-in', async () => {
    const output = await curl('--cacert', authority, '--mail-rcpt', 'x@elsewhere.invalid');
    expect(output).toContain('550 5.7.1 Unable to relay for x@elsewhere.invalid');
  });

  it('does not go on with a certificate it does not trust; the next client is served', async () => {
    expect(await curl('--user', `ann:${password}`, '--mail-rcpt', 'ann@corp.test')).toMatch(/exit 60$/);
    expect(await curl('--insecure', '--mail-rcpt', 'ann@corp.test')).toMatch(/exit 0$/);
  });
});

describeWith(['python3'], 'Python smtplib', () => {
  const script = `
import smtplib, ssl, sys
port, password, authority = int(sys.argv[1]), sys.argv[2], sys.argv[3]
context = ssl.create_default_context(cafile=authority)
with smtplib.SMTP('localhost', port) as s:
    s.ehlo(); print('before', s.has_extn('auth'), s.has_extn('starttls'))
    s.starttls(context=context)
    s.ehlo(); print('after', s.esmtp_features.get('auth'), s.has_extn('starttls'), s.sock.version())
    # It tries both mechanisms, which are two failures.
    try: s.login('ann', 'wrong')
    except smtplib.SMTPAuthenticationError as e: print('refused', e.smtp_code)
    print(s.login('ann', password)[0])
    print(s.sendmail('app@line.test', ['ann@corp.test'], 'Subject: from python\\r\\n\\r\\n' + ('x' * 70 + '\\r\\n') * 25000))
`;

  it('starts TLS, fails to log in, logs in, and sends a message of the largest size', async () => {
    const output = await outputOf('python3', ['-c', script, String(service.port), password, authority]);
    expect(output).toContain('before False True');
    expect(output).toMatch(/after\s+LOGIN PLAIN.* False TLSv1\.3/);
    expect(output).toContain('refused 535');
    expect(output).toMatch(/\n235\n\{\}\n/);
    expect(await dropped('from python')).toContain('x'.repeat(70));
  });
});

describeWith(['openssl'], 'openssl s_client', () => {
  const connect = (input: string, ...words: string[]): Promise<string> =>
    outputOf(
      'openssl',
      [
        's_client',
        '-starttls',
        'smtp',
        '-connect',
        `127.0.0.1:${service.port}`,
        '-crlf',
        '-ign_eof',
        ...words,
      ],
      { input },
    );

  it.each([
    ['-tls1_2', 'TLSv1.2'],
    ['-tls1_3', 'TLSv1.3'],
  ])('speaks %s', async (option, protocol) => {
    const output = await connect('EHLO s\nQUIT\n', option);
    expect(output).toContain(protocol);
    expect(output).toMatch(/250-AUTH LOGIN PLAIN\r?\n250-AUTH=LOGIN/);
    expect(output).toContain('221 2.0.0');
  });

  it('gets nowhere with TLS 1.1', async () => {
    const output = await connect('EHLO s\n', '-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0');
    expect(output).not.toMatch(/250-AUTH/);
    expect(output).toMatch(/exit 1$/);
  });

  it('sees another certificate as soon as another one is assigned', async () => {
    const { settings } = await service.client.servers.get({ serverId: 1 });
    expect(await connect('QUIT\n')).toMatch(/subject=CN ?= ?localhost/);
    await set({ certificate: secondCertificate });
    expect(await connect('QUIT\n')).toMatch(/subject=CN ?= ?second\.test/);
    await set({ certificate: settings.certificate });
  });
});

describe('a virtual server that wants to know its clients', () => {
  it('takes nothing in clear where a secure channel is required', async () => {
    await set({ requiresTls: true });
    const client = await connectSmtp(service.port);
    await client.say('EHLO test');
    expect(await client.say('MAIL FROM:<a@line.test>')).toBe('530 5.7.0 Must issue a STARTTLS command first');
    expect(await client.say('QUIT')).toMatch(/^221/);
    await set({ requiresTls: false });
  });

  it('takes nothing from strangers without Anonymous access', async () => {
    await set({ allowsAnonymous: false, basicRequiresTls: false });
    const client = await connectSmtp(service.port);
    await client.say('EHLO test');
    expect(await client.say('MAIL FROM:<a@line.test>')).toBe('530 5.7.0 Client was not authenticated');
    const words = Buffer.from(`\0ann\0${password}`).toString('base64');
    expect(await client.say(`AUTH PLAIN ${words}`)).toBe('235 2.7.0 Authentication successful.');
    expect(
      await client.send({ from: 'a@line.test', to: ['ann@corp.test'], data: 'Subject: known\r\n\r\n' }),
    ).toMatch(/^250 2\.6\.0/);
    const { rows } = await service.client.sessions.list({ serverId: 1 });
    expect(rows[0]).toMatchObject({ user: 'ann', hello: 'test', tls: '', state: 'greeted' });
    client.end();
    await set({ allowsAnonymous: true, basicRequiresTls: true });
  });

  it('forgets an account that was disabled', async () => {
    await set({ basicRequiresTls: false });
    await service.client.accounts.set({ name: 'ann', isEnabled: false });
    const client = await connectSmtp(service.port);
    await client.say('EHLO test');
    const words = Buffer.from(`\0ann\0${password}`).toString('base64');
    expect(await client.say(`AUTH PLAIN ${words}`)).toBe('535 5.7.3 Authentication unsuccessful');
    client.end();
    await service.client.accounts.set({ name: 'ann', isEnabled: true });
    await set({ basicRequiresTls: true });
  });
});

it('no password is on disk or in what the service says', async () => {
  const { stdout } = await run('grep', ['-rlF', '-e', password, service.dataFolder]).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).toBe('');
  expect(service.output()).not.toContain(password);
});
