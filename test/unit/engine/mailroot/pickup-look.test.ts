import { describe, expect, it } from 'vitest';
import { isPassedOver, isReady, lookAt, quietMsOf } from '../../../../src-main/engine/mailroot/pickup-look';

const now = 1_000_000;
const file = (sizeBytes: number, modifiedAt: number) => ({ sizeBytes, modifiedAt });

describe('ready rule', () => {
  it('takes an old file at the first look', () => {
    expect(isReady(lookAt(file(5, now - 2000), undefined, now), now)).toBe(true);
  });

  it('looks twice at a young file', () => {
    const first = lookAt(file(5, now - 10), undefined, now);
    expect(isReady(first, now)).toBe(false);
    expect(isReady(lookAt(file(5, now - 10), first, now + 249), now + 249)).toBe(false);
    expect(isReady(lookAt(file(5, now - 10), first, now + 250), now + 250)).toBe(true);
  });

  it.each([file(6, now - 10), file(5, now + 240)])('begins anew when the file changed to %j', (changed) => {
    const first = lookAt(file(5, now - 10), undefined, now);
    expect(isReady(lookAt(changed, first, now + 250), now + 250)).toBe(false);
  });

  it('looks twice at a file also when the clock was set back by years in between', () => {
    const yearMs = 365 * 86_400_000;
    const later = now + yearMs;
    const first = lookAt(file(5, later), undefined, later);
    const second = lookAt(file(5, later), first, now);
    expect(isReady(second, now)).toBe(false);
    expect(isReady(lookAt(file(5, later), second, now + 250), now + 250)).toBe(true);
  });

  it('never takes an empty file', () => {
    expect(isReady(lookAt(file(0, 0), undefined, now), now)).toBe(false);
  });

  it('takes a file with a time in the future after two looks', () => {
    const first = lookAt(file(5, now + 99_999), undefined, now);
    expect(isReady(first, now)).toBe(false);
    const second = lookAt(file(5, now + 99_999), first, now + 300);
    expect(isReady(second, now + 300)).toBe(true);
    expect(quietMsOf(second, now + 300)).toBe(300);
  });
});

it.each(['.hidden', 'x.tmp', 'X.TMP', 'a.eml.part', 'b.crdownload'])('passes over %s', (name) => {
  expect(isPassedOver(name)).toBe(true);
});

it.each(['a.eml', 'note', 'x.tmp.eml', 'part'])('takes %s', (name) => {
  expect(isPassedOver(name)).toBe(false);
});
