import { describe, expect, it } from 'vitest';
import { decideTrayState, describeServers, verbsOf } from '../../../src-main/desktop/tray-model';

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

  it('says that the engine is out of reach, which is no state of a server', () => {
    expect(decideTrayState(undefined)).toBe('failed');
    expect(describeServers(undefined)).toBe('Mailroot: the engine is out of reach');
  });

  it('offers only what the state allows', () => {
    expect(verbsOf('started')).toEqual(['pause', 'stop']);
    expect(verbsOf('paused')).toEqual(['resume', 'stop']);
    expect(verbsOf('failed')).toEqual(['start']);
    expect(verbsOf('stopping')).toEqual([]);
  });
});
