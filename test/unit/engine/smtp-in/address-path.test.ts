import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEnvelopeAddress } from '../../../../src-main/engine/core/address';
import { parsePath, parsePathArgument } from '../../../../src-main/engine/smtp-in/address-path';
import { replies } from '../../../../src-main/engine/smtp-in/replies';

const from = (argument: string) => parsePathArgument(argument, 'FROM', 'default.test');
const to = (argument: string) => parsePathArgument(argument, 'TO', 'default.test');

describe('a path that is accepted', () => {
  it.each([
    ['FROM:<a@b.test>', 'a@b.test', ''],
    ['from:<a@b.test>', 'a@b.test', ''],
    ['FROM: <a@b.test>', 'a@b.test', ''],
    ['FROM:  \t<a@b.test>', 'a@b.test', ''],
    ['FROM :<a@b.test>', 'a@b.test', ''],
    ['FROM:<a@b.test> SIZE=1 X', 'a@b.test', ' SIZE=1 X'],
    ['FROM:<a@b.test>\tSIZE=1', 'a@b.test', '\tSIZE=1'],
    ['FROM:< a@b.test >', 'a@b.test', ''],
    ['FROM:a@b.test', 'a@b.test', ''],
    ['FROM:a@b.test SIZE=1', 'a@b.test', ' SIZE=1'],
    ['FROM:a', 'a@default.test', ''],
    ['FROM:<a>', 'a@default.test', ''],
    ['FROM:<"john doe">', '"john doe"@default.test', ''],
    ['FROM:<"john doe"@b.test>', '"john doe"@b.test', ''],
    ['FROM:"john doe"@b.test SIZE=1', '"john doe"@b.test', ' SIZE=1'],
    ['FROM:<"a@b"@c.test>', '"a@b"@c.test', ''],
    ['FROM:<"a>b"@c.test>', '"a>b"@c.test', ''],
    ['FROM:<"a\\"b"@c.test>', '"a\\"b"@c.test', ''],
    ['FROM:<@r.test:a@b.test>', 'a@b.test', ''],
    ['FROM:<@r.test,@s.test:a@b.test>', 'a@b.test', ''],
    ['FROM:<a@[192.0.2.1]>', 'a@[192.0.2.1]', ''],
    ['FROM:<a@[IPv6:2001:db8::1]>', 'a@[IPv6:2001:db8::1]', ''],
    ['FROM:<a@my_host>', 'a@my_host', ''],
    ['FROM:<a@b.test.>', 'a@b.test', ''],
    ['FROM:<a.@b.test>', 'a.@b.test', ''],
    ['FROM:<.a..b@b.test>', '.a..b@b.test', ''],
    ['FROM:<a%c.test@b.test>', 'a%c.test@b.test', ''],
    ['FROM:<c.test!a@b.test>', 'c.test!a@b.test', ''],
    ['FROM:<a+tag@B.Test>', 'a+tag@B.Test', ''],
    ['FROM:<>', '', ''],
    ['FROM:<> SIZE=5', '', ' SIZE=5'],
  ])('%s', (argument, address, rest) => {
    expect(from(argument)).toEqual({ kind: 'path', address, isUtf8: false, rest });
  });
});

/** As it comes from the wire: one character an octet. */
const octets = (text: string): string => Buffer.from(text).toString('latin1');

describe('a path in UTF-8', () => {
  it.each([
    ['FROM:<\u00fcser@b.test> SMTPUTF8', '\u00fcser@b.test', ' SMTPUTF8'],
    ['FROM:<a@b\u00fccher.test>', 'a@b\u00fccher.test', ''],
    ['FROM:\u7528\u6237@\u4f8b\u5b50.test SMTPUTF8', '\u7528\u6237@\u4f8b\u5b50.test', ' SMTPUTF8'],
    ['FROM:<"\u00fc \u00e0"@b.test>', '"\u00fc \u00e0"@b.test', ''],
    // Its last octet is 0xA0, which is a blank to whoever trims text.
    ['FROM:< \u00e0 >', '\u00e0@default.test', ''],
    // Decomposed stays decomposed.
    ['FROM:<u\u0308@b.test>', 'u\u0308@b.test', ''],
  ])('%s', (argument, address, rest) => {
    expect(from(octets(argument))).toEqual({ kind: 'path', address, isUtf8: true, rest });
  });

  it.each([
    ['half a character', 'FROM:<\u00c3@b.test>', replies.notUtf8],
    ['an overlong slash', 'FROM:<\u00c0\u00af@b.test>', replies.notUtf8],
    ['half a surrogate pair', 'FROM:<\u00ed\u00a0\u0080@b.test>', replies.notUtf8],
    ['a control character of C1', octets('FROM:<\u0085@b.test>'), replies.invalidAddress],
    ['a line separator', octets('FROM:<a\u2028b@b.test>'), replies.invalidAddress],
    ['a domain that is none', octets('FROM:<a@\u00fc/x.test>'), replies.invalidAddress],
    ['a domain in the wrong direction', octets('FROM:<a@b\u202eb.test>'), replies.invalidAddress],
    ['an address in disguise', octets('FROM:<a@\uff11.\uff12.\uff13.\uff14>'), replies.invalidAddress],
    ['too many octets', octets(`FROM:<${'\u00fc'.repeat(160)}@b.test>`), replies.invalidAddress],
  ])('with %s is refused', (_what, argument, status) => {
    expect(from(argument)).toEqual({ kind: 'refused', status });
  });
});

describe('a path that is refused', () => {
  it.each([
    ['', replies.invalidArguments],
    ['FROM', replies.invalidArguments],
    ['TO:<a@b.test>', replies.invalidArguments],
    ['<a@b.test>', replies.invalidArguments],
    ['FROM<a@b.test>', replies.invalidArguments],
    ['FROM:', replies.invalidAddress],
    ['FROM:<', replies.invalidAddress],
    ['FROM:<a@b.test', replies.invalidAddress],
    ['FROM:<a@b.test>SIZE=1', replies.invalidAddress],
    ['FROM:<<a@b.test>>', replies.invalidAddress],
    ['FROM:a@b.test>', replies.invalidAddress],
    ['FROM:<a b@c.test>', replies.invalidAddress],
    ['FROM:<a@b@c.test>', replies.invalidAddress],
    ['FROM:<a@>', replies.invalidAddress],
    ['FROM:<@b.test>', replies.invalidAddress],
    ['FROM:<@r.test:>', replies.invalidAddress],
    ['FROM:<@r.test,s.test:a@b.test>', replies.invalidAddress],
    ['FROM:<user%far.test>', replies.invalidAddress],
    ['FROM:<far.test!user>', replies.invalidAddress],
    ['FROM:<"user@far.test">', replies.invalidAddress],
    ['FROM:<a@b..test>', replies.invalidAddress],
    ['FROM:<a@b.test..>', replies.invalidAddress],
    ['FROM:<a@-b.test>', replies.invalidAddress],
    ['FROM:<a@[1.2.3]>', replies.invalidAddress],
    ['FROM:<a@[2001:db8::1]>', replies.invalidAddress],
    ['FROM:<a@[IPv6:1.2.3.4]>', replies.invalidAddress],
    ['FROM:<"a@b.test>', replies.invalidAddress],
    ['FROM:<"a"b@c.test>', replies.invalidAddress],
    ['FROM:<a\u0000b@c.test>', replies.invalidAddress],
    ['FROM:<a\rb@c.test>', replies.invalidAddress],
    [`FROM:<${'a'.repeat(320)}@c.test>`, replies.invalidAddress],
    ['FROM:<\u00fc@c.test>', replies.notUtf8],
    ['FROM:<a@\u00fc.test>', replies.notUtf8],
  ])('%s', (argument, status) => {
    expect(from(argument)).toEqual({ kind: 'refused', status });
  });

  it('is the null path for a recipient', () => {
    expect(to('TO:<>')).toEqual({ kind: 'refused', status: replies.invalidAddress });
  });
});

describe('any input', () => {
  it('gives an address that the envelope takes, or a refusal', () => {
    const bytes = fc.string({
      unit: fc.constantFrom(...'<>@:"\\., []=aAb1\t\r\n\u0000\u00ff%!'.split('')),
      maxLength: 40,
    });
    fc.assert(
      fc.property(bytes, (text) => {
        const result = parsePath(text, 0, 'default.test');
        return (
          result.kind === 'refused' ||
          result.address === '' ||
          isEnvelopeAddress(result.address, { allowsUtf8: result.isUtf8 })
        );
      }),
      { numRuns: 5000 },
    );
  });

  it('is read in time that grows with its length alone', () => {
    for (const text of [
      '@a,'.repeat(1300),
      `<${'"\\'.repeat(2000)}`,
      `<@${'a,@'.repeat(1300)}:b>`,
      '('.repeat(4000),
    ])
      expect(parsePath(text, 0, 'default.test').kind).toBe('refused');
  });
});

describe('an address', () => {
  it('does not keep the line that it was cut from', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const used = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = used();
    const kept = Array.from({ length: 5000 }, (_, index) => {
      const line = Buffer.from(`RCPT TO:<recipient-${index}@local.test>${' '.repeat(3900)}`).toString(
        'latin1',
      );
      const path = to(line.slice(4));
      return path.kind === 'path' ? path.address : '';
    });
    // 20 MB came in.
    expect(used() - before).toBeLessThan(10_000_000);
    expect(kept).toHaveLength(5000);
  });
});
