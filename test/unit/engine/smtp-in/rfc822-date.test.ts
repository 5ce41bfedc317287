import { describe, expect, it } from 'vitest';
import { createDateCache, formatRfc822Date } from '../../../../src-main/engine/smtp-in/rfc822-date';

describe('date of the greeting', () => {
  it.each([0, 951_782_400_000, 1_205_312_400_000, 1_735_689_599_000])('reads back as %d', (ms) => {
    const text = formatRfc822Date(ms);
    expect(text).toMatch(/^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/);
    expect(Date.parse(text)).toBe(ms);
  });

  it('is made anew for another second only', () => {
    const format = createDateCache();
    expect(format(5_000)).toBe(format(5_999));
    expect(format(6_000)).toBe(formatRfc822Date(6_000));
    expect(format(5_000)).toBe(formatRfc822Date(5_000));
  });
});
