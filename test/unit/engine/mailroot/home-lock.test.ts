import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lockFileName, lockHome } from '../../../../src-main/engine/mailroot/home-lock';

async function createHome(): Promise<{ home: string; path: string }> {
  const home = await mkdtemp(join(tmpdir(), 'mailroot-lock-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return { home, path: join(home, lockFileName) };
}

const owner = { dataFolder: '/data' };
const factsOf = (change: object): string =>
  JSON.stringify({
    host: hostname(),
    pid: 1,
    processMark: '',
    lockedAt: Date.UTC(2026, 10, 23),
    dataFolder: '/other',
    token: 't',
    ...change,
  });

/** Number of a process that lived and died just now. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '0']).pid;
}

describe('lock of a home directory', () => {
  it('says whose it is, and is gone after release', async () => {
    const { home, path } = await createHome();
    const lock = await lockHome(home, owner);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      host: hostname(),
      pid: process.pid,
      dataFolder: '/data',
    });
    await lock.release();
    await lock.release();
    expect(await readdir(home)).toEqual([]);
    await (await lockHome(home, owner)).release();
  });

  it('is refused to a second virtual server of the same process', async () => {
    const { home } = await createHome();
    const lock = await lockHome(home, owner);
    onTestFinished(() => lock.release());
    await expect(lockHome(`${home}/.`, owner)).rejects.toMatchObject({
      code: 'folder-in-use',
      message: expect.stringMatching(/another virtual server of this Mailroot/),
    });
  });

  it('is refused while its owner lives', async () => {
    const { home, path } = await createHome();
    await writeFile(path, factsOf({ pid: process.ppid }));
    await expect(lockHome(home, owner)).rejects.toMatchObject({
      code: 'folder-in-use',
      field: 'homeDirectory',
      message: expect.stringMatching(new RegExp(`process ${process.ppid} .*/other.*2026-11-23`)),
    });
  });

  it.each([
    ['a dead process', () => factsOf({ pid: deadPid() })],
    ['an earlier process with our number', () => factsOf({ pid: process.pid })],
  ])('is taken over from %s', async (_name, facts) => {
    const { home, path } = await createHome();
    await writeFile(path, facts());
    const lock = await lockHome(home, owner);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid, dataFolder: '/data' });
    await lock.release();
    expect(await readdir(home)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'is taken over when the number now belongs to another process',
    async () => {
      const { home, path } = await createHome();
      await writeFile(path, factsOf({ pid: process.ppid, processMark: 'earlier-boot/1' }));
      await (await lockHome(home, owner)).release();
    },
  );

  it('is respected when it is of another computer, with the way to take over', async () => {
    const { home, path } = await createHome();
    await writeFile(path, factsOf({ host: 'elsewhere.example' }));
    await expect(lockHome(home, owner)).rejects.toMatchObject({
      message: expect.stringMatching(/elsewhere\.example.*delete .*mailroot\.lock/),
    });
    await rm(path);
    await (await lockHome(home, owner)).release();
  });

  it('is respected when it cannot be understood', async () => {
    const { home, path } = await createHome();
    await writeFile(path, 'what?');
    await expect(lockHome(home, owner)).rejects.toMatchObject({ code: 'folder-in-use' });
  });

  it('is taken over when a crash left it empty', async () => {
    const { home, path } = await createHome();
    await writeFile(path, '');
    await expect(lockHome(home, owner)).rejects.toMatchObject({ code: 'folder-in-use' });
    await utimes(path, 1, 1);
    await (await lockHome(home, owner)).release();
  });

  it('goes to one of many that find the same dead owner', async () => {
    const { home, path } = await createHome();
    await writeFile(path, factsOf({ pid: deadPid() }));
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockHome(home, owner)));
    const winners = results.filter((result) => result.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    for (const winner of winners) await winner.value.release();
  });

  it('does not remove the file of whoever took over', async () => {
    const { home, path } = await createHome();
    const lock = await lockHome(home, owner);
    await writeFile(path, factsOf({ host: 'elsewhere.example' }));
    await lock.release();
    expect(await readFile(path, 'utf8')).toContain('elsewhere.example');
  });
});
