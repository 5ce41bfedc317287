import { describe, expect, it } from 'vitest';
import type { QueueDestination } from '../../../../src-main/api/contract';
import { barsOf, maxSeries, placeAfterKey, seriesOf } from '../../../../src-renderer/queue/age-bars';

const destination = (name: string, byAge: number[]): QueueDestination => ({
  destination: name,
  title: name,
  isFrozen: false,
  groups: byAge.reduce((sum, each) => sum + each, 0),
  recipients: 1,
  oldestArrivedAt: 0,
  byAge,
});
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => destination(`d${index}`, [count - index, 0, 0, 0, 1]));

describe('the series of the bars', () => {
  it('are the largest destinations, and the others together', () => {
    const series = seriesOf(many(40));
    expect(series.map(({ title }) => title)).toEqual(['d0', 'd1', 'd2', 'd3', 'd4', '35 others']);
    expect(series.reduce((sum, each) => sum + each.total, 0)).toBe((40 * 41) / 2 + 40);
  });
  it('never put one destination alone under "others"', () => {
    expect(seriesOf(many(maxSeries + 1)).map(({ destination: name }) => name)).not.toContain(undefined);
  });
  it('have one for the destination that is chosen, however small', () => {
    expect(seriesOf(many(40), 'd39').map(({ title }) => title)).toContain('d39');
  });
  it('leave out a destination for which nothing waits', () => {
    expect(seriesOf([destination('idle', [0, 0, 0, 0, 0])])).toEqual([]);
  });
});

describe('the bars', () => {
  const bars = barsOf(seriesOf([destination('a', [100_000, 0, 0, 0, 1]), destination('b', [1, 2, 0, 0, 0])]));

  it('count what waits in each band', () => {
    expect(bars.map(({ total }) => total)).toEqual([100_001, 2, 0, 0, 1]);
  });
  it('stay within their room, part after part, and show the smallest part', () => {
    for (const { segments } of bars) {
      let end = 0;
      for (const { start, length } of segments) {
        expect(start).toBeCloseTo(end);
        expect(length).toBeGreaterThan(0.01);
        end = start + length;
      }
      expect(end).toBeLessThanOrEqual(1.000_001);
    }
  });
  it.each([
    ['ArrowDown', { bar: 1, segment: 0 }],
    ['ArrowUp', { bar: 0, segment: 1 }],
    ['ArrowLeft', { bar: 0, segment: 0 }],
    ['ArrowRight', { bar: 0, segment: 1 }],
    ['Home', { bar: 0, segment: -1 }],
    ['End', { bar: 4, segment: -1 }],
    ['x', undefined],
  ])('%s leads along them', (key, place) => {
    expect(placeAfterKey(bars, { bar: 0, segment: 1 }, key)).toEqual(place);
  });
  it('an empty queue has five empty bars', () => {
    expect(barsOf([]).map(({ total, segments }) => [total, segments.length])).toEqual(Array(5).fill([0, 0]));
  });
});
