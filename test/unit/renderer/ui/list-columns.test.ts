import { describe, expect, it } from 'vitest';
import { boundWidth, gridTemplate, sortAfter } from '../../../../src-renderer/ui/list-columns';
import { pagesOf } from '../../../../src-renderer/ui/paged-rows';

describe('columns', () => {
  const widthOf = (id: string): number => (id === 'a' ? 50 : 80);
  it('the last column takes the room that is left over', () => {
    expect(gridTemplate([{ id: 'a' }, { id: 'b' }], widthOf)).toBe('50px minmax(80px, 1fr)');
  });
  it('unless another one is to grow', () => {
    expect(gridTemplate([{ id: 'a', isGrowing: true }, { id: 'b' }], widthOf)).toBe('minmax(50px, 1fr) 80px');
  });
  it.each([
    [3, 24],
    [100.4, 100],
    [99_999, 2000],
  ])('a width of %d becomes %d', (width, bounded) => {
    expect(boundWidth(width)).toBe(bounded);
  });
});

it('only the pages that hold visible rows are read', () => {
  expect(pagesOf(0, 30)).toEqual([0]);
  expect(pagesOf(190, 210)).toEqual([0, 1]);
  expect(pagesOf(99_800, 99_830)).toEqual([499]);
  expect(pagesOf(-5, 3)).toEqual([0]);
});

it('a title sorts up, then down, then not at all; another title begins anew', () => {
  const up = sortAfter(undefined, 'name');
  expect(up).toEqual({ columnId: 'name', isDescending: false });
  const down = sortAfter(up, 'name');
  expect(down).toEqual({ columnId: 'name', isDescending: true });
  expect(sortAfter(down, 'name')).toBeUndefined();
  expect(sortAfter(down, 'type')).toEqual({ columnId: 'type', isDescending: false });
});
