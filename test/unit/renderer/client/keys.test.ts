import { describe, expect, it } from 'vitest';
import type { LiveChange } from '../../../../src-main/api/contract';
import { findStaleKeys } from '../../../../src-renderer/client/keys';

const change = (part: Partial<LiveChange>): LiveChange => ({
  servers: false,
  settings: false,
  changes: false,
  index: false,
  folders: [],
  warnings: [],
  ...part,
});

describe('what a live change makes stale', () => {
  it('is nothing for the first, empty change', () => {
    expect(findStaleKeys(change({}))).toEqual([]);
  });

  it('is one list and the counts when a folder changed', () => {
    expect(findStaleKeys(change({ folders: [{ serverId: 2, folder: 'drop' }] }))).toEqual([
      ['servers'],
      ['messages', 2, 'drop'],
    ]);
  });

  it('is the list and the counts for Pickup', () => {
    expect(findStaleKeys(change({ folders: [{ serverId: 1, folder: 'pickup' }] }))).toEqual([
      ['servers'],
      ['messages', 1, 'pickup'],
    ]);
  });

  it('is what was searched, and the marks in lists, for the index of mail', () => {
    expect(findStaleKeys(change({ index: true }))).toEqual([['search'], ['messages']]);
  });

  it('is the sessions list for sessions', () => {
    expect(findStaleKeys(change({ folders: [{ serverId: 1, folder: 'sessions' }] }))).toContainEqual([
      'sessions',
      1,
    ]);
  });

  it('is every form and every route when settings changed, but no folder', () => {
    const keys = findStaleKeys(change({ settings: true }));
    expect(keys).toEqual(
      expect.arrayContaining([['server'], ['domains'], ['queue'], ['servers'], ['status']]),
    );
    expect(keys.some(([name]) => name === 'messages')).toBe(false);
  });

  it('is who may do what when settings changed, because people are told with them', () => {
    expect(findStaleKeys(change({ settings: true }))).toEqual(
      expect.arrayContaining([['me'], ['accounts'], ['operators']]),
    );
    expect(findStaleKeys(change({ servers: true }))).not.toContainEqual(['me']);
  });

  it('is the record of changes for a new entry, and not for mail that comes and goes', () => {
    expect(findStaleKeys(change({ changes: true }))).toEqual([['changes'], ['status']]);
    const mail = change({ servers: true, folders: [{ serverId: 1, folder: 'queue' }] });
    expect(findStaleKeys(mail)).not.toContainEqual(['changes']);
  });

  it('is the status when something needs attention', () => {
    expect(findStaleKeys(change({ warnings: [{ serverId: 1, code: 'x', text: 'y' }] }))).toEqual([
      ['status'],
    ]);
  });

  it('names each key once', () => {
    const keys = findStaleKeys(
      change({
        servers: true,
        folders: [
          { serverId: 1, folder: 'queue' },
          { serverId: 1, folder: 'queue' },
        ],
      }),
    );
    expect(new Set(keys.map((key) => key.join('/'))).size).toBe(keys.length);
  });
});
