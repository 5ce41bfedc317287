/** Verified TLS, TLS facts and NTLM on the way out: the real service with Postfix, peers and a second service on loopback. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServerSettingsInput } from '../../src-main/api/contract';
import { createAuthority, type TestAuthority } from '../support/certificate';
import { runCommand } from '../support/command';
import { postfixSkipReason, startPostfix } from '../support/postfix';
import { findFreePort, type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';
import { type SmtpPeer, type SmtpPeerOptions, startSmtpPeer } from '../support/smtp-peer';

const folder = mkdtempSync(join(tmpdir(), 'mailroot-outbound-tls-'));
const authorityFile = join(folder, 'authority.pem');
let authority: TestAuthority;
beforeAll(async () => {
  authority = await createAuthority('Company CA');
  writeFileSync(authorityFile, authority.certificatePem);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function peerWith(options: SmtpPeerOptions = {}): Promise<SmtpPeer> {
  const { keyPem, certificatePem } = await authority.issue({ ip: ['127.0.0.1'] });
  const peer = await startSmtpPeer({ tls: { key: keyPem, cert: certificatePem }, ...options });
  cleanUp.push(() => peer.close());
  return peer;
}

async function relay(
  server: Partial<ServerSettingsInput>,
  environment: Readonly<Record<string, string>> = { NODE_EXTRA_CA_CERTS: authorityFile },
): Promise<RunningService> {
  const service = await startService({ server: { relayList: ['127.0.0.1'], ...server }, environment });
  cleanUp.push(() => service.remove());
  return service;
}

async function submit(service: RunningService, to = 'ann@elsewhere.test'): Promise<void> {
  const client = await connectSmtp(service.port);
  await client.say('EHLO test');
  const sent = await client.send({
    from: 'app@line.test',
    to: [to],
    data: 'Subject: relayed\r\n\r\nHello\r\n',
  });
  expect(sent).toMatch(/^250 /);
  client.end();
}

const smartHostAt = (port: number): Partial<ServerSettingsInput> => ({
  smartHost: '[127.0.0.1]',
  outboundPort: port,
  outboundTls: 'verified',
});

const firstRecipient = (service: RunningService) =>
  waitFor('a failed attempt', async () => {
    const { rows } = await service.client.queue.list({ serverId: 1 });
    const [row] = rows;
    const recipient = row?.recipients[0];
    return recipient?.last && { queueId: row?.queueId ?? '', last: recipient.last };
  });

describe('verified TLS', () => {
  it('trusts what the service was told to trust', async () => {
    const peer = await peerWith();
    await submit(await relay(smartHostAt(peer.port)));
    await peer.received(1);
    expect(peer.transactions[0]?.isSecure).toBe(true);
  });

  it('an authority that it does not know: mail waits, says why, and needs attention', async () => {
    const peer = await peerWith();
    const service = await relay(smartHostAt(peer.port), {});
    await submit(service);
    const { last } = await firstRecipient(service);
    expect(last.status).toMatchObject({ code: 451, enhanced: '4.7.5' });
    expect(last.status.text).toMatch(
      /certificate is not valid: .*authority that this computer does not trust/,
    );
    expect(peer.attempts).toEqual([]);
    expect((await service.client.system.status()).attention).toMatchObject([{ code: 'security-missing' }]);
    await service.client.servers.set({ serverId: 1, patch: { outboundTls: 'required' } });
    await peer.received(1);
    expect((await service.client.system.status()).attention).toEqual([]);
  });
});

it('how a connection was encrypted stands with the recipient, in the queue and on the command line', async () => {
  const peer = await peerWith({ onMessage: () => '451 4.3.0 not today' });
  const service = await relay(smartHostAt(peer.port));
  await submit(service);
  const { queueId, last } = await firstRecipient(service);
  expect(last.tls).toEqual({
    version: 'TLSv1.3',
    cipher: expect.stringMatching(/^TLS_/),
    isVerified: true,
    policy: 'route',
  });
  const { out } = await runCommand(['queue', 'show', queueId, '--data', service.dataFolder]);
  expect(out).toContain('TLSv1.3, certificate verified');
  // The envelope keeps it over a restart.
  await service.kill();
  await service.restart();
  expect((await firstRecipient(service)).last.tls).toMatchObject({ version: 'TLSv1.3' });
});

it('NTLM: the smart host is a Mailroot with accounts of a domain', async () => {
  const password = 'Wint\u00e9r 4711';
  const host = await startService({
    server: {
      allowsAnonymous: false,
      allowsIntegrated: true,
      allowsBasic: false,
      // Nobody listens there, so the message stays.
      smartHost: '[127.0.0.1]',
      outboundPort: await findFreePort(),
    },
  });
  cleanUp.push(() => host.remove());
  await host.client.accounts.create({ name: 'FARM\\scanner', password, methods: ['ntlm'] });
  const service = await relay({
    smartHost: '[127.0.0.1]',
    outboundPort: host.port,
    outboundAuthentication: 'ntlm',
    outboundUserName: 'FARM\\scanner',
    outboundPassword: password,
  });
  await submit(service);
  const [name = ''] = await waitFor('the message at the host', () => {
    const envelopes = host.files('Queue').filter((each) => each.endsWith('.json'));
    return envelopes.length === 1 && envelopes;
  });
  const envelope = JSON.parse(readFileSync(join(host.home, 'Queue', name), 'utf8'));
  expect(envelope.source).toMatchObject({ kind: 'smtp', account: 'FARM\\scanner' });
  expect(service.output()).not.toContain('login-refused');
});

describe.skipIf(postfixSkipReason() !== undefined)(
  `Postfix with a certificate${postfixSkipReason() ? ` (${postfixSkipReason()})` : ''}`,
  () => {
    it.each([
      ['of its name', ['localhost'], true],
      ['of another name', ['mail.other.test'], false],
    ])('%s', async (_claim, dns, isTaken) => {
      const { keyPem, certificatePem } = await authority.issue({ dns });
      const file = join(folder, `${dns[0]}.pem`);
      writeFileSync(file, keyPem + certificatePem);
      const postfix = await startPostfix({
        settings: { smtpd_tls_security_level: 'may', smtpd_tls_chain_files: file, smtpd_tls_loglevel: '1' },
      });
      cleanUp.push(() => postfix.stop());
      const service = await relay({ ...smartHostAt(postfix.port), smartHost: 'localhost' });
      await submit(service);
      if (isTaken) {
        await waitFor(
          'an empty queue',
          async () => (await service.client.queue.list({ serverId: 1 })).total === 0,
        );
        expect(postfix.log()).toMatch(/TLS connection established from .*TLSv1\.3/);
      } else {
        const { last } = await firstRecipient(service);
        expect(last.status.text).toContain('it is for mail.other.test, not for localhost');
        expect(postfix.log()).not.toContain('from=<app@line.test>');
      }
    });
  },
);
