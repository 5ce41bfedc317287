/**
 * One virtual server of the real engine, on a clock that moves when told, with a real listener and scripted peers;
 * for tests of what becomes of mail in the end.
 */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { EngineEvent } from '../../../src-main/engine/core/event';
import { Engine } from '../../../src-main/engine/engine';
import type { VirtualServer } from '../../../src-main/engine/virtual-server';
import { type ServerSettingsInput, settingsDocument } from '../../../src-main/settings/schema';
import { createMemoryKeyring } from '../../protocol/memory-keyring';
import { type DeliveryReport, isReport, readReport } from '../../support/delivery-report';
import { createFakeClock, type FakeClock, until } from '../../support/fake-clock';
import { findFreePort } from '../../support/service';
import { connectSmtp, type SmtpClient } from '../../support/smtp-client';
import { type SmtpPeer, type SmtpPeerOptions, startSmtpPeer } from '../../support/smtp-peer';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const atEnd = (end: () => unknown): unknown => endings.push(end);

type Outcome = Extract<EngineEvent, { type: 'recipient-outcome' }>;

export interface MailBench {
  readonly clock: FakeClock;
  readonly server: VirtualServer;
  readonly port: number;
  readonly outcomes: Outcome[];
  readonly warnings: string[];
  connect(): Promise<SmtpClient>;
  /** One message over SMTP; `mail` and each recipient may carry parameters. Resolves with the last reply. */
  submit(message: {
    readonly from: string;
    readonly parameters?: string;
    readonly to: readonly string[];
    readonly data?: string;
  }): Promise<string>;
  /** Lays a file into Pickup and resolves when it was taken. */
  pickUp(text: string): Promise<void>;
  files(folder: 'Drop' | 'Badmail' | 'Queue' | 'Pickup'): string[];
  read(folder: 'Drop' | 'Badmail' | 'Queue', name: string): string;
  /** All reports in Drop, read strictly. */
  reports(): DeliveryReport[];
  /** Moves time and lets the work that this starts come to its end. */
  advance(ms: number): Promise<void>;
  /** Waits until nothing is under way; what waits for its time stays. */
  idle(): Promise<void>;
  /** Waits until Queue is empty, without moving time. */
  drained(): Promise<void>;
}

export async function peerWith(options: SmtpPeerOptions = {}): Promise<SmtpPeer> {
  const peer = await startSmtpPeer(options);
  atEnd(() => peer.close());
  return peer;
}

/** A remote domain whose smart host is `peer`. */
export const domainAt = (name: string, peer: Pick<SmtpPeer, 'port'>) =>
  ({ type: 'remote', name, isRelayAllowed: true, smartHost: '[127.0.0.1]', port: peer.port }) as const;

export async function openMailBench(
  change: Partial<ServerSettingsInput> = {},
  prepare?: (home: string) => void,
): Promise<MailBench> {
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-bench-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const home = join(folder, 'mailroot');
  prepare?.(home);
  const port = await findFreePort();
  const settings = settingsDocument.parse({
    version: 1,
    servers: [
      {
        id: 1,
        name: 'Server',
        bindings: [{ address: '127.0.0.1', port }],
        homeDirectory: home,
        fullyQualifiedDomainName: 'relay.corp.test',
        quickRetries: 0,
        relayList: ['127.0.0.1'],
        ...change,
        domains: change.domains ?? [{ type: 'default', name: 'corp.test' }],
      },
    ],
  });
  const clock = createFakeClock();
  const engine = new Engine({
    settings: () => settings,
    productVersion: '0',
    dataFolder: folder,
    clock,
    keyring: createMemoryKeyring(),
  });
  const outcomes: Outcome[] = [];
  const warnings: string[] = [];
  engine.onEvent((event) => {
    if (event.type === 'recipient-outcome') outcomes.push(event);
    if (event.type === 'warning') warnings.push(event.code);
  });
  atEnd(() => engine.stop(0));
  const report = await engine.start();
  if (report.failed[0]) throw report.failed[0].problem;
  const server = engine.server(1);
  const files: MailBench['files'] = (name) => {
    const path = join(home, name);
    return existsSync(path) ? readdirSync(path).sort() : [];
  };
  const read: MailBench['read'] = (name, file) => readFileSync(join(home, name, file), 'latin1');
  const isIdle = (): boolean => server.running.runner.stats().active === 0;
  const idle = async (): Promise<void> => {
    await clock.settle();
    await until(isIdle, 'nothing is under way');
    await clock.settle();
  };
  const bench: MailBench = {
    clock,
    server,
    port,
    outcomes,
    warnings,
    async connect() {
      const client = await connectSmtp(port);
      atEnd(() => client.end());
      await client.say('EHLO app.corp.test');
      return client;
    },
    async submit({ from, parameters = '', to, data = 'Subject: Order 7\r\n\r\nHello' }) {
      const client = await bench.connect();
      const lines = [
        `MAIL FROM:<${from}>${parameters}`,
        ...to.map((each) => `RCPT TO:${each.startsWith('<') ? each : `<${each}>`}`),
        'DATA',
      ];
      let reply = '';
      for (const line of lines) {
        reply = await client.say(line);
        if (/^[45]/.test(reply)) break;
      }
      if (reply.startsWith('354')) reply = await client.say(`${data}\r\n.`);
      client.end();
      return reply;
    },
    async pickUp(text) {
      const path = join(home, 'Pickup', `${Math.random()}.eml`);
      writeFileSync(path, text);
      // On the clock of the bench it has lain there for a while.
      utimesSync(path, clock.now() / 1000 - 60, clock.now() / 1000 - 60);
      for (let look = 0; look < 20 && existsSync(path); look++) {
        await clock.advance(1000);
        await server.running.pickup.sweepNow();
      }
      if (existsSync(path)) throw new Error('Pickup did not take the file');
    },
    files,
    read,
    reports: () =>
      files('Drop')
        .filter((name) => name.endsWith('.eml'))
        .map((name) => read('Drop', name))
        .filter(isReport)
        .map(readReport),
    async advance(ms) {
      // Timer by timer: what one of them started belongs to its time.
      const end = clock.now() + ms;
      for (;;) {
        await idle();
        const next = clock.nextTimerAt;
        if (next === undefined || next > end) break;
        await clock.advance(Math.max(0, next - clock.now()));
      }
      await clock.advance(Math.max(0, end - clock.now()));
      await idle();
    },
    idle,
    drained: () => until(() => server.running.runner.stats().total === 0, 'Queue is empty'),
  };
  return bench;
}
