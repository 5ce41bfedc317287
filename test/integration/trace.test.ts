/** "Where is my mail?" over the built service: what is told is what happened, over a restart. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createAuthority } from '../support/certificate';
import { runCommand } from '../support/command';
import { type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';
import { startSmtpPeer } from '../support/smtp-peer';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

const outcomeOf = (service: RunningService, person: string) => async () => {
  const { rows } = await service.client.trace.find({ person });
  return rows[0]?.outcomes.every((each) => each !== 'waiting') ? rows[0] : undefined;
};

describe('trace', () => {
  it('tells the way of a message to Drop, and to a host that takes it at the second try after a restart', {
    timeout: 60_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mailroot-trace-'));
    cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
    const authority = await createAuthority('Company CA');
    const authorityFile = join(folder, 'authority.pem');
    writeFileSync(authorityFile, authority.certificatePem);
    const { keyPem, certificatePem } = await authority.issue({ ip: ['127.0.0.1'] });
    let isReady = false;
    const peer = await startSmtpPeer({
      tls: { key: keyPem, cert: certificatePem },
      onRcpt: () => (isReady ? undefined : '451 4.7.1 Greylisted, come back later'),
    });
    cleanUp.push(() => peer.close());
    const service = await startService({
      server: {
        relayList: ['127.0.0.1'],
        smartHost: '[127.0.0.1]',
        outboundPort: peer.port,
        outboundTls: 'verified',
        quickRetries: 0,
        firstRetryMinutes: 600,
      },
      environment: { NODE_EXTRA_CA_CERTS: authorityFile },
    });
    cleanUp.push(() => service.remove());

    const client = await connectSmtp(service.port);
    await client.say('EHLO scanner');
    expect(await client.say('MAIL FROM:<stranger@elsewhere.test>')).toMatch(/^250/);
    expect(await client.say('RCPT TO:<no such address>')).toMatch(/^5/);
    await client.say('RSET');
    const reply = await client.send({
      from: 'app@corp.test',
      to: ['ann@corp.test', 'ben@partner.test'],
      data: 'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nHello\r\n',
    });
    expect(reply).toMatch(/^250/);
    client.end();
    await waitFor('a deferred recipient', async () => {
      const { rows } = await service.client.queue.list({ serverId: 1 });
      return rows.some(({ recipients }) => recipients.some(({ last }) => last?.status.code === 451));
    });
    // Nothing is handed over in order: what was told stands on disk already.
    await service.kill();
    isReady = true;
    await service.restart();
    const row = await waitFor('the outcome', outcomeOf(service, 'ben@partner.test'));
    expect(row).toMatchObject({ subject: 'Grüße', sender: 'app@corp.test', source: 'SMTP from 127.0.0.1' });
    expect([...row.outcomes].sort()).toEqual(['dropped', 'relayed']);

    const story = await service.client.trace.show({ serverId: 1, id: row.id });
    expect(story.recipients).toEqual([
      { address: 'ann@corp.test', outcome: 'dropped' },
      { address: 'ben@partner.test', outcome: 'relayed' },
    ]);
    const [accepted] = story.steps;
    expect(accepted?.lines.map(({ text }) => text)).toContain('RCPT TO:<ben@partner.test>');
    expect(accepted?.lines.some(({ text }) => text.startsWith('250 2.6.0'))).toBe(true);
    const own = story.steps.filter(({ recipients }) => recipients.includes('ben@partner.test'));
    expect(own.map(({ kind }) => kind)).toEqual(['attempt', 'deferred', 'attempt', 'outcome']);
    expect(own[1]?.reply).toContain('Greylisted, come back later');
    expect(own[3]?.tls).toMatchObject({ isVerified: true });
    expect(own[2]?.lines.map(({ text }) => text)).toContain('STARTTLS');

    const refused = await service.client.trace.find({ person: 'no such address' });
    expect(refused.rows[0]).toMatchObject({ outcomes: ['refused'], sender: 'stranger@elsewhere.test' });
    const told = await runCommand(['--data', service.dataFolder, 'trace', 'show', row.id, '--dialogue']);
    expect(told.out).toContain('Greylisted, come back later');
    expect(told.out).toContain('-> STARTTLS');
  });
});
