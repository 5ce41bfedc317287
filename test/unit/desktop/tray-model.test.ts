import { describe, expect, it } from 'vitest';
import { decideTrayState, verbsOf } from '../../../src-main/desktop/tray-model';

describe('tray', () => {
  const rows: [states: ('started' | 'paused' | 'stopped' | 'failed' | 'starting')[], shown: string][] = [
    [[], 'stopped'],
    [['stopped'], 'stopped'],
    [['started'], 'running'],
    [['starting'], 'running'],
    [['paused', 'stopped'], 'paused'],
    [['started', 'paused'], 'running'],
    [['started', 'failed'], 'failed'],
  ];
  it.each(rows)('%j is shown as %s', (states, shown) => {
    expect(decideTrayState(states.map((state) => ({ state })))).toBe(shown);
  });

  it('offers only what the state allows', () => {
    expect(verbsOf('started')).toEqual(['pause', 'stop']);
    expect(verbsOf('paused')).toEqual(['resume', 'stop']);
    expect(verbsOf('failed')).toEqual(['start']);
    expect(verbsOf('stopping')).toEqual([]);
  });
});
