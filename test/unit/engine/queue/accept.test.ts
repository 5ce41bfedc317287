import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EnvelopeDraft } from '../../../../src-main/engine/core/envelope';
import type { IntakeTransaction } from '../../../../src-main/engine/core/intake';
import { createServerSettings } from '../../../support/settings';
import { bytes, createQueueFixture, type QueueFixture } from './fixture';

let queue: QueueFixture;
beforeEach(async () => {
  queue = await createQueueFixture();
});
afterEach(() => queue.remove());

const draft: EnvelopeDraft = {
  serverId: 1,
  sender: 'a@corp.test',
  recipients: [{ address: 'b@remote.test', notify: ['failure'] }, { address: 'c@remote.test' }],
  body: '8bitmime',
  ret: 'full',
  source: { kind: 'smtp', sessionId: 's1', peer: '192.0.2.7', helo: 'printer' },
};
const header = 'Message-ID: <1@x>\r\nDate: d\r\nSubject: Hi\r\n\r\n';

async function send(transaction: IntakeTransaction, content: string, chunkBytes = 64 * 1024): Promise<void> {
  for (let at = 0; at < content.length; at += chunkBytes) {
    await transaction.write(bytes(content.slice(at, at + chunkBytes)));
  }
}

describe('intake', () => {
  it('makes a message of envelope and content, and tells of it when it is durable', async () => {
    const intake = queue.createIntake({
      onAccepted: (envelope) => {
        queue.accepted.push(envelope);
        queue.events.push({ type: 'warning', serverId: 1, code: 'test', text: 'accepted' });
      },
    });
    const transaction = intake.open(draft, { receivedFrom: 'from printer ([192.0.2.7])', protocol: 'ESMTP' });
    await send(transaction, `${header}body\r\n`);
    const { queueId, messageId, sizeBytes } = await transaction.commit();

    expect(messageId).toBe('<1@x>');
    expect(await queue.files()).toEqual([`${queueId}.eml`, `${queueId}.json`]);
    const content = await queue.read(`${queueId}.eml`);
    expect(content).toMatch(
      /^Received: from printer \(\[192\.0\.2\.7\]\) by relay\.corp\.test with Mailroot ESMTP/,
    );
    expect(content.endsWith(`${header}body\r\n`)).toBe(true);
    expect(content.length).toBe(sizeBytes);
    const envelope = JSON.parse(await queue.read(`${queueId}.json`));
    expect(envelope).toEqual(queue.accepted[0]);
    expect(envelope).toMatchObject({
      ...draft,
      version: 1,
      recipients: [
        { address: 'b@remote.test', notify: ['failure'], attempts: 0, nextAttemptAt: queue.clock.now() },
        { address: 'c@remote.test', attempts: 0 },
      ],
      sizeBytes,
      hopCount: 0,
      subject: 'Hi',
    });
    expect(queue.events.map(({ type }) => type)).toEqual(['warning', 'message-accepted', 'folder-changed']);
  });

  describe('with a default sender', () => {
    const accept = async (sender: string, content: string) => {
      const settings = () => createServerSettings({ defaultSender: 'app@corp.test' });
      const transaction = queue.createIntake({ settings }).open({ ...draft, sender }, {});
      await send(transaction, content);
      const { queueId, sizeBytes } = await transaction.commit();
      const stored = await queue.read(`${queueId}.eml`);
      expect(stored.length).toBe(sizeBytes);
      return { sender: JSON.parse(await queue.read(`${queueId}.json`)).sender, stored };
    };

    it('keeps envelope and content of what names nobody as if that had sent it', async () => {
      const { sender, stored } = await accept('', `${header}body\r\n`);
      expect(sender).toBe('app@corp.test');
      expect(stored).toMatch(/^From: <app@corp\.test>\r\n[\s\S]*\r\n\r\nbody\r\n$/);
    });

    it('leaves a notification alone', async () => {
      const { sender, stored } = await accept(
        '',
        `Content-Type: multipart/report; boundary=x\r\n${header}body\r\n`,
      );
      expect(sender).toBe('');
      expect(stored).not.toContain('From:');
    });

    it('adds nothing to a header that is too long to be read to its end', async () => {
      const { sender, stored } = await accept('', `${'X: y\r\n'.repeat(60_000)}${header}body\r\n`);
      expect(sender).toBe('');
      expect(stored).not.toContain('From:');
    });
  });

  it.each([1, 3, 17, 4096])('does not care where chunks of %i bytes are cut', async (chunkBytes) => {
    const transaction = queue.createIntake().open(draft, {});
    const body = 'x\r\n'.repeat(3000);
    await send(transaction, header + body, chunkBytes);
    const { queueId } = await transaction.commit();
    expect((await queue.read(`${queueId}.eml`)).endsWith(header + body)).toBe(true);
  });

  it('spools a large message, asks the source to wait, and keeps its body byte for byte', async () => {
    const transaction = queue.createIntake().open(draft, {});
    const body = Array.from({ length: 60_000 }, (_, n) => `line ${n} ${'z'.repeat(40)}\r\n`).join('');
    let waits = 0;
    for (let at = 0; at < body.length; at += 50_000) {
      const wait = transaction.write(bytes((at === 0 ? header : '') + body.slice(at, at + 50_000)));
      if (wait) {
        waits++;
        await wait;
      }
    }
    expect(waits).toBeGreaterThan(1);
    const { queueId, sizeBytes } = await transaction.commit();
    const content = await queue.read(`${queueId}.eml`);
    expect(content.length).toBe(sizeBytes);
    expect(content.endsWith(header + body)).toBe(true);
  });

  it('keeps the order also when the source does not wait', async () => {
    const transaction = queue.createIntake().open(draft, {});
    const body = Array.from({ length: 60_000 }, (_, n) => `line ${n} ${'z'.repeat(40)}\r\n`).join('');
    for (let at = 0; at < body.length; at += 30_000) {
      void transaction.write(bytes((at === 0 ? header : '') + body.slice(at, at + 30_000)));
    }
    const { queueId } = await transaction.commit();
    expect((await queue.read(`${queueId}.eml`)).endsWith(header + body)).toBe(true);
  });

  it('takes a header that never ends for what it is and goes on', async () => {
    const transaction = queue.createIntake().open(draft, {});
    const endless = 'X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(12_000);
    await send(transaction, `Subject: Long\r\n${endless}\r\nbody\r\n`);
    const { queueId } = await transaction.commit();
    expect((await queue.read(`${queueId}.eml`)).endsWith(`${endless}\r\nbody\r\n`)).toBe(true);
    expect(queue.accepted[0]?.subject).toBe('Long');
  });

  it('lets no Bcc line through behind a long header', async () => {
    const transaction = queue.createIntake().open(draft, { isBccStripped: true });
    const filler = 'X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(8000);
    await send(transaction, `${filler}Bcc: secret@x.test\r\n\r\nbody\r\n`);
    const { queueId } = await transaction.commit();
    const content = await queue.read(`${queueId}.eml`);
    expect(content).not.toContain('secret');
    expect(content.endsWith(`${filler}\r\nbody\r\n`)).toBe(true);
  });

  it.each(['', 'no header at all\r\n', '\r\n'])('accepts the content %j', async (content) => {
    const transaction = queue.createIntake().open(draft, {});
    await send(transaction, content);
    const { queueId, messageId } = await transaction.commit();
    expect(messageId).toBe(`<${queueId}@relay.corp.test>`);
    const file = await queue.read(`${queueId}.eml`);
    expect(file).toMatch(/^Message-ID: .*\r\nDate: .*\r\nX-OriginalArrivalTime: .*\r\n\r\n/);
    expect(file.endsWith(content)).toBe(true);
  });

  it('leaves nothing of a message that is given up', async () => {
    const intake = queue.createIntake();
    const small = intake.open(draft, {});
    await send(small, header);
    await small.abort();
    const large = intake.open(draft, {});
    await send(large, header + 'x'.repeat(3_000_000));
    await large.abort();
    expect(await queue.files()).toEqual([]);
    await expect(small.commit()).rejects.toMatchObject({ code: 'unavailable' });
    expect(queue.accepted).toEqual([]);
  });

  it('does nothing on abort after commit', async () => {
    const transaction = queue.createIntake().open(draft, {});
    await send(transaction, header);
    await transaction.commit();
    await transaction.abort();
    expect(await queue.files()).toHaveLength(2);
  });

  it.each([100, 3_000_000])('rejects %i bytes with a Problem when the folder is gone', async (sizeBytes) => {
    const intake = queue.createIntake();
    await rm(queue.folder, { recursive: true });
    const transaction = intake.open(draft, {});
    await send(transaction, header + 'x'.repeat(sizeBytes));
    await expect(transaction.commit()).rejects.toMatchObject({ code: 'folder-unusable' });
    expect(queue.accepted).toEqual([]);
  });

  it('rejects with a Problem that tells of a full disk', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const intake = queue.createIntake({ store: { ...queue.store, accept: () => Promise.reject(full) } });
    const transaction = intake.open(draft, {});
    await send(transaction, header);
    await expect(transaction.commit()).rejects.toMatchObject({ code: 'disk-full' });
  });

  it('leaves nothing when the envelope of a spooled message cannot be written', async () => {
    const transaction = queue.createIntake().open(draft, {});
    await mkdir(join(queue.folder, `${transaction.queueId}.json.tmp`));
    await send(transaction, header + 'x'.repeat(3_000_000));
    await expect(transaction.commit()).rejects.toMatchObject({ code: 'folder-unusable' });
    expect(await queue.files()).toEqual([`${transaction.queueId}.json.tmp`]);
  });

  it('refuses a message without recipients', async () => {
    const transaction = queue.createIntake().open({ ...draft, recipients: [] }, {});
    await expect(transaction.commit()).rejects.toMatchObject({ code: 'invalid' });
  });

  it('refuses before any content while the disk is low', async () => {
    const intake = queue.createIntake({ minFreeBytes: 2 ** 60 });
    expect(intake.refusal()).toBeUndefined();
    while (intake.refusal() === undefined) await queue.clock.settle();
    expect(intake.refusal()).toMatchObject({ code: 452, enhanced: '4.3.1' });
    expect(queue.createIntake().refusal()).toBeUndefined();
  });

  it('waits on close for what is being committed, and gives up the rest', async () => {
    const intake = queue.createIntake();
    const committing = intake.open(draft, {});
    await send(committing, header);
    const open = intake.open(draft, {});
    await send(open, header + 'x'.repeat(3_000_000));
    const commit = committing.commit();
    await intake.close();
    const { queueId } = await commit;
    expect(await queue.files()).toEqual([`${queueId}.eml`, `${queueId}.json`]);
    expect(intake.refusal()).toMatchObject({ code: 421 });
    await expect(intake.open(draft, {}).commit()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('takes two hundred messages at once, each whole', async () => {
    const intake = queue.createIntake();
    await writeFile(join(queue.folder, 'foreign.txt'), '');
    const accepted = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const transaction = intake.open(draft, {});
        await send(transaction, `${header}message ${n}\r\n`);
        return { ...(await transaction.commit()), n };
      }),
    );
    expect(new Set(accepted.map(({ queueId }) => queueId)).size).toBe(200);
    for (const { queueId, n } of accepted) {
      expect(await queue.read(`${queueId}.eml`)).toContain(`\r\n\r\nmessage ${n}\r\n`);
    }
    expect(await queue.files()).toHaveLength(401);
  });
});
