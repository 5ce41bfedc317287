import { describe, expect, it } from 'vitest';
import { findSelected } from '../../../../src-renderer/ui/selected-rows';

interface Row {
  readonly id: string;
  readonly word: string;
}
const row = (id: string, word = ''): Row => ({ id, word });
const rowKey = ({ id }: Row): string => id;
const pagesOf = (rows: readonly (Row | undefined)[]) => ({
  total: rows.length,
  rowAt: (index: number) => rows[index],
  isLoading: false,
});

describe('the rows behind a selection', () => {
  it('are those of the list, as they are now', () => {
    const known = new Map([['a', row('a', 'old')]]);
    const found = findSelected(
      { pages: pagesOf([row('a', 'new'), row('b')]), rowKey, selectedKeys: new Set(['a']) },
      known,
    );
    expect(found.rows).toEqual([row('a', 'new')]);
  });

  it('stay when they scroll out of the pages at hand', () => {
    const known = new Map([['a', row('a')]]);
    const found = findSelected(
      { pages: pagesOf([undefined, row('b')]), rowKey, selectedKeys: new Set(['a']) },
      known,
    );
    expect(found).toEqual({ rows: [row('a')], gone: new Set() });
  });

  it('go when the whole list is here and they are not in it', () => {
    const known = new Map([['a', row('a')]]);
    const found = findSelected({ pages: pagesOf([row('b')]), rowKey, selectedKeys: new Set(['a']) }, known);
    expect(found).toEqual({ rows: [], gone: new Set(['a']) });
  });

  it('may still be to come: what was just made is not gone', () => {
    const found = findSelected(
      { pages: pagesOf([row('b')]), rowKey, selectedKeys: new Set(['new']) },
      new Map(),
    );
    expect(found.gone.size).toBe(0);
  });
});
