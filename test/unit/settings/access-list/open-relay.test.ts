import { describe, expect, it } from 'vitest';
import { isOpenRelay, opensRelay } from '../../../../src-main/settings/schema/access-list/open-relay';

describe('an open relay', () => {
  it.each([
    ['only', [], false],
    ['only', ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32', 'fd00::/16'], false],
    ['only', ['0.0.0.0/0'], true],
    ['only', ['0.0.0.0/1', '128.0.0.0/1'], true],
    ['only', ['::/0'], true],
    ['only', ['2000::/3'], true],
    ['only', ['fc00::/7', '172.16.0.0/12'], false],
    ['only', ['17.0.0.0/8'], false],
    ['only', ['12.0.0.0/8', '17.0.0.0/8', '18.0.0.0/8'], true],
    ['only', ['::/64'], true],
    ['only', ['example.com', 'lan'], false],
    ['only', ['com'], true],
    ['only', ['what?'], false],
    ['except', [], true],
    ['except', ['10.0.0.0/8'], true],
  ] as const)('with "%s" and %j: %s', (relayMode, relayList, isOpen) => {
    expect(isOpenRelay({ relayMode, relayList })).toBe(isOpen);
  });

  it('is asked about when it comes, not when it stays', () => {
    const shut = { relayMode: 'only', relayList: [] } as const;
    const open = { relayMode: 'except', relayList: [] } as const;
    expect(opensRelay(shut, open)).toBe(true);
    expect(opensRelay(open, open)).toBe(false);
    expect(opensRelay(open, shut)).toBe(false);
  });
});
