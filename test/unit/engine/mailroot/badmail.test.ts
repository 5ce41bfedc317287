import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../../src-main/engine/core/clock';
import type { EngineEvent } from '../../../../src-main/engine/core/event';
import { createStatus } from '../../../../src-main/engine/core/smtp-status';
import { createBadmail } from '../../../../src-main/engine/mailroot/badmail';
import { parseForeignReason, parseProperties } from '../../../../src-main/engine/mailroot/badmail-reason';
import { contentOf, createEnvelope } from './content';

async function createFixture() {
  const home = await mkdtemp(join(tmpdir(), 'mailroot-badmail-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const folder = join(home, 'Badmail');
  const events: EngineEvent[] = [];
  const badmail = createBadmail({
    folder,
    serverId: 1,
    emit: (event) => events.push(event),
    clock: systemClock,
  });
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  return { home, folder, badmail, events, read };
}

describe('Badmail', () => {
  it('keeps message, reason and envelope of a notification that cannot be delivered', async () => {
    const { folder, badmail, events, read } = await createFixture();
    const last = {
      at: 5,
      status: createStatus(550, '5.1.1', 'No such user'),
      remote: { name: 'mx.example.net' },
    };
    const envelope = createEnvelope({
      sender: '',
      recipients: [{ address: 'app@example.com', attempts: 1, nextAttemptAt: 0, last }],
    });
    const id = await badmail.put({
      envelope,
      content: contentOf('Subject: Delivery Status Notification (Failure)\r\n\r\n'),
      recipients: envelope.recipients,
      cause: 'notification-undeliverable',
      reason: 'The notification could not be delivered.',
    });
    expect((await readdir(folder)).sort()).toEqual([`${id}.BAD`, `${id}.BDP`, `${id}.BDR`]);
    expect(await read(`${id}.BAD`)).toContain('Subject: Delivery Status Notification');
    const reason = await read(`${id}.BDR`);
    expect(reason).toContain('0xC00402C7');
    expect(reason).toContain('mx.example.net: 550 5.1.1 No such user');
    expect(reason).toContain('Sender: <>\r\nRecipients:\r\n  <app@example.com>\r\n');
    const properties = parseProperties(await read(`${id}.BDP`));
    expect(properties).toMatchObject({ cause: 'notification-undeliverable', sender: '', envelope });
    expect(events).toEqual([{ type: 'folder-changed', serverId: 1, folder: 'badmail' }]);
  });

  it('moves a file as it is', async () => {
    const { home, badmail, read } = await createFixture();
    await writeFile(join(home, 'order\u00e9.txt'), 'Hello\n');
    const id = await badmail.putFile({
      file: join(home, 'order\u00e9.txt'),
      cause: 'bad-pickup-file',
      reason: 'It has\r\nno header.',
    });
    expect(await read(`${id}.BAD`)).toBe('Hello\n');
    expect(await read(`${id}.BDR`)).toContain('Reason: It has no header.\r\nError code: 0xC00402CE\r\n');
    expect(await readdir(home)).toEqual(['Badmail']);
  });

  it('leaves nothing in the folder when the file cannot be moved', async () => {
    const { home, folder, badmail } = await createFixture();
    const request = { file: join(home, 'missing'), cause: 'general-failure', reason: 'x' } as const;
    await expect(badmail.putFile(request)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    [['contentFile', 'envelopeFile'], 'content'],
    [['contentFile'], 'content'],
    [['envelopeFile'], '{ broken'],
  ])('keeps what is left of a damaged queue entry with %j', async (parts, expected) => {
    const { home, badmail, read } = await createFixture();
    await mkdir(join(home, 'Queue'));
    const contentFile = join(home, 'Queue', 'a.eml');
    const envelopeFile = join(home, 'Queue', 'a.json');
    if (parts.includes('contentFile')) await writeFile(contentFile, 'content');
    if (parts.includes('envelopeFile')) await writeFile(envelopeFile, '{ broken');
    const id = await badmail.putDamaged({
      ...(parts.includes('contentFile') ? { contentFile } : {}),
      ...(parts.includes('envelopeFile') ? { envelopeFile } : {}),
      reason: 'The envelope file is not JSON.',
    });
    expect(await read(`${id}.BAD`)).toBe(expected);
    const properties = parseProperties(await read(`${id}.BDP`));
    expect(properties?.damagedEnvelope).toBe(parts.includes('envelopeFile') ? '{ broken' : undefined);
    expect(await readdir(join(home, 'Queue'))).toEqual([]);
  });
});

describe('reason files of others', () => {
  it.each([
    '',
    '\u0000\u0001binary',
    '{',
    '[]',
    '{"format":"mailroot-badmail"}',
    '{"format":"x","version":1}',
    'null',
  ])('%j is none of ours', (text) => {
    expect(parseProperties(text)).toBeUndefined();
  });

  it('give cause and sentence when they are those of IIS 6', () => {
    expect(
      parseForeignReason(
        '\r\nUnable to deliver this message because the DSN failed.\r\nError 0xC00402C7\r\n',
      ),
    ).toEqual({
      cause: 'notification-undeliverable',
      reason: 'Unable to deliver this message because the DSN failed.',
    });
    expect(parseForeignReason('')).toEqual({});
  });
});
