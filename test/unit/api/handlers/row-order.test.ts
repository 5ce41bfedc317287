import { describe, expect, it } from 'vitest';
import { sortRows } from '../../../../src-main/api/handlers/row-order';

interface Row {
  readonly name: string;
  readonly size: number;
}
const rows: readonly Row[] = [
  { name: 'b10.test', size: 1 },
  { name: 'B9.test', size: 2 },
  { name: 'a.test', size: 1 },
];
const keyOf = (row: Row, column: string): string | number | (string | number)[] =>
  column === 'size' ? row.size : column === 'both' ? [row.size, row.name] : row.name;
const names = (column: string, isDescending = false): string[] =>
  sortRows(rows, { column, isDescending }, keyOf).map((row) => row.name);

describe('the order of a list', () => {
  it('is that of the settings where none is asked for', () => {
    expect(sortRows(rows, undefined, keyOf)).toEqual(rows);
  });

  it('takes digits as numbers and letters without case', () => {
    expect(names('name')).toEqual(['a.test', 'B9.test', 'b10.test']);
    expect(names('name', true)).toEqual(['b10.test', 'B9.test', 'a.test']);
  });

  it('leaves equal rows as they came, ascending and descending', () => {
    expect(names('size')).toEqual(['b10.test', 'a.test', 'B9.test']);
    expect(names('size', true)).toEqual(['B9.test', 'b10.test', 'a.test']);
  });

  it('goes by the second part where the first is alike', () => {
    expect(names('both')).toEqual(['a.test', 'b10.test', 'B9.test']);
  });

  it('does not touch what it was given', () => {
    names('name');
    expect(rows[0]?.name).toBe('b10.test');
  });
});
