/** Log-in, TLS and masquerade on the way out, and where the passwords for it lie: the real service with peers on loopback. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ServerSettingsInput } from '../../src-main/api/contract';
import { runCommand } from '../support/command';
import { type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';
import { type SmtpPeer, type SmtpPeerOptions, startSmtpPeer } from '../support/smtp-peer';

const fixture = (name: string): Buffer => readFileSync(`test/fixtures/tls/${name}`);
const tls = { key: fixture('self-signed.key.pem'), cert: fixture('self-signed.cert.pem') };
const password = 'open-sesame-4711';
const kept = 'sealed:kept';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function peerWith(options: SmtpPeerOptions = {}): Promise<SmtpPeer> {
  const peer = await startSmtpPeer(options);
  cleanUp.push(() => peer.close());
  return peer;
}

/** Its retry intervals are long: what is delivered soon was delivered because something changed. */
async function relay(server: Partial<ServerSettingsInput>): Promise<RunningService> {
  const service = await startService({ server: { relayList: ['127.0.0.1'], ...server } });
  cleanUp.push(() => service.remove());
  return service;
}

const smartHostAt = (peer: SmtpPeer): Partial<ServerSettingsInput> => ({
  smartHost: '[127.0.0.1]',
  outboundPort: peer.port,
});
const logIn: Partial<ServerSettingsInput> = {
  outboundAuthentication: 'basic',
  outboundUserName: 'relay@corp.test',
  outboundPassword: password,
};

async function submit(service: RunningService, to: readonly string[], from = 'app@line.test'): Promise<void> {
  const client = await connectSmtp(service.port);
  await client.say('EHLO test');
  const data = `From: The App <${from}>\r\nSubject: relayed\r\n\r\nFrom: app@corp.test\r\n`;
  expect(await client.send({ from, to: [...to], data })).toMatch(/^250 /);
  client.end();
}

/** What the one waiting recipient was told last. */
const whyItWaits = (service: RunningService): Promise<string> =>
  waitFor('a failed attempt', async () => {
    const { rows } = await service.client.queue.list({ serverId: 1 });
    const last = rows[0]?.recipients[0]?.last?.status;
    return last && `${last.code} ${last.enhanced} ${last.text}`;
  });

const emptyQueue = (service: RunningService): Promise<unknown> =>
  waitFor('an empty queue', async () => (await service.client.queue.list({ serverId: 1 })).total === 0);

describe('the smart host', () => {
  it('gets mail over STARTTLS after a log-in', async () => {
    const peer = await peerWith({ tls, auth: { user: 'relay@corp.test', password, isOnlySecure: true } });
    const service = await relay({ ...smartHostAt(peer), ...logIn, outboundTls: 'required' });
    await submit(service, ['x@elsewhere.test']);
    await peer.received(1);
    expect(peer.transactions[0]).toMatchObject({ isSecure: true, user: 'relay@corp.test' });
  });

  it('refuses the password: mail waits and says why; mended, it goes at once', async () => {
    const peer = await peerWith({ tls, auth: { user: 'relay@corp.test', password } });
    const service = await relay({ ...smartHostAt(peer), ...logIn, outboundPassword: 'wrong-one' });
    await submit(service, ['x@elsewhere.test']);
    expect(await whyItWaits(service)).toMatch(
      /^451 4\.7\.8 \[127\.0\.0\.1\]: It refused the user name or password \(535 /,
    );
    expect(service.output()).toContain('warning login-refused');
    const attention = async () => (await service.client.system.status()).attention;
    expect(await attention()).toMatchObject([
      {
        serverId: 1,
        code: 'login-refused',
        text: expect.stringContaining('Outbound Security'),
        action: 'properties',
      },
    ]);
    expect(service.files('Badmail')).toEqual([]);
    await service.client.servers.set({ serverId: 1, patch: { outboundPassword: password } });
    await peer.received(1);
    await emptyQueue(service);
    expect(await attention()).toEqual([]);
  });

  it('has no TLS where it is required: mail waits; no longer required, it goes at once', async () => {
    const peer = await peerWith();
    const service = await relay({ ...smartHostAt(peer), outboundTls: 'required' });
    await submit(service, ['x@elsewhere.test']);
    expect(await whyItWaits(service)).toContain('TLS is required, and it does not offer STARTTLS');
    expect(peer.attempts).toEqual([]);
    await service.client.servers.set({ serverId: 1, patch: { outboundTls: 'opportunistic' } });
    await peer.received(1);
  });
});

it('a remote domain logs in with its own name, and the server with another', async () => {
  const [ours, theirs] = [
    await peerWith({ tls, auth: { user: 'relay@corp.test', password } }),
    await peerWith({ tls, auth: { user: 'partner', password: 'partner-password' } }),
  ];
  const service = await relay({
    ...smartHostAt(ours),
    ...logIn,
    domains: [
      { type: 'default', name: 'corp.test' },
      {
        type: 'remote',
        name: 'partner.test',
        smartHost: '[127.0.0.1]',
        port: theirs.port,
        outboundAuthentication: 'basic',
        outboundUserName: 'partner',
        outboundPassword: 'partner-password',
        outboundTls: 'required',
      },
    ],
  });
  await submit(service, ['x@elsewhere.test', 'y@partner.test']);
  await Promise.all([ours.received(1), theirs.received(1)]);
  expect(ours.transactions[0]).toMatchObject({ user: 'relay@corp.test', recipients: ['x@elsewhere.test'] });
  expect(theirs.transactions[0]).toMatchObject({ user: 'partner', recipients: ['y@partner.test'] });
});

it('mail of a local sender leaves under the masquerade domain, and is dropped under its own', async () => {
  const peer = await peerWith();
  const service = await relay({ ...smartHostAt(peer), masqueradeDomain: 'public.example' });
  await submit(service, ['x@elsewhere.test', 'ann@corp.test'], 'app@corp.test');
  await peer.received(1);
  const [transaction] = peer.transactions;
  expect(transaction?.sender).toBe('app@public.example');
  expect(transaction?.senderParams).toContain(`SIZE=${transaction?.data.length}`);
  expect(transaction?.data.toString()).toContain('From: The App <app@public.example>\r\n');
  // The body is nobody's business.
  expect(transaction?.data.toString()).toMatch(/\r\n\r\nFrom: app@corp\.test\r\n\s*$/);
  const [dropped] = await waitFor('the local copy', () => service.dropped().length > 0 && service.dropped());
  expect(dropped).toContain('x-sender: app@corp.test');
  expect(dropped).toContain('From: The App <app@corp.test>');
});

describe('passwords', () => {
  const remote = { type: 'remote', name: 'partner.test', outboundPassword: password } as const;
  const withPasswords: Partial<ServerSettingsInput> = {
    ...logIn,
    domains: [{ type: 'default', name: 'corp.test' }, remote],
  };

  /** Every file of the data folder that holds one of the texts. */
  function filesWith(folder: string, ...texts: string[]): string[] {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(folder, name)).isFile())
      .filter((name) => {
        const bytes = readFileSync(join(folder, name));
        return texts.some(
          (text) => bytes.includes(text) || bytes.includes(Buffer.from(text).toString('base64')),
        );
      });
  }

  it('lie nowhere in clear, and no answer has them, sealed or not', async () => {
    const service = await relay(withPasswords);
    const { client, dataFolder } = service;
    // startService hands its settings over in this file.
    writeFileSync(join(dataFolder, 'import.json'), '');
    const second = 'second-password';
    await client.servers.set({ serverId: 1, patch: { outboundPassword: second } });
    expect(filesWith(dataFolder, password, second)).toEqual([]);
    const stored = readFileSync(join(dataFolder, 'settings.json'), 'utf8');
    expect(stored.match(/sealed:v1:/g)).toHaveLength(2);
    expect(
      readFileSync(join(dataFolder, 'settings.last-good.json'), 'utf8').match(/sealed:v1:/g),
    ).toHaveLength(2);

    const answers = JSON.stringify([
      await client.servers.get({ serverId: 1 }),
      await client.servers.list(),
      await client.servers.set({ serverId: 1, patch: { maxHops: 20 } }),
      await client.domains.list({ serverId: 1 }),
      await client.domains.get({ serverId: 1, name: 'partner.test' }),
      await client.domains.set({ serverId: 1, name: 'partner.test', patch: { sendsHelo: true } }),
      await client.domains.rename({ serverId: 1, name: 'partner.test', newName: 'renamed.test' }),
      await client.domains.setDefault({ serverId: 1, name: 'corp.test' }),
      await client.settings.export(),
      await client.system.status(),
    ]);
    for (const text of [password, second, 'sealed:v1:']) expect(answers).not.toContain(text);
    expect(answers).toContain(kept);

    for (const words of [
      ['config', 'export'],
      ['server', 'show', '1'],
      ['domain', 'list'],
    ]) {
      const { out, code } = await runCommand([...words, '--json', '--data', dataFolder]);
      expect(code, words.join(' ')).toBe(0);
      for (const text of [password, second, 'sealed:v1:']) expect(out).not.toContain(text);
    }
    await service.stop();
    const { out } = await runCommand(['config', 'export', '--data', dataFolder]);
    expect(out).toContain(kept);
    expect(out).not.toContain('sealed:v1:');
  });

  it('stay as they were when "kept" comes back, also under another name of the domain', async () => {
    const peer = await peerWith({ auth: { user: 'relay@corp.test', password } });
    const service = await relay({
      ...withPasswords,
      domains: [
        { type: 'default', name: 'corp.test' },
        {
          ...remote,
          smartHost: '[127.0.0.1]',
          port: peer.port,
          outboundAuthentication: 'basic',
          outboundUserName: 'relay@corp.test',
        },
      ],
    });
    const { client } = service;
    await client.domains.set({ serverId: 1, name: 'partner.test', patch: { outboundPassword: kept } });
    await client.settings.import({ document: await client.settings.export() });
    await client.domains.rename({ serverId: 1, name: 'partner.test', newName: 'renamed.test' });
    await submit(service, ['x@renamed.test']);
    await peer.received(1);
    expect(peer.transactions[0]?.user).toBe('relay@corp.test');
  });

  it('a sealed text from outside is refused, with its field', async () => {
    const service = await relay(withPasswords);
    const stored = readFileSync(join(service.dataFolder, 'settings.json'), 'utf8');
    const sealed = /sealed:v1:[^"]*/.exec(stored)?.[0] ?? '';
    const changed = service.client.servers.set({
      serverId: 1,
      patch: { outboundPassword: `${sealed.slice(0, -4)}AAA=` },
    });
    await expect(changed).rejects.toThrow(/Enter the password itself/);
    expect(readFileSync(join(service.dataFolder, 'settings.json'), 'utf8')).toBe(stored);
  });

  it('written into the file by hand are sealed when it is read, at a reload and at a start', async () => {
    const service = await relay(withPasswords);
    const path = join(service.dataFolder, 'settings.json');
    const writeByHand = (text: string): void => {
      const document = JSON.parse(readFileSync(path, 'utf8'));
      document.servers[0].outboundPassword = text;
      writeFileSync(path, JSON.stringify(document));
    };
    writeByHand('by-hand-while-running');
    service.process.kill('SIGHUP');
    await waitFor('the file to be sealed', () => !readFileSync(path, 'utf8').includes('by-hand'));
    await service.stop();
    writeByHand('by-hand-while-stopped');
    await service.restart();
    writeFileSync(join(service.dataFolder, 'import.json'), '');
    expect(filesWith(service.dataFolder, 'by-hand-while-running', 'by-hand-while-stopped', password)).toEqual(
      [],
    );
  });

  it('imported while nothing runs are sealed too, and "kept" keeps them', async () => {
    const service = await relay(withPasswords);
    const { dataFolder } = service;
    const document = await service.client.settings.export();
    await service.stop();
    const path = join(dataFolder, 'settings.json');
    const before = readFileSync(path, 'utf8');
    const imported = await runCommand(['config', 'import', '-', '--data', dataFolder], {
      input: JSON.stringify(document),
    });
    expect(imported).toMatchObject({ code: 0, error: '' });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(before));
    const [server] = document.servers;
    const changed = { ...document, servers: [{ ...server, outboundPassword: 'third-password' }] };
    await runCommand(['config', 'import', '-', '--data', dataFolder], { input: JSON.stringify(changed) });
    expect(filesWith(dataFolder, 'third-password')).toEqual([]);
    expect(readFileSync(path, 'utf8')).not.toBe(before);
  });
});
