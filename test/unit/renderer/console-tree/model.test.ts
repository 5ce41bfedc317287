import { describe, expect, it } from 'vitest';
import { buildRows } from '../../../../src-renderer/console-tree/model';
import { makeSummary } from '../summaries';

const counts = { pickup: 0, drop: 312, queue: 12, badmail: 2, sessions: 1, domains: 3 };
const servers = [makeSummary({ counts }), makeSummary({ id: 2, name: 'Scanners', state: 'failed' })];
const build = (expanded: string[], isReachable = true) =>
  buildRows({
    computerName: 'HOST',
    servers,
    expanded: new Set(expanded),
    isReachable,
  });

describe('the tree', () => {
  it('shows the computer alone while it is folded', () => {
    expect(build(['server-1']).map((row) => row.title)).toEqual(['HOST']);
  });

  it('has exactly these nodes below a server, in this order, with counts', () => {
    const rows = build(['computer', 'server-1']).filter((row) => row.level === 3);
    expect(rows.map((row) => [row.title, row.count])).toEqual([
      ['Domains', 3],
      ['Current Sessions', 1],
      ['Queue', 12],
      ['Drop', 312],
      ['Badmail', 2],
      ['Pickup', 0],
      ['Trace', undefined],
    ]);
  });

  it('calls for attention at Badmail with mail in it and at a failed server, nowhere else', () => {
    const rows = build(['computer', 'server-1', 'server-2']);
    expect(rows.filter((row) => row.isAlarming).map((row) => row.id)).toEqual([
      'server-1-badmail',
      'server-2',
    ]);
  });

  it('does not tell a state that it cannot know', () => {
    const rows = build(['computer'], false);
    expect(rows.map((row) => row.server?.state)).toEqual([
      undefined,
      'unknown',
      'unknown',
      undefined,
      undefined,
      undefined,
    ]);
    expect(rows.filter((row) => row.isAlarming)).toEqual([]);
  });

  it('tells each row its place among its siblings', () => {
    const rows = build(['computer']);
    expect(rows.map((row) => [row.positionInSet, row.setSize])).toEqual([
      [1, 1],
      [1, 5],
      [2, 5],
      [3, 5],
      [4, 5],
      [5, 5],
    ]);
  });
});
