import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../../src-main/engine/core/clock';
import { createBadmail } from '../../../../src-main/engine/mailroot/badmail';
import { createMessageList } from '../../../../src-main/engine/mailroot/message-list';
import { contentOf, createEnvelope } from './content';

const idOf = (index: number): string =>
  (Date.UTC(2026, 0, 1) + index * 1000).toString(16).padStart(12, '0') + '0'.repeat(12);

async function createFixture(kind: 'drop' | 'badmail') {
  const folder = await mkdtemp(join(tmpdir(), 'mailroot-list-'));
  let timesOutdated = 0;
  const list = createMessageList({
    folder,
    kind,
    onOutdated: () => {
      timesOutdated += 1;
    },
  });
  onTestFinished(async () => {
    list.close();
    await rm(folder, { recursive: true, force: true });
  });
  const drop = (index: number, text = dropped(index)) => writeFile(join(folder, `${idOf(index)}.eml`), text);
  return { folder, list, drop, timesOutdated: () => timesOutdated };
}

/** Without what was deleted and can be brought back. */
const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name !== '.deleted');

const dropped = (index: number): string =>
  `x-sender: app@example.com\r\nx-receiver: bob@corp.test\r\nx-receiver: eve@corp.test\r\n` +
  `Return-Path: <app@example.com>\r\nFrom: =?utf-8?Q?J=C3=BCrgen?= <app@example.com>\r\nSubject: Order\r\n ${index}\r\n\r\nHello\r\n`;

describe('list of Drop', () => {
  it('shows decoded headers and the envelope', async () => {
    const { list, drop } = await createFixture('drop');
    await drop(7);
    expect(await list.list({ offset: 0, limit: 10 })).toEqual({
      total: 1,
      rows: [
        {
          id: idOf(7),
          receivedAt: Date.UTC(2026, 0, 1) + 7000,
          sizeBytes: expect.any(Number),
          from: 'Jürgen <app@example.com>',
          subject: 'Order 7',
          sender: 'app@example.com',
          recipients: ['bob@corp.test', 'eve@corp.test'],
          hasAttachments: false,
        },
      ],
    });
  });

  it('pages from the newest to the oldest', async () => {
    const { list, drop } = await createFixture('drop');
    for (let index = 0; index < 25; index++) await drop(index);
    const { rows, total } = await list.list({ offset: 10, limit: 3 });
    expect([total, rows.map(({ subject }) => subject)]).toEqual([25, ['Order 14', 'Order 13', 'Order 12']]);
    expect((await list.list({ offset: 24, limit: 10 })).rows).toHaveLength(1);
    expect((await list.list({ offset: 99, limit: 10 })).rows).toEqual([]);
  });

  it('shows only messages', async () => {
    const { folder, list, drop } = await createFixture('drop');
    await drop(1);
    for (const name of ['readme.txt', 'abc.eml', `${idOf(2)}.eml.12-1.tmp`])
      await writeFile(join(folder, name), 'x');
    await mkdir(join(folder, `${idOf(3)}.eml`));
    expect((await list.list({ offset: 0, limit: 10 })).rows.map(({ id }) => id)).toEqual([idOf(1)]);
  });

  it('shows new mail without being asked to look', async () => {
    const { folder, list, drop } = await createFixture('drop');
    expect(await list.count()).toBe(0);
    await drop(1);
    await writeFile(join(folder, 'x'), dropped(2));
    await rename(join(folder, 'x'), join(folder, `${idOf(2)}.eml`));
    await vi.waitFor(async () => expect(await list.count()).toBe(2), { timeout: 8000 });
  });

  it('tells who has an old answer that a newer one can be had, once until somebody looks again', async () => {
    const { folder, list, drop, timesOutdated } = await createFixture('drop');
    expect(await list.count()).toBe(0);
    await drop(1);
    await vi.waitFor(() => expect(timesOutdated()).toBe(1), { timeout: 8000 });
    expect(await list.count()).toBe(1);
    // Somebody else takes it away: a program that collects mail.
    await rm(join(folder, `${idOf(1)}.eml`));
    await vi.waitFor(() => expect(timesOutdated()).toBeGreaterThan(1), { timeout: 8000 });
    expect(await list.count()).toBe(0);
  });

  it('reads the message without its envelope lines, cut where asked', async () => {
    const { list, drop } = await createFixture('drop');
    await drop(1);
    const whole = await list.read(idOf(1), 1_000_000);
    expect(Buffer.from(whole?.content ?? []).toString()).toMatch(
      /^Return-Path: <app@example.com>\r\n(?:.*\r\n)*Hello\r\n$/,
    );
    expect(whole?.isCut).toBe(false);
    expect(whole?.row.sizeBytes).toBe(whole?.content.length);
    const cut = await list.read(idOf(1), 11);
    expect([Buffer.from(cut?.content ?? []).toString(), cut?.isCut]).toEqual(['Return-Path', true]);
  });

  it('reads the header behind the lines of very many recipients', async () => {
    const { list, drop } = await createFixture('drop');
    const lines = Array.from({ length: 5000 }, (_, index) => `x-receiver: user${index}@corp.test\r\n`).join(
      '',
    );
    await drop(1, `x-sender: <>\r\n${lines}Subject: Deep\r\n\r\nx`);
    const { rows } = await list.list({ offset: 0, limit: 1 });
    expect(rows[0]).toMatchObject({ subject: 'Deep', sender: '', sizeBytes: 18 });
    expect(Buffer.from((await list.read(idOf(1), 100))?.content ?? []).toString()).toBe(
      'Subject: Deep\r\n\r\nx',
    );
  });

  it.each(['../../etc/passwd', '', 'x', `${idOf(1)}/..`, idOf(99), 'constructor'])(
    'has no message %j',
    async (id) => {
      const { list, drop } = await createFixture('drop');
      await drop(1);
      expect(await list.read(id, 10)).toBeUndefined();
      expect(await list.delete([id])).toBe(0);
      expect(await list.count()).toBe(1);
    },
  );

  it('deletes, and counts what was there', async () => {
    const { folder, list, drop } = await createFixture('drop');
    for (let index = 0; index < 5; index++) await drop(index);
    expect(await list.delete([idOf(1), idOf(2), idOf(2), idOf(77)])).toBe(2);
    expect(await list.count()).toBe(3);
    expect(await filesIn(folder)).toHaveLength(3);
  });

  it('leaves out what a consumer took meanwhile', async () => {
    const { folder, list, drop } = await createFixture('drop');
    for (let index = 0; index < 3; index++) await drop(index);
    await list.count();
    await rm(join(folder, `${idOf(1)}.eml`));
    const { rows } = await list.list({ offset: 0, limit: 10 });
    expect(rows.map(({ subject }) => subject)).toEqual(['Order 2', 'Order 0']);
    expect(await list.read(idOf(1), 10)).toBeUndefined();
  });

  it('is empty while the folder is not there, and not for ever', async () => {
    const { folder, list, drop } = await createFixture('drop');
    await rm(folder, { recursive: true });
    expect(await list.list({ offset: 0, limit: 10 })).toEqual({ rows: [], total: 0 });
    await mkdir(folder);
    await drop(1);
    await vi.waitFor(async () => expect(await list.count()).toBe(1), { timeout: 8000 });
  });

  it.each([
    ['Content-Type: multipart/mixed; boundary=x', '', true],
    [
      'Content-Type: multipart/alternative; boundary=x',
      '--x\r\nContent-Disposition: attachment; filename=a\r\n',
      true,
    ],
    ['Content-Type: multipart/alternative; boundary=x', '--x\r\nContent-Type: text/plain\r\n', false],
    ['Content-Type: application/pdf', '', true],
    ['Content-Type: text/html', '', false],
    ['Content-Type: text/plain\r\nContent-Disposition: attachment', '', true],
    ['Not a header line at all', '', false],
  ])('guesses attachments of %j', async (header, body, expected) => {
    const { list, drop } = await createFixture('drop');
    await drop(1, `x-sender: a@b.test\r\n${header}\r\nSubject: x\r\n\r\n${body}`);
    const { rows } = await list.list({ offset: 0, limit: 1 });
    expect([rows[0]?.hasAttachments, rows[0]?.subject]).toEqual([expected, 'x']);
  });
});

describe('list of Badmail', () => {
  it('shows cause, reason and envelope of our messages', async () => {
    const { folder, list } = await createFixture('badmail');
    const badmail = createBadmail({ folder, serverId: 1, emit: () => undefined, clock: systemClock });
    const envelope = createEnvelope({ sender: '' });
    const id = await badmail.put({
      envelope,
      content: contentOf('Subject: Delivery Status Notification (Failure)\r\n\r\n'),
      recipients: envelope.recipients,
      cause: 'notification-undeliverable',
      reason: 'It came back.',
    });
    const { rows } = await list.list({ offset: 0, limit: 10 });
    expect(rows).toMatchObject([
      {
        id,
        subject: 'Delivery Status Notification (Failure)',
        sender: '',
        recipients: ['bob@corp.test', 'eve@corp.test'],
        cause: 'notification-undeliverable',
        reason: 'It came back.',
      },
    ]);
    expect(await list.properties(id)).toMatchObject({ envelope: { queueId: envelope.queueId } });
    expect(await list.delete([id])).toBe(1);
    expect(await filesIn(folder)).toEqual([]);
  });

  it('shows messages of others, whatever stands beside them', async () => {
    const { folder, list } = await createFixture('badmail');
    const name = '0A1B2C3D4E5F60718293A4B5';
    await writeFile(join(folder, `${name}.BAD`), 'From: a@b.test\r\nTo: c@d.test\r\nSubject: Old\r\n\r\n');
    await writeFile(join(folder, `${name}.BDP`), Buffer.from([0, 255, 3, 9]));
    await writeFile(
      join(folder, `${name}.BDR`),
      'Unable to deliver this message.\r\nError code: 0xC00402C7\r\n',
    );
    await writeFile(join(folder, `${idOf(1)}.bad`), 'Subject: Alone\r\n\r\n');
    const { rows, total } = await list.list({ offset: 0, limit: 10 });
    expect(total).toBe(2);
    expect(rows).toContainEqual(
      expect.objectContaining({
        id: name.toLowerCase(),
        subject: 'Old',
        recipients: ['c@d.test'],
        cause: 'notification-undeliverable',
        reason: 'Unable to deliver this message.',
      }),
    );
    expect(rows).toContainEqual(expect.objectContaining({ id: idOf(1), subject: 'Alone' }));
    expect(await list.delete([name.toLowerCase()])).toBe(1);
    expect(await filesIn(folder)).toEqual([`${idOf(1)}.bad`]);
  });
});
