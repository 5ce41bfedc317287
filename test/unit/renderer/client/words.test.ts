import { describe, expect, it } from 'vitest';
import { plural, stateSuffix, summarizeStates, summaryGlyph } from '../../../../src-renderer/client/words';

describe('states in words', () => {
  it('put no suffix behind a running server and a word behind every other', () => {
    expect(stateSuffix('started')).toBe('');
    expect(stateSuffix('stopped')).toBe(' (Stopped)');
    expect(stateSuffix('paused')).toBe(' (Paused)');
    expect(stateSuffix('failed')).toBe(' (Failed)');
  });

  it('sum up to how many run', () => {
    expect(summarizeStates([])).toBe('No virtual servers');
    expect(summarizeStates([{ state: 'started' }, { state: 'paused' }])).toBe('1 of 2 running');
  });

  it('show the worst that needs eyes', () => {
    expect(summaryGlyph([{ state: 'started' }, { state: 'failed' }])).toBe('failed');
    expect(summaryGlyph([{ state: 'started' }, { state: 'stopped' }])).toBe('running');
    expect(summaryGlyph([{ state: 'stopped' }])).toBe('stopped');
    expect(summaryGlyph([])).toBe('stopped');
  });

  it('count one as one', () => {
    expect(plural(1, 'session')).toBe('1 session');
    expect(plural(1200, 'entry', 'entries')).toBe('1,200 entries');
  });
});
