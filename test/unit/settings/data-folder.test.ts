import { describe, expect, it } from 'vitest';
import { defaultDataFolder } from '../../../src-main/settings/data-folder';

const homeDirectory = '/home/ann';

describe('the default data folder', () => {
  it.each([
    ['Linux', { platform: 'linux', env: {}, homeDirectory }, '/home/ann/.local/share/mailroot'],
    [
      'Linux with XDG',
      { platform: 'linux', env: { XDG_DATA_HOME: '/data/ann' }, homeDirectory },
      '/data/ann/mailroot',
    ],
    [
      'Linux with a relative XDG, which is to be ignored',
      { platform: 'linux', env: { XDG_DATA_HOME: 'data' }, homeDirectory },
      '/home/ann/.local/share/mailroot',
    ],
    [
      'Linux with an empty XDG',
      { platform: 'linux', env: { XDG_DATA_HOME: '' }, homeDirectory },
      '/home/ann/.local/share/mailroot',
    ],
    [
      'macOS',
      { platform: 'darwin', env: {}, homeDirectory: '/Users/ann' },
      '/Users/ann/Library/Application Support/Mailroot',
    ],
    [
      'Windows',
      {
        platform: 'win32',
        env: { LOCALAPPDATA: 'C:\\Users\\ann\\AppData\\Local' },
        homeDirectory: 'C:\\Users\\ann',
      },
      'C:\\Users\\ann\\AppData\\Local\\Mailroot',
    ],
    [
      'Windows without the variable',
      { platform: 'win32', env: {}, homeDirectory: 'C:\\Users\\ann' },
      'C:\\Users\\ann\\AppData\\Local\\Mailroot',
    ],
    [
      'named by MAILROOT_DATA',
      { platform: 'linux', env: { MAILROOT_DATA: '/var/lib/mailroot/' }, homeDirectory },
      '/var/lib/mailroot/',
    ],
    [
      'not by a relative MAILROOT_DATA',
      { platform: 'linux', env: { MAILROOT_DATA: 'data' }, homeDirectory },
      '/home/ann/.local/share/mailroot',
    ],
  ] as const)('%s', (_, facts, folder) => {
    expect(defaultDataFolder(facts)).toBe(folder);
  });
});
