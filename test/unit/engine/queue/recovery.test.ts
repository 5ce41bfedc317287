import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Envelope } from '../../../../src-main/engine/core/envelope';
import { formatEnvelope } from '../../../../src-main/engine/queue/envelope-file';
import type { DamagedPair } from '../../../../src-main/engine/queue/message-reader';
import { readQueue } from '../../../support/queue-folder';
import { bytes, createQueueFixture, envelopeOf, type QueueFixture, recipientOf, someId } from './fixture';

let queue: QueueFixture;
const damaged: DamagedPair[] = [];
beforeEach(async () => {
  queue = await createQueueFixture();
  damaged.length = 0;
});
afterEach(() => queue.remove());

const put = (name: string, content: string | Uint8Array): Promise<void> =>
  writeFile(join(queue.folder, name), content);

function recover(quarantine?: (pair: DamagedPair) => Promise<unknown>) {
  return readQueue(queue.folder, {
    emit: (event) => queue.events.push(event),
    quarantine: quarantine ?? (async (pair) => damaged.push(pair)),
  });
}

const envelope = envelopeOf();
const file = formatEnvelope(envelope);
const partly = envelopeOf({
  recipients: [recipientOf({ outcome: 'relayed' }), recipientOf({ address: 'c@x.test' })],
});
const over = envelopeOf({ recipients: [recipientOf({ outcome: 'relayed' })] });

describe('recovery', () => {
  const crashes: [step: string, files: Record<string, string | Uint8Array>, expected: Envelope[]][] = [
    ['while content is written', { [`${someId}.eml`]: 'hel' }, []],
    ['before the envelope is renamed', { [`${someId}.eml`]: 'hello', [`${someId}.json.tmp`]: file }, []],
    [
      'while the envelope is written',
      { [`${someId}.eml`]: 'hello', [`${someId}.json.tmp`]: file.subarray(0, 9) },
      [],
    ],
    ['with the envelope alone begun', { [`${someId}.json.tmp`]: '' }, []],
    ['after the envelope was renamed', { [`${someId}.eml`]: 'hello', [`${someId}.json`]: file }, [envelope]],
    [
      'while the envelope is written anew',
      { [`${someId}.eml`]: 'hello', [`${someId}.json`]: file, [`${someId}.json.77-1.tmp`]: '{"ver' },
      [envelope],
    ],
    [
      'before the new envelope is renamed',
      {
        [`${someId}.eml`]: 'hello',
        [`${someId}.json`]: file,
        [`${someId}.json.77-1.tmp`]: formatEnvelope(partly),
      },
      [envelope],
    ],
    [
      'after the new envelope was renamed',
      { [`${someId}.eml`]: 'hello', [`${someId}.json`]: formatEnvelope(partly) },
      [partly],
    ],
    ['after the envelope was removed', { [`${someId}.eml`]: 'hello' }, []],
    [
      'with a message that is over',
      { [`${someId}.eml`]: 'hello', [`${someId}.json`]: formatEnvelope(over) },
      [],
    ],
  ];
  it.each(crashes)(
    'after a crash %s, what was accepted is there and nothing else',
    async (_step, files, expected) => {
      for (const [name, content] of Object.entries(files)) await put(name, content);
      expect(await recover()).toEqual(expected);
      expect(await queue.files()).toEqual(expected.length > 0 ? [`${someId}.eml`, `${someId}.json`] : []);
      expect(damaged).toEqual([]);
      // A second crash in the middle of recovery changes nothing.
      expect(await recover()).toEqual(expected);
    },
  );

  const damages: [
    claim: string,
    files: Record<string, string | Uint8Array>,
    reason: RegExp,
    hasContent: boolean,
  ][] = [
    ['an envelope that is empty', { [`${someId}.eml`]: 'hello', [`${someId}.json`]: '' }, /empty/, true],
    [
      'an envelope cut short',
      { [`${someId}.eml`]: 'hello', [`${someId}.json`]: file.subarray(0, 50) },
      /JSON/,
      true,
    ],
    ['content that is missing', { [`${someId}.json`]: file }, /content file is missing/, false],
    [
      'content cut short',
      { [`${someId}.eml`]: 'hel', [`${someId}.json`]: file },
      /has 3 bytes; it had 5/,
      true,
    ],
    ['content that grew', { [`${someId}.eml`]: 'hello!', [`${someId}.json`]: file }, /has 6 bytes/, true],
  ];
  it.each(damages)('sets %s aside with the reason', async (_claim, files, reason, hasContent) => {
    for (const [name, content] of Object.entries(files)) await put(name, content);
    await put(`${'f'.repeat(24)}.json`, formatEnvelope(envelopeOf({ queueId: 'f'.repeat(24) })));
    await put(`${'f'.repeat(24)}.eml`, 'hello');
    expect((await recover()).map(({ queueId }) => queueId)).toEqual(['f'.repeat(24)]);
    expect(damaged).toEqual([
      {
        envelopeFile: join(queue.folder, `${someId}.json`),
        ...(hasContent && { contentFile: join(queue.folder, `${someId}.eml`) }),
        reason: expect.stringMatching(reason),
      },
    ]);
    expect(await queue.files()).toEqual([`${'f'.repeat(24)}.eml`, `${'f'.repeat(24)}.json`]);
    expect(queue.events).toMatchObject([{ type: 'warning', code: 'damaged-queue-file' }]);
  });

  it('leaves damaged files where they are when they cannot be set aside', async () => {
    await put(`${someId}.eml`, 'hello');
    await put(`${someId}.json`, 'x');
    expect(await recover(() => Promise.reject(new Error('Badmail is full')))).toEqual([]);
    expect(await queue.files()).toEqual([`${someId}.eml`, `${someId}.json`]);
    expect(queue.events).toMatchObject([{ text: expect.stringContaining('Badmail is full') }]);
  });

  it('copes with a quarantine that moves the files itself', async () => {
    await put(`${someId}.eml`, 'hello');
    await put(`${someId}.json`, 'x');
    await mkdir(join(queue.folder, 'aside'));
    await recover(async ({ contentFile, envelopeFile }) => {
      if (contentFile) await rename(contentFile, join(queue.folder, 'aside', 'content'));
      if (envelopeFile) await rm(envelopeFile);
    });
    expect(await queue.files()).toEqual(['aside']);
  });

  it('leaves files of others alone, and explains those of the original once', async () => {
    for (const name of ['NTFS_0a1b.EML', 'ntfs_2.eml', 'notes.txt', 'notes.tmp', `${someId}.bak`])
      await put(name, 'x');
    await mkdir(join(queue.folder, 'subfolder'));
    const before = await queue.files();
    expect(await recover()).toEqual([]);
    expect(await queue.files()).toEqual(before);
    expect(queue.events).toMatchObject([
      { code: 'foreign-queue-files', text: expect.stringMatching(/^2 file\(s\)/) },
    ]);
  });

  it('gives the oldest first, whatever number the server has now', async () => {
    const ids = Array.from({ length: 100 }, (_, n) => (0x1000 + n).toString(16).padStart(24, '0'));
    for (const queueId of [...ids].reverse()) {
      await put(`${queueId}.json`, formatEnvelope(envelopeOf({ queueId, serverId: 7 })));
      await put(`${queueId}.eml`, bytes('hello'));
    }
    const recovered = await recover();
    expect(recovered.map(({ queueId }) => queueId)).toEqual(ids);
    expect(new Set(recovered.map(({ serverId }) => serverId))).toEqual(new Set([1]));
  });

  it('says which folder cannot be read', async () => {
    await rm(queue.folder, { recursive: true });
    await expect(recover()).rejects.toMatchObject({
      code: 'folder-unusable',
      message: expect.stringContaining(queue.folder),
    });
  });
});
