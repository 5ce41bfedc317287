import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { foldersOf, prepareFolders, proveFolders } from '../../../../src-main/engine/mailroot/folders';
import { createServerSettings } from '../../../support/settings';

const isRoot = process.getuid?.() === 0;

async function createHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'mailroot-folders-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return home;
}

describe('folders of a virtual server', () => {
  it('lie below the home directory unless they are set', () => {
    expect(foldersOf(createServerSettings({ homeDirectory: '/m' }))).toEqual({
      home: '/m',
      pickup: join('/m', 'Pickup'),
      queue: join('/m', 'Queue'),
      drop: join('/m', 'Drop'),
      badmail: join('/m', 'Badmail'),
    });
    const settings = createServerSettings({
      homeDirectory: '/m',
      dropDirectory: '/d',
      badmailDirectory: '/b',
    });
    expect(foldersOf(settings)).toMatchObject({ drop: '/d', badmail: '/b' });
  });

  it('are created, and left empty', async () => {
    const home = join(await createHome(), 'deep', 'mailroot');
    const folders = foldersOf(createServerSettings({ homeDirectory: home }));
    await prepareFolders(folders);
    await prepareFolders(folders);
    expect((await readdir(home)).sort()).toEqual(['Badmail', 'Drop', 'Pickup', 'Queue']);
    for (const name of await readdir(home)) expect(await readdir(join(home, name))).toEqual([]);
    if (process.platform !== 'win32') expect((await stat(folders.queue)).mode & 0o777).toBe(0o700);
  });

  it('are refused when two are the same, also by another name', async () => {
    const home = await createHome();
    const same = foldersOf(
      createServerSettings({ homeDirectory: home, dropDirectory: join(home, 'Pickup') }),
    );
    await expect(prepareFolders(same)).rejects.toMatchObject({
      code: 'folder-unusable',
      field: 'dropDirectory',
      message: expect.stringMatching(/Drop folder and the Pickup folder are the same/),
    });
    await symlink(join(home, 'Queue'), join(home, 'link'));
    const linked = foldersOf(
      createServerSettings({ homeDirectory: home, badmailDirectory: join(home, 'link') }),
    );
    await expect(prepareFolders(linked)).rejects.toMatchObject({ field: 'badmailDirectory' });
  });

  it.skipIf(process.platform === 'win32').each(['homeDirectory', 'dropDirectory', 'badmailDirectory'])(
    'are refused where a path of Windows would be a folder below the current one: %s',
    async (field) => {
      const settings = createServerSettings({ homeDirectory: await createHome(), [field]: 'C:\\mail' });
      const refused = { code: 'folder-unusable', field, message: expect.stringMatching(/no full path/) };
      await expect(prepareFolders(foldersOf(settings))).rejects.toMatchObject(refused);
      await expect(proveFolders(settings)).rejects.toMatchObject(refused);
      expect(await readdir('.')).not.toContain('C:\\mail');
    },
  );

  it('are refused when one is a file', async () => {
    const home = await createHome();
    await writeFile(join(home, 'Drop'), '');
    await expect(
      prepareFolders(foldersOf(createServerSettings({ homeDirectory: home }))),
    ).rejects.toMatchObject({
      code: 'folder-unusable',
      message: expect.stringMatching(/Drop folder .*is a file/),
    });
  });

  it.skipIf(isRoot)('are refused when one cannot be written', async () => {
    const home = await createHome();
    await mkdir(join(home, 'Queue'), { mode: 0o500 });
    await expect(
      prepareFolders(foldersOf(createServerSettings({ homeDirectory: home }))),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/may not write there/),
    });
    await chmod(join(home, 'Queue'), 0o700);
  });

  it('lose what a crash left unfinished, and nothing else', async () => {
    const home = await createHome();
    const folders = foldersOf(createServerSettings({ homeDirectory: home }));
    await prepareFolders(folders);
    const id = '019ab0000000000112345678';
    // No process has a number beyond the limit of Linux.
    const dead = `${id}.eml.99999999-1.tmp`;
    const kept = [`${id}.eml`, `${id}.eml.${process.pid}-1.tmp`, 'mine.tmp'];
    for (const name of [dead, ...kept]) await writeFile(join(folders.drop, name), '');
    await writeFile(join(folders.badmail, `${id}.BAD.99999999-1.tmp`), '');
    await prepareFolders(folders);
    expect((await readdir(folders.drop)).sort()).toEqual(kept.sort());
    expect(await readdir(folders.badmail)).toEqual([]);
  });
});

describe('folders that settings are about to name', () => {
  it('are created, and found as they were left', async () => {
    const home = await createHome();
    const before = createServerSettings({ homeDirectory: home });
    await prepareFolders(foldersOf(before));
    await proveFolders({ ...before, badmailDirectory: join(home, 'deep', 'dead') }, before);
    expect((await stat(join(home, 'deep', 'dead'))).isDirectory()).toBe(true);
  });

  const refused: [what: string, field: string, pathOf: (home: string) => string][] = [
    ['a file', 'badmailDirectory', (home) => join(home, 'file')],
    ['a path below a file', 'dropDirectory', (home) => join(home, 'file', 'deep', 'drop')],
    ['a file as log directory', 'logDirectory', (home) => join(home, 'file')],
    ['another name of its own Queue', 'badmailDirectory', (home) => join(home, 'link')],
    ['a file as home directory', 'homeDirectory', (home) => join(home, 'file')],
    ...(process.platform === 'linux'
      ? ([['what no system can create', 'homeDirectory', () => '/proc/foo/x']] as const).map(
          (row): [string, string, () => string] => [...row],
        )
      : []),
  ];
  it.each(refused)('refuses %s as %s and leaves nothing behind', async (_what, field, pathOf) => {
    const home = await createHome();
    const before = createServerSettings({ homeDirectory: home });
    await prepareFolders(foldersOf(before));
    await writeFile(join(home, 'file'), '');
    await symlink(join(home, 'Queue'), join(home, 'link'));
    const names = (await readdir(home)).sort();
    await expect(proveFolders({ ...before, [field]: pathOf(home) }, before)).rejects.toMatchObject({
      code: 'folder-unusable',
      field,
    });
    expect((await readdir(home)).sort()).toEqual(names);
  });

  it('removes what it created for a change that it refuses', async () => {
    const home = await createHome();
    await writeFile(join(home, 'file'), '');
    const settings = createServerSettings({
      homeDirectory: join(home, 'new', 'mailroot'),
      badmailDirectory: join(home, 'file'),
    });
    await expect(proveFolders(settings)).rejects.toMatchObject({ field: 'badmailDirectory' });
    expect(await readdir(home)).toEqual(['file']);
  });

  it('are the only ones that are looked at', async () => {
    const home = await createHome();
    await writeFile(join(home, 'file'), '');
    const before = createServerSettings({ homeDirectory: home, badmailDirectory: join(home, 'file') });
    await proveFolders({ ...before, dropDirectory: join(home, 'elsewhere') }, before);
    expect((await stat(join(home, 'elsewhere'))).isDirectory()).toBe(true);
  });
});
