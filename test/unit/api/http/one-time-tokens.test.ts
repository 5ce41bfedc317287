import { beforeEach, describe, expect, it } from 'vitest';
import {
  createOneTimeTokens,
  maxWrongTries,
  type OneTimeTokens,
  tokenLifetimeMs,
  triesWindowMs,
} from '../../../../src-main/api/http/one-time-tokens';

let now: number;
let tokens: OneTimeTokens<string>;
beforeEach(() => {
  now = 1_000_000;
  tokens = createOneTimeTokens({ now: () => now });
});

describe('a one-time token', () => {
  it('has 256 random bits', () => {
    const all = new Set(Array.from({ length: 100 }, () => tokens.issue('ann')));
    expect(all.size).toBe(100);
    for (const token of all) expect(Buffer.from(token, 'base64url').length).toBe(32);
  });

  it('is good once', () => {
    const token = tokens.issue('ann');
    expect(tokens.redeem(token).kind).toBe('accepted');
    expect(tokens.redeem(token)).toEqual({ kind: 'refused' });
  });

  it('is worth nothing after ten minutes', () => {
    const token = tokens.issue('ann');
    now += tokenLifetimeMs;
    expect(tokens.redeem(token)).toEqual({ kind: 'refused' });
  });

  it('does not end another one', () => {
    const first = tokens.issue('ann');
    const second = tokens.issue('ann');
    expect(tokens.redeem(second).kind).toBe('accepted');
    expect(tokens.redeem(first).kind).toBe('accepted');
  });

  it('makes room when too many are asked for', () => {
    const first = tokens.issue('ann');
    for (let count = 0; count < 5; count += 1) tokens.issue('ann');
    expect(tokens.redeem(first)).toEqual({ kind: 'refused' });
  });

  it.each(['', 'x', 'A'.repeat(43), '\u0000', 'x'.repeat(100_000)])('is not %j', (token) => {
    tokens.issue('ann');
    expect(tokens.redeem(token)).toEqual({ kind: 'refused' });
  });

  it('that is wrong has to wait after many wrong ones', () => {
    for (let count = 0; count < maxWrongTries; count += 1)
      expect(tokens.redeem('wrong')).toEqual({ kind: 'refused' });
    expect(tokens.redeem('wrong')).toEqual({ kind: 'wait', seconds: triesWindowMs / 1000 });
    now += triesWindowMs;
    expect(tokens.redeem('wrong')).toEqual({ kind: 'refused' });
  });

  it('that is right is good whatever strangers have tried', () => {
    const token = tokens.issue('ann');
    for (let count = 0; count < 2 * maxWrongTries; count += 1) tokens.redeem('wrong');
    expect(tokens.redeem(token)).toEqual({ kind: 'accepted', holder: 'ann' });
  });
});
