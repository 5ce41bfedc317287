/** Out by smart host and by MX, waiting in Queue, returned, and laid in Badmail: with real peers on loopback. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ServerSettingsInput } from '../../src-main/api/contract';
import { startDnsServer } from '../support/dns-server';
import { findFreePort, type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';
import { startSmtpPeer } from '../support/smtp-peer';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** Three seconds: the shortest interval there is. */
const shortRetries = {
  quickRetries: 0,
  firstRetryMinutes: 0.05,
  secondRetryMinutes: 0.05,
  thirdRetryMinutes: 0.05,
  subsequentRetryMinutes: 0.05,
};

async function relay(server: Partial<ServerSettingsInput>): Promise<RunningService> {
  const service = await startService({ server: { relayList: ['127.0.0.1'], ...shortRetries, ...server } });
  cleanUp.push(() => service.remove());
  return service;
}

async function submit(
  service: RunningService,
  message: { from: string; to: string[]; data?: string },
): Promise<string> {
  const client = await connectSmtp(service.port);
  await client.say('EHLO test');
  const reply = await client.send({ data: 'Subject: relayed\r\n\r\nHello\r\n.stuffed', ...message });
  client.end();
  return reply;
}

describe('smart host', () => {
  it('takes what is for no domain of ours, with the body unchanged', async () => {
    const peer = await startSmtpPeer();
    cleanUp.push(() => peer.close());
    const service = await relay({ smartHost: '[127.0.0.1]', outboundPort: peer.port });
    expect(
      await submit(service, { from: 'app@line.test', to: ['x@elsewhere.test', 'ann@corp.test'] }),
    ).toMatch(/^250 2\.6\.0 /);
    await peer.received(1);
    expect(peer.transactions[0]).toMatchObject({ sender: 'app@line.test', recipients: ['x@elsewhere.test'] });
    expect(peer.transactions[0]?.data.toString()).toContain('\r\n.stuffed');
    await waitFor('the local copy', () =>
      service.dropped().find((mail) => mail.includes('x-receiver: ann@corp.test')),
    );
  });

  it('down: the message waits in Queue; up: it is delivered at the next attempt', async () => {
    const port = await findFreePort();
    const service = await relay({ smartHost: '[127.0.0.1]', outboundPort: port });
    expect(await submit(service, { from: 'app@line.test', to: ['x@elsewhere.test'] })).toMatch(/^250 /);
    const waiting = await waitFor('a failed attempt', async () => {
      const { rows } = await service.client.queue.list({ serverId: 1 });
      return rows.find((row) => (row.recipients[0]?.attempts ?? 0) > 0);
    });
    expect(waiting.recipients[0]?.last?.status).toMatchObject({ enhanced: '4.4.1' });
    expect(service.files('Queue').filter((name) => /\.(eml|json)$/.test(name))).toHaveLength(2);
    const peer = await startSmtpPeer({ port });
    cleanUp.push(() => peer.close());
    await peer.received(1);
    await waitFor(
      'an empty queue',
      async () => (await service.client.queue.list({ serverId: 1 })).total === 0,
    );
  });

  it('mail that waits is tried when the relay is started anew', async () => {
    const port = await findFreePort();
    const slow = {
      firstRetryMinutes: 600,
      secondRetryMinutes: 600,
      thirdRetryMinutes: 600,
      subsequentRetryMinutes: 600,
    };
    const service = await relay({ smartHost: '[127.0.0.1]', outboundPort: port, ...slow });
    await submit(service, { from: 'app@line.test', to: ['x@elsewhere.test'] });
    await waitFor('a failed attempt', async () => {
      const { rows } = await service.client.queue.list({ serverId: 1 });
      return rows.some((row) => (row.recipients[0]?.attempts ?? 0) > 0);
    });
    await service.kill();
    const peer = await startSmtpPeer({ port });
    cleanUp.push(() => peer.close());
    await service.restart();
    await peer.received(1);
  });

  it('one of three recipients refused: the notification names exactly that one', async () => {
    const peer = await startSmtpPeer({
      onRcpt: (address) => (address.startsWith('bad') ? '550 5.1.1 No such user here' : undefined),
    });
    cleanUp.push(() => peer.close());
    const service = await relay({
      smartHost: '[127.0.0.1]',
      outboundPort: peer.port,
      sendNdrTo: 'postmaster@corp.test',
    });
    await submit(service, {
      from: 'ann@corp.test',
      to: ['one@elsewhere.test', 'bad@elsewhere.test', 'two@elsewhere.test'],
    });
    await peer.received(1);
    expect(peer.transactions[0]?.recipients).toEqual(['one@elsewhere.test', 'two@elsewhere.test']);
    const report = await waitFor('the notification in Drop', () =>
      service.dropped().find((mail) => mail.includes('multipart/report')),
    );
    expect(report.split('\r\n').slice(0, 3)).toEqual([
      'x-sender: <>',
      'x-receiver: ann@corp.test',
      'x-receiver: postmaster@corp.test',
    ]);
    expect(report.match(/^Final-Recipient: .*$/gm)).toEqual([expect.stringContaining('bad@elsewhere.test')]);
    expect(report).toMatch(/^Action: failed\r?$/m);
    expect(report).toMatch(/^Status: 5\.1\.1\r?$/m);
    expect(report).toContain('No such user here');
  });

  it('a notification that cannot be delivered ends in Badmail with the true reason', async () => {
    const peer = await startSmtpPeer({ onRcpt: () => '550 5.1.1 Nobody is known here' });
    cleanUp.push(() => peer.close());
    const service = await relay({ smartHost: '[127.0.0.1]', outboundPort: peer.port });
    await submit(service, { from: 'gone@elsewhere.test', to: ['also-gone@elsewhere.test'] });
    const names = await waitFor('a triplet in Badmail', () => {
      const found = service.files('Badmail').filter((name) => /\.(BAD|BDR|BDP)$/i.test(name));
      return found.length === 3 && found;
    });
    expect(names.map((name) => name.slice(-4).toUpperCase())).toEqual(['.BAD', '.BDP', '.BDR']);
    expect(new Set(names.map((name) => name.slice(0, 24))).size).toBe(1);
    const read = (ending: string): string =>
      readFileSync(
        join(service.home, 'Badmail', names.find((name) => name.toUpperCase().endsWith(ending)) as string),
        'utf8',
      );
    expect(read('.BDR')).toContain('Nobody is known here');
    expect(read('.BDR')).toContain('gone@elsewhere.test');
    expect(JSON.parse(read('.BDP'))).toMatchObject({ envelope: { sender: '' } });
    expect(read('.BAD')).toContain('multipart/report');
    const { rows } = await service.client.messages.list({ serverId: 1, folder: 'badmail' });
    expect(rows[0]).toMatchObject({
      cause: 'notification-undeliverable',
      sender: '',
      recipients: ['gone@elsewhere.test'],
    });
  });
});

describe('MX', () => {
  it('the first mail host refuses connections: the second gets the message', async () => {
    const port = await findFreePort('127.0.0.3');
    const peer = await startSmtpPeer({ address: '127.0.0.3', port });
    cleanUp.push(() => peer.close());
    const dns = await startDnsServer({
      'example.test': {
        mx: [
          [10, 'mx1.example.test'],
          [20, 'mx2.example.test'],
        ],
      },
      'mx1.example.test': { a: ['127.0.0.2'] },
      'mx2.example.test': { a: ['127.0.0.3'] },
    });
    cleanUp.push(() => dns.close());
    const service = await relay({ dnsServers: [dns.server], outboundPort: port });
    await submit(service, { from: 'app@line.test', to: ['x@example.test'] });
    await peer.received(1);
    expect(peer.transactions[0]?.recipients).toEqual(['x@example.test']);
  });

  it('a domain that does not exist is returned at once, a domain without an answer waits', async () => {
    const dns = await startDnsServer({ 'slow.test': 'servfail' });
    cleanUp.push(() => dns.close());
    const service = await relay({ dnsServers: [dns.server] });
    await submit(service, { from: 'ann@corp.test', to: ['x@nowhere.test', 'x@slow.test'] });
    const report = await waitFor('the notification', () =>
      service.dropped().find((mail) => mail.includes('multipart/report')),
    );
    expect(report.match(/^Final-Recipient: .*$/gm)).toEqual([expect.stringContaining('x@nowhere.test')]);
    const { rows } = await service.client.queue.list({ serverId: 1 });
    expect(rows[0]?.recipients.map((recipient) => [recipient.address, recipient.outcome])).toEqual([
      ['x@nowhere.test', 'bounced'],
      ['x@slow.test', undefined],
    ]);
  });
});
