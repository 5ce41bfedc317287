import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { systemAccounts } from '../../../src-main/native';

const ask = (...args: string[]): string => execFileSync('id', args, { encoding: 'utf8' }).trim();

describe.skipIf(process.platform === 'win32')('accounts of the system', () => {
  const { username, uid } = userInfo();

  it('knows a user by number and by name', () => {
    expect(systemAccounts.userName(uid)).toBe(username);
    expect(systemAccounts.userId(username)).toBe(uid);
    expect(systemAccounts.userName(0)).toBe('root');
  });

  it('tells the groups that id tells', () => {
    expect([...systemAccounts.groupsOf(username, uid)].sort()).toEqual(
      ask('-Gn', username).split(/\s+/).sort(),
    );
  });

  it('tells no groups when name and number are of two users', () => {
    expect(systemAccounts.groupsOf(username, uid + 1)).toEqual([]);
    expect(systemAccounts.groupsOf('no-such-user', 0)).toEqual([]);
  });

  it('knows the groups that exist', () => {
    expect(systemAccounts.groupExists(ask('-gn'))).toBe(true);
    expect(systemAccounts.groupExists('no-such-group')).toBe(false);
  });

  it.each(['', `${username}\0x`, `${username}:x`, 'a'.repeat(300), `${username}\n`])(
    'never takes %j for a name',
    (name) => {
      expect(systemAccounts.userId(name)).toBeUndefined();
      expect(systemAccounts.groupExists(name)).toBe(false);
      expect(systemAccounts.groupsOf(name, uid)).toEqual([]);
    },
  );

  it('names a group of administrators that exists', () => {
    const name = systemAccounts.administratorsGroup();
    expect(['sudo', 'wheel', 'admin', undefined]).toContain(name);
    if (name !== undefined) expect(systemAccounts.groupExists(name)).toBe(true);
  });
});
