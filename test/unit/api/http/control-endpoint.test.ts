import { describe, expect, it } from 'vitest';
import { findControlEndpoint } from '../../../../src-main/api/http/control-endpoint';

const longFolder = `/srv/${'very-long-name/'.repeat(10)}data`;

describe('where the control channel listens', () => {
  it('is the data folder itself', () => {
    expect(findControlEndpoint({ platform: 'linux', dataFolder: '/var/lib/mailroot', ownerId: 7 })).toEqual({
      kind: 'socket',
      path: '/var/lib/mailroot/control.sock',
      directory: '/var/lib/mailroot',
      base: 'control',
      isShared: false,
    });
  });

  it.each(['linux', 'darwin'] as const)(
    'is a short path of the folder owner when the folder has a long one (%s)',
    (platform) => {
      const endpoint = findControlEndpoint({ platform, dataFolder: longFolder, ownerId: 1000 });
      expect(endpoint.kind).toBe('socket');
      expect(endpoint.path).toMatch(/^\/tmp\/mailroot-1000\/[0-9a-f]{24}\.sock$/);
      expect(endpoint).toMatchObject({ isShared: true });
    },
  );

  it('differs between two long folders', () => {
    const at = (dataFolder: string) =>
      findControlEndpoint({ platform: 'linux', dataFolder, ownerId: 1 }).path;
    expect(at(longFolder)).not.toBe(at(`${longFolder}2`));
  });

  it('leaves room for the longest name beside the socket', () => {
    for (let length = 60; length < 110; length += 1) {
      const dataFolder = `/${'x'.repeat(length)}`;
      const endpoint = findControlEndpoint({ platform: 'darwin', dataFolder, ownerId: 501 });
      if (endpoint.kind !== 'socket') throw new Error('not a socket');
      expect(`${endpoint.directory}/${endpoint.base}.claim.12345678`.length).toBeLessThan(104);
    }
  });

  it('is a named pipe on Windows, whatever the case of the path', () => {
    const at = (dataFolder: string) =>
      findControlEndpoint({ platform: 'win32', dataFolder, ownerId: 0 }).path;
    expect(at('C:\\Data\\Mailroot')).toMatch(/^\\\\\.\\pipe\\mailroot-[0-9a-f]{24}$/);
    expect(at('C:\\Data\\Mailroot')).toBe(at('c:\\data\\mailroot'));
  });
});
