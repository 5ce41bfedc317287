/** `kill -9` in the middle of a delivery over a turned connection: nothing is lost, and all that is left is still held. */
import { afterEach, expect, it } from 'vitest';
import { type RunningService, startService, waitFor } from '../../support/service';
import { connectSmtp } from '../../support/smtp-client';
import { connectTurning } from '../../support/turning-client';

let service: RunningService | undefined;
afterEach(() => service?.remove());

const password = 'fetch-4711';
const count = 60;

it('loses no held message, and sends none more than once for each time it was killed', {
  timeout: 120_000,
}, async () => {
  service = await startService({
    server: {
      allowsBasic: true,
      domains: [
        { type: 'default', name: 'corp.test' },
        {
          type: 'remote',
          name: 'branch.test',
          isRelayAllowed: true,
          holdsForTrigger: true,
          turnAccounts: ['branch'],
        },
      ],
    },
  });
  const running = service;
  await running.client.accounts.create({ name: 'branch', password });
  const names = Array.from({ length: count }, (_, index) => `r${index}@branch.test`);
  const client = await connectSmtp(running.port);
  await client.say('EHLO test');
  for (const to of names) {
    const data = `Subject: ${to}\r\n\r\n${'x'.repeat(4000)}`;
    expect(await client.send({ from: 'app@line.test', to: [to], data })).toMatch(/^250 /);
  }
  client.end();

  const got: string[] = [];
  // Before the content, within it, and between the last byte and its answer.
  const killAt = ['onData', 'onMail', 'onMessage'] as const;
  for (const place of killAt) {
    let killed: Promise<void> | undefined;
    let seen = 0;
    const kill = (): 'silence' | undefined => {
      if (++seen < 12) return undefined;
      killed ??= running.kill();
      return 'silence';
    };
    const branch = await connectTurning(running.port);
    expect(await branch.logIn('branch', password)).toMatch(/^235/);
    const { reply, peer } = await branch.turn('TURN', { [place]: kill });
    expect(reply).toMatch(/^250/);
    await branch.closed;
    await killed;
    expect(seen).toBe(12);
    // What came whole counts, answered or not: the client has it.
    got.push(...peer.attempts.flatMap(({ recipients }) => recipients));
    await running.restart();
    const { total } = await running.client.queue.list({ serverId: 1 });
    expect(total).toBeGreaterThan(0);
  }
  const last = await connectTurning(running.port);
  expect(await last.logIn('branch', password)).toMatch(/^235/);
  const { peer } = await last.turn('TURN');
  await last.closed;
  got.push(...peer.transactions.flatMap(({ recipients }) => recipients));
  await waitFor(
    'an empty queue',
    async () => (await running.client.queue.list({ serverId: 1 })).total === 0,
    30_000,
  );
  expect(names.filter((name) => !got.includes(name))).toEqual([]);
  expect(got.length).toBeLessThanOrEqual(count + killAt.length);
});
