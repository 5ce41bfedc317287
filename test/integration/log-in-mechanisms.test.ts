/** Real clients that log in by NTLM, CRAM-MD5 and SCRAM: curl, swaks, Python's smtplib and GNU SASL. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/packages';
import { type RunningService, startService } from '../support/service';
import { outputOf } from '../support/tool-output';

const password = 'Correct horse 7';
const folder = mkdtempSync(join(tmpdir(), 'mailroot-mechanisms-'));
const messageFile = join(folder, 'message.txt');
let service: RunningService;

beforeAll(async () => {
  service = await startService({
    server: {
      allowsAnonymous: false,
      allowsBasic: true,
      allowsIntegrated: true,
      allowsChallengeResponse: true,
      defaultLogonDomain: 'FARM',
    },
  });
  writeFileSync(messageFile, 'Subject: from curl\r\n\r\nHello\r\n');
  const methods = ['basic', 'ntlm', 'cram-md5', 'scram-sha-256'] as const;
  await service.client.accounts.create({ name: 'ann', password, methods: [...methods] });
  await service.client.accounts.create({ name: 'FARM\\scanner', password, methods: ['ntlm'] });
});
afterAll(async () => {
  await service?.remove();
  rmSync(folder, { recursive: true, force: true });
});

describeWith(['curl'], 'curl with NTLM', () => {
  const curl = (user: string, ...words: string[]): Promise<string> =>
    outputOf('curl', [
      ...['-sS', '-v', '--url', `smtp://127.0.0.1:${service.port}/client.test`, '--upload-file', messageFile],
      ...['--mail-from', 'app@line.test', '--mail-rcpt', 'ann@corp.test'],
      ...['--user', user, '--login-options', 'AUTH=NTLM', ...words],
    ]);

  it.each([
    ['in one line', ['--sasl-ir'], /> AUTH NTLM TlRMTVNTUAAB/],
    ['after the prompt', [], /> AUTH NTLM\r?\n/],
  ])('logs in %s', async (_title, words, said) => {
    const output = await curl(`ann:${password}`, ...words);
    expect(output).toMatch(said);
    expect(output).toMatch(/< 235 2\.7\.0/);
    expect(output).toMatch(/exit 0$/);
  });

  it.each(['FARM\\scanner', 'scanner', 'farm\\scanner'])('logs in as %s', async (user) => {
    expect(await curl(`${user}:${password}`)).toMatch(/exit 0$/);
  });

  it.each([
    ['a wrong password', 'ann:wrong'],
    ['a name that nobody has', `eve:${password}`],
  ])('is refused with %s', async (_title, user) => {
    const output = await curl(user, '--sasl-ir');
    expect(output).toMatch(/< 535 5\.7\.3/);
    expect(output).toMatch(/exit 67$/);
  });
});

describeWith(['swaks'], 'swaks', () => {
  const swaks = (...words: string[]): Promise<string> =>
    outputOf('swaks', [
      ...['--server', `127.0.0.1:${service.port}`, '--from', 'app@line.test', '--to', 'ann@corp.test'],
      ...['--auth-user', 'ann', '--auth-password', password, ...words],
    ]);

  it.each(['CRAM-MD5', 'LOGIN', 'PLAIN'])('logs in with AUTH %s', async (mechanism) => {
    const output = await swaks('--auth', mechanism);
    expect(output).toContain(`-> AUTH ${mechanism}`);
    expect(output).toMatch(/<- {2}235 2\.7\.0/);
    expect(output).toMatch(/<- {2}250 2\.6\.0/);
  });

  it('is offered the mechanisms in the order of the original', async () => {
    const output = await swaks('--quit-after', 'EHLO');
    expect(output).toMatch(/250-AUTH NTLM LOGIN PLAIN SCRAM-SHA-256 CRAM-MD5\r?\n.*250-AUTH=LOGIN/);
  });
});

describeWith(['swaks', 'perl-ntlm'], 'swaks with NTLM', () => {
  it('speaks version 1, which is refused, and the session says why', async () => {
    const output = await outputOf('swaks', [
      ...['--server', `127.0.0.1:${service.port}`, '--from', 'app@line.test', '--to', 'ann@corp.test'],
      ...['--auth', 'NTLM', '--auth-user', 'ann', '--auth-password', password],
    ]);
    expect(output).toMatch(/-> AUTH NTLM/);
    expect(output).toMatch(/<\*\* 535 5\.7\.3/);
    expect(output).not.toMatch(/MAIL FROM/);
    const { client } = service;
    const [session] = (await client.sessions.recent({ serverId: 1 })).rows;
    const { lines } = await client.sessions.dialogue({ serverId: 1, sessionId: session?.id ?? '' });
    expect(lines).toContainEqual(
      expect.objectContaining({
        side: 'note',
        text: '"FARM\\ann" could not log in by NTLM. It answered with NTLM version 1, which is not taken.',
      }),
    );
  });
});

describeWith(['python3'], 'Python smtplib', () => {
  const script = `
import smtplib, sys
port, password = int(sys.argv[1]), sys.argv[2]
for name, method in (('CRAM-MD5', 'auth_cram_md5'), ('LOGIN', 'auth_login'), ('PLAIN', 'auth_plain')):
    for ir in (True, False):
        with smtplib.SMTP('127.0.0.1', port) as s:
            s.ehlo(); s.user, s.password = 'ann', password
            print(name, ir, s.auth(name, getattr(s, method), initial_response_ok=ir)[0])
with smtplib.SMTP('127.0.0.1', port) as s:
    print('best', s.login('ann', password)[0], s.sendmail('app@line.test', ['ann@corp.test'], 'Subject: python\\r\\n\\r\\n'))
`;

  it('logs in with each mechanism it knows, with and without an initial response', async () => {
    const output = await outputOf('python3', ['-c', script, String(service.port), password]);
    for (const name of ['CRAM-MD5', 'LOGIN', 'PLAIN'])
      for (const initial of ['True', 'False']) expect(output).toContain(`${name} ${initial} 235`);
    expect(output).toContain('best 235 {}');
    expect(output).toMatch(/exit 0$/);
  });
});

describeWith(['gsasl'], 'GNU SASL', () => {
  const gsasl = (mechanism: string, user: string, word: string): Promise<string> =>
    outputOf('gsasl', [
      ...['--smtp', '--connect', `127.0.0.1:${service.port}`, '--no-starttls', '--no-cb'],
      ...['--mechanism', mechanism, '--authentication-id', user, '--password', word],
    ]);

  it.each(['SCRAM-SHA-256', 'CRAM-MD5'])(
    'logs in with %s, and checks the proof of the server',
    async (mechanism) => {
      const output = await gsasl(mechanism, 'ann', password);
      expect(output).toContain(`AUTH ${mechanism}`);
      expect(output).toContain('235 2.7.0 Authentication successful.');
      expect(output).toMatch(/exit 0$/);
    },
  );

  it('is refused with a wrong password', async () => {
    const output = await gsasl('SCRAM-SHA-256', 'ann', 'wrong');
    expect(output).toContain('535 5.7.3 Authentication unsuccessful');
    expect(output).not.toMatch(/exit 0$/);
  });
});

it('no password is on disk or in what the service says', async () => {
  const names = readdirSync(service.dataFolder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  expect(files.map(({ name }) => name)).toContain('people.json');
  for (const file of files)
    expect(readFileSync(join(file.parentPath, file.name)).includes(password), file.name).toBe(false);
  expect(service.output()).not.toContain(password);
});
