import { describe, expect, it } from 'vitest';
import { moveInTree, typedText } from '../../../../src-renderer/console-tree/keyboard';
import { buildRows } from '../../../../src-renderer/console-tree/model';
import { makeSummary } from '../summaries';

const rows = buildRows({
  computerName: 'HOST',
  servers: [makeSummary(), makeSummary({ id: 2, name: 'Scanners' })],
  isReachable: true,
  expanded: new Set(['computer', 'server-1']),
});
const select = (id: string) => ({ kind: 'select', id });

describe('a key in the tree', () => {
  it.each([
    ['computer', 'ArrowDown', select('server-1')],
    ['computer', 'ArrowUp', { kind: 'none' }],
    ['server-2', 'ArrowDown', select('search')],
    ['changes', 'ArrowDown', { kind: 'none' }],
    ['changes', 'ArrowLeft', select('computer')],
    ['server-1-drop', 'Home', select('computer')],
    ['computer', 'End', select('changes')],
    ['server-1', 'ArrowLeft', { kind: 'collapse', id: 'server-1' }],
    ['server-1', 'ArrowRight', select('server-1-domains')],
    ['server-2', 'ArrowRight', { kind: 'expand', id: 'server-2' }],
    ['server-2', 'ArrowLeft', select('computer')],
    ['server-1-queue', 'ArrowLeft', select('server-1')],
    ['server-1-queue', 'ArrowRight', { kind: 'none' }],
    ['server-1', 's', select('server-2')],
    ['server-2', 'S', select('search')],
    ['search', 'S', select('server-2')],
    ['server-2', 'd', select('server-1')],
    ['server-1', 'd', select('server-1-domains')],
    ['computer', ' ', { kind: 'none' }],
    ['computer', 'Escape', { kind: 'none' }],
    ['gone', 'ArrowDown', select('server-1')],
  ])('on %s, %s', (id, key, move) => {
    expect(moveInTree(rows, id, key)).toEqual(move);
  });

  it('is part of a word when it follows quickly', () => {
    const first = typedText({ text: '', at: 0 }, 'd', 10_000);
    const second = typedText(first, 'r', 10_200);
    expect(second.text).toBe('dr');
    expect(moveInTree(rows, 'server-1-domains', 'r', 'dr')).toEqual(select('server-1-drop'));
    expect(typedText(second, 'b', 20_000).text).toBe('b');
    expect(typedText(second, 'ArrowDown', 10_300).text).toBe('');
  });

  it('stays where it is while the word still fits', () => {
    expect(moveInTree(rows, 'server-1-drop', 'r', 'dr')).toEqual({ kind: 'none' });
  });

  it('goes on to the next with the same letter again', () => {
    expect(moveInTree(rows, 'server-1-domains', 'd', 'dd')).toEqual(select('server-1-drop'));
  });

  it('unfolds all nodes beside it with *', () => {
    expect(moveInTree(rows, 'server-1', '*')).toEqual({ kind: 'expand-all', ids: ['server-2'] });
    expect(moveInTree(rows, 'server-1-drop', '*')).toEqual({ kind: 'none' });
  });
});
