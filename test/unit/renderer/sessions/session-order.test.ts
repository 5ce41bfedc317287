import { describe, expect, it } from 'vitest';
import { sortOf } from '../../../../src-renderer/sessions/session-order';

describe('the order that the engine is asked for', () => {
  it('is that of the column', () => {
    expect(sortOf({ columnId: 'user', isDescending: true })).toEqual({
      sort: { column: 'user', isDescending: true },
    });
  });

  it('begins with the latest connection where the shortest time connected is to come first', () => {
    expect(sortOf({ columnId: 'connectedAt', isDescending: false })).toEqual({
      sort: { column: 'connectedAt', isDescending: true },
    });
    expect(sortOf({ columnId: 'connectedAt', isDescending: true })).toEqual({
      sort: { column: 'connectedAt', isDescending: false },
    });
  });

  it('is the own order of the list without one, and for a column that is no more', () => {
    expect(sortOf(undefined)).toEqual({});
    expect(sortOf({ columnId: 'connected', isDescending: false })).toEqual({});
  });
});
