import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../../src-main/engine/core/event';
import { Engine } from '../../../src-main/engine/engine';
import type { VirtualServer } from '../../../src-main/engine/virtual-server';
import { type ServerSettingsInput, settingsDocument } from '../../../src-main/settings/schema';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address === 'object' ? address.port : 0;
}

interface Pair {
  readonly first: VirtualServer;
  readonly second: VirtualServer;
  outcome(isWanted: (event: Outcome) => boolean): Promise<Outcome>;
}
type Outcome = Extract<EngineEvent, { type: 'recipient-outcome' }>;

/** Virtual servers 1 (first.test) and 2 (second.test), each sending everything else to the other. */
async function openPair(changes: Partial<ServerSettingsInput> = {}): Promise<Pair> {
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-engine-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const ports = [await findFreePort(), await findFreePort()] as const;
  const serverOf = (id: 1 | 2, name: string): ServerSettingsInput => ({
    id,
    name,
    bindings: [{ address: '127.0.0.1', port: ports[id - 1] as number }],
    homeDirectory: join(folder, name),
    domains: [
      { type: 'default', name: `${name}.test` },
      {
        type: 'remote',
        name: '*.test',
        smartHost: '[127.0.0.1]',
        port: ports[2 - id] as number,
      },
    ],
    relayList: ['127.0.0.1'],
    ...changes,
  });
  const settings = settingsDocument.parse({
    version: 1,
    servers: [serverOf(1, 'first'), serverOf(2, 'second')],
  });
  const engine = new Engine({ settings: () => settings, productVersion: '0.0.0', dataFolder: folder });
  const seen: Outcome[] = [];
  const waiting = new Set<() => void>();
  engine.onEvent((event) => {
    if (event.type !== 'recipient-outcome') return;
    seen.push(event);
    for (const look of waiting) look();
  });
  undo.push(() => engine.stop(0));
  await engine.start();
  return {
    first: engine.server(1),
    second: engine.server(2),
    outcome: (isWanted) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = seen.find(isWanted);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

async function send(server: VirtualServer, sender: string, recipient: string): Promise<void> {
  const transaction = server.running.intake.open(
    {
      serverId: server.id,
      sender,
      recipients: [{ address: recipient }],
      body: '7bit',
      source: { kind: 'test' },
    },
    {},
  );
  await transaction.write(Buffer.from('Subject: x\r\n\r\ntext\r\n'));
  await transaction.commit();
}

describe('two virtual servers of one engine', () => {
  it('one hands mail to the other', async () => {
    const { first, outcome } = await openPair();
    await send(first, 'a@first.test', 'b@second.test');
    const end = await outcome((event) => event.recipient === 'b@second.test' && event.serverId === 2);
    expect(end.outcome).toBe('dropped');
  });

  it('a circle over both ends at the hop count, with one notification and none about that', async () => {
    const { first, second, outcome } = await openPair({ maxHops: 10 });
    await send(first, 'a@third.test', 'b@third.test');
    const bounced = await outcome((event) => event.outcome === 'bounced');
    expect([bounced.recipient, bounced.status.enhanced]).toEqual(['b@third.test', '5.4.6']);
    const dead = await outcome((event) => event.outcome === 'badmail');
    expect(dead.recipient).toBe('a@third.test');
    const counts = await Promise.all([first, second].map((server) => server.lists.badmail.count()));
    expect(counts.reduce((sum, count) => sum + count)).toBe(1);
  });
});
