import { describe, expect, it } from 'vitest';
import {
  findExisting,
  type Place,
  parentOf,
  parsePlaceId,
  placeId,
} from '../../../../src-renderer/console-tree/places';

const places: Place[] = [
  { kind: 'computer' },
  { kind: 'server', serverId: 12 },
  { kind: 'folder', serverId: 12, folder: 'badmail' },
  { kind: 'changes' },
];

describe('places', () => {
  it('come back from their id', () => {
    for (const place of places) expect(parsePlaceId(placeId(place))).toEqual(place);
  });

  it.each(['', 'server', 'server-', 'server-1-', 'server-1-etc', 'server-99999', 'computer-1', 'server-1x'])(
    'are not read from %j',
    (id) => {
      expect(parsePlaceId(id)).toBeUndefined();
    },
  );

  it('know what is above them', () => {
    expect(places.map(parentOf)).toEqual([
      undefined,
      { kind: 'computer' },
      { kind: 'server', serverId: 12 },
      { kind: 'computer' },
    ]);
  });

  it('fall back to the computer when their server is gone', () => {
    expect(findExisting({ kind: 'folder', serverId: 3, folder: 'drop' }, [1, 2])).toEqual({
      kind: 'computer',
    });
    expect(findExisting({ kind: 'changes' }, [])).toEqual({ kind: 'changes' });
    expect(findExisting({ kind: 'server', serverId: 2 }, [1, 2])).toEqual({ kind: 'server', serverId: 2 });
  });
});
