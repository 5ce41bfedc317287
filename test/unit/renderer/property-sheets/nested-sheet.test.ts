import { expect, it } from 'vitest';
import type { Values } from '../../../../src-renderer/property-sheets/draft';
import { nestSheet } from '../../../../src-renderer/property-sheets/nested-sheet';
import type { Sheet } from '../../../../src-renderer/property-sheets/sheet-context';

const inForce: Values = { limit: 10, name: 'one' };

interface Bench {
  readonly sheet: () => Sheet;
  readonly changes: () => Values;
  readonly leave: (key: string) => void;
}

/** A dialog over a sheet that finds a limit below 5 wrong, and whose `name` the engine has refused. */
function openDialog(isReadOnly = false): Bench {
  const parent: Sheet = {
    shape: {},
    value: (key) => inForce[key],
    set: () => {
      throw new Error('The sheet was changed before OK.');
    },
    leave: () => undefined,
    faultsOf: (key) => (key === 'name' ? [{ path: 'name', reason: 'refused' }] : []),
    isChanged: () => false,
    judge: (changes) => new Map(Number(changes.limit) < 5 ? [['limit', 'too small']] : []),
    isReadOnly,
  };
  let changes: Values = {};
  let left: ReadonlySet<string> = new Set();
  const sheet = (): Sheet =>
    nestSheet({
      parent,
      changes,
      left,
      setChanges: (change) => {
        changes = change(changes);
      },
      setLeft: (change) => {
        left = change(left);
      },
    });
  return { sheet, changes: () => changes, leave: (key) => sheet().leave(key) };
}

it('keeps its changes to itself', () => {
  const bench = openDialog();
  bench.sheet().set('limit', 20);
  expect(bench.sheet().value('limit')).toBe(20);
  expect(bench.sheet().isChanged('limit')).toBe(true);
});

it('knows that a value set back is no change', () => {
  const bench = openDialog();
  bench.sheet().set('limit', 20);
  bench.sheet().set('limit', 10);
  expect(bench.changes()).toEqual({});
});

it('tells what is wrong when the field is left, not while typing', () => {
  const bench = openDialog();
  bench.sheet().set('limit', 1);
  expect(bench.sheet().faultsOf('limit')).toEqual([]);
  bench.leave('limit');
  expect(bench.sheet().faultsOf('limit')).toEqual([{ path: 'limit', reason: 'too small' }]);
});

it('shows what the engine refused until it is changed', () => {
  const bench = openDialog();
  expect(bench.sheet().faultsOf('name')).toHaveLength(1);
  bench.sheet().set('name', 'two');
  expect(bench.sheet().faultsOf('name')).toEqual([]);
});

it('changes nothing for whoever may only look', () => {
  const bench = openDialog(true);
  bench.sheet().set('limit', 20);
  expect(bench.changes()).toEqual({});
});
