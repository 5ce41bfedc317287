/** The clock of the computer is set while the service runs, and between two runs: real service, faked wall clock. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith, toolPath } from '../support/packages';
import { findFreePort, type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';
import { startSmtpPeer } from '../support/smtp-peer';

describeWith(['faketime'], 'a clock that is set', () => {
  const cleanUp: (() => Promise<unknown> | unknown)[] = [];
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mailroot-clock-'));
    cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  });
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  /** Sets the wall clock of the service; the clock by which its timers run goes on. */
  const setClock = (offset: string): void => writeFileSync(join(folder, 'clock'), `${offset}\n`);

  async function start(port: number): Promise<RunningService> {
    setClock('+0');
    const library = execFileSync(toolPath('faketime') ?? '', ['-f', '+0s', 'printenv', 'LD_PRELOAD'], {
      encoding: 'utf8',
    }).trim();
    const service = await startService({
      environment: {
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: join(folder, 'clock'),
        FAKETIME_NO_CACHE: '1',
        DONT_FAKE_MONOTONIC: '1',
      },
      server: {
        relayList: ['127.0.0.1'],
        smartHost: '[127.0.0.1]',
        outboundPort: port,
        quickRetries: 20,
        quickRetryMinutes: 0.05,
      },
    });
    cleanUp.push(() => service.remove());
    const client = await connectSmtp(service.port);
    await client.say('EHLO test');
    const data = 'Subject: waits\r\n\r\nHello';
    await client.send({ from: 'ann@corp.test', to: ['x@elsewhere.test'], data });
    client.end();
    await attemptsAbove(service, 0);
    return service;
  }

  /** The message, once it was tried more than `count` times; it is alone in the queue all the time. */
  const attemptsAbove = (service: RunningService, count: number) =>
    waitFor(`more than ${count} attempts`, async () => {
      const { rows, total } = await service.client.queue.list({ serverId: 1 });
      expect(total).toBe(1);
      return rows.find((row) => (row.recipients[0]?.attempts ?? 0) > count);
    });

  it.each([
    ['forward by five years', '+1825d', 1825],
    ['back by five years', '-1825d', -1825],
  ])(
    '%s changes nothing for mail that waits',
    async (_claim, offset, days) => {
      const port = await findFreePort();
      const service = await start(port);
      setClock(offset);
      const before = await attemptsAbove(service, 1);
      const row = await attemptsAbove(service, (before.recipients[0]?.attempts ?? 0) + 1);
      // It is shown by the new clock, and only as old as it is.
      const now = Date.now() + days * 86_400_000;
      expect(now - row.arrivedAt).toBeLessThan(60_000);
      expect(now - row.arrivedAt).toBeGreaterThanOrEqual(0);
      expect(Math.abs((row.recipients[0]?.nextAttemptAt ?? 0) - now)).toBeLessThan(60_000);
      const peer = await startSmtpPeer({ port });
      cleanUp.push(() => peer.close());
      await peer.received(1);
      expect(service.files('Badmail')).toEqual([]);
    },
    60_000,
  );

  it('back by five years while the service does not run: mail from the future is sent', async () => {
    const port = await findFreePort();
    const service = await start(port);
    await service.kill();
    setClock('-1825d');
    await service.restart();
    await attemptsAbove(service, 2);
    const peer = await startSmtpPeer({ port });
    cleanUp.push(() => peer.close());
    await peer.received(1);
  }, 60_000);
});
