import { describe, expect, it } from 'vitest';
import { ContentCache } from '../../../../src-main/engine/queue/content-cache';
import { bytes, text } from './fixture';

const id = (n: number): string => n.toString(16).padStart(24, '0');

describe('content cache', () => {
  it('gives back what was put in, as one piece', () => {
    const cache = new ContentCache(10_000);
    cache.put(id(1), [bytes('ab'), bytes('cd')]);
    const found = cache.get(id(1));
    expect(found && text(found)).toBe('abcd');
    expect(cache.get(id(1))).toBe(found);
    expect(cache.get(id(2))).toBeUndefined();
  });

  it('lets the oldest go when it is full, counting what an entry costs', () => {
    const cache = new ContentCache(3000);
    for (let n = 1; n <= 4; n++) cache.put(id(n), [new Uint8Array(600)]);
    expect([1, 2, 3, 4].map((n) => cache.get(id(n)) !== undefined)).toEqual([false, false, true, true]);
    for (let n = 10; n < 100; n++) cache.put(id(n), [new Uint8Array(1)]);
    expect(cache.get(id(94))).toBeUndefined();
    expect(cache.get(id(99))).toBeDefined();
  });

  it('takes nothing that is larger than itself', () => {
    const cache = new ContentCache(1000);
    cache.put(id(1), [new Uint8Array(1001)]);
    expect(cache.get(id(1))).toBeUndefined();
  });

  it('does not keep a large buffer alive for a small part of it', () => {
    const cache = new ContentCache(10_000);
    const network = new Uint8Array(64 * 1024).fill(65);
    cache.put(id(1), [network.subarray(10, 13)]);
    const found = cache.get(id(1));
    expect(found && text(found)).toBe('AAA');
    expect(found?.buffer).not.toBe(network.buffer);
  });
});
