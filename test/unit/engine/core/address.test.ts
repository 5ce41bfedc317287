import { describe, expect, it } from 'vitest';
import {
  addressOfLiteral,
  domainOf,
  isAddressLiteral,
  isDomainName,
  isEnvelopeAddress,
  localPartOf,
  normaliseDomain,
} from '../../../../src-main/engine/core/address';

describe('parts of an address', () => {
  it.each([
    ['a@B.Test', 'a', 'b.test'],
    ['a@b.test.', 'a', 'b.test'],
    ['"x@y"@b.test', '"x@y"', 'b.test'],
    ['a%c@b.test', 'a%c', 'b.test'],
    ['A', 'A', ''],
    ['', '', ''],
  ])('%s', (address, local, domain) => {
    expect(localPartOf(address)).toBe(local);
    expect(domainOf(address)).toBe(domain);
  });

  it('are compared in lower case without the last dot', () => {
    expect(normaliseDomain('EXAMPLE.com.')).toBe('example.com');
  });
});

describe('U-labels and A-labels', () => {
  it.each([
    ['B\u00dcCHER.test.', 'xn--bcher-kva.test'],
    ['XN--BCHER-KVA.test', 'xn--bcher-kva.test'],
    ['local\u3002test', 'local.test'],
    // What is no domain name is equal to none.
    ['\u00fc%2e.test', '\u00fc%2e.test'],
    ['\u00fc/x', '\u00fc/x'],
    ['\uff11.2.3.4', '\uff11.2.3.4'],
    ['a\u202eb.test', 'a\u202eb.test'],
    [`${'\u00fc'.repeat(300)}.test`, `${'\u00fc'.repeat(300)}.test`],
  ])('%s is compared as %s', (domain, expected) => {
    expect(normaliseDomain(domain)).toBe(expected);
    expect(domainOf(`a@${domain}`)).toBe(expected);
  });

  it('make an address only where UTF-8 is allowed', () => {
    expect(isEnvelopeAddress('\u00fc@b.test')).toBe(false);
    expect(isEnvelopeAddress('a@b\u00fccher.test')).toBe(false);
    expect(isEnvelopeAddress('\u00fc@b\u00fccher.test', { allowsUtf8: true })).toBe(true);
    expect(isEnvelopeAddress('a@\u00fc..test', { allowsUtf8: true })).toBe(false);
  });
});

describe('domain name', () => {
  it.each(['a', 'localhost', 'my_host', '_x', 'a-b.test', '1.2.3', 'a'.repeat(63), `${'a.'.repeat(127)}a`])(
    '%s is one',
    (name) => expect(isDomainName(name)).toBe(true),
  );
  it.each([
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    '-a',
    'a-',
    'a b',
    'ä.test',
    'a@b',
    'a/b',
    'a'.repeat(64),
    `${'a.'.repeat(128)}a`,
  ])('%s is none', (name) => expect(isDomainName(name)).toBe(false));
});

describe('address literal', () => {
  it.each([
    ['[192.0.2.1]', '192.0.2.1'],
    ['[IPv6:2001:db8::1]', '2001:db8::1'],
    ['[ipv6:::1]', '::1'],
  ])('%s', (literal, address) => {
    expect(isAddressLiteral(literal)).toBe(true);
    expect(addressOfLiteral(literal)).toBe(address);
  });
  it.each(['192.0.2.1', '[]', '[host.test]', '[1.2.3.4', '[1.2.3.4]x'])('%s is none', (text) => {
    expect(isAddressLiteral(text)).toBe(false);
    expect(addressOfLiteral(text)).toBeUndefined();
  });
});

describe('envelope address', () => {
  it.each([
    'a@b',
    'a.b+c@b.test',
    '"a b"@b.test',
    '"a\\"b"@b.test',
    'a@[192.0.2.1]',
    'a%b@c.test',
    "o'x@b.test",
    '.a.@b.test',
  ])('%s is one', (address) => expect(isEnvelopeAddress(address)).toBe(true));
  it.each([
    '',
    'a',
    '@b.test',
    'a@',
    'a b@c.test',
    'a@b@c.test',
    'a@b test',
    '<a@b.test>',
    'a@b.test\r\nx',
    'a\u0000@b.test',
    'ä@b.test',
    '"a@b.test',
    '"a"b"@c.test',
    'a,b@c.test',
    'a:b@c.test',
    `${'a'.repeat(320)}@b.test`,
  ])('%j is none', (address) => expect(isEnvelopeAddress(address)).toBe(false));
});
