import { describe, expect, it } from 'vitest';
import {
  fitMiddle,
  formatAge,
  formatCount,
  formatSender,
  formatSize,
  formatTime,
  truncateMiddle,
} from '../../../../src-renderer/ui/format';

describe('sizes', () => {
  it.each([
    [0, '0.0 KB'],
    [1, '0.1 KB'],
    [512, '0.5 KB'],
    [1024, '1.0 KB'],
    [1024 * 1024 - 1, '1024.0 KB'],
    [1024 * 1024, '1.0 MB'],
    [27.25 * 1024 * 1024, '27.3 MB'],
    [3 * 1024 ** 3, '3.0 GB'],
  ])('%d bytes read %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});

describe('ages', () => {
  it.each([
    [-5000, '0 s'],
    [0, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [4 * 60_000 + 30_000, '4 min'],
    [60 * 60_000, '1 h'],
    [200 * 60_000, '3 h 20 min'],
    [24 * 60 * 60_000, '1 d'],
    [52 * 60 * 60_000, '2 d 4 h'],
  ])('%d ms read "%s"', (span, text) => {
    expect(formatAge(span)).toBe(text);
  });
});

describe('times', () => {
  const now = new Date(2026, 10, 23, 12, 0, 0).getTime();

  it('shows the time of day for today', () => {
    expect(formatTime(new Date(2026, 10, 23, 9, 5, 7).getTime(), now, 'en-GB')).toBe('09:05:07');
  });
  it('shows day and month for this year', () => {
    expect(formatTime(new Date(2026, 2, 1, 9, 5, 7).getTime(), now, 'en-GB')).toBe('1 Mar, 09:05');
  });
  it('shows the whole date for other years', () => {
    expect(formatTime(new Date(2024, 2, 1, 9, 5, 7).getTime(), now, 'en-GB')).toBe('1 Mar 2024');
  });
});

describe('addresses', () => {
  it('shows the null sender as it is written', () => {
    expect(formatSender('')).toBe('<>');
    expect(formatSender('a@b.test')).toBe('a@b.test');
  });
  it.each([
    ['ann@corp.test', 20, 'ann@corp.test'],
    ['a-very-long-name@corp.test', 16, 'a-very-l…rp.test'],
    ['ann@corp.test', 1, '…'],
    ['😀😀😀😀😀😀', 5, '😀😀…😀😀'],
  ])('%s in %d characters is %s', (address, length, text) => {
    expect(truncateMiddle(address, length)).toBe(text);
    expect([...truncateMiddle(address, length)].length).toBeLessThanOrEqual(Math.max(1, length));
  });
});

it('counts in singular and plural', () => {
  expect(formatCount(1, 'message')).toBe('1 message');
  expect(formatCount(0, 'message')).toBe('0 messages');
});

describe('fitting a text by its middle', () => {
  /** A narrow letter is as wide as 1, any other as 3. */
  const measure = (part: string): number =>
    [...part].reduce((sum, letter) => sum + (letter === 'i' ? 1 : 3), 0);

  it('leaves a text that fits alone', () => {
    expect(fitMiddle('ann@corp.test', 39, measure)).toBe('ann@corp.test');
  });

  it.each([38, 30, 21, 9])('shows the most that fits into %i', (width) => {
    const shown = fitMiddle('ann@corp.test', width, measure);
    expect(measure(shown)).toBeLessThanOrEqual(width);
    expect(measure(shown)).toBeGreaterThan(width - 3);
    expect(shown).toContain('\u2026');
  });

  it('shows the sign alone where there is no room at all', () => {
    expect(fitMiddle('ann@corp.test', 0, measure)).toBe('\u2026');
  });
});
