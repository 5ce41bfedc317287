import { describe, expect, it } from 'vitest';
import {
  activeIndex,
  indexAfterKey,
  indexOfKey,
  keyAfterRemoval,
  keysBetween,
  selectionAfter,
  sortedIndexes,
} from '../../../../src-renderer/ui/list-movement';

const keyAt = (index: number): string | undefined => (index >= 0 && index < 10 ? `k${index}` : undefined);
const none = { isShift: false, isControl: false };

describe('keys', () => {
  it.each([
    ['ArrowDown', -1, 0],
    ['ArrowDown', 3, 4],
    ['ArrowDown', 99, 99],
    ['ArrowUp', 0, 0],
    ['ArrowUp', -1, 0],
    ['PageDown', 3, 12],
    ['PageDown', 95, 99],
    ['PageUp', 5, 0],
    ['Home', 50, 0],
    ['End', 50, 99],
    ['x', 50, undefined],
  ])('%s from %d leads to %s', (key, index, to) => {
    expect(indexAfterKey(key, { index, total: 100, pageSize: 10 })).toBe(to);
  });
  it('leads nowhere in an empty list', () => {
    expect(indexAfterKey('ArrowDown', { index: -1, total: 0, pageSize: 10 })).toBeUndefined();
  });
});

describe('the active row', () => {
  const at = (index: number, isApart = false) => ({ index, key: keyAt(index), isApart });
  const list = (...selected: string[]) => ({ keyAt, total: 10, selected: new Set(selected) });
  it.each([
    ['nowhere, nothing selected', at(-1), [], -1],
    ['nowhere, one selected by something else', at(-1), ['k3'], 3],
    ['elsewhere, one selected by something else', at(7), ['k3'], 3],
    ['where it was gone to by Ctrl', at(7, true), ['k3'], 7],
    ['where it was gone to before the row was loaded', { ...at(7), key: undefined }, ['k3'], 7],
    ['where it is, among several selected', at(7), ['k3', 'k4'], 7],
    ['where it is, when the selected row is not there', at(7), ['other'], 7],
  ] as const)('is %s', (_, place, selected, index) => {
    expect(activeIndex(place, list(...selected))).toBe(index);
  });
  it('goes to the successor when its row is gone', () => {
    expect(activeIndex({ index: 4, key: 'gone', isApart: false }, list())).toBe(4);
    expect(activeIndex({ index: 12, key: 'gone', isApart: false }, list())).toBe(9);
  });
});

describe('selection', () => {
  it('a plain click selects one row', () => {
    expect(selectionAfter(none, { selected: new Set(['k1', 'k2']), index: 4, anchor: 1, keyAt })).toEqual(
      new Set(['k4']),
    );
  });
  it('Ctrl adds and takes away', () => {
    const gesture = { isShift: false, isControl: true };
    const added = selectionAfter(gesture, { selected: new Set(['k1']), index: 4, anchor: 1, keyAt });
    expect(added).toEqual(new Set(['k1', 'k4']));
    expect(selectionAfter(gesture, { selected: added, index: 1, anchor: 4, keyAt })).toEqual(new Set(['k4']));
  });
  it('Shift selects from the anchor in either direction', () => {
    const gesture = { isShift: true, isControl: false };
    const selected = new Set(['k9']);
    expect(selectionAfter(gesture, { selected, index: 5, anchor: 3, keyAt })).toEqual(
      new Set(['k3', 'k4', 'k5']),
    );
    expect(selectionAfter(gesture, { selected, index: 2, anchor: 3, keyAt })).toEqual(new Set(['k2', 'k3']));
  });
  it('Ctrl+Shift adds a range to what is selected', () => {
    const both = { isShift: true, isControl: true };
    expect(selectionAfter(both, { selected: new Set(['k9']), index: 1, anchor: 0, keyAt })).toEqual(
      new Set(['k9', 'k0', 'k1']),
    );
  });
  it('a row that is not loaded changes nothing', () => {
    const selected = new Set(['k1']);
    expect(selectionAfter(none, { selected, index: 50, anchor: 1, keyAt })).toBe(selected);
  });
  it('a range skips rows that are not loaded', () => {
    expect(keysBetween(keyAt, 8, 12)).toEqual(['k8', 'k9']);
  });
});

describe('rows that move', () => {
  it('a row is found again after new ones came in above it', () => {
    const moved = (index: number): string | undefined => keyAt(index - 3);
    expect(indexOfKey(moved, { key: 'k2', near: 2, total: 13 })).toBe(5);
  });
  it('a row is found again after others left above it', () => {
    const moved = (index: number): string | undefined => keyAt(index + 2);
    expect(indexOfKey(moved, { key: 'k5', near: 5, total: 8 })).toBe(3);
  });
  it('a row that is gone is not found', () => {
    expect(indexOfKey(keyAt, { key: 'gone', near: 5, total: 10 })).toBe(-1);
  });
  it('looks no further than its reach', () => {
    expect(indexOfKey(keyAt, { key: 'k9', near: 0, total: 10, reach: 3 })).toBe(-1);
  });
});

describe('the row after a deletion', () => {
  const list = { total: 10, rowAt: keyAt };
  const asKey = (row: string): string => row;
  it.each([
    ['one in the middle', ['k4'], 'k5'],
    ['two apart', ['k2', 'k4'], 'k3'],
    ['the last', ['k9'], 'k8'],
    ['the first', ['k0'], 'k1'],
    ['one that is not loaded', ['zz'], undefined],
    ['all', Array.from({ length: 10 }, (_, index) => `k${index}`), undefined],
  ])('%s', (_, removed, next) => {
    expect(keyAfterRemoval(list, asKey, new Set(removed))).toBe(next);
  });
});

describe('sorting', () => {
  const rows = ['b10', 'b9', 'a', 'b9'];
  const rowAt = (index: number): string | undefined => rows[index];
  const compareBy = (row: string): string => row;
  it('compares numbers in text as numbers and keeps equal rows in order', () => {
    expect(sortedIndexes(rowAt, { total: 4, compareBy, isDescending: false })).toEqual([2, 1, 3, 0]);
    expect(sortedIndexes(rowAt, { total: 4, compareBy, isDescending: true })).toEqual([0, 1, 3, 2]);
  });
  it('compares numbers as numbers', () => {
    const sizeAt = (index: number): number | undefined => [10, 9, 100][index];
    expect(sortedIndexes(sizeAt, { total: 3, compareBy: (size) => size, isDescending: false })).toEqual([
      1, 0, 2,
    ]);
  });
  it('leaves a list alone of which rows are missing', () => {
    expect(sortedIndexes(rowAt, { total: 5, compareBy, isDescending: false })).toBeUndefined();
  });
});
