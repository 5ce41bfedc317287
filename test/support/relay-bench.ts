/**
 * A whole engine with one virtual server, for what an attempt leads to: real sockets, a real DNS server on loopback,
 * and a clock that the test moves.
 *
 *   const relay = await openRelay({ zones: { 'far.test': { a: ['127.0.0.1'] } }, server: { outboundPort: peer.port } });
 *   await relay.send('bob@far.test');                  // from app@corp.test, which is local
 *   (await relay.deferred('bob@far.test')).status;     // each call waits for the next such event
 *   await relay.nextAttempt();                         // moves the clock there
 *   (await relay.ended('bob@far.test')).outcome;
 *
 * Default domain corp.test, 127.0.0.1 as own address. It is closed after each test.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { EngineEvent } from '../../src-main/engine/core/event';
import { emptyKeyring, type Keyring } from '../../src-main/engine/core/keyring';
import { Engine } from '../../src-main/engine/engine';
import type { VirtualServer } from '../../src-main/engine/virtual-server';
import { type ServerSettingsInput, settingsDocument } from '../../src-main/settings/schema';
import { type DnsZones, type LoopbackDnsServer, startDnsServer } from './dns-server';
import { createFakeClock, type FakeClock, until } from './fake-clock';
import { findFreePort } from './service';

type Ended = Extract<EngineEvent, { type: 'recipient-outcome' }>;
type Deferred = Extract<EngineEvent, { type: 'recipient-deferred' }>;

export interface RelayBench {
  readonly clock: FakeClock;
  readonly dns: LoopbackDnsServer;
  readonly server: VirtualServer;
  readonly port: number;
  readonly events: EngineEvent[];
  /** Hands one message in by the door that all sources use. Default sender app@corp.test. */
  send(to: string | readonly string[], from?: string): Promise<void>;
  /** The next end of this recipient that was not waited for yet. */
  ended(recipient: string): Promise<Ended>;
  deferred(recipient: string): Promise<Deferred>;
  /** Moves the clock to the time that the last deferral names. */
  nextAttempt(): Promise<void>;
  /** Changes settings as a console does. */
  change(server: Partial<ServerSettingsInput>): Promise<void>;
  /** Text of the messages in Drop. */
  dropped(): string[];
  warnings(): string[];
}

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

export async function openRelay(
  options: {
    readonly zones?: DnsZones;
    readonly server?: Partial<ServerSettingsInput>;
    readonly keyring?: Partial<Keyring>;
  } = {},
): Promise<RelayBench> {
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-relay-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const dns = await startDnsServer(options.zones);
  undo.push(() => dns.close());
  const port = await findFreePort();
  let input: ServerSettingsInput = {
    id: 1,
    name: 'Relay',
    bindings: [{ address: '127.0.0.1', port }],
    homeDirectory: join(folder, 'mailroot'),
    fullyQualifiedDomainName: 'relay.corp.test',
    dnsServers: [dns.server],
    quickRetries: 0,
    domains: [{ type: 'default', name: 'corp.test' }],
    ...options.server,
  };
  let settings = settingsDocument.parse({ version: 1, servers: [input] });
  const clock = createFakeClock();
  const engine = new Engine({
    settings: () => settings,
    productVersion: '0.0.0',
    dataFolder: folder,
    clock,
    keyring: { ...emptyKeyring, ...options.keyring },
  });
  const events: EngineEvent[] = [];
  engine.onEvent((event) => events.push(event));
  undo.push(() => engine.stop(0));
  const { failed } = await engine.start();
  if (failed[0]) throw failed[0].problem;
  const server = engine.server(1);
  const told = new Set<EngineEvent>();
  let lastDeferral: Deferred | undefined;

  const next = async <T extends EngineEvent>(what: string, isIt: (event: EngineEvent) => event is T) => {
    const find = (): T | undefined => events.filter(isIt).find((event) => !told.has(event));
    await until(() => find() !== undefined, what);
    const found = find() as T;
    told.add(found);
    return found;
  };

  return {
    clock,
    dns,
    server,
    port,
    events,
    async send(to, from = 'app@corp.test') {
      const recipients = (typeof to === 'string' ? [to] : to).map((address) => ({ address }));
      const transaction = server.running.intake.open(
        { serverId: 1, sender: from, recipients, body: '7bit', source: { kind: 'test' } },
        {},
      );
      await transaction.write(Buffer.from('Subject: order 1187\r\n\r\nIt is ready.\r\n'));
      await transaction.commit();
    },
    ended: (recipient) =>
      next(
        `the end of ${recipient}`,
        (event): event is Ended => event.type === 'recipient-outcome' && event.recipient === recipient,
      ),
    async deferred(recipient) {
      lastDeferral = await next(
        `a deferral of ${recipient}`,
        (event): event is Deferred => event.type === 'recipient-deferred' && event.recipient === recipient,
      );
      return lastDeferral;
    },
    async nextAttempt() {
      if (!lastDeferral) throw new Error('no deferral was waited for');
      await clock.advance(Math.max(0, lastDeferral.nextAttemptAt - clock.now()));
    },
    async change(changes) {
      const before = settings;
      input = { ...input, ...changes };
      settings = settingsDocument.parse({ version: 1, servers: [input] });
      await engine.settingsChanged(before);
    },
    dropped() {
      const drop = join(folder, 'mailroot', 'Drop');
      return readdirSync(drop)
        .filter((name) => name.endsWith('.eml'))
        .map((name) => readFileSync(join(drop, name), 'latin1'));
    },
    warnings: () => events.flatMap((event) => (event.type === 'warning' ? [event.code] : [])),
  };
}
