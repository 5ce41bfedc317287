import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { systemAccounts } from '../../../src-main/native';

const ask = (...args: string[]): string => execFileSync('id', args, { encoding: 'utf8' }).trim();

describe.skipIf(process.platform === 'win32')('accounts of the system', () => {
  const { username, uid } = userInfo();

  it('knows a user by number and by name', async () => {
    expect(await systemAccounts.userName(uid)).toBe(username);
    expect(await systemAccounts.userId(username)).toBe(uid);
    expect(await systemAccounts.userName(0)).toBe('root');
  });

  it('tells the groups that id tells', async () => {
    expect([...(await systemAccounts.groupsOf(username, uid))].sort()).toEqual(
      ask('-Gn', username).split(/\s+/).sort(),
    );
  });

  it('tells no groups when name and number are of two users', async () => {
    expect(await systemAccounts.groupsOf(username, uid + 1)).toEqual([]);
    expect(await systemAccounts.groupsOf('no-such-user', 0)).toEqual([]);
  });

  it('knows the groups that exist', async () => {
    expect(await systemAccounts.groupExists(ask('-gn'))).toBe(true);
    expect(await systemAccounts.groupExists('no-such-group')).toBe(false);
  });

  it.each(['', `${username}\0x`, `${username}:x`, 'a'.repeat(300), `${username}\n`])(
    'never takes %j for a name',
    async (name) => {
      expect(await systemAccounts.userId(name)).toBeUndefined();
      expect(await systemAccounts.groupExists(name)).toBe(false);
      expect(await systemAccounts.groupsOf(name, uid)).toEqual([]);
    },
  );

  it('names a group of administrators that exists', async () => {
    const name = await systemAccounts.administratorsGroup();
    expect(['sudo', 'wheel', 'admin', undefined]).toContain(name);
    if (name !== undefined) expect(await systemAccounts.groupExists(name)).toBe(true);
  });
});
