import { describe, expect, it } from 'vitest';
import { runningAgain, stateNews } from '../../../../src-renderer/app/state-news';

const one = { id: 1, name: 'Default', state: 'started' } as const;

describe('what is said of states', () => {
  it('is what changed, and nothing else', () => {
    const other = { id: 2, name: 'Scanners', state: 'stopped' } as const;
    expect(stateNews([one, other], [{ ...one, state: 'paused' }, other])).toEqual(['Default: Paused.']);
  });

  it('is nothing for a server that came or went', () => {
    expect(stateNews([], [one])).toEqual([]);
    expect(stateNews([one], [])).toEqual([]);
  });
});

describe('a server runs again', () => {
  it.each([
    ['failed', 'started', true],
    ['stopped', 'paused', true],
    ['starting', 'started', true],
    ['started', 'paused', false],
    ['started', 'started', false],
    ['started', 'failed', false],
  ] as const)('%s, then %s: %s', (from, to, isAgain) => {
    const again = runningAgain([{ ...one, state: from }], [{ ...one, state: to }]);
    expect(again.has(1)).toBe(isAgain);
  });
});
