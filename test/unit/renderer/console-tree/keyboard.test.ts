import { describe, expect, it } from 'vitest';
import { moveInTree } from '../../../../src-renderer/console-tree/keyboard';
import { buildRows } from '../../../../src-renderer/console-tree/model';
import { makeSummary } from '../summaries';

const rows = buildRows({
  computerName: 'HOST',
  servers: [makeSummary(), makeSummary({ id: 2, name: 'Scanners' })],
  domainCounts: new Map(),
  expanded: new Set(['computer', 'server-1']),
});
const select = (id: string) => ({ kind: 'select', id });

describe('a key in the tree', () => {
  it.each([
    ['computer', 'ArrowDown', select('server-1')],
    ['computer', 'ArrowUp', { kind: 'none' }],
    ['server-2', 'ArrowDown', { kind: 'none' }],
    ['server-1-drop', 'Home', select('computer')],
    ['computer', 'End', select('server-2')],
    ['server-1', 'ArrowLeft', { kind: 'collapse', id: 'server-1' }],
    ['server-1', 'ArrowRight', select('server-1-domains')],
    ['server-2', 'ArrowRight', { kind: 'expand', id: 'server-2' }],
    ['server-2', 'ArrowLeft', select('computer')],
    ['server-1-queue', 'ArrowLeft', select('server-1')],
    ['server-1-queue', 'ArrowRight', { kind: 'none' }],
    ['server-1', 's', select('server-2')],
    ['server-2', 'S', { kind: 'none' }],
    ['server-2', 'd', select('server-1')],
    ['server-1', 'd', select('server-1-domains')],
    ['computer', ' ', { kind: 'none' }],
    ['computer', 'Escape', { kind: 'none' }],
    ['gone', 'ArrowDown', select('server-1')],
  ])('on %s, %s', (id, key, move) => {
    expect(moveInTree(rows, id, key)).toEqual(move);
  });
});
