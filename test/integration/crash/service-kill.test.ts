/** `kill -9` while messages stream in: every message that got its 250 is in Drop, once or at worst twice. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningService, startService, waitFor } from '../../support/service';
import { connectSmtp } from '../../support/smtp-client';

let service: RunningService | undefined;
afterEach(() => service?.remove());

const subjectOf = (mail: string): string => /^Subject: (\S+)/m.exec(mail)?.[1] ?? '';

describe('kill -9', () => {
  it('loses no message that was accepted, and none is there more than twice', {
    timeout: 120_000,
  }, async () => {
    service = await startService();
    const running = service;
    const acknowledged = new Set<string>();
    let sent = 0;
    const total = 500;
    const killAt = [120, 260, 400];
    let restarting: Promise<void> | undefined;

    const stream = async (lane: number): Promise<void> => {
      while (sent < total) {
        await restarting;
        try {
          const client = await connectSmtp(running.port);
          await client.say('EHLO test');
          while (sent < total && !restarting) {
            const name = `m-${lane}-${sent++}`;
            const reply = await client.send({
              from: 'app@line.test',
              to: ['ann@corp.test'],
              data: `Subject: ${name}\r\n\r\n${'x'.repeat(4000)}`,
            });
            if (reply.startsWith('250')) acknowledged.add(name);
            if (killAt[0] !== undefined && acknowledged.size >= killAt[0]) {
              killAt.shift();
              restarting = running.kill().then(() => running.restart());
              await restarting;
              restarting = undefined;
            }
          }
          client.end();
        } catch {
          // The connection died with the service: what got no 250 is not owed to anybody.
        }
      }
    };
    await Promise.all([1, 2, 3, 4, 5].map(stream));
    expect(killAt).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(total / 2);

    await waitFor(
      'an empty queue',
      async () => (await running.client.queue.list({ serverId: 1 })).total === 0,
      60_000,
    );
    const counts = new Map<string, number>();
    for (const mail of running.dropped()) counts.set(subjectOf(mail), (counts.get(subjectOf(mail)) ?? 0) + 1);
    expect([...acknowledged].filter((name) => !counts.has(name))).toEqual([]);
    expect([...counts.values()].filter((count) => count > 2)).toEqual([]);
  });

  it('loses no Pickup file, and sends none more than twice', { timeout: 120_000 }, async () => {
    service = await startService();
    const running = service;
    const pickup = join(running.home, 'Pickup');
    const names = Array.from({ length: 300 }, (_, index) => `p-${index}`);
    for (const [index, name] of names.entries()) {
      const text = `X-Sender: app@line.test\r\nX-Receiver: ann@corp.test\r\nFrom: app@line.test\r\nSubject: ${name}\r\n\r\n${'x'.repeat(3000)}\r\n`;
      writeFileSync(join(pickup, `${name}.part`), text);
      renameSync(join(pickup, `${name}.part`), join(pickup, `${name}.eml`));
      if (index !== 100 && index !== 200) continue;
      await waitFor('some files to be taken', () => running.files('Drop').length > index / 4);
      await running.kill();
      await running.restart();
    }
    await waitFor(
      'an empty Pickup',
      () => running.files('Pickup').every((name) => name.startsWith('.')),
      60_000,
    );
    await waitFor(
      'an empty queue',
      async () => (await running.client.queue.list({ serverId: 1 })).total === 0,
      60_000,
    );
    const counts = new Map<string, number>();
    for (const mail of running.dropped()) counts.set(subjectOf(mail), (counts.get(subjectOf(mail)) ?? 0) + 1);
    expect(names.filter((name) => !counts.has(name))).toEqual([]);
    expect([...counts.values()].filter((count) => count > 2)).toEqual([]);
  });
});
