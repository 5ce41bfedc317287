import { beforeEach, describe, expect, it } from 'vitest';
import {
  createSignIn,
  maxWrongTries,
  type SignIn,
  sessionIdleMs,
  tokenLifetimeMs,
  triesWindowMs,
} from '../../../../src-main/api/http/sign-in';

let now: number;
let signIn: SignIn;
beforeEach(() => {
  now = 1_000_000;
  signIn = createSignIn({ now: () => now });
});

function open(): string {
  const result = signIn.redeem(signIn.issueToken());
  if (result.kind !== 'signed-in') throw new Error(result.kind);
  return result.sessionKey;
}

describe('a one-time token', () => {
  it('has 256 random bits', () => {
    const tokens = new Set(Array.from({ length: 100 }, () => signIn.issueToken()));
    expect(tokens.size).toBe(100);
    for (const token of tokens) expect(Buffer.from(token, 'base64url').length).toBe(32);
  });

  it('opens one session and is gone', () => {
    const token = signIn.issueToken();
    expect(signIn.redeem(token).kind).toBe('signed-in');
    expect(signIn.redeem(token)).toEqual({ kind: 'refused' });
  });

  it('is worth nothing after ten minutes', () => {
    const token = signIn.issueToken();
    now += tokenLifetimeMs;
    expect(signIn.redeem(token)).toEqual({ kind: 'refused' });
  });

  it('does not end another one', () => {
    const first = signIn.issueToken();
    const second = signIn.issueToken();
    expect(signIn.redeem(second).kind).toBe('signed-in');
    expect(signIn.redeem(first).kind).toBe('signed-in');
  });

  it('makes room when too many are asked for', () => {
    const first = signIn.issueToken();
    for (let count = 0; count < 5; count += 1) signIn.issueToken();
    expect(signIn.redeem(first)).toEqual({ kind: 'refused' });
  });

  it.each(['', 'x', 'A'.repeat(43), '\u0000', 'x'.repeat(100_000)])('is not %j', (token) => {
    signIn.issueToken();
    expect(signIn.redeem(token)).toEqual({ kind: 'refused' });
  });

  it('has to wait after many wrong ones, and is good again after that', () => {
    const token = signIn.issueToken();
    for (let count = 0; count < maxWrongTries; count += 1) signIn.redeem('wrong');
    expect(signIn.redeem(token)).toEqual({ kind: 'wait', seconds: triesWindowMs / 1000 });
    now += triesWindowMs;
    expect(signIn.redeem(token).kind).toBe('signed-in');
  });
});

describe('a session', () => {
  it('lives while it is used', () => {
    const key = open();
    for (let count = 0; count < 5; count += 1) {
      now += sessionIdleMs - 1;
      expect(signIn.touch(key)).toBe(true);
    }
  });

  it('ends after twelve idle hours', () => {
    const key = open();
    now += sessionIdleMs;
    expect(signIn.touch(key)).toBe(false);
    now -= 1;
    expect(signIn.touch(key)).toBe(false);
  });

  it('is not opened by the token itself, nor by nothing', () => {
    const token = signIn.issueToken();
    signIn.redeem(token);
    expect(signIn.touch(token)).toBe(false);
    expect(signIn.touch(undefined)).toBe(false);
    expect(signIn.touch('')).toBe(false);
  });

  it('makes room when there are too many, the longest unused first', () => {
    const first = open();
    const second = open();
    expect(signIn.touch(first)).toBe(true);
    for (let count = 0; count < 49; count += 1) open();
    expect(signIn.touch(second)).toBe(false);
    expect(signIn.touch(first)).toBe(true);
  });
});
