/** A test message ends, whatever its caller and the virtual server do. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { EngineEvent } from '../../../src-main/engine/core/event';
import { Engine } from '../../../src-main/engine/engine';
import { runTest, type TestRunEvent } from '../../../src-main/engine/test-run';
import type { TestMessage } from '../../../src-main/engine/test-submission';
import { settingsDocument } from '../../../src-main/settings/schema';
import { findFreePort } from '../../support/service';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A virtual server whose smart host takes connections and never says a word. */
async function openBeforeSilence() {
  const silence = createServer((socket) => void socket.on('error', () => socket.destroy()).resume());
  const outboundPort = await findFreePort();
  await new Promise<void>((resolve) => silence.listen(outboundPort, '127.0.0.1', resolve));
  undo.push(() => silence.close());
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-test-run-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const settings = settingsDocument.parse({
    version: 1,
    servers: [
      {
        id: 1,
        name: 'Server',
        bindings: [{ address: '127.0.0.1', port: await findFreePort() }],
        homeDirectory: join(folder, 'mailroot'),
        domains: [
          { type: 'default', name: 'corp.test' },
          { type: 'remote', name: 'held.test', holdsForTrigger: true },
        ],
        smartHost: '[127.0.0.1]',
        outboundPort,
        relayList: ['127.0.0.1'],
      },
    ],
  });
  const engine = new Engine({ settings: () => settings, productVersion: '0', dataFolder: folder });
  undo.push(() => engine.stop(0));
  await engine.start();
  const server = engine.server(1);
  let listenerCount = 0;
  const onEvent = (listener: (event: EngineEvent) => void) => {
    const unlisten = engine.onEvent(listener);
    listenerCount++;
    return () => {
      listenerCount--;
      unlisten();
    };
  };
  return { server, means: { server, clock: engine.clock, onEvent }, listenerCount: () => listenerCount };
}

const message = (via: TestMessage['via']): TestMessage => ({
  from: 'a@corp.test',
  to: ['x@far.test'],
  content: Buffer.from('Subject: hello\r\n\r\nbody\r\n'),
  via,
});

const vias = ['smtp', 'direct'] as const;

it.each(vias)('by %s: ends at once for a caller who was gone before it began', async (via) => {
  const { means, listenerCount } = await openBeforeSilence();
  const events: TestRunEvent[] = [];
  for await (const event of runTest(message(via), means, AbortSignal.abort())) events.push(event);
  expect(events.at(-1)).toMatchObject({ kind: 'end', text: 'Stopped.' });
  expect(listenerCount()).toBe(0);
});

it.each(vias)('by %s: ends when the virtual server is stopped meanwhile', async (via) => {
  const { server, means, listenerCount } = await openBeforeSilence();
  const events: TestRunEvent[] = [];
  for await (const event of runTest(message(via), means, new AbortController().signal)) {
    events.push(event);
    if (event.kind === 'accepted') void server.stop(0);
  }
  expect(events.at(-1)).toMatchObject({ kind: 'end', text: 'The virtual server was stopped.' });
  expect(listenerCount()).toBe(0);
});

it.each(vias)('by %s: a caller who stops reading leaves nothing behind', async (via) => {
  const { means, listenerCount } = await openBeforeSilence();
  for await (const event of runTest(message(via), means, new AbortController().signal))
    if (event.kind === 'accepted') break;
  expect(listenerCount()).toBe(0);
});

it.each(vias)('by %s: ends at once when all of it waits to be asked for', async (via) => {
  const { means } = await openBeforeSilence();
  const events: TestRunEvent[] = [];
  const held = { ...message(via), to: ['x@held.test'] };
  for await (const event of runTest(held, means, new AbortController().signal)) events.push(event);
  expect(events.find(({ kind }) => kind === 'recipient')).toMatchObject({
    outcome: 'deferred',
    status: { text: 'held.test has to ask for it (ETRN)' },
  });
  expect(events.at(-1)).toMatchObject({ kind: 'end', text: '1 waiting to be asked for.' });
});
