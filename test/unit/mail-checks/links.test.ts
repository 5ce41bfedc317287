import { describe, expect, it } from 'vitest';
import { foreignName, hostInText, registeredName } from '../../../src-main/mail-checks/host-names';
import { outlineHtml } from '../../../src-main/mail-checks/html-outline';
import { checkLinks, judgeLink, urlsInText } from '../../../src-main/mail-checks/links';
import { pictureSize } from '../../../src-main/mail-checks/picture-size';

describe('links of a message', () => {
  it.each([
    ['https://bank.test/', 'Bank', undefined],
    ['https://www.bank.test/', 'bank.test', undefined],
    ['https://bank.test/x', 'https://bank.test/', undefined],
    ['mailto:a@b.test', 'a@b.test', undefined],
    ['tel:+123', 'call', undefined],
    ['#chapter', 'Chapter', undefined],
    ['https://evil.test/', 'https://bank.test/login', 'links.misleading'],
    ['https://evil.test/', 'www.bank.test', 'links.misleading'],
    ['https://bank.test.evil.test/', 'bank.test', 'links.misleading'],
    ['https://bank.co.uk/', 'https://other.co.uk', 'links.misleading'],
    ['http://bank.test/', 'https://bank.test/', 'links.http-behind-https'],
    ['http://bank.test/', 'Bank', 'links.http'],
    ['https://bank.test@evil.test/', 'Bank', 'links.credentials'],
    ['java\tscript:alert(1)', 'x', 'links.script'],
    ['data:text/html,<b>', 'x', 'links.script'],
    ['', 'x', 'links.empty'],
    ['#', 'x', 'links.empty'],
    ['page.html', 'x', 'links.relative'],
    ['https://', 'x', 'links.invalid'],
    ['https://10.0.0.1/', 'x', 'links.address'],
    ['http://2130706433/', 'x', 'links.address'],
    ['https://[::1]/', 'x', 'links.address'],
    ['https://bücher.test/', 'x', 'links.foreign'],
    ['https://pаypal.test/', 'x', 'links.look-alike'],
    ['https://аррӏе.test/', 'x', 'links.look-alike'],
  ])('judge %s under "%s"', (url, text, code) => expect(judgeLink({ url, text })?.code).toBe(code));

  it('are listed once each, with those of the text part', () => {
    const html =
      '<a href="https://a.test/">A</a> <a href="https://a.test/">again</a> <a href="https://a.test/">b.test</a>';
    const { links } = checkLinks(outlineHtml(html), 'See https://a.test/ and https://c.test/x.');
    expect(links.map(({ url, text, isMisleading }) => [url, text, isMisleading])).toEqual([
      ['https://a.test/', 'A', false],
      ['https://a.test/', 'b.test', true],
      ['https://c.test/x', 'https://c.test/x', false],
    ]);
  });

  it.each([
    ['(https://a.test/x).', ['https://a.test/x']],
    ['<https://a.test/x> and http://b.test', ['https://a.test/x', 'http://b.test']],
    ['no link', []],
  ])('are found in the text %s', (text, urls) => expect(urlsInText(text)).toEqual(urls));

  it.each([
    ['bank.test', 'bank.test'],
    ['Visit bank.test today', undefined],
    ['ann@bank.test', undefined],
    ['v1.2', undefined],
    ['https://user@bank.test/', 'bank.test'],
  ])('know the host that "%s" names', (text, host) => expect(hostInText(text)?.host).toBe(host));

  it('compare owners of names', () => {
    expect(registeredName('a.b.bank.test')).toBe('bank.test');
    expect(registeredName('www.bank.co.uk')).toBe('bank.co.uk');
    expect(foreignName('bank.test')).toBeUndefined();
  });
});

describe('size of a picture', () => {
  it.each([
    ['PNG', '89504e470d0a1a0a0000000d4948445200000003000000020802000000', { width: 3, height: 2 }],
    ['GIF', '47494638396101000200800000000000ffffff21f90401000000002c', { width: 1, height: 2 }],
    ['JPEG', 'ffd8ffe000104a46494600010100000100010000ffc0001108000a00140301', { width: 20, height: 10 }],
    ['a text', Buffer.from('just some text that is no picture').toString('hex'), undefined],
    ['a JPEG that goes nowhere', `ffd8${'ff00'.repeat(50)}`, undefined],
    ['nothing', '', undefined],
  ])('is read from %s', (_, hex, size) => expect(pictureSize(Buffer.from(hex, 'hex'))).toEqual(size));
});
