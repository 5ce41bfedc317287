import { describe, expect, it } from 'vitest';
import { parseHelloName } from '../../../../src-main/engine/smtp-in/hello-command';

describe('the name in HELO', () => {
  it.each([
    ['client.test', 'client.test'],
    ['my_printer', 'my_printer'],
    ['[192.0.2.1]', '[192.0.2.1]'],
    ['[IPv6:2001:db8::1]', '[IPv6:2001:db8::1]'],
    ['  two words ', 'two'],
    // What has a meaning in a Received line cannot get into it.
    ['a(comment)', 'a?comment?'],
    ['a;by=evil', 'a?by?evil'],
    ['"a"<b>@c', '?a??b??c'],
    ['', undefined],
    [' ', undefined],
    ['a\u0000b', undefined],
    ['caf\u00e9', undefined],
    ['a'.repeat(255), 'a'.repeat(255)],
    ['a'.repeat(256), undefined],
  ])('%j', (argument, name) => {
    expect(parseHelloName(argument)).toBe(name);
  });
});
