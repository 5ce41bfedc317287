import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../../src-main/engine/core/clock';
import type { EngineEvent } from '../../../../src-main/engine/core/event';
import { createDrop } from '../../../../src-main/engine/mailroot/drop';
import { parsePickupHeader } from '../../../../src-main/engine/mailroot/pickup-file';
import type { ServerSettingsInput } from '../../../../src-main/settings/schema';
import { createServerSettings } from '../../../support/settings';
import { contentOf, createEnvelope } from './content';

const message = 'From: app@example.com\r\nSubject: Order\r\n\r\nHello\r\n';

async function createFixture(change: Partial<ServerSettingsInput> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'mailroot-drop-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const folder = join(home, 'Drop');
  await mkdir(folder);
  const settings = createServerSettings(change);
  const events: EngineEvent[] = [];
  let aheadMs = 0;
  const drop = createDrop({
    folder,
    settings: () => settings,
    emit: (event) => events.push(event),
    serverId: 1,
    fqdn: () => 'relay.corp.test',
    clock: { startTimer: systemClock.startTimer, now: () => Date.now() + aheadMs },
  });
  const deliver = (
    envelope = createEnvelope(),
    text: string | Uint8Array = message,
    signal = new AbortController().signal,
  ) => drop.deliver({ envelope, recipients: envelope.recipients, content: contentOf(text) }, signal);
  const advance = (ms: number): void => {
    aheadMs += ms;
  };
  return { home, folder, drop, deliver, events, advance };
}

describe('Drop', () => {
  it('writes one file for all local recipients, with the envelope on top', async () => {
    const { folder, deliver, events } = await createFixture();
    const result = await deliver();
    expect(result.isDestinationDown).toBe(false);
    expect(result.results.map(({ address, status }) => [address, status.code])).toEqual([
      ['bob@corp.test', 250],
      ['eve@corp.test', 250],
    ]);
    expect(await readdir(folder)).toEqual(['019ab0000000000112345678.eml']);
    expect(await readFile(join(folder, '019ab0000000000112345678.eml'), 'utf8')).toBe(
      'x-sender: app@example.com\r\nx-receiver: bob@corp.test\r\nx-receiver: eve@corp.test\r\n' +
        `Return-Path: <app@example.com>\r\n${message}`,
    );
    expect(events).toEqual([{ type: 'folder-changed', serverId: 1, folder: 'drop' }]);
  });

  it('can be laid into Pickup and keeps its envelope, also the null sender', async () => {
    const { folder, deliver } = await createFixture();
    await deliver(createEnvelope({ sender: '' }));
    const text = await readFile(join(folder, '019ab0000000000112345678.eml'), 'latin1');
    expect(parsePickupHeader(text, { defaultDomain: 'x.test' })).toMatchObject({
      kind: 'envelope',
      sender: '',
      recipients: [{ address: 'bob@corp.test' }, { address: 'eve@corp.test' }],
    });
  });

  it('leaves one copy when an attempt is repeated after a crash', async () => {
    const { folder, deliver } = await createFixture();
    await deliver();
    const before = await stat(join(folder, '019ab0000000000112345678.eml'));
    expect((await deliver()).results[0]?.status.code).toBe(250);
    expect(await readdir(folder)).toHaveLength(1);
    expect((await stat(join(folder, '019ab0000000000112345678.eml'))).ino).toBe(before.ino);
  });

  it('finds its file again when addresses are in UTF-8, and Pickup reads them', async () => {
    const { folder, deliver } = await createFixture();
    const recipients = [{ address: '\u00fcser@b\u00fccher.test', attempts: 0, nextAttemptAt: 0 }];
    const envelope = createEnvelope({ sender: '\u7528@example.com', recipients, isUtf8: true });
    await deliver(envelope);
    await deliver(envelope);
    expect(await readdir(folder)).toHaveLength(1);
    const text = await readFile(join(folder, '019ab0000000000112345678.eml'), 'latin1');
    expect(parsePickupHeader(text, { defaultDomain: 'x.test' })).toMatchObject({
      kind: 'envelope',
      sender: '\u7528@example.com',
      recipients: [{ address: '\u00fcser@xn--bcher-kva.test' }],
    });
  });

  it('writes a second file when other recipients of the message follow later', async () => {
    const { folder, deliver } = await createFixture();
    await deliver();
    const later = createEnvelope({
      recipients: [{ address: 'zoe@corp.test', attempts: 1, nextAttemptAt: 0 }],
    });
    await deliver(later);
    await deliver(later);
    const names = await readdir(folder);
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{24}\.eml$/);
  });

  it('streams a large message', async () => {
    const { folder, deliver } = await createFixture();
    const large = message + 'x'.repeat(3_000_000);
    await deliver(createEnvelope(), large);
    const text = await readFile(join(folder, '019ab0000000000112345678.eml'), 'latin1');
    expect(text.endsWith(large)).toBe(true);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('cannot be made to write further envelope lines', async () => {
    const { folder, deliver } = await createFixture();
    await deliver(createEnvelope({ sender: 'a@b.test\r\nx-receiver: evil@x.test' }));
    const text = await readFile(join(folder, '019ab0000000000112345678.eml'), 'latin1');
    expect(text.split('\r\n')[1]).toBe('x-receiver: bob@corp.test');
  });

  it('creates the folder again when it is gone', async () => {
    const { folder, deliver } = await createFixture();
    await rm(folder, { recursive: true });
    expect((await deliver()).results[0]?.status.code).toBe(250);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('defers, for the whole folder, when the folder cannot be used', async () => {
    const { folder, deliver } = await createFixture();
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file');
    const result = await deliver();
    expect(result.isDestinationDown).toBe(true);
    expect(result.results[0]?.status).toMatchObject({ code: 451, cause: 'ENOTDIR' });
    expect(result.results[0]?.status.text).not.toContain(folder);
  });

  it('defers one message whose content cannot be read, and no other', async () => {
    const { folder, drop } = await createFixture();
    const envelope = createEnvelope();
    const content = {
      ...contentOf(message),
      read: () => Promise.reject(Object.assign(new Error('gone'), { code: 'ENOENT' })),
    };
    const result = await drop.deliver(
      { envelope, recipients: envelope.recipients, content },
      new AbortController().signal,
    );
    expect(result).toMatchObject({ isDestinationDown: false });
    expect(result.results[0]?.status.code).toBe(451);
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves nothing behind when it is stopped', async () => {
    const { folder, deliver } = await createFixture();
    const abort = new AbortController();
    abort.abort();
    expect((await deliver(createEnvelope(), message, abort.signal)).results[0]?.status.code).toBe(451);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('Drop quota', () => {
  it('defers with 452 4.2.2 beyond ten times the message limit, until there is room again', async () => {
    const { folder, deliver, advance } = await createFixture({ hasDropQuota: true, maxMessageKb: 1 });
    await writeFile(join(folder, 'older'), 'x'.repeat(10_200));
    const full = await deliver();
    expect(full.results[0]?.status).toMatchObject({ code: 452, enhanced: '4.2.2', text: 'Mailbox full' });
    expect(full.isDestinationDown).toBe(false);
    await writeFile(join(folder, 'older'), 'x'.repeat(10_240));
    advance(11_000);
    expect((await deliver()).isDestinationDown).toBe(true);
    await rm(join(folder, 'older'));
    advance(11_000);
    expect((await deliver()).results[0]?.status.code).toBe(250);
  });

  it.each([
    { hasDropQuota: false, maxMessageKb: 1 },
    { hasDropQuota: true, maxMessageKb: null },
  ])('does not apply with %j', async (change) => {
    const { folder, deliver } = await createFixture(change);
    await writeFile(join(folder, 'older'), 'x'.repeat(20_000));
    expect((await deliver()).results[0]?.status.code).toBe(250);
  });

  it('counts what it writes itself', async () => {
    const { deliver } = await createFixture({ hasDropQuota: true, maxMessageKb: 1 });
    const codes: (number | undefined)[] = [];
    for (let index = 0; index < 12; index++) {
      const queueId = `019ab00000000001${index.toString(16).padStart(8, '0')}`;
      codes.push((await deliver(createEnvelope({ queueId }), 'x'.repeat(1000))).results[0]?.status.code);
    }
    expect(codes.filter((code) => code === 250)).toHaveLength(10);
  });
});
