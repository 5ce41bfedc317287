import { describe, expect, it } from 'vitest';
import { boundZoomLevel, zoomLevelAfter } from '../../../src-main/desktop/zoom';

describe('the size of the content', () => {
  it.each([
    [0, 'in', 0.5],
    [0.5, 'out', 0],
    [3, 'reset', 0],
    [6, 'in', 6],
    [-5, 'out', -5],
  ] as const)('from level %d, %s leads to %d', (level, step, after) => {
    expect(zoomLevelAfter(level, step)).toBe(after);
  });

  it('never begins where nothing can be read', () => {
    expect(boundZoomLevel(99)).toBe(6);
    expect(boundZoomLevel(-99)).toBe(-5);
  });
});
