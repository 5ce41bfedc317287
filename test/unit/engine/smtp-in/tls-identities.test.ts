/** Encryption of each identity on a real listener: from the first byte, never, by name, by version, and changed live. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bindingOf, type ListenerBinding } from '../../../../src-main/engine/smtp-in/listening';
import { createInboundTls } from '../../../../src-main/engine/smtp-in/tls';
import type { ServerSettingsInput } from '../../../../src-main/settings/schema';
import {
  connectRaw,
  type ListenerUnderTest,
  type RawClient,
  startListener,
} from '../../../protocol/listener-under-test';
import { createManualClock } from '../../../protocol/manual-clock';
import { createMemoryKeyring, testCertificate } from '../../../protocol/memory-keyring';
import { createCertificate } from '../../../support/certificate';
import { createServerSettings } from '../../../support/settings';

const second = '00000000000000b2';
const wild = '00000000000000b3';

let server: ListenerUnderTest;
const clients: RawClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server?.close();
});

async function start(
  bindings: readonly Partial<ListenerBinding>[],
  settings: Partial<ServerSettingsInput> = {},
  options: Parameters<typeof startListener>[1] = {},
): Promise<void> {
  const keyring = createMemoryKeyring();
  keyring.certificates.set(second, await createCertificate('second.test'));
  keyring.certificates.set(wild, await createCertificate('*.wild.test'));
  server = await startListener({ certificate: testCertificate, ...settings }, { keyring, ...options });
  await server.listener.open(bindings.map((binding) => ({ address: '127.0.0.1', port: 0, ...binding })));
}

const portAt = (at = 0): number => server.listener.boundPorts()[at]?.port ?? 0;

async function connectTo(at = 0, localAddress?: string): Promise<RawClient> {
  const client = await connectRaw(portAt(at), '127.0.0.1', localAddress);
  clients.push(client);
  return client;
}

/** Common name that a client is shown who asks for `servername`. */
async function shownBy(client: RawClient, servername?: string): Promise<string> {
  const encrypted = await client.startTls(servername === undefined ? {} : { servername });
  return String(encrypted.getPeerCertificate().subject.CN);
}

async function afterStartTls(at = 0): Promise<RawClient> {
  const client = await connectTo(at);
  await client.reply();
  expect(await client.say('STARTTLS')).toMatch(/^220/);
  return client;
}

const warnings = () =>
  server.events.flatMap((event) =>
    event.type === 'warning' ? [{ code: event.code, text: event.text }] : [],
  );

describe('an identity with implicit TLS', () => {
  it('greets inside the encryption, takes mail there and offers no STARTTLS', async () => {
    await start([{ encryption: 'implicit' }], { requiresTls: true, requires128Bit: true });
    const client = await connectTo();
    await client.startTls();
    expect(await client.reply()).toMatch(/^220 mail\.local\.test/);
    expect(await client.say('EHLO client.test')).not.toContain('STARTTLS');
    expect(await client.say('STARTTLS')).toMatch(/^503/);
    for (const line of ['MAIL FROM:<a@x.test>', 'RCPT TO:<b@local.test>', 'DATA']) await client.say(line);
    expect(await client.say('.')).toMatch(/^250 2\.6\.0/);
    expect(server.listener.sessions()[0]).toMatchObject({ tls: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' });
  });

  it('takes the first command together with the end of the handshake', async () => {
    await start([{ encryption: 'implicit' }]);
    const client = await connectTo();
    const encrypted = await client.startTls();
    encrypted.write('EHLO at-once.test\r\nMAIL FROM:<a@x.test>\r\n');
    expect(await client.reply()).toMatch(/^220/);
    await vi.waitFor(() =>
      expect(server.listener.sessions()[0]).toMatchObject({ hello: 'at-once.test', state: 'in-message' }),
    );
  });

  it('closes on plain text without a word, tells it seldom, and serves the next client', async () => {
    await start([{ encryption: 'implicit' }]);
    for (let count = 0; count < 3; count++) {
      const plain = await connectTo();
      plain.send('EHLO client.test\r\n');
      await vi.waitFor(() => expect(server.listener.sessions()).toEqual([]));
      expect(await heardOf(plain)).not.toMatch(/220|250|5\d\d /);
    }
    expect(warnings()).toEqual([
      {
        code: 'tls-handshake-failed',
        text: expect.stringMatching(/^127\.0\.0\.1 connected to port \d+, which is encrypted/),
      },
    ]);
    expect(await shownBy(await connectTo())).toBe('self-signed.test');
  });

  it('closes without a handshake on clients that may not connect, and on too many', async () => {
    await start([{ encryption: 'implicit' }], { connectionList: ['127.0.0.1'] });
    const refused = await connectTo();
    await refused.closed();
    server.change({ certificate: testCertificate, maxConnections: 1 });
    const first = await connectTo();
    await first.startTls();
    const tooMany = await connectTo();
    await tooMany.closed();
    expect(server.listener.sessions()).toHaveLength(1);
  });

  it('closes when there is no certificate that can be used, which is told when it starts', async () => {
    await start([{ encryption: 'implicit', certificate: 'ffffffffffffffff' }]);
    const client = await connectTo();
    await client.closed();
    expect(warnings()).toEqual([
      {
        code: 'certificate-unusable',
        text: expect.stringMatching(/for 127\.0\.0\.1:0 is missing .* Nobody can connect there/),
      },
    ]);
  });

  it('waits for no handshake longer than half a minute, and nobody waits for another', async () => {
    const clock = createManualClock();
    await start([{ encryption: 'implicit' }], {}, { clock });
    const slow = await connectTo();
    await vi.waitFor(() => expect(server.listener.sessions()).toHaveLength(1));
    const quick = await connectTo();
    await quick.startTls();
    expect(await quick.reply()).toMatch(/^220/);
    clock.advance(30_000);
    await slow.closed();
    expect(await quick.say('NOOP')).toMatch(/^250/);
  });

  it('says goodbye inside the encryption when it is stopped', async () => {
    await start([{ encryption: 'implicit' }]);
    const waiting = await connectTo();
    await vi.waitFor(() => expect(server.listener.sessions()).toHaveLength(1));
    const client = await connectTo();
    await client.startTls();
    await client.reply();
    const closed = server.listener.close(60_000);
    expect(await client.reply()).toBe('421 4.3.2 Service not available');
    await waiting.closed();
    client.end();
    await closed;
  });
});

/** Everything that was said until the server closed. */
async function heardOf(client: RawClient): Promise<string> {
  let text = '';
  for (;;) {
    const line = await client.line();
    if (line === undefined) return text;
    text += `${line}\n`;
  }
}

describe('an identity without encryption', () => {
  it('neither offers nor takes STARTTLS', async () => {
    await start([{ encryption: 'none' }, {}]);
    const client = await connectTo(0);
    await client.reply();
    expect(await client.say('EHLO client.test')).not.toContain('STARTTLS');
    expect(await client.say('STARTTLS')).toMatch(/^554 5\.7\.3/);
    const other = await connectTo(1);
    await other.reply();
    expect(await other.say('EHLO client.test')).toContain('STARTTLS');
    expect(server.listener.boundPorts().map(({ encryption }) => encryption)).toEqual(['none', 'starttls']);
  });
});

describe('the certificate of an identity', () => {
  it('is its own, else that of the virtual server', async () => {
    await start([{ certificate: second }, {}, { encryption: 'implicit', certificate: second }]);
    expect(await shownBy(await afterStartTls(0))).toBe('second.test');
    expect(await shownBy(await afterStartTls(1))).toBe('self-signed.test');
    expect(await shownBy(await connectTo(2))).toBe('second.test');
  });

  it.each(['starttls', 'implicit'] as const)(
    'changes live (%s), and the open session goes on',
    async (encryption) => {
      await start([{ encryption, certificate: second }]);
      const connect = () => (encryption === 'implicit' ? connectTo() : afterStartTls());
      const open = await connect();
      expect(await shownBy(open)).toBe('second.test');
      if (encryption === 'implicit') await open.reply();
      server.keyring.certificates.set(second, await createCertificate('renewed.test'));
      server.listener.refreshTls();
      expect(await shownBy(await connect())).toBe('renewed.test');
      expect(await open.say('NOOP')).toMatch(/^250/);
    },
  );
});

describe('a client that asks for a name', () => {
  it.each<[string | undefined, string]>([
    ['second.test', 'second.test'],
    ['printer.wild.test', '*.wild.test'],
    ['unknown.test', 'self-signed.test'],
    [undefined, 'self-signed.test'],
  ])('%s is shown %s', async (asked, shown) => {
    await start([{}, { encryption: 'implicit' }], { furtherCertificates: [wild, second] });
    expect(await shownBy(await afterStartTls(0), asked)).toBe(shown);
    expect(await shownBy(await connectTo(1), asked)).toBe(shown);
  });

  it('gets the certificate of the identity when none is good for the name, and a renewed further one at once', async () => {
    await start([{ encryption: 'implicit', certificate: wild }], { furtherCertificates: [second] });
    expect(await shownBy(await connectTo(), 'unknown.test')).toBe('*.wild.test');
    const open = await connectTo();
    expect(await shownBy(open, 'second.test')).toBe('second.test');
    await open.reply();
    const renewed = await createCertificate('second.test');
    server.keyring.certificates.set(second, renewed);
    server.listener.refreshTls();
    const client = await connectTo();
    const encrypted = await client.startTls({ servername: 'second.test' });
    expect(encrypted.getPeerCertificate().fingerprint256.replaceAll(':', '').toLowerCase()).toBe(
      renewed.fingerprint,
    );
    expect(await open.say('NOOP')).toMatch(/^250/);
  });

  it('is served when a further certificate is gone, which is told', async () => {
    await start([{}], { furtherCertificates: ['ffffffffffffffff', second] });
    expect(await shownBy(await afterStartTls(), 'second.test')).toBe('second.test');
    expect(warnings()).toEqual([
      { code: 'certificate-unusable', text: expect.stringMatching(/^A further certificate of/) },
    ]);
  });

  it('is noted with the session, hostile names are not', async () => {
    await start([{ encryption: 'implicit' }]);
    const client = await connectTo();
    await client.startTls({ servername: 'Printer.wild.test' });
    await client.reply();
    await client.say('NOOP');
    const { lines } = server.listener.dialogue(server.listener.sessions()[0]?.id ?? '') ?? { lines: [] };
    expect(lines.map(({ text }) => text).join('\n')).toContain('asked for printer.wild.test');
  });
});

/** TLS 1.0 and nothing else. */
const oldOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

describe('old TLS', () => {
  it('is spoken with listed clients alone', async () => {
    await start([{}, { encryption: 'implicit' }], { oldTlsList: ['127.0.0.2'] });
    for (const at of [0, 1]) {
      const old = await connectFrom('127.0.0.2', at);
      expect((await old.startTls(oldOptions)).getProtocol()).toBe('TLSv1');
      const other = await connectFrom('127.0.0.1', at);
      await expect(other.startTls(oldOptions)).rejects.toThrow();
      const today = await connectFrom('127.0.0.2', at);
      expect((await today.startTls()).getProtocol()).toBe('TLSv1.3');
    }
    expect(warnings()).toEqual([
      { code: 'tls-handshake-failed', text: expect.stringContaining('"Clients that may use old TLS"') },
    ]);
  });

  it('comes with the certificate that the client asks for', async () => {
    await start([{ encryption: 'implicit' }], { oldTlsList: ['127.0.0.1'], furtherCertificates: [second] });
    const client = await connectTo();
    const encrypted = await client.startTls({ ...oldOptions, servername: 'second.test' });
    expect(encrypted.getProtocol()).toBe('TLSv1');
    expect(String(encrypted.getPeerCertificate().subject.CN)).toBe('second.test');
  });

  it('can be allowed to everybody, for the virtual server or for one identity', async () => {
    await start([{ encryption: 'implicit' }, { encryption: 'implicit', minimumTls: 'TLSv1' }]);
    await expect((await connectTo(0)).startTls(oldOptions)).rejects.toThrow();
    expect((await (await connectTo(1)).startTls(oldOptions)).getProtocol()).toBe('TLSv1');
    server.change({ certificate: testCertificate, minimumTls: 'TLSv1' });
    expect((await (await connectTo(0)).startTls(oldOptions)).getProtocol()).toBe('TLSv1');
  });

  it('1.3 alone can be asked for', async () => {
    await start([{ encryption: 'implicit', minimumTls: 'TLSv1.3' }]);
    await expect((await connectTo()).startTls({ maxVersion: 'TLSv1.2' })).rejects.toThrow();
    expect((await (await connectTo()).startTls()).getProtocol()).toBe('TLSv1.3');
  });

  it('where the program cannot is told once, and everybody else is served', () => {
    const told: string[] = [];
    const settings = createServerSettings({ certificate: testCertificate, oldTlsList: ['192.0.2.0/24'] });
    const binding = bindingOf({ address: '', port: 25 });
    const tls = createInboundTls({
      serverId: 1,
      settings: () => settings,
      bindings: () => [binding],
      keyring: createMemoryKeyring(),
      emit: (event) => void (event.type === 'warning' && told.push(`${event.code} ${event.text}`)),
      clock: createManualClock(),
      oldTlsSupport: () => 'none',
    });
    tls.refresh();
    tls.refresh();
    expect(told).toEqual([expect.stringMatching(/^old-tls-unavailable .*mailroot serve/)]);
    expect(tls.prepare(binding, '192.0.2.1')).toBeDefined();
  });
});

/** A client with this address, ready for its handshake. */
async function connectFrom(localAddress: string, at: number): Promise<RawClient> {
  const client = await connectTo(at, localAddress);
  if (server.listener.boundPorts()[at]?.encryption === 'implicit') return client;
  await client.reply();
  await client.say('STARTTLS');
  return client;
}

describe('a proxy in front of an identity with implicit TLS', () => {
  it('says whom the handshake is with, before it begins', async () => {
    await start([{ encryption: 'implicit' }], {
      proxyList: ['127.0.0.1'],
      oldTlsList: ['192.0.2.7'],
      connectionList: ['192.0.2.9'],
    });
    const connectAs = async (address: string): Promise<RawClient> => {
      const client = await connectTo();
      client.send(`PROXY TCP4 ${address} 198.51.100.1 4000 465\r\n`);
      return client;
    };
    const old = await connectAs('192.0.2.7');
    expect((await old.startTls(oldOptions)).getProtocol()).toBe('TLSv1');
    await expect((await connectAs('192.0.2.8')).startTls(oldOptions)).rejects.toThrow();
    const today = await connectAs('192.0.2.8');
    await today.startTls();
    expect(await today.reply()).toMatch(/^220/);
    await (await connectAs('192.0.2.9')).closed();
  });
});

describe('a change of the encryption of an open identity', () => {
  beforeEach(() => start([{ certificate: second }]));

  it('holds for new connections; neither the listening socket nor a session is closed', async () => {
    const port = portAt();
    const address = { address: '127.0.0.1', port: 0 };
    const open = await connectTo();
    await open.reply();
    const encrypted = await afterStartTls();
    await encrypted.startTls();

    await server.listener.rebind([{ ...address, encryption: 'implicit' }]);
    expect(portAt()).toBe(port);
    expect(await shownBy(await connectTo())).toBe('self-signed.test');

    await server.listener.rebind([{ ...address, minimumTls: 'TLSv1.3' }]);
    const old = await afterStartTls();
    await expect(old.startTls({ maxVersion: 'TLSv1.2' })).rejects.toThrow();

    await server.listener.rebind([{ ...address, encryption: 'none' }]);
    const plain = await connectTo();
    await plain.reply();
    expect(await plain.say('EHLO client.test')).not.toContain('STARTTLS');

    expect(portAt()).toBe(port);
    expect(await open.say('NOOP')).toMatch(/^250/);
    expect(await encrypted.say('NOOP')).toMatch(/^250/);
  });

  it('that cannot be used is told at once', async () => {
    await server.listener.rebind([{ address: '127.0.0.1', port: 0, certificate: 'ffffffffffffffff' }]);
    expect(warnings()).toEqual([
      {
        code: 'certificate-unusable',
        text: expect.stringMatching(/for 127\.0\.0\.1:0 is missing .* Encryption is not offered there/),
      },
    ]);
    const client = await connectTo();
    await client.reply();
    expect(await client.say('EHLO client.test')).not.toContain('STARTTLS');
  });
});

describe('an encrypted session', () => {
  it('ends when its bytes are not what the handshake agreed on', async () => {
    await start([{ encryption: 'implicit' }]);
    const client = await connectTo();
    await client.startTls();
    await client.reply();
    client.socket.write('EHLO in-clear.test\r\n');
    await vi.waitFor(() => expect(server.listener.sessions()).toEqual([]));
  });

  it('is not renegotiated', async () => {
    await start([{ encryption: 'implicit' }]);
    const client = await connectTo();
    const encrypted = await client.startTls({ maxVersion: 'TLSv1.2' });
    await client.reply();
    encrypted.on('error', () => undefined);
    encrypted.renegotiate({}, () => undefined);
    await vi.waitFor(() => expect(server.listener.sessions()).toEqual([]));
  });
});
