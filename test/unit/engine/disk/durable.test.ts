import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createNewFile,
  flushDirectory,
  freeBytesOf,
  moveFile,
  removeFile,
  renameFile,
  replaceFile,
  writeNewFile,
} from '../../../../src-main/engine/disk/durable';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailroot-disk-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const path = (name: string): string => join(folder, name);
const read = (name: string): Promise<string> => readFile(path(name), 'latin1');

describe('durable files', () => {
  it('writes all pieces in order, readable by the owner alone', async () => {
    const pieces = Array.from({ length: 3000 }, (_, n) => Buffer.from(`${n};`));
    await writeNewFile(path('a'), pieces);
    expect(await read('a')).toBe(pieces.join(''));
    if (process.platform !== 'win32') expect((await stat(path('a'))).mode & 0o777).toBe(0o600);
  });

  it('writes an empty file', async () => {
    await writeNewFile(path('a'), []);
    await writeNewFile(path('b'), new Uint8Array(0));
    expect(await readdir(folder)).toEqual(['a', 'b']);
  });

  it('never overwrites with a new file, and leaves the old one alone', async () => {
    await writeFile(path('a'), 'old');
    await expect(writeNewFile(path('a'), Buffer.from('new'))).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await read('a')).toBe('old');
  });

  it('removes a new file that is discarded, also twice', async () => {
    const file = await createNewFile(path('a'));
    await file.write([Buffer.from('x')]);
    await file.discard();
    await file.discard();
    expect(await readdir(folder)).toEqual([]);
  });

  it('replaces a file as a whole and leaves nothing temporary', async () => {
    await writeFile(path('a'), 'old and long');
    await replaceFile(path('a'), Buffer.from('new'));
    expect(await read('a')).toBe('new');
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('leaves nothing temporary when replacing fails', async () => {
    await mkdir(path('a'));
    await expect(replaceFile(path('a'), Buffer.from('new'))).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('lets many replace one file at once; one of them wins whole', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => replaceFile(path('a'), Buffer.from(`${n}`.repeat(100)))),
    );
    const content = await read('a');
    expect(content).toBe(content.slice(0, content.length / 100).repeat(100));
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('takes the removal of a missing file for done, and of a folder for an error', async () => {
    await removeFile(path('missing'));
    await mkdir(path('sub'));
    await expect(removeFile(path('sub'))).rejects.toThrow();
  });

  it('moves a file, replacing what is there', async () => {
    await mkdir(path('to'));
    await writeFile(path('a'), 'content');
    await writeFile(path('to/a'), 'old');
    await moveFile(path('a'), path('to/a'));
    expect(await read('to/a')).toBe('content');
    expect(await readdir(folder)).toEqual(['to']);
  });

  const otherVolume = '/dev/shm';
  it('moves a file to another volume', async (context) => {
    const isOther = await stat(otherVolume).then(
      async (facts) => facts.dev !== (await stat(folder)).dev,
      () => false,
    );
    if (!isOther) context.skip('needs a second volume at /dev/shm');
    const target = await mkdtemp(join(otherVolume, 'mailroot-'));
    try {
      await writeFile(path('a'), 'content');
      await moveFile(path('a'), join(target, 'b'));
      expect(await readdir(target)).toEqual(['b']);
      expect(await readFile(join(target, 'b'), 'latin1')).toBe('content');
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(target, { recursive: true });
    }
  });

  it('renames', async () => {
    await writeFile(path('a'), 'x');
    await renameFile(path('a'), path('b'));
    expect(await readdir(folder)).toEqual(['b']);
  });
});

describe('directory flush', () => {
  it('serves any number of callers', async () => {
    const flushes = Array.from({ length: 50 }, () => flushDirectory(folder));
    // All that came before the first flush began share it.
    expect(new Set(flushes).size).toBe(1);
    await Promise.all(flushes);
    await flushDirectory(folder);
  });

  it('does not let a caller share a flush that has already begun', async () => {
    const first = flushDirectory(folder);
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    const second = flushDirectory(folder);
    expect(second).not.toBe(first);
    await Promise.all([first, second]);
  });

  it.skipIf(process.platform === 'win32')(
    'fails for a folder that is gone, and works when it is back',
    async () => {
      await rm(folder, { recursive: true });
      await expect(flushDirectory(folder)).rejects.toMatchObject({ code: 'ENOENT' });
      await mkdir(folder);
      await flushDirectory(folder);
    },
  );

  it('knows the free space, and says infinite where it cannot', async () => {
    expect(await freeBytesOf(folder)).toBeGreaterThan(0);
    expect(await freeBytesOf(path('missing'))).toBe(Number.POSITIVE_INFINITY);
  });
});
