/** Reading along with a delivery through a whole virtual server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { DialogueLine } from '../../../src-main/engine/core/dialogue';
import { Engine } from '../../../src-main/engine/engine';
import type { VirtualServer } from '../../../src-main/engine/virtual-server';
import { settingsDocument } from '../../../src-main/settings/schema';
import { findFreePort, waitFor } from '../../support/service';
import { startSmtpPeer } from '../../support/smtp-peer';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function open(outboundPort: number): Promise<{ engine: Engine; server: VirtualServer }> {
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-watch-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const settings = settingsDocument.parse({
    version: 1,
    servers: [
      {
        id: 1,
        name: 'Server',
        bindings: [{ address: '127.0.0.1', port: await findFreePort() }],
        homeDirectory: join(folder, 'mailroot'),
        fullyQualifiedDomainName: 'relay.corp.test',
        domains: [{ type: 'default', name: 'corp.test' }],
        smartHost: '[127.0.0.1]',
        outboundPort,
      },
    ],
  });
  const engine = new Engine({ settings: () => settings, productVersion: '0', dataFolder: folder });
  undo.push(() => engine.stop(0));
  await engine.start();
  return { engine, server: engine.server(1) };
}

async function accept(server: VirtualServer): Promise<void> {
  const transaction = server.running.intake.open(
    {
      serverId: 1,
      sender: 'a@corp.test',
      recipients: [{ address: 'x@far.test' }],
      body: '7bit',
      source: { kind: 'test' },
    },
    {},
  );
  await transaction.write(Buffer.from('Subject: hello\r\n\r\nbody\r\n'));
  await transaction.commit();
}

it('whoever begins when the message is accepted misses nothing', async () => {
  const peer = await startSmtpPeer({ extensions: [] });
  undo.push(() => peer.close());
  const { engine, server } = await open(peer.port);
  const lines: DialogueLine[] = [];
  engine.onEvent((event) => {
    if (event.type === 'message-accepted') server.watchDelivery(event.queueId, (line) => lines.push(line));
  });
  await accept(server);
  await waitFor('the last reply', () => lines.at(-1)?.text.includes('queued as PEER'));
  expect(lines.filter(({ side }) => side === 'client').map(({ text }) => text)).toEqual([
    'EHLO relay.corp.test',
    'MAIL FROM:<a@corp.test>',
    'RCPT TO:<x@far.test>',
    'DATA',
  ]);
  expect(lines[0]?.text).toContain('Smart host [127.0.0.1]');
});

it('goes on when the virtual server was stopped and started', async () => {
  const port = await findFreePort();
  const { engine, server } = await open(port);
  const lines: DialogueLine[] = [];
  engine.onEvent((event) => {
    if (event.type === 'message-accepted') server.watchDelivery(event.queueId, (line) => lines.push(line));
  });
  await accept(server);
  await waitFor('a failed attempt', () => lines.some(({ text }) => text.includes('connection refused')));
  await server.stop(0);
  const peer = await startSmtpPeer({ port, extensions: [] });
  undo.push(() => peer.close());
  await server.start();
  await waitFor('the last reply', () => lines.at(-1)?.text.includes('queued as PEER'));
});
