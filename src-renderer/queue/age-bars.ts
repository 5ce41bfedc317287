/**
 * Geometry of the bars by age: what stands in each bar, which series has which look, and where a key leads. Pure;
 * lengths are shares of the longest bar.
 */
import type { QueueDestination } from '../../src-main/api/contract';
import { ageBands } from './queue-filter';

/** More kinds of bars than this nobody tells apart; the rest is one series. */
export const maxSeries = 5;

export interface Series {
  /** undefined: all other destinations together. */
  readonly destination: string | undefined;
  readonly title: string;
  /** Which colour and pattern; the last look is that of the others. */
  readonly look: number;
  readonly total: number;
  readonly byAge: readonly number[];
}

export interface Segment {
  readonly series: Series;
  readonly count: number;
  /** From 0 to 1. */
  readonly start: number;
  readonly length: number;
}

export interface Bar {
  readonly title: string;
  readonly total: number;
  readonly segments: readonly Segment[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** The largest destinations, then the others together. A chosen one always has a series of its own. */
export function seriesOf(destinations: readonly QueueDestination[], chosen?: string): Series[] {
  const bySize = destinations
    .filter(({ groups }) => groups > 0)
    .toSorted((a, b) => b.groups - a.groups || a.destination.localeCompare(b.destination));
  const own = bySize.slice(0, bySize.length === maxSeries + 1 ? maxSeries + 1 : maxSeries);
  const wanted = bySize.find(({ destination }) => destination === chosen);
  if (wanted !== undefined && !own.includes(wanted)) own.splice(-1, 1, wanted);
  const others = bySize.filter((each) => !own.includes(each));
  const series: Series[] = own.map((each, look) => ({
    destination: each.destination,
    title: each.destination,
    look,
    total: each.groups,
    byAge: each.byAge,
  }));
  if (others.length === 0) return series;
  const byAge = ageBands.map((_, band) => sum(others.map((each) => each.byAge[band] ?? 0)));
  const title = `${others.length.toLocaleString()} others`;
  return [...series, { destination: undefined, title, look: maxSeries, total: sum(byAge), byAge }];
}

/** A segment that is there is seen, however small its share: at least this much of the longest bar. */
const minLength = 0.012;

export function barsOf(series: readonly Series[]): Bar[] {
  const totals = ageBands.map((_, band) => sum(series.map((each) => each.byAge[band] ?? 0)));
  const longest = Math.max(1, ...totals);
  return ageBands.map(({ title }, band) => {
    let start = 0;
    const segments = series.flatMap((each): Segment[] => {
      const count = each.byAge[band] ?? 0;
      if (count === 0) return [];
      const length = Math.max(minLength, count / longest);
      const segment = { series: each, count, start, length };
      start += length;
      return [segment];
    });
    const scale = start > 1 ? 1 / start : 1;
    return {
      title,
      total: totals[band] ?? 0,
      segments: segments.map((each) => ({
        ...each,
        start: each.start * scale,
        length: each.length * scale,
      })),
    };
  });
}

export interface ChartPlace {
  readonly bar: number;
  /** -1 is the bar as a whole. */
  readonly segment: number;
}

/** Up and down go from bar to bar, left and right along the parts of one; undefined: no key of the chart. */
export function placeAfterKey(bars: readonly Bar[], at: ChartPlace, key: string): ChartPlace | undefined {
  const partsOf = (bar: number): number => bars[bar]?.segments.length ?? 0;
  const bounded = (bar: number, segment: number): ChartPlace => ({
    bar,
    segment: Math.min(Math.max(segment, -1), partsOf(bar) - 1),
  });
  switch (key) {
    case 'ArrowDown':
      return bounded(Math.min(at.bar + 1, bars.length - 1), at.segment);
    case 'ArrowUp':
      return bounded(Math.max(at.bar - 1, 0), at.segment);
    case 'ArrowRight':
      return bounded(at.bar, at.segment + 1);
    case 'ArrowLeft':
      return bounded(at.bar, at.segment - 1);
    case 'Home':
      return bounded(0, -1);
    case 'End':
      return bounded(bars.length - 1, -1);
    default:
      return undefined;
  }
}
