import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContentSource } from '../../../../src-main/engine/core/content';
import { createQueueStore } from '../../../../src-main/engine/queue/store';
import { bytes, createQueueFixture, envelopeOf, type QueueFixture, someId, text } from './fixture';

let queue: QueueFixture;
beforeEach(async () => {
  queue = await createQueueFixture();
});
afterEach(() => queue.remove());

async function streamed(content: ContentSource): Promise<string> {
  let all = '';
  for await (const piece of content.stream()) all += text(piece);
  return all;
}

describe('queue store', () => {
  it('writes content and envelope and leaves nothing temporary', async () => {
    await queue.store.accept(envelopeOf(), [bytes('he'), bytes('llo')]);
    expect(await queue.files()).toEqual([`${someId}.eml`, `${someId}.json`]);
    expect(await queue.read(`${someId}.eml`)).toBe('hello');
    expect(JSON.parse(await queue.read(`${someId}.json`))).toEqual(envelopeOf());
  });

  it('reads content from memory when it was just written, and from the file else', async () => {
    await queue.store.accept(envelopeOf(), [bytes('he'), bytes('llo')]);
    const other = createQueueStore({ folder: queue.folder });
    for (const store of [queue.store, other]) {
      const content = store.content(envelopeOf());
      expect(content.sizeBytes).toBe(5);
      expect(text(await content.read())).toBe('hello');
      expect(await streamed(content)).toBe('hello');
      expect(await streamed(content)).toBe('hello');
    }
    await rm(join(queue.folder, `${someId}.eml`));
    expect(text(await queue.store.content(envelopeOf()).read())).toBe('hello');
    await expect(other.content(envelopeOf()).read()).rejects.toThrow('ENOENT');
    expect(await other.hasContent(someId)).toBe(false);
  });

  it('spools what is too large for memory', async () => {
    const spool = await queue.store.openSpool(someId);
    await spool.write([bytes('one'), bytes('two')]);
    expect(await queue.files()).toEqual([`${someId}.eml`]);
    await spool.write([bytes('three')]);
    await spool.accept(envelopeOf({ sizeBytes: 11 }));
    expect(await queue.files()).toEqual([`${someId}.eml`, `${someId}.json`]);
    expect(await queue.read(`${someId}.eml`)).toBe('onetwothree');
  });

  it('removes a spool that is given up', async () => {
    const spool = await queue.store.openSpool(someId);
    await spool.write([bytes('one')]);
    await spool.discard();
    expect(await queue.files()).toEqual([]);
  });

  it('replaces the envelope as a whole', async () => {
    await queue.store.accept(envelopeOf(), [bytes('hello')]);
    await queue.store.rewrite(envelopeOf({ subject: 'Other' }));
    expect(await queue.files()).toEqual([`${someId}.eml`, `${someId}.json`]);
    expect(JSON.parse(await queue.read(`${someId}.json`))).toMatchObject({ subject: 'Other' });
  });

  it('removes both files, and again without complaint', async () => {
    await queue.store.accept(envelopeOf(), [bytes('hello')]);
    await queue.store.remove(someId);
    await queue.store.remove(someId);
    expect(await queue.files()).toEqual([]);
    expect(queue.clock.timerCount).toBe(1);
    await queue.store.close();
    expect(queue.clock.timerCount).toBe(0);
  });

  it('leaves nothing behind when the envelope cannot be written', async () => {
    // A folder in the place of the temporary file is as good as a full disk.
    await mkdir(join(queue.folder, `${someId}.json.tmp`));
    await expect(queue.store.accept(envelopeOf(), [bytes('hello')])).rejects.toThrow('EEXIST');
    expect(await queue.files()).toEqual([`${someId}.json.tmp`]);
  });

  it('leaves nothing behind when the content cannot be written', async () => {
    await mkdir(join(queue.folder, `${someId}.eml`));
    await expect(queue.store.accept(envelopeOf(), [bytes('hello')])).rejects.toThrow('EEXIST');
    expect(await queue.files()).toEqual([`${someId}.eml`]);
  });

  it('never overwrites content', async () => {
    await writeFile(join(queue.folder, `${someId}.eml`), 'other');
    await expect(queue.store.openSpool(someId)).rejects.toThrow('EEXIST');
    expect(await queue.read(`${someId}.eml`)).toBe('other');
  });
});
