/**
 * The control channel of a running service, asked by other users of the computer: processes with other numbers.
 *
 *   root: runs the service and owns the data folder        nobody: in the group nogroup        4711: has no name
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ChangeRow } from '../../src-main/api/contract';
import { type CommandResult, runCommand } from '../support/command';
import { describeUnless } from '../support/packages';
import { commandLine, type RunningService, startService, waitFor } from '../support/service';

const nobody = 65_534;
const nameless = 4711;

const reason =
  process.platform !== 'linux'
    ? 'needs Linux'
    : process.getuid?.() !== 0
      ? 'needs root, to start programs as other users'
      : undefined;

/** Where all users may read the program; the sources may lie in somebody's home. */
let programFolder: string;
let program: string;
let service: RunningService;

interface Run extends CommandResult {
  readonly lines: string;
}

async function runAs(userId: number, words: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [program, ...words, '--data', service.dataFolder], {
    uid: userId,
    gid: userId,
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let error = '';
  child.stdout.on('data', (piece: Buffer) => {
    out += piece.toString();
  });
  child.stderr.on('data', (piece: Buffer) => {
    error += piece.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, error, lines: out + error };
}

async function asRoot(words: readonly string[]): Promise<string> {
  const result = await runCommand([...words, '--data', service.dataFolder]);
  expect(result).toMatchObject({ code: 0, error: '' });
  return result.out;
}

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const folderModes = (): string[] =>
  [service.dataFolder, join(service.dataFolder, 'control.sock')].map(modeOf);
const changes = async (filter: string): Promise<ChangeRow[]> =>
  JSON.parse(await asRoot(['changes', '--json', '--filter', filter])).rows;

describeUnless(reason, 'other users of the computer', () => {
  beforeAll(async () => {
    programFolder = mkdtempSync('/tmp/mailroot-program-');
    chmodSync(programFolder, 0o755);
    program = join(programFolder, 'mailroot.cjs');
    copyFileSync(commandLine, program);
    service = await startService();
  });
  afterAll(async () => {
    await service.remove();
    rmSync(programFolder, { recursive: true, force: true });
  });

  it('do not get as far as the socket while nobody is admitted', async () => {
    expect(folderModes()).toEqual(['700', '600']);
    for (const userId of [nobody, nameless]) {
      const { code, out, error } = await runAs(userId, ['status']);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(error).toMatch(/^mailroot: Mailroot on \S+ belongs to another user[^\n]*\n$/);
    }
  });

  it('cannot be admitted by a name that the computer does not have', async () => {
    const words = ['operator', 'admit', 'user', 'no-such-user', '--role', 'viewer'];
    const result = await runCommand([...words, '--data', service.dataFolder]);
    expect(result).toMatchObject({
      code: 1,
      error: 'mailroot: name: This computer has no user named "no-such-user".\n',
    });
    expect(folderModes()).toEqual(['700', '600']);
  });

  it('hear that they are not admitted when others are', async () => {
    await asRoot(['operator', 'admit', 'user', 'daemon', '--role', 'administrator']);
    expect(folderModes()).toEqual(['711', '666']);
    for (const userId of [nobody, nameless]) {
      const { code, out, error } = await runAs(userId, ['status']);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(error).toMatch(/^mailroot: You may not use this Mailroot\.[^\n]*\n$/);
    }
    await asRoot(['operator', 'dismiss', 'user', 'daemon']);
    expect(folderModes()).toEqual(['700', '600']);
  });

  it('may look, and no more, as viewers', async () => {
    expect(await asRoot(['operator', 'admit', 'user', 'nobody', '--role', 'viewer'])).toBe(
      'The user nobody may use the command line here, as viewer.\n',
    );
    expect(await asRoot(['operator', 'list'])).toMatch(/^user nobody +viewer +yes$/m);
    const status = await runAs(nobody, ['status']);
    expect(status).toMatchObject({ code: 0, error: '' });
    expect(status.out).toContain('Default SMTP Virtual Server');
    for (const [words, needed] of [
      [['server', 'stop', '1'], 'operator'],
      [['server', 'set', '1', 'maxHops=20'], 'administrator'],
      [['changes'], 'operator'],
      [['operator', 'admit', 'user', 'nobody', '--role', 'administrator'], 'administrator'],
    ] as const) {
      const { code, error } = await runAs(nobody, words);
      expect(code).toBe(1);
      expect(error).toBe(`mailroot: This needs the role ${needed}; you are a viewer.\n`);
    }
    expect(await runAs(nobody, ['console'])).toMatchObject({
      code: 1,
      error: 'mailroot: A sign-in address needs the role administrator.\n',
    });
    expect((await runAs(nameless, ['status'])).error).toContain('You may not use this Mailroot');
  });

  it('get through the data folder to the socket, and to nothing else in it', () => {
    const open = readdirSync(service.dataFolder)
      // What the test itself put there.
      .filter((name) => name !== 'import.json')
      .filter((name) => (statSync(join(service.dataFolder, name)).mode & 0o077) !== 0);
    expect(open).toEqual(['control.sock']);
    for (const folder of ['Queue', 'Drop', 'Badmail']) expect(modeOf(join(service.home, folder))).toBe('700');
  });

  it('are told that the data folder is in use, and cannot take it, nor when its owner is gone', async () => {
    const words = ['serve', '--console', 'off'];
    expect(await runAs(nameless, words)).toMatchObject({
      code: 1,
      error: `mailroot: The data folder ${service.dataFolder} is in use by another user of this computer.\n`,
    });
    await service.kill();
    expect(existsSync(join(service.dataFolder, 'control.sock'))).toBe(true);
    const { code, error } = await runAs(nobody, words);
    expect(code).toBe(1);
    expect(error).toContain('cannot be used by this account (EACCES)');
    await service.restart();
  });

  it('are admitted still after a restart', async () => {
    expect(folderModes()).toEqual(['711', '666']);
    expect(await runAs(nobody, ['status'])).toMatchObject({ code: 0 });
  });

  it('may more as members of a group that may more', async () => {
    await asRoot(['operator', 'dismiss', 'user', 'nobody']);
    await asRoot(['operator', 'admit', 'group', 'nogroup', '--role', 'viewer']);
    // Whoever is listed gets the other role.
    await asRoot(['operator', 'admit', 'group', 'nogroup', '--role', 'operator']);
    expect(await runAs(nobody, ['server', 'pause', '1'])).toMatchObject({ code: 0 });
    expect(await runAs(nobody, ['server', 'resume', '1'])).toMatchObject({ code: 0 });
    expect((await runAs(nameless, ['status'])).error).toContain('You may not use this Mailroot');
  });

  it('are in the record by their names', async () => {
    const [row] = await changes('servers.pause');
    expect(row).toMatchObject({ who: 'nobody', via: 'control', subject: 'Default SMTP Virtual Server' });
    expect((await changes('nogroup')).map(({ who, action, changes }) => ({ who, action, changes }))).toEqual([
      {
        who: userInfo().username,
        action: 'systemOperators.set',
        changes: [{ field: 'systemOperators.group nogroup.role', before: 'viewer', after: 'operator' }],
      },
      {
        who: userInfo().username,
        action: 'systemOperators.create',
        changes: [{ field: 'systemOperators.group nogroup', after: 'kind=group name=nogroup role=viewer' }],
      },
    ]);
  });

  it('are cut off from what they follow when they are dismissed', async () => {
    const follow = `
      require('node:http').request({ socketPath: process.argv[1], path: '/rpc/system/watch', method: 'POST' }, (answer) => {
        answer.on('data', () => console.log('following'));
        answer.on('error', () => undefined);
        answer.on('close', () => console.log('cut off'));
      }).end();`;
    const socket = join(service.dataFolder, 'control.sock');
    const child = spawn(process.execPath, ['-e', follow, socket], {
      uid: nobody,
      gid: nobody,
      cwd: '/',
      env: {},
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', (piece: Buffer) => {
      out += piece.toString();
    });
    const closed = once(child, 'close');
    await waitFor('the stream', () => out.includes('following'));
    await asRoot(['operator', 'dismiss', 'group', 'nogroup']);
    await closed;
    expect(out).toMatch(/cut off\n$/);
    expect(folderModes()).toEqual(['700', '600']);
    expect((await runAs(nobody, ['status'])).error).toContain('belongs to another user');
  });
});
