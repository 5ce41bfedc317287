import { describe, expect, it } from 'vitest';
import { decodeHeaderText } from '../../../../src-main/engine/mailroot/header-text';

const raw = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

describe('header text', () => {
  it.each([
    ['plain', 'Hello', 'Hello'],
    ['Q', '=?iso-8859-1?Q?J=FCrgen_M=FCller?=', 'Jürgen Müller'],
    ['B', '=?UTF-8?B?w7ZrZQ==?= rest', 'öke rest'],
    ['space between words is no text', '=?utf-8?Q?a?= =?utf-8?Q?b?=', 'ab'],
    ['a character cut in two', '=?utf-8?B?w7w=?==?utf-8?Q?=C3?= =?utf-8?Q?=BC?=', 'üü'],
    ['language', '=?utf-8*de?Q?=C3=BC?=', 'ü'],
    ['windows-1252', '=?windows-1252?Q?=80?=', '€'],
    ['Japanese', '=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=', '日本'],
    ['raw UTF-8', raw('Grüße'), 'Grüße'],
    ['raw windows-1252', 'Gr\xfc\xdfe', 'Grüße'],
    ['unknown charset', '=?x-none?Q?abc?=', 'abc'],
    ['broken word', '=?utf-8?Q?abc', '=?utf-8?Q?abc'],
    ['bad hex', '=?utf-8?Q?a=zz?=', 'a=zz'],
    ['control characters', '=?utf-8?Q?a=00=0D=0Ab=1B[31m?=', 'a b [31m'],
    ['direction override', '=?utf-8?B?4oCuZXhlLnR4dA==?=', 'exe.txt'],
  ])('%s', (_name, text, expected) => {
    expect(decodeHeaderText(text)).toBe(expected);
  });

  it('is bounded', () => {
    expect(decodeHeaderText('=?utf-8?Q?a?= '.repeat(100_000)).length).toBeLessThanOrEqual(500);
    expect(decodeHeaderText('=?'.repeat(100_000)).length).toBeLessThanOrEqual(500);
  });
});
