/** Encryption on a real listener: certificates that come, change and go; handshakes that fail; mail that is large. */
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ListenerUnderTest, type RawClient, startListener } from '../../../protocol/listener-under-test';
import { createManualClock } from '../../../protocol/manual-clock';
import { testCertificate } from '../../../protocol/memory-keyring';
import { createCertificate } from '../../../support/certificate';

let server: ListenerUnderTest;
afterEach(() => server?.close());

const warnings = () =>
  server.events.flatMap((event) =>
    event.type === 'warning' ? [{ code: event.code, text: event.text }] : [],
  );

async function connectClient(): Promise<RawClient> {
  const client = await server.connect();
  await client.reply();
  return client;
}

async function connectEncrypted(): Promise<RawClient> {
  const client = await connectClient();
  await client.say('EHLO client.test');
  expect(await client.say('STARTTLS')).toBe('220 2.0.0 SMTP server ready');
  await client.startTls();
  await client.say('EHLO client.test');
  return client;
}

/** Common name of the certificate that a new connection is shown. */
async function shownName(): Promise<string | undefined> {
  const client = await connectClient();
  await client.say('STARTTLS');
  const encrypted = await client.startTls();
  const { subject } = encrypted.getPeerCertificate();
  client.destroy();
  return String(subject.CN);
}

describe('an encrypted session', () => {
  it('says so in the list, and its bytes are counted', async () => {
    server = await startListener({ certificate: testCertificate });
    const client = await connectEncrypted();
    const [before] = server.listener.sessions();
    expect(before).toMatchObject({ tls: 'TLSv1.3', hello: 'client.test', state: 'greeted', command: 'EHLO' });
    await client.say(`NOOP ${'x'.repeat(1000)}`);
    const [after] = server.listener.sessions();
    expect((after?.receivedBytes ?? 0) - (before?.receivedBytes ?? 0)).toBeGreaterThan(1000);
    expect((after?.receivedBytes ?? 0) - (before?.receivedBytes ?? 0)).toBeLessThan(1200);
  });

  it('takes a large message whole', async () => {
    server = await startListener({ certificate: testCertificate, maxMessageKb: null, maxSessionKb: null });
    const client = await connectEncrypted();
    for (const line of ['MAIL FROM:<a@x.test>', 'RCPT TO:<b@local.test>', 'DATA']) await client.say(line);
    expect(server.listener.sessions()[0]).toMatchObject({ state: 'receiving' });
    const line = `${'0123456789'.repeat(7)}\r\n`;
    const content = line.repeat(400_000);
    client.send(`${content}.\r\n`);
    expect(await client.reply()).toMatch(/^250 2\.6\.0/);
    expect(server.intake.accepted[0]?.content.length).toBe(content.length);
    expect(server.intake.accepted[0]?.content === content).toBe(true);
  });

  it('is timed out like any other', async () => {
    const clock = createManualClock();
    server = await startListener({ certificate: testCertificate, connectionTimeoutMinutes: 1 }, { clock });
    const client = await connectEncrypted();
    clock.advance(1000);
    clock.advance(61_000);
    expect(await client.reply()).toBe('421 4.4.2 Connection timed out');
    await client.closed();
  });

  it('is ended with 421 inside the encryption, and stopping waits for nobody', async () => {
    server = await startListener({ certificate: testCertificate });
    const client = await connectEncrypted();
    const closed = server.listener.close(60_000);
    expect(await client.reply()).toBe('421 4.3.2 Service not available');
    await client.closed();
    client.end();
    await closed;
    expect(server.listener.sessions()).toEqual([]);
  });

  it('speaks TLS 1.2 and newer only, by the order of the server', async () => {
    server = await startListener({ certificate: testCertificate });
    const client = await connectClient();
    await client.say('STARTTLS');
    const encrypted = await client.startTls({
      maxVersion: 'TLSv1.2',
      ciphers: 'ECDHE-ECDSA-AES256-SHA:ECDHE-ECDSA-AES128-GCM-SHA256',
    });
    expect(encrypted.getProtocol()).toBe('TLSv1.2');
    expect(encrypted.getCipher().name).toBe('ECDHE-ECDSA-AES128-GCM-SHA256');
    const old = await connectClient();
    await old.say('STARTTLS');
    await expect(
      old.startTls({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).rejects.toThrow();
  });

  it('is not taken for strong with 128 bits required and fewer negotiated', async () => {
    // No such cipher can be negotiated with what Node brings, so the decision's table says the rest.
    server = await startListener({ certificate: testCertificate, requires128Bit: true });
    const client = await connectEncrypted();
    expect(await client.say('MAIL FROM:<a@x.test>')).toMatch(/^250/);
  });
});

describe('the certificate', () => {
  it('may change: the next handshake has the new one, open sessions keep theirs', async () => {
    server = await startListener({ certificate: testCertificate });
    const open = await connectEncrypted();
    expect(await shownName()).toBe('self-signed.test');
    server.keyring.certificates.set(testCertificate, await createCertificate('second.test'));
    expect(await shownName()).toBe('self-signed.test');
    server.listener.refreshTls();
    expect(await shownName()).toBe('second.test');
    expect(await open.say('NOOP')).toMatch(/^250/);
  });

  it('may be another one in the settings, at once', async () => {
    server = await startListener({ certificate: testCertificate });
    expect(await shownName()).toBe('self-signed.test');
    server.keyring.certificates.set('00000000000000cc', await createCertificate('third.test'));
    server.change({ certificate: '00000000000000cc' });
    expect(await shownName()).toBe('third.test');
    server.change({ certificate: '' });
    const client = await connectClient();
    expect(await client.say('EHLO a')).not.toContain('STARTTLS');
  });

  it.each([
    ['is missing', () => undefined, /is missing or its key cannot be read/],
    [
      'is damaged',
      () => ({ keyPem: 'no key', certificatePem: 'none', fingerprint: 'x' }),
      /cannot be used \(/,
    ],
    [
      'cannot even be asked for',
      () => {
        throw new Error('the file is locked');
      },
      /cannot be used \(the file is locked\)/,
    ],
  ])('that %s: no STARTTLS, told once, and again when it went once more', async (_title, find, text) => {
    server = await startListener({ certificate: testCertificate });
    const usable = server.keyring.tlsCredentials;
    server.keyring.tlsCredentials = find;
    server.listener.refreshTls();
    for (let count = 0; count < 3; count++) {
      const client = await connectClient();
      expect(await client.say('EHLO a')).not.toContain('STARTTLS');
      expect(await client.say('STARTTLS')).toMatch(/^554 5\.7\.3/);
      server.listener.refreshTls();
    }
    expect(warnings()).toEqual([{ code: 'certificate-unusable', text: expect.stringMatching(text) }]);
    server.keyring.tlsCredentials = usable;
    server.listener.refreshTls();
    expect(await shownName()).toBe('self-signed.test');
    server.keyring.tlsCredentials = find;
    server.listener.refreshTls();
    expect(warnings()).toHaveLength(2);
  });

  it('whose key is another one is unusable', async () => {
    server = await startListener({ certificate: testCertificate });
    const [one, two] = await Promise.all([createCertificate('a.test'), createCertificate('b.test')]);
    server.keyring.certificates.set(testCertificate, { ...one, keyPem: two.keyPem });
    server.listener.refreshTls();
    expect(warnings()).toEqual([{ code: 'certificate-unusable', text: expect.stringContaining('key') }]);
    expect(JSON.stringify(warnings())).not.toContain('PRIVATE');
  });

  it('that is required and not assigned is told when the server starts', async () => {
    server = await startListener({ requiresTls: true });
    expect(warnings()).toEqual([
      { code: 'certificate-unusable', text: expect.stringContaining('no mail is taken') },
    ]);
  });
});

describe('a handshake that fails', () => {
  it('ends its connection alone, and is told once an hour however many there are', async () => {
    const clock = createManualClock();
    server = await startListener({ certificate: testCertificate }, { clock });
    const good = await connectEncrypted();
    for (let count = 0; count < 3; count++) {
      const client = await connectClient();
      await client.say('STARTTLS');
      client.send('MAIL FROM:<evil@x.test>\r\n');
      await vi.waitFor(() => expect(server.listener.sessions()).toHaveLength(1));
    }
    expect(warnings()).toEqual([
      { code: 'tls-handshake-failed', text: expect.stringMatching(/^127\.0\.0\.1 .*wrong version number/) },
    ]);
    clock.advance(60 * 60_000);
    const client = await connectClient();
    await client.say('STARTTLS');
    client.send('again\r\n');
    await vi.waitFor(() => expect(warnings()).toHaveLength(2));
    expect(good.socket.destroyed).toBe(false);
    await server.listener.close(0);
  });

  it('because the client has gone is nobody’s business', async () => {
    server = await startListener({ certificate: testCertificate });
    for (const leave of [
      (client: RawClient) => client.socket.resetAndDestroy(),
      (client: RawClient) => client.socket.destroy(),
      (client: RawClient) => client.end(),
    ]) {
      const client = await connectClient();
      await client.say('STARTTLS');
      leave(client);
      await vi.waitFor(() => expect(server.listener.sessions()).toEqual([]));
    }
    expect(warnings()).toEqual([]);
  });

  it('because the client does not trust us is told', async () => {
    server = await startListener({ certificate: testCertificate });
    const client = await connectClient();
    await client.say('STARTTLS');
    await expect(client.startTls({ rejectUnauthorized: true })).rejects.toThrow(/self-signed/);
    await vi.waitFor(() => expect(server.listener.sessions()).toEqual([]));
  });

  it('because it does not end is ended', async () => {
    const clock = createManualClock();
    server = await startListener({ certificate: testCertificate }, { clock });
    const client = await connectClient();
    await client.say('STARTTLS');
    await vi.waitFor(() => expect(clock.pendingCount()).toBe(2));
    clock.advance(30_000);
    await client.closed();
    expect(server.listener.sessions()).toEqual([]);
    await server.listener.close(0);
  });

  it('is cut by the end of its session, with not a byte in clear', async () => {
    server = await startListener({ certificate: testCertificate });
    const client = await connectClient();
    await client.say('STARTTLS');
    expect(server.listener.terminate(server.listener.sessions()[0]?.id ?? '')).toBe(true);
    await client.closed();
    expect(server.listener.sessions()).toEqual([]);
  });
});

describe('bytes behind STARTTLS', () => {
  it('do not survive in any number, not even hundreds of lines in several packets', async () => {
    server = await startListener({ certificate: testCertificate });
    const client = await connectClient();
    client.send(`EHLO a\r\nSTARTTLS\r\n${'MAIL FROM:<evil@x.test>\r\n'.repeat(500)}`);
    await client.reply();
    expect(await client.reply()).toBe('220 2.0.0 SMTP server ready');
    await client.startTls();
    expect(await client.say('EHLO client.test')).toMatch(/^250-/);
    expect(await client.say('RCPT TO:<b@local.test>')).toBe('503 5.5.2 Need mail command');
    expect(await client.say('NOOP')).toBe('250 2.0.0 OK');
  });

  it('are dropped wherever they wait: in the parser, and in the socket behind it', async () => {
    server = await startListener({ certificate: testCertificate });
    let release = (): void => undefined;
    server.intake.commitGate = new Promise((resolve) => {
      release = resolve;
    });
    const client = await connectClient();
    await client.say('HELO a');
    for (const line of ['MAIL FROM:<a@x.test>', 'RCPT TO:<b@local.test>', 'DATA']) await client.say(line);
    // The message is not safe yet, so STARTTLS has to wait, and so has what comes after it.
    for (const piece of ['.\r\nSTARTTLS\r\n', 'NOOP\r\n'.repeat(4000), 'NOOP\r\n'.repeat(4000)]) {
      client.send(piece);
      await vi.waitFor(() =>
        expect(server.listener.sessions()[0]?.receivedBytes).toBe(client.socket.bytesWritten),
      );
    }
    expect(server.listener.sessions()[0]).toMatchObject({ state: 'accepting' });
    release();
    expect(await client.reply()).toMatch(/^250 2\.6\.0/);
    expect(await client.reply()).toBe('220 2.0.0 SMTP server ready');
    await client.startTls();
    expect(await client.say('HELO b')).toMatch(/^250 mail/);
  });

  it('the first command may come with the end of the handshake', async () => {
    server = await startListener({ certificate: testCertificate });
    const client = await connectClient();
    await client.say('STARTTLS');
    client.socket.removeAllListeners('data').removeAllListeners('end');
    const encrypted = connectTls({ socket: client.socket, rejectUnauthorized: false });
    encrypted.write('EHLO at-once.test\r\nMAIL FROM:<a@x.test>\r\n');
    await vi.waitFor(() =>
      expect(server.listener.sessions()[0]).toMatchObject({ hello: 'at-once.test', state: 'in-message' }),
    );
    encrypted.destroy();
  });
});
