import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src-main/engine/core/clock';
import type { Envelope } from '../../../src-main/engine/core/envelope';
import { Engine } from '../../../src-main/engine/engine';
import { createBadmail } from '../../../src-main/engine/mailroot/badmail';
import { readMessageEnvelope, readMessagePiece } from '../../../src-main/engine/message-view';
import { createQueueStore } from '../../../src-main/engine/queue/store';
import { settingsDocument } from '../../../src-main/settings/schema';
import { contentOf } from './mailroot/content';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const id = '0195f4c2a1b0'.padEnd(24, '0');
const content = `Subject: Long\r\n\r\n${'0123456789'.repeat(100)}\r\n`;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const envelope: Envelope = {
  version: 1,
  serverId: 1,
  queueId: id,
  sender: '',
  recipients: [
    {
      address: 'ann@corp.test',
      notify: ['success'],
      orcpt: 'rfc822;a@b.test',
      attempts: 1,
      nextAttemptAt: 5,
    },
    { address: 'bob@corp.test', outcome: 'relayed', attempts: 1, nextAttemptAt: 0 },
  ],
  body: '8bitmime',
  ret: 'hdrs',
  envid: 'e1',
  source: { kind: 'smtp', sessionId: 's', peer: '192.0.2.7', helo: 'app', account: 'robot' },
  arrivedAt: 1000,
  sizeBytes: content.length,
  hopCount: 0,
  messageId: '<1@corp.test>',
  subject: 'Long',
};

/** A virtual server that is not running: its folders are looked into all the same. */
async function openServer() {
  const home = await mkdtemp(join(tmpdir(), 'mailroot-view-'));
  const settings = settingsDocument.parse({
    version: 1,
    servers: [
      {
        id: 1,
        name: 'Relay',
        bindings: [{ address: '127.0.0.1', port: 2525 }],
        homeDirectory: home,
        domains: [{ type: 'default', name: 'corp.test' }],
      },
    ],
  });
  const engine = new Engine({ settings: () => settings, productVersion: '0.0.0', dataFolder: home });
  undo.push(() => rm(home, { recursive: true, force: true }));
  const server = engine.server(1);
  undo.push(() => server.closeLists());
  for (const folder of Object.values(server.folders)) await mkdir(folder, { recursive: true });
  return server;
}

type Server = Awaited<ReturnType<typeof openServer>>;
type Place = Parameters<typeof readMessagePiece>[1];

const places: Record<string, (server: Server) => Promise<Place>> = {
  async drop({ folders }) {
    const lines =
      'x-sender: app@example.com\r\nx-receiver: ann@corp.test\r\nx-receiver: secret@corp.test\r\n';
    await writeFile(join(folders.drop, `${id}.eml`), lines + content);
    return { folder: 'drop', id };
  },
  async badmail({ folders }) {
    const badmail = createBadmail({
      folder: folders.badmail,
      serverId: 1,
      clock: systemClock,
      emit: () => undefined,
    });
    const found = await badmail.put({
      envelope,
      content: contentOf(content),
      recipients: envelope.recipients,
      cause: 'general-failure',
      reason: 'No route.',
    });
    return { folder: 'badmail', id: found };
  },
  async queue({ folders }) {
    const store = createQueueStore({ folder: folders.queue, cacheBytes: 0 });
    await store.accept(envelope, [Buffer.from(content)]);
    await store.close();
    return { folder: 'queue', id };
  },
  async pickup({ folders }) {
    await writeFile(
      join(folders.pickup, 'order 1.txt'),
      `X-Sender: a@corp.test\r\nX-Receiver: b@corp.test\r\n${content}`,
    );
    return { folder: 'pickup', id: 'order 1.txt' };
  },
};

describe.each(Object.keys(places))('a message in %s', (folder) => {
  it('is read piece by piece', async () => {
    const server = await openServer();
    const place = (await places[folder]?.(server)) as Place;
    let read = '';
    for (let offset = 0; offset < content.length; offset += 300) {
      const { piece, contentBytes } = await readMessagePiece(server, place, { offset, limit: 300 });
      expect(contentBytes).toBe(content.length);
      read += text(piece);
    }
    expect(read).toBe(content);
  });

  it('has nothing behind its end, and nothing for a limit of nothing', async () => {
    const server = await openServer();
    const place = (await places[folder]?.(server)) as Place;
    const behind = await readMessagePiece(server, place, { offset: content.length + 5, limit: 10 });
    expect(behind.piece.length).toBe(0);
    const { piece, row } = await readMessagePiece(server, place, { offset: 0, limit: 0 });
    expect(piece.length).toBe(0);
    expect(row).toMatchObject({ id: place.id, subject: 'Long' });
  });

  it('that is gone is said to be', async () => {
    const server = await openServer();
    const place = { folder, id: folder === 'pickup' ? 'x.txt' : id } as Place;
    const gone = { code: 'not-found', field: 'id' };
    await expect(readMessagePiece(server, place, { offset: 0, limit: 1 })).rejects.toMatchObject(gone);
    await expect(readMessageEnvelope(server, place)).rejects.toMatchObject(gone);
  });

  it.each(['../secret', '..', 'a/b', '\\\\host\\share'])('is never %j', async (name) => {
    const server = await openServer();
    const place = { folder, id: name } as Place;
    await expect(readMessagePiece(server, place, { offset: 0, limit: 1 })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('the envelope of a message', () => {
  const read = async (folder: string) => {
    const server = await openServer();
    return readMessageEnvelope(server, (await places[folder]?.(server)) as Place);
  };

  it('is in the lines of a Drop file, hidden recipients and all', async () => {
    expect(await read('drop')).toEqual({
      queueId: id,
      sender: 'app@example.com',
      recipients: [{ address: 'ann@corp.test' }, { address: 'secret@corp.test' }],
    });
  });

  it.each(['queue', 'badmail'])('is whole in %s', async (folder) => {
    expect(await read(folder)).toEqual({
      queueId: id,
      sender: '',
      recipients: [
        { address: 'ann@corp.test', notify: ['success'], orcpt: 'rfc822;a@b.test' },
        { address: 'bob@corp.test', outcome: 'relayed' },
      ],
      arrivedAt: 1000,
      source: envelope.source,
      body: '8bitmime',
      ret: 'hdrs',
      envid: 'e1',
    });
  });

  it('is in the lines of a Pickup file', async () => {
    expect(await read('pickup')).toMatchObject({
      sender: 'a@corp.test',
      recipients: [{ address: 'b@corp.test' }],
    });
  });
});
