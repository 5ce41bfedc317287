/** Settings of the Delivery tab, each seen by what a remote server or a sender gets to see of it. */
import { afterEach, describe, expect, it } from 'vitest';
import type { QueueRow, ServerSettingsInput } from '../../src-main/api/contract';
import { findFreePort, type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';
import { type SmtpPeer, type SmtpPeerOptions, startSmtpPeer } from '../support/smtp-peer';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** Three seconds: the shortest time there is. */
const short = 0.05;
const local = { type: 'default', name: 'corp.test' } as const;
const forRemote = (name: string, port: number) =>
  ({ type: 'remote', name, smartHost: '[127.0.0.1]', port }) as const;

async function relay(server: Partial<ServerSettingsInput>): Promise<RunningService> {
  const service = await startService({
    server: { relayList: ['127.0.0.1'], quickRetries: 0, firstRetryMinutes: 600, ...server },
  });
  cleanUp.push(() => service.remove());
  return service;
}

async function openPeer(options: SmtpPeerOptions = {}): Promise<SmtpPeer> {
  const peer = await startSmtpPeer(options);
  cleanUp.push(() => peer.close());
  return peer;
}

const smartHostAt = (peer: SmtpPeer) => ({ smartHost: '[127.0.0.1]', outboundPort: peer.port });

async function submit(service: RunningService, recipients: readonly string[], header = ''): Promise<void> {
  const client = await connectSmtp(service.port);
  await client.say('EHLO test');
  for (const to of recipients) {
    const data = `${header}Subject: for ${to}\r\n\r\nHello`;
    expect(await client.send({ from: 'app@corp.test', to: [to], data })).toMatch(/^250 /);
  }
  client.end();
}

const firstRow = async (service: RunningService): Promise<QueueRow | undefined> =>
  (await service.client.queue.list({ serverId: 1 })).rows[0];

const dropped = (service: RunningService, text: string): Promise<string> =>
  waitFor(`"${text}" in Drop`, () => service.dropped().find((mail) => mail.includes(text)), 30_000);

const addresses = (count: number, domain: string): string[] =>
  Array.from({ length: count }, (_, at) => `x${at}@${domain}`);

describe('the setting', { timeout: 60_000 }, () => {
  it('"Limit number of connections" holds in total and for each domain, and a change holds at once', async () => {
    const [one, other] = [
      await openPeer({ silentAfter: 'message' }),
      await openPeer({ silentAfter: 'message' }),
    ];
    const service = await relay({
      maxOutboundConnections: 3,
      maxOutboundConnectionsPerDomain: 2,
      domains: [local, forRemote('one.test', one.port), forRemote('other.test', other.port)],
    });
    await submit(service, [...addresses(5, 'one.test'), ...addresses(5, 'other.test')]);
    const busy = () => one.attempts.length + other.attempts.length;
    await waitFor('three messages under way', () => busy() === 3);
    expect(Math.max(one.connections, other.connections)).toBe(2);
    await service.client.servers.set({ serverId: 1, patch: { maxOutboundConnections: 20 } });
    await waitFor('two for each', () => busy() === 4);
    await service.client.servers.set({ serverId: 1, patch: { maxOutboundConnectionsPerDomain: 3 } });
    await waitFor('three for each', () => busy() === 6);
    expect([one.connections, other.connections]).toEqual([3, 3]);
  });

  it('"Limit number of connections" of a remote domain stands instead of that of the server', async () => {
    const [one, other] = [
      await openPeer({ silentAfter: 'message' }),
      await openPeer({ silentAfter: 'message' }),
    ];
    const service = await relay({
      maxOutboundConnectionsPerDomain: 3,
      domains: [
        local,
        { ...forRemote('one.test', one.port), maxConnections: 1 },
        forRemote('other.test', other.port),
      ],
    });
    await submit(service, [...addresses(5, 'one.test'), ...addresses(5, 'other.test')]);
    await waitFor('four messages under way', () => one.attempts.length + other.attempts.length === 4);
    expect([one.connections, other.connections]).toEqual([1, 3]);
  });

  it('"Limit number of messages per connection" opens a new connection behind as many', async () => {
    const peer = await openPeer();
    const service = await relay({
      ...smartHostAt(peer),
      maxMessagesPerConnection: 2,
      maxOutboundConnectionsPerDomain: 1,
    });
    await submit(service, addresses(5, 'elsewhere.test'));
    await peer.received(5);
    const counts = new Map<number, number>();
    for (const { connection } of peer.transactions) counts.set(connection, (counts.get(connection) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBe(2);
  });

  it('"Limit number of messages per minute" lets the rest wait, and not as a failure', async () => {
    const peer = await openPeer();
    const service = await relay({ ...smartHostAt(peer), maxMessagesPerMinute: 2 });
    await submit(service, addresses(4, 'elsewhere.test'));
    // Evenly: the second may go half a minute after the first.
    await peer.received(1);
    await waitFor('three that wait', async () => {
      const { rows, total } = await service.client.queue.list({ serverId: 1 });
      return total === 3 && rows.every(({ recipients }) => recipients[0]?.attempts === 0);
    });
    await service.client.servers.set({ serverId: 1, patch: { maxMessagesPerMinute: null } });
    await peer.received(4);
  });

  it('"Time-out" ends a connection on which nothing is said', async () => {
    const peer = await openPeer({ silentAfter: 'mail' });
    const service = await relay({ ...smartHostAt(peer), outboundTimeoutMinutes: short });
    await submit(service, ['x@elsewhere.test']);
    const row = await waitFor('a failed attempt', async () => {
      const found = await firstRow(service);
      return found?.recipients[0]?.last && found;
    });
    expect(row.recipients[0]?.last?.status).toMatchObject({ enhanced: '4.4.2' });
    expect(row.recipients[0]?.last?.status.text).toContain('no answer in time');
  });

  it('"Maximum hop count" returns what runs in a circle', async () => {
    const service = await relay({
      maxHops: 10,
      smartHost: '[127.0.0.1]',
      outboundPort: await findFreePort(),
    });
    await submit(
      service,
      ['x@elsewhere.test'],
      'Received: from a by b; Thu, 1 Jan 2026 00:00:00 +0000\r\n'.repeat(11),
    );
    expect(await dropped(service, 'Delivery Status Notification (Failure)')).toContain('5.4.6');
    await submit(
      service,
      ['y@elsewhere.test'],
      'Received: from a by b; Thu, 1 Jan 2026 00:00:00 +0000\r\n'.repeat(10),
    );
    await waitFor('one that waits', async () => (await firstRow(service))?.recipients[0]?.last !== undefined);
  });

  it('"Fully-qualified domain name" is what it says in EHLO, and "Masquerade domain" what it sends as', async () => {
    const peer = await openPeer();
    const service = await relay({
      ...smartHostAt(peer),
      fullyQualifiedDomainName: 'mx.public.test',
      masqueradeDomain: 'public.test',
    });
    await submit(service, ['x@elsewhere.test'], 'From: The App <app@corp.test>\r\n');
    await peer.received(1);
    expect(peer.transactions[0]).toMatchObject({ sender: 'app@public.test' });
    expect(peer.transactions[0]?.hello).toContain('mx.public.test');
    expect(peer.transactions[0]?.data.toString()).toContain('From: The App <app@public.test>');
  });

  it('"Delay notification" tells once, "Expiration time-out" returns', async () => {
    const port = await findFreePort();
    const service = await relay({
      smartHost: '[127.0.0.1]',
      outboundPort: port,
      firstRetryMinutes: short,
      secondRetryMinutes: short,
      thirdRetryMinutes: short,
      subsequentRetryMinutes: short,
      outboundDelayMinutes: short,
      outboundExpirationMinutes: 4 * short,
    });
    await submit(service, ['x@elsewhere.test']);
    const delay = await dropped(service, 'Delivery Status Notification (Delay)');
    expect(delay).toContain('Action: delayed');
    const failure = await dropped(service, 'Delivery Status Notification (Failure)');
    expect(failure).toContain('Status: 4.4.7');
    expect(service.dropped().filter((mail) => mail.includes('(Delay)'))).toHaveLength(1);
    expect(await firstRow(service)).toBeUndefined();
  });

  it('"Quick retries" come before the first retry interval', async () => {
    const service = await relay({
      smartHost: '[127.0.0.1]',
      outboundPort: await findFreePort(),
      quickRetries: 2,
      quickRetryMinutes: short,
    });
    await submit(service, ['x@elsewhere.test']);
    const row = await waitFor(
      'three attempts',
      async () => {
        const found = await firstRow(service);
        return found?.recipients[0]?.attempts === 3 && found;
      },
      30_000,
    );
    // Then the first interval: ten hours.
    const { last, nextAttemptAt } = row.recipients[0] ?? {};
    expect(Math.round(((nextAttemptAt ?? 0) - (last?.at ?? 0)) / 60_000)).toBe(600);
  });

  it('"TCP port" holds for hosts by MX too, and a change for mail that waits', async () => {
    const wrong = await findFreePort();
    const peer = await openPeer();
    const service = await relay({ outboundPort: wrong });
    await submit(service, ['x@[127.0.0.1]']);
    await waitFor('a failed attempt', async () => (await firstRow(service))?.recipients[0]?.last);
    await service.client.servers.set({ serverId: 1, patch: { outboundPort: peer.port } });
    await peer.received(1);
  });
});
