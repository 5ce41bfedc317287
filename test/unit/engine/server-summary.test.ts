import { describe, expect, it } from 'vitest';
import { nameDomains } from '../../../src-main/engine/server-summary';
import type { ServerSettings } from '../../../src-main/settings/schema';

const settingsWith = (...domains: readonly (readonly [string, string])[]): ServerSettings =>
  ({ domains: domains.map(([type, name]) => ({ type, name })) }) as ServerSettings;

describe('the domains in a summary', () => {
  it('name the default domain first, then aliases, and the remote ones apart', () => {
    const settings = settingsWith(['alias', 'b.test'], ['remote', '*.far.test'], ['default', 'a.test']);
    expect(nameDomains(settings)).toEqual({
      localDomains: { first: ['a.test', 'b.test'], count: 2 },
      remoteDomains: { first: ['*.far.test'], count: 1 },
    });
  });

  it('are a few of many, with how many there are', () => {
    const many = Array.from({ length: 5000 }, (_, at) => ['remote', `d${at}.test`] as const);
    const { remoteDomains } = nameDomains(settingsWith(['default', 'a.test'], ...many));
    expect(remoteDomains).toEqual({
      first: ['d0.test', 'd1.test', 'd2.test', 'd3.test', 'd4.test'],
      count: 5000,
    });
  });
});
