import { beforeEach, describe, expect, it } from 'vitest';
import {
  createPasswordTries,
  maxTriesInTotal,
  maxTriesOfName,
  type PasswordTries,
  triesWindowMs,
} from '../../../../src-main/api/http/password-tries';

let now: number;
let tries: PasswordTries;
beforeEach(() => {
  now = 1_000_000;
  tries = createPasswordTries({ now: () => now });
});
const wrong = (name: string, browser?: string) => tries.begin(name, browser).kind;

describe('tries of a password', () => {
  it('of one name are counted, in any case, and others go on', () => {
    for (let count = 0; count < maxTriesOfName; count += 1)
      expect(wrong(count % 2 ? 'ann' : 'ANN')).toBe('go');
    expect(tries.begin('Ann', undefined)).toEqual({ kind: 'wait', seconds: triesWindowMs / 1000 });
    expect(wrong('bob')).toBe('go');
  });

  it('are forgotten one by one as time goes by', () => {
    wrong('ann');
    now += 1000;
    for (let count = 1; count < maxTriesOfName; count += 1) wrong('ann');
    now += triesWindowMs - 1001;
    expect(tries.begin('ann', undefined)).toEqual({ kind: 'wait', seconds: 1 });
    now += 1;
    expect(wrong('ann')).toBe('go');
    expect(wrong('ann')).toBe('wait');
  });

  it('that succeed are not counted', () => {
    for (let count = 0; count < 5 * maxTriesOfName; count += 1) {
      const begun = tries.begin('ann', undefined);
      if (begun.kind === 'wait') throw new Error(`had to wait after ${count}`);
      begun.succeed();
    }
  });

  it('count before they are decided, so that many at once are no way around', () => {
    const begun = Array.from({ length: maxTriesOfName + 5 }, () => tries.begin('ann', undefined));
    expect(begun.filter(({ kind }) => kind === 'go')).toHaveLength(maxTriesOfName);
  });

  it('are counted in total, over all names', () => {
    for (let count = 0; count < maxTriesInTotal; count += 1) expect(wrong(`name${count}`)).toBe('go');
    expect(wrong('another')).toBe('wait');
    now += triesWindowMs;
    expect(wrong('another')).toBe('go');
  });
});

describe('a browser in which ann has signed in before', () => {
  it('is not kept out by what strangers try', () => {
    const browser = tries.rememberBrowser('Ann');
    for (let count = 0; count < maxTriesOfName; count += 1) wrong('ann');
    for (let count = 0; count < maxTriesInTotal; count += 1) wrong(`name${count}`);
    expect(wrong('ann')).toBe('wait');
    expect(wrong('ANN', browser)).toBe('go');
  });

  it('has tries of its own that end too', () => {
    const browser = tries.rememberBrowser('ann');
    for (let count = 0; count < maxTriesOfName; count += 1) expect(wrong('ann', browser)).toBe('go');
    expect(wrong('ann', browser)).toBe('wait');
    expect(wrong('ann')).toBe('go');
  });

  it('is a stranger to every other name', () => {
    const browser = tries.rememberBrowser('ann');
    for (let count = 0; count < maxTriesOfName; count += 1) wrong('bob');
    expect(wrong('bob', browser)).toBe('wait');
  });

  it('is not known by a key that it made up', () => {
    tries.rememberBrowser('ann');
    for (let count = 0; count < maxTriesOfName; count += 1) wrong('ann');
    for (const key of ['', 'x', 'A'.repeat(43)]) expect(wrong('ann', key)).toBe('wait');
  });

  it('makes room when there are too many', () => {
    const browser = tries.rememberBrowser('ann');
    for (let count = 0; count < 500; count += 1) tries.rememberBrowser('bob');
    for (let count = 0; count < maxTriesOfName; count += 1) wrong('ann');
    expect(wrong('ann', browser)).toBe('wait');
  });
});
