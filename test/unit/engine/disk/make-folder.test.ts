import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeFolder, makeFolderSync } from '../../../../src-main/engine/disk/make-folder';

async function createPlace(): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), 'mailroot-make-'));
  onTestFinished(() => rm(place, { recursive: true, force: true }));
  return place;
}

describe('making a folder', () => {
  it('makes all that is missing and answers it from the outside in', async () => {
    const place = await createPlace();
    const path = join(place, 'a', 'b', 'c');
    expect(await makeFolder(path)).toEqual([join(place, 'a'), join(place, 'a', 'b'), path]);
    expect((await stat(path)).isDirectory()).toBe(true);
    expect(await makeFolder(path)).toEqual([]);
  });

  it.runIf(process.platform !== 'win32')('leaves the rights of a folder that is there', async () => {
    const path = join(await createPlace(), 'there');
    await mkdir(path);
    await chmod(path, 0o750);
    await makeFolder(path, 0o700);
    makeFolderSync(path, 0o700);
    expect((await stat(path)).mode & 0o777).toBe(0o750);
  });

  it('refuses a file, and a path below one', async () => {
    const file = join(await createPlace(), 'file');
    await writeFile(file, '');
    await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(file, 'x', 'y'))).rejects.toThrow(/ENOTDIR|ENOENT/);
    expect(() => makeFolderSync(file)).toThrow(/EEXIST/);
  });

  it.runIf(process.platform === 'linux')('ends where a folder denies what it could hold', async () => {
    await expect(makeFolder('/proc/foo/x')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(() => makeFolderSync('/proc/foo/x')).toThrow(/ENOENT/);
  });
});
