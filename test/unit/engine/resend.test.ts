import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Envelope } from '../../../src-main/engine/core/envelope';
import { Engine } from '../../../src-main/engine/engine';
import { createBadmail } from '../../../src-main/engine/mailroot/badmail';
import { chooseEnvelope, type ResendRequest, resend, resendContent } from '../../../src-main/engine/resend';
import { settingsDocument } from '../../../src-main/settings/schema';
import { contentOf, createEnvelope } from './mailroot/content';

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** Two virtual servers whose smart host nobody answers at: what is not for corp.test stays in Queue. */
async function openEngine() {
  const home = await mkdtemp(join(tmpdir(), 'mailroot-resend-'));
  const ports = [await findFreePort(), await findFreePort(), await findFreePort()] as const;
  const serverOf = (id: number, name: string) => ({
    id,
    name,
    bindings: [{ address: '127.0.0.1', port: ports[id] as number }],
    homeDirectory: join(home, name),
    domains: [{ type: 'default' as const, name: `${name}.test` }],
    smartHost: '[127.0.0.1]',
    outboundPort: ports[0],
  });
  const settings = settingsDocument.parse({
    version: 1,
    servers: [serverOf(1, 'first'), serverOf(2, 'second')],
  });
  const engine = new Engine({ settings: () => settings, productVersion: '0.0.0', dataFolder: home });
  onTestFinished(async () => {
    await engine.stop(0);
    await rm(home, { recursive: true, force: true });
  });
  await engine.start();
  const { folders } = engine.server(1);
  const badmail = createBadmail({
    folder: folders.badmail,
    serverId: 1,
    emit: () => undefined,
    clock: engine.clock,
  });
  const ask = (change: Partial<ResendRequest> & Pick<ResendRequest, 'messages'>) =>
    resend(engine, { delayMs: 0, by: 'anna', isRemovedAfter: false, ...change });
  const queued = async (serverId: number, queueId: string): Promise<Envelope> =>
    JSON.parse(
      await readFile(join(engine.server(serverId).folders.queue, `${queueId}.json`), 'utf8'),
    ) as Envelope;
  const content = (serverId: number, queueId: string): Promise<string> =>
    readFile(join(engine.server(serverId).folders.queue, `${queueId}.eml`), 'utf8');
  return { engine, folders, badmail, ask, queued, content };
}

const text =
  'Message-ID: <1@x.test>\r\nDate: Mon, 1 Jun 2026 10:00:00 +0000\r\nFrom: a@x.test\r\n\r\nHello\r\n';
const dropId = '019b76daabe8000000000000';
const ofDrop = { serverId: 1, folder: 'drop', id: dropId } as const;

describe('sending again', () => {
  it('restores the envelope of dead mail exactly', async () => {
    const { badmail, ask, queued, content } = await openEngine();
    const envelope = createEnvelope({
      sender: '',
      recipients: [
        {
          address: 'hidden@far.test',
          notify: ['success', 'failure'],
          orcpt: 'rfc822;list@far.test',
          attempts: 3,
          nextAttemptAt: 5,
        },
        { address: 'jörg@far.test', notify: [], attempts: 3, nextAttemptAt: 5 },
      ],
      body: '8bitmime',
      isUtf8: true,
      ret: 'hdrs',
      envid: 'E 7',
    });
    const { recipients } = envelope;
    const id = await badmail.put({
      envelope,
      content: contentOf(text),
      recipients,
      cause: 'general-failure',
      reason: 'No.',
    });
    const { accepted, refused } = await ask({ messages: [{ serverId: 1, folder: 'badmail', id }] });
    expect(refused).toEqual([]);
    const queueId = accepted[0]?.queueId ?? '';
    expect(await queued(1, queueId)).toMatchObject({
      sender: '',
      recipients: [
        {
          address: 'hidden@far.test',
          notify: ['success', 'failure'],
          orcpt: 'rfc822;list@far.test',
        },
        { address: 'jörg@far.test', notify: [] },
      ],
      body: '8bitmime',
      isUtf8: true,
      ret: 'hdrs',
      envid: 'E 7',
      source: { kind: 'resend', of: `Badmail ${id}`, by: 'anna' },
    });
    const sent = await content(1, queueId);
    expect(sent).toMatch(/^Received: from mail resend by /);
    expect(sent.endsWith(text)).toBe(true);
  });

  it('takes the envelope of a Drop file from its lines, and leaves those and Return-Path out', async () => {
    const { folders, ask, queued, content } = await openEngine();
    const lines = 'x-sender: a@x.test\r\nx-receiver: bob@far.test\r\nReturn-Path: <a@x.test>\r\n';
    await writeFile(join(folders.drop, `${dropId}.eml`), lines + text);
    const { accepted } = await ask({
      messages: [ofDrop],
      serverId: 2,
      replaced: [{ from: 'Bob@far.test', to: 'carl@far.test' }],
      way: { kind: 'mx' },
      delayMs: 30_000,
      isRemovedAfter: true,
    });
    const queueId = accepted[0]?.queueId ?? '';
    const envelope = await queued(2, queueId);
    expect(envelope).toMatchObject({
      sender: 'a@x.test',
      recipients: [{ address: 'carl@far.test', way: { kind: 'mx' }, attempts: 0 }],
    });
    expect(envelope.recipients[0]?.nextAttemptAt).toBe(envelope.arrivedAt + 30_000);
    const sent = await content(2, queueId);
    expect(sent).not.toMatch(/x-sender|x-receiver|return-path/i);
    expect(sent.endsWith(text)).toBe(true);
    expect(await readdir(folders.drop)).toEqual(['.deleted']);
  });

  it('keeps a message whose resend is refused, and sends the others', async () => {
    const { folders, ask, engine } = await openEngine();
    const hops = 'Received: from a by b; x\r\n'.repeat(40);
    await writeFile(
      join(folders.drop, `${dropId}.eml`),
      `x-sender: a@x.test\r\nx-receiver: b@far.test\r\n${hops}${text}`,
    );
    const other = '019b76daabe8000000000001';
    await writeFile(
      join(folders.drop, `${other}.eml`),
      `x-sender: <>\r\nx-receiver: b@first.test\r\n${text}`,
    );
    const missing = { ...ofDrop, id: '019b76daabe8000000000002' };
    const { accepted, refused } = await ask({
      messages: [ofDrop, { ...ofDrop, id: other }, missing],
      isRemovedAfter: true,
    });
    expect(accepted.map(({ address }) => address.id)).toEqual([other]);
    expect(refused).toEqual([
      { address: ofDrop, reason: expect.stringMatching(/40 servers, and 15 are allowed.*Maximum hop count/) },
      { address: missing, reason: 'This message is no longer there.' },
    ]);
    expect(await engine.server(1).lists.drop.read(dropId, 10)).toBeDefined();
  });

  it('reads the .BDR of IIS where there is no .BDP, else asks for the envelope', async () => {
    const { folders, ask, queued } = await openEngine();
    const iis = '019b76daabe8000000000003';
    const bare = '019b76daabe8000000000004';
    const reason =
      'Unable to deliver this message because the follow error was encountered: "This message is a delivery status notification that cannot be delivered.".\r\nThe specific error code was 0xC00402C7.\r\n\r\nThe message sender was <>.\r\nThe message was intended for the following recipients.\r\nbob@far.test\r\neve@far.test\r\n';
    await writeFile(join(folders.badmail, `${iis}.BAD`), text);
    await writeFile(join(folders.badmail, `${iis}.BDR`), reason);
    await writeFile(join(folders.badmail, `${bare}.BAD`), text);
    const of = (id: string) => ({ serverId: 1, folder: 'badmail' as const, id });
    const { accepted, refused } = await ask({ messages: [of(iis), of(bare)] });
    expect(await queued(1, accepted[0]?.queueId ?? '')).toMatchObject({
      sender: '',
      recipients: [{ address: 'bob@far.test' }, { address: 'eve@far.test' }],
    });
    expect(refused).toEqual([{ address: of(bare), reason: expect.stringMatching(/sender and recipients/) }]);
    const named = await ask({ messages: [of(bare)], sender: 'me@first.test', recipients: ['you@far.test'] });
    expect(named.refused).toEqual([]);
  });

  it('needs the virtual server that sends to run', async () => {
    const { engine, folders, ask } = await openEngine();
    await writeFile(
      join(folders.drop, `${dropId}.eml`),
      `x-sender: a@x.test\r\nx-receiver: b@far.test\r\n${text}`,
    );
    await engine.server(2).stop();
    await expect(ask({ messages: [ofDrop], serverId: 2 })).rejects.toMatchObject({ code: 'unavailable' });
    await engine.server(1).stop();
    const { refused } = await ask({ messages: [ofDrop] });
    expect(refused[0]?.reason).toMatch(/first is not running/);
  });

  it('sends an opened file without its Bcc line, with CRLF', async () => {
    const { engine, queued, content } = await openEngine();
    const queueId = await resendContent(
      engine.server(1),
      Buffer.from('From: a@x.test\nBcc: secret@x.test\n\n.Hé\n'),
      { sender: 'a@x.test', recipients: ['bob@far.test'], delayMs: 0, by: 'anna' },
    );
    expect(await queued(1, queueId)).toMatchObject({ body: '8bitmime', source: { of: 'an opened file' } });
    expect(await content(1, queueId)).toMatch(/From: a@x\.test\r\n\r\n\.Hé\r\n$/);
  });

  it('counts Pickup files of any name, and says why one lies there', async () => {
    const { engine, folders } = await openEngine();
    await engine.server(1).stop();
    await writeFile(
      join(folders.pickup, 'a b.txt'),
      `X-Sender: a@x.test\r\nX-Receiver: bob@far.test\r\n${text}`,
    );
    await writeFile(join(folders.pickup, 'half.tmp'), 'x');
    await vi.waitFor(async () => expect(await engine.server(1).lists.pickup.count()).toBe(2));
    const { rows } = await engine.server(1).lists.pickup.list({ offset: 0, limit: 10 });
    const byId = new Map(rows.map((row) => [row.id, row]));
    expect(byId.get('a b.txt')).toMatchObject({
      sender: 'a@x.test',
      recipients: ['bob@far.test'],
      reason: expect.stringMatching(/not running/),
    });
    expect(byId.get('half.tmp')?.reason).toMatch(/still being written/);
    const found = await engine.server(1).lists.pickup.read('a b.txt', 1000);
    expect(Buffer.from(found?.content ?? []).toString()).toBe(text);
  });
});

describe('the envelope that is chosen', () => {
  const envelope = {
    sender: 'a@x.test',
    recipients: [{ address: 'Bob@far.test', notify: ['success' as const] }, { address: 'eve@far.test' }],
  };
  it('keeps what was asked for about a recipient that is named again', () => {
    expect(chooseEnvelope({ envelope }, { recipients: ['bob@far.test', 'new'] }, 'corp.test')).toMatchObject({
      sender: 'a@x.test',
      recipients: [{ address: 'bob@far.test', notify: ['success'] }, { address: 'new@corp.test' }],
    });
  });
  it('is refused when the address to be replaced is none of its recipients', () => {
    const envelope = { sender: 'ann@corp.test', recipients: [{ address: 'bob@far.test' }] };
    const replaced = [{ from: 'wrong@far.test', to: 'carl@far.test' }];
    expect(() => chooseEnvelope({ envelope }, { replaced }, 'corp.test')).toThrow(
      'wrong@far.test is none of its recipients.',
    );
  });

  it('names no recipient twice', () => {
    const replaced = [{ from: 'eve@far.test', to: 'bob@FAR.test' }];
    expect(chooseEnvelope({ envelope }, { replaced }, 'corp.test').recipients).toHaveLength(1);
  });
  it('takes "<>" for the null reverse-path', () => {
    expect(chooseEnvelope({ envelope }, { sender: '<>' }, 'corp.test').sender).toBe('');
  });
  it.each([
    ['a@x.test\r\nRCPT TO:<b>', 'sender'],
    ['a b@x.test', 'sender'],
  ])('refuses %j', (sender, field) => {
    expect(() => chooseEnvelope({ envelope }, { sender }, 'corp.test')).toThrow(
      expect.objectContaining({ code: 'invalid', field }),
    );
  });
});
