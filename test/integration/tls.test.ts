/** Encryption of each identity with programs that other people wrote: OpenSSL, swaks and testssl.sh. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerSettingsInput, TestEvent } from '../../src-main/api/contract';
import { createCertificate } from '../support/certificate';
import { describeWith } from '../support/packages';
import { findFreePort, type RunningService, startService, waitFor } from '../support/service';
import { outputOf } from '../support/tool-output';

let service: RunningService;
/** Numbers of the certificates, by their names. */
const certificates = { main: '', own: '', further: '' };
const ports = { starttls: 0, implicit: 0, none: 0 };
let standard: Partial<ServerSettingsInput>;

const set = (patch: Partial<ServerSettingsInput>) => service.client.servers.set({ serverId: 1, patch });

beforeAll(async () => {
  service = await startService();
  ports.starttls = service.port;
  ports.implicit = await findFreePort();
  ports.none = await findFreePort();
  const install = async (name: string): Promise<string> => {
    const { keyPem, certificatePem } = await createCertificate(name);
    return (await service.client.certificates.importPem({ name, certificatePem, keyPem })).id;
  };
  certificates.main = await install('main.test');
  certificates.own = await install('own.test');
  certificates.further = await install('*.further.test');
  const address = '127.0.0.1';
  standard = {
    certificate: certificates.main,
    furtherCertificates: [certificates.further],
    oldTlsList: ['127.0.0.2'],
    bindings: [
      { address, port: ports.starttls },
      { address, port: ports.implicit, encryption: 'implicit', certificate: certificates.own },
      { address, port: ports.none, encryption: 'none' },
    ],
  };
  await set(standard);
});
afterAll(() => service?.remove());

describeWith(['openssl'], 'openssl s_client', () => {
  const connect = (port: number, ...words: string[]): Promise<string> =>
    outputOf('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-crlf', '-ign_eof', ...words], {
      input: 'EHLO s.test\nQUIT\n',
    });
  const startTls = ['-starttls', 'smtp'];

  it.each([
    ['main.test', 'main\\.test'],
    ['a.further.test', '\\*\\.further\\.test'],
    ['unknown.test', 'main\\.test'],
  ])('asks for %s by STARTTLS and is shown %s', async (asked, shown) => {
    const output = await connect(ports.starttls, ...startTls, '-servername', asked);
    expect(output).toMatch(new RegExp(`subject=CN ?= ?${shown}`));
    expect(output).toContain('221 2.0.0');
  });

  it.each([
    ['own.test', 'own\\.test'],
    ['a.further.test', '\\*\\.further\\.test'],
    ['unknown.test', 'own\\.test'],
  ])('asks for %s from the first byte on and is shown %s', async (asked, shown) => {
    const output = await connect(ports.implicit, '-servername', asked);
    expect(output).toMatch(new RegExp(`subject=CN ?= ?${shown}`));
    expect(output).toMatch(/220 relay\.corp\.test[\s\S]*250 OK[\s\S]*221 2\.0\.0/);
    expect(output).not.toContain('STARTTLS\r');
  });

  it('may leave the name out', async () => {
    expect(await connect(ports.implicit, '-noservername')).toMatch(/subject=CN ?= ?own\.test/);
  });

  const old = ['-cipher', 'ALL:@SECLEVEL=0'];
  it.each([
    ['-tls1', 'TLSv1'],
    ['-tls1_1', 'TLSv1.1'],
  ])('speaks %s from a listed address, and from no other', async (option, protocol) => {
    for (const way of [[ports.starttls, ...startTls], [ports.implicit]] as const) {
      const [port, ...words] = way;
      const listed = await connect(port, ...words, option, ...old, '-bind', '127.0.0.2:0');
      expect(listed).toMatch(new RegExp(`Protocol *: ${protocol}\\s`));
      expect(listed).toContain('221 2.0.0');
      const other = await connect(port, ...words, option, ...old, '-bind', '127.0.0.3:0');
      expect(other).not.toContain('250 OK');
      expect(other).toMatch(/exit 1$/);
    }
  });

  it.each([
    ['-tls1_2', 'TLSv1.2'],
    ['-tls1_3', 'TLSv1.3'],
  ])('speaks %s from every address', async (option, protocol) => {
    for (const from of ['127.0.0.1:0', '127.0.0.2:0'])
      expect(await connect(ports.implicit, option, '-bind', from)).toContain(protocol);
  });

  it('does not negotiate again', async () => {
    const output = await outputOf(
      'openssl',
      ['s_client', '-connect', `127.0.0.1:${ports.implicit}`, '-tls1_2', '-crlf'],
      { input: 'R\nEHLO s.test\n' },
    );
    expect(output).not.toContain('250 OK');
  });
});

describeWith(['swaks', 'perl-tls'], 'swaks', () => {
  const swaks = (port: number, subject: string, ...words: string[]): Promise<string> =>
    outputOf('swaks', [
      ...['--server', `127.0.0.1:${port}`, '--from', 'app@line.test', '--to', 'ann@corp.test'],
      ...['--header', `Subject: ${subject}`, ...words],
    ]);
  const dropped = (subject: string) =>
    waitFor(`"${subject}" in Drop`, () => service.dropped().find((mail) => mail.includes(subject)));

  it.each([
    ['--tls', 'starttls'],
    ['--tls-optional', 'starttls'],
    ['--tls-on-connect', 'implicit'],
    ['--tlsc', 'implicit'],
  ] as const)('sends with %s', async (option, identity) => {
    const output = await swaks(ports[identity], `by ${option}.`, option);
    expect(output).toMatch(/TLS started with cipher TLSv1\.3/);
    expect(output).toMatch(/<~ {2}250 2\.6\.0/);
    expect(await dropped(`by ${option}.`)).toMatch(/with Mailroot ESMTPS /);
  });

  it('sends in clear where no encryption is offered, and is refused when it insists', async () => {
    const output = await swaks(ports.none, 'in clear', '--tls-optional');
    expect(output).toMatch(/<- {2}250 2\.6\.0/);
    expect(await dropped('in clear')).toMatch(/with Mailroot ESMTP /);
    expect(await swaks(ports.none, 'never', '--tls')).toMatch(/Host did not advertise STARTTLS/);
  });
});

/** A client that stays in its session. */
async function openSession(port: number): Promise<{ say(line: string): Promise<string>; end(): void }> {
  const socket: TLSSocket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  const hear = async (): Promise<string> => String((await once(socket, 'data'))[0]);
  expect(await hear()).toMatch(/^220/);
  return {
    say(line) {
      const heard = hear();
      socket.write(`${line}\r\n`);
      return heard;
    },
    end: () => socket.destroy(),
  };
}

const shownAt = async (port: number): Promise<string> => {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
};

describe('the certificate of an identity', () => {
  it('is replaced for new connections; the open session stays', async () => {
    const session = await openSession(ports.implicit);
    const [starttls, implicit, none] = standard.bindings ?? [];
    const bindings = [starttls, { ...implicit, certificate: certificates.further }, none];
    await set({ bindings: bindings as ServerSettingsInput['bindings'] });
    expect(await shownAt(ports.implicit)).toBe('*.further.test');
    expect(await session.say('NOOP')).toMatch(/^250/);
    session.end();
    await set(standard);
    expect(await shownAt(ports.implicit)).toBe('own.test');
  });

  it('is not removed while an identity or the list of further ones names it', async () => {
    const { list, remove } = service.client.certificates;
    const users = new Map((await list()).map(({ id, usedBy }) => [id, usedBy]));
    for (const id of Object.values(certificates)) {
      expect(users.get(id)).toEqual([1]);
      await expect(remove({ id })).rejects.toMatchObject({ data: { field: 'id' } });
    }
  });

  it('that does not exist is told as soon as it is set', async () => {
    await set({ furtherCertificates: ['ffffffffffffffff'] });
    await waitFor('the warning', () =>
      service.output().includes('A further certificate of Default SMTP Virtual Server is missing'),
    );
    const missing = async () =>
      (await service.client.system.status()).attention.filter(({ code }) => code === 'certificate-missing');
    expect(await missing()).toMatchObject([{ text: expect.stringContaining('a further certificate') }]);
    await set(standard);
    expect(await missing()).toEqual([]);
  });

  it('is asked for where a secure channel or implicit TLS is set', async () => {
    await expect(
      set({ bindings: [{ port: ports.implicit, encryption: 'implicit' }], certificate: '' }),
    ).rejects.toMatchObject({ data: { field: 'bindings.0.encryption' } });
    await expect(set({ requiresTls: true })).rejects.toMatchObject({
      data: { field: 'bindings.2.encryption' },
    });
  });
});

describe('a virtual server that is encrypted from the first byte alone', () => {
  beforeAll(() =>
    set({
      bindings: [{ address: '127.0.0.1', port: ports.implicit, encryption: 'implicit' }],
      requiresTls: true,
    }),
  );
  afterAll(() => set({ ...standard, requiresTls: false }));

  it('takes a test message', async () => {
    const events: TestEvent[] = [];
    const input = { serverId: 1, from: 'app@line.test', to: ['ann@corp.test'] };
    for await (const event of await service.client.test.run(input)) events.push(event);
    expect(events.at(-1)).toMatchObject({ kind: 'end', text: '1 in the Drop folder.' });
    const said = events.flatMap((event) => (event.kind === 'line' ? [event.line.text] : [])).join('\n');
    expect(said).toMatch(/TLSv1\.3/);
    expect(said).not.toContain('STARTTLS');
  });

  it('is explained as such', async () => {
    const { steps, isAccepted } = await service.client.diagnostics.explain({
      serverId: 1,
      from: 'app@line.test',
      to: 'ann@corp.test',
      clientAddress: '192.0.2.1',
    });
    expect(isAccepted).toBe(true);
    expect(steps.map(({ text }) => text)).toContain('The connection is encrypted from its first byte.');
  });
});

describeWith(['testssl', 'openssl'], 'testssl.sh', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-testssl-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['starttls', ['--starttls', 'smtp']],
    ['implicit', []],
  ] as const)(
    'finds nothing old or weak on an identity with %s',
    async (identity, words) => {
      const file = join(folder, `${identity}.json`);
      await outputOf('testssl', [
        ...[
          '--quiet',
          '--warnings',
          'off',
          '--nodns',
          'none',
          '-p',
          '-s',
          '-R',
          '--jsonfile',
          file,
          ...words,
        ],
        `127.0.0.1:${ports[identity]}`,
      ]);
      const rows = JSON.parse(readFileSync(file, 'utf8')) as {
        id: string;
        severity: string;
        finding: string;
      }[];
      const found = Object.fromEntries(rows.map(({ id, finding }) => [id, finding]));
      expect(found).toMatchObject({
        SSLv2: 'not offered',
        SSLv3: 'not offered',
        TLS1: 'not offered',
        TLS1_1: 'not offered',
        TLS1_2: 'offered',
        TLS1_3: expect.stringMatching(/^offered/),
        cipherlist_NULL: 'not offered',
        cipherlist_aNULL: 'not offered',
        cipherlist_EXPORT: 'not offered',
        cipherlist_LOW: 'not offered',
        cipherlist_3DES_IDEA: 'not offered',
        cipherlist_STRONG: 'offered',
        secure_renego: 'supported',
        secure_client_renego: 'not vulnerable',
      });
      expect(rows.filter(({ severity }) => /LOW|MEDIUM|HIGH|CRITICAL/.test(severity))).toEqual([]);
      // It starts hundreds of programs.
    },
    240_000,
  );
});
