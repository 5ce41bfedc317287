import { describe, expect, it } from 'vitest';
import { parseAddressList } from '../../../../src-main/engine/mailroot/address-list';

const good: [string, string[]][] = [
  ['bob@example.com', ['bob@example.com']],
  ['<bob@example.com>', ['bob@example.com']],
  ['Bob Smith <bob@example.com>, Eve <eve@example.net>', ['bob@example.com', 'eve@example.net']],
  ['"Smith, Bob" <bob@example.com>', ['bob@example.com']],
  ['"a \\" , b" <bob@example.com>, eve@example.net', ['bob@example.com', 'eve@example.net']],
  ['=?utf-8?Q?J=C3=BCrgen,_M=C3=BCller?= <j@example.com>', ['=?utf-8?Q?J=C3=BCrgen', 'j@example.com']],
  ['bob@example.com (Bob, (the) Smith), eve@example.net', ['bob@example.com', 'eve@example.net']],
  ['bob (a) @ (b) example.com', ['bob@example.com']],
  [
    'Team: a@example.com, "B" <b@example.com>;, c@example.com',
    ['a@example.com', 'b@example.com', 'c@example.com'],
  ],
  ['undisclosed-recipients:;', []],
  ['a@example.com; b@example.com;', ['a@example.com', 'b@example.com']],
  ['<@relay.example,@two.example:bob@example.com>', ['bob@example.com']],
  ['"bob smith"@example.com', ['"bob smith"@example.com']],
  ['"x" <"bob smith"@example.com>', ['"bob smith"@example.com']],
  ['bob@[192.0.2.1], <eve@[IPv6:2001:db8::1]>', ['bob@[192.0.2.1]', 'eve@[IPv6:2001:db8::1]']],
  ['bob', ['bob']],
  ['<>', ['']],
  ['', []],
  [' , ,, ', []],
  ['(only a comment)', []],
  ['bob . smith @ example . com', ['bob.smith@example.com']],
  ['< bob@example.com >', ['bob@example.com']],
];

const broken = [
  '"Bob <bob@example.com>',
  'Bob <bob@example.com',
  'bob@example.com (oops',
  'bob@[192.0.2.1',
  '"a\\',
];

describe('address list', () => {
  it.each(good)('reads %j', (text, addresses) => {
    expect(parseAddressList(text, 100)).toEqual({ addresses, isMalformed: false });
  });

  it.each(broken)('calls %j malformed', (text) => {
    expect(parseAddressList(text, 100).isMalformed).toBe(true);
  });

  it('stops at the limit and says so', () => {
    const { addresses, isMalformed } = parseAddressList('a@b.c,'.repeat(1000), 10);
    expect(isMalformed).toBe(true);
    expect(addresses.length).toBeLessThan(13);
  });

  it('keeps no more of an endless address than is needed to refuse it', () => {
    const [address = ''] = parseAddressList('a'.repeat(500_000), 10).addresses;
    expect(address.length).toBeLessThan(1100);
  });
});
