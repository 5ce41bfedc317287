import { expect, it } from 'vitest';
import { formatElapsed } from '../../../../src-renderer/sessions/elapsed';

it.each([
  [0, '0:00:00'],
  [61_999, '0:01:01'],
  [3_600_000, '1:00:00'],
  [100 * 3_600_000, '100:00:00'],
  [-5000, '0:00:00'],
])('%i ms is %s', (spanMs, text) => {
  expect(formatElapsed(spanMs)).toBe(text);
});
