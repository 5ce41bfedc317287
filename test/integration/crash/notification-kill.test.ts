/**
 * `kill -9` while notifications are made: whoever has to be told is told, and for each time the service was killed at
 * worst once more; what can be told to nobody is in Badmail.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { readReport } from '../../support/delivery-report';
import { type RunningService, startService, waitFor } from '../../support/service';
import { connectSmtp } from '../../support/smtp-client';
import { type SmtpPeer, startSmtpPeer } from '../../support/smtp-peer';

let service: RunningService | undefined;
let peer: SmtpPeer | undefined;
afterEach(async () => {
  await service?.remove();
  await peer?.close();
});

const total = 200;

/** A service whose mail for far.test is refused; it is killed when so many files lie in `folder`. */
async function killWhile(folder: 'Drop' | 'Badmail', sender: string): Promise<RunningService> {
  const killAt = [20, 60, 120];
  peer = await startSmtpPeer({ onRcpt: () => '550 5.1.1 No such user' });
  const { port } = peer;
  service = await startService({
    server: {
      domains: [
        { type: 'default', name: 'corp.test' },
        { type: 'remote', name: 'far.test', isRelayAllowed: true, smartHost: '[127.0.0.1]', port },
      ],
    },
  });
  const running = service;
  const client = { current: await connectSmtp(running.port) };
  await client.current.say('EHLO test');
  for (let count = 0; count < total; count++) {
    const data = `Subject: m${count}\r\n\r\n${'x'.repeat(2000)}`;
    const reply = await client.current.send({ from: sender, to: [`r${count}@far.test`], data });
    expect(reply).toMatch(/^250 /);
    const next = killAt[0];
    if (next === undefined || count < next) continue;
    killAt.shift();
    await waitFor('some to be finished', () => running.files(folder).length > next / 4);
    await running.kill();
    await running.restart();
    client.current = await connectSmtp(running.port);
    await client.current.say('EHLO test');
  }
  client.current.end();
  await waitFor(
    'an empty queue',
    async () => (await running.client.queue.list({ serverId: 1 })).total === 0,
    60_000,
  );
  expect(killAt).toEqual([]);
  return running;
}

describe('kill -9', () => {
  it('between a notification and the end of its message: nobody is forgotten', {
    timeout: 120_000,
  }, async () => {
    const running = await killWhile('Drop', 'ann@corp.test');
    const counts = new Map<string, number>();
    for (const mail of running.dropped()) {
      const [recipient] = readReport(mail).recipients;
      const name = recipient?.['final-recipient'] ?? '';
      expect(recipient?.action).toBe('failed');
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const names = Array.from({ length: total }, (_, count) => `rfc822; r${count}@far.test`);
    expect(names.filter((name) => !counts.has(name))).toEqual([]);
    expect([...counts.keys()].filter((name) => !names.includes(name))).toEqual([]);
    expect([...counts.values()].filter((count) => count > 2)).toEqual([]);
    expect(running.files('Badmail')).toEqual([]);
  });

  it('of mail that can be returned to nobody: it is in Badmail, whole', { timeout: 120_000 }, async () => {
    const running = await killWhile('Badmail', '');
    const { rows } = await running.client.messages.list({ serverId: 1, folder: 'badmail', limit: 1000 });
    const found = new Map<string, number>();
    for (const { cause, recipients } of rows) {
      expect(cause).toBe('notification-undeliverable');
      found.set(recipients[0] ?? '', (found.get(recipients[0] ?? '') ?? 0) + 1);
    }
    const names = Array.from({ length: total }, (_, count) => `r${count}@far.test`);
    expect(names.filter((name) => !found.has(name))).toEqual([]);
    expect([...found.values()].filter((count) => count > 2)).toEqual([]);
    expect(running.files('Drop')).toEqual([]);
  });
});
