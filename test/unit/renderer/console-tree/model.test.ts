import { describe, expect, it } from 'vitest';
import { buildRows } from '../../../../src-renderer/console-tree/model';
import { makeSummary } from '../summaries';

const counts = { pickup: 0, drop: 312, queue: 12, badmail: 2, sessions: 1, domains: 1 };
const servers = [makeSummary({ counts }), makeSummary({ id: 2, name: 'Scanners', state: 'failed' })];
const build = (expanded: string[]) =>
  buildRows({
    computerName: 'HOST',
    servers,
    domainCounts: new Map([[1, 3]]),
    expanded: new Set(expanded),
  });

describe('the tree', () => {
  it('shows the computer alone while it is folded', () => {
    expect(build(['server-1']).map((row) => row.title)).toEqual(['HOST']);
  });

  it('has exactly the five nodes below a server, in this order, with counts', () => {
    const rows = build(['computer', 'server-1']).filter((row) => row.level === 3);
    expect(rows.map((row) => [row.title, row.count])).toEqual([
      ['Domains', 3],
      ['Current Sessions', 1],
      ['Queue', 12],
      ['Drop', 312],
      ['Badmail', 2],
    ]);
  });

  it('calls for attention at Badmail with mail in it and at a failed server, nowhere else', () => {
    const rows = build(['computer', 'server-1', 'server-2']);
    expect(rows.filter((row) => row.isAlarming).map((row) => row.id)).toEqual([
      'server-1-badmail',
      'server-2',
    ]);
  });

  it('shows no count of domains that nobody has asked for', () => {
    const row = build(['computer', 'server-2']).find((each) => each.id === 'server-2-domains');
    expect(row).toBeDefined();
    expect(row?.count).toBeUndefined();
  });

  it('tells each row its place among its siblings', () => {
    const rows = build(['computer']);
    expect(rows.map((row) => [row.positionInSet, row.setSize])).toEqual([
      [1, 1],
      [1, 2],
      [2, 2],
    ]);
  });
});
