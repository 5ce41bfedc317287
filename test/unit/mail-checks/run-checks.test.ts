/** A message, and the codes of what is found in it. */
import { describe, expect, it } from 'vitest';
import { runChecks } from '../../../src-main/mail-checks/run-checks';

const now = Date.UTC(2025, 2, 4, 12);

interface Sample {
  readonly header?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  /** Lines of the header as they are, after the others. */
  readonly more?: string;
}

const good = {
  Date: 'Tue, 4 Mar 2025 10:15:00 +0100',
  From: 'Ann <ann@corp.test>',
  To: 'ben@corp.test',
  'Message-ID': '<1@corp.test>',
  Subject: 'Report',
  'MIME-Version': '1.0',
  'Content-Type': 'text/plain; charset=utf-8',
};

function message({ header = {}, body = 'Hello\r\n', more = '' }: Sample = {}): Buffer {
  const lines = Object.entries({ ...good, ...header }).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}: ${value}\r\n`,
  );
  return Buffer.from(`${lines.join('')}${more}\r\n${body}`, 'latin1');
}
const run = (sample: Sample) => runChecks(message(sample), now);
const codes = (sample: Sample): string[] => run(sample).findings.map(({ code }) => code);
const html = (content: string, sample: Sample = {}): Sample => ({
  ...sample,
  header: { 'Content-Type': 'text/html; charset=utf-8', ...sample.header },
  body: content,
});
const page = (content: string): Sample =>
  html(`<!DOCTYPE html><html lang="en"><head><title>t</title></head><body>${content}</body></html>`);

describe('checks of a message', () => {
  it('find nothing in a plain message', () => {
    expect(run({}).findings).toEqual([]);
  });

  it.each<[string, Sample, string]>([
    ['a field twice', { more: 'Subject: again\r\n' }, 'header.repeated'],
    ['no Date', { header: { Date: undefined } }, 'header.no-date'],
    ['a Date in words', { header: { Date: 'yesterday' } }, 'header.bad-date'],
    ['a Date in ISO form', { header: { Date: '2025-03-04T10:15:00Z' } }, 'header.bad-date'],
    ['a Date in the future', { header: { Date: 'Fri, 7 Mar 2025 10:15:00 +0100' } }, 'header.future-date'],
    ['a Date long ago', { header: { Date: 'Mon, 1 Jan 2001 00:00:00 GMT' } }, 'header.old-date'],
    ['no Message-ID', { header: { 'Message-ID': undefined } }, 'header.no-message-id'],
    ['a bare Message-ID', { header: { 'Message-ID': 'abc' } }, 'header.bad-message-id'],
    ['a local Message-ID', { header: { 'Message-ID': '<1@localhost>' } }, 'header.local-message-id'],
    ['no From', { header: { From: undefined } }, 'header.no-from'],
    ['no address in From', { header: { From: 'Ann' } }, 'header.bad-from'],
    [
      'two authors without Sender',
      { header: { From: 'a@corp.test, b@corp.test' } },
      'header.several-authors',
    ],
    ['another address as name', { header: { From: '"ceo@bank.test" <x@evil.test>' } }, 'header.from-name'],
    ['replies to elsewhere', { more: 'Reply-To: x@other.test\r\n' }, 'header.reply-to'],
    ['no recipient', { header: { To: undefined } }, 'header.no-recipient'],
    ['no Subject', { header: { Subject: undefined } }, 'header.no-subject'],
    ['raw letters in the header', { header: { Subject: 'Gr\xfc\xdfe' } }, 'header.8bit'],
    [
      'an encoded word that does not end',
      { header: { Subject: '=?utf-8?Q?half' } },
      'header.bad-encoded-word',
    ],
    ['an encoded word of no charset', { header: { Subject: '=?utf-9?Q?x?=' } }, 'header.bad-encoded-word'],
    ['an encoded word of bad base64', { header: { Subject: '=?utf-8?B?a*b=?=' } }, 'header.bad-encoded-word'],
    ['an encoded word with a blank', { header: { Subject: '=?utf-8?Q?a b?=' } }, 'header.bad-encoded-word'],
    ['a list without a way out', { more: 'List-Id: <l.corp.test>\r\n' }, 'list.no-unsubscribe'],
    [
      'a way out by mail',
      { more: 'Precedence: bulk\r\nList-Unsubscribe: <mailto:x@y.test>\r\n' },
      'list.no-one-click',
    ],
    ['a way out without a post', { more: 'List-Unsubscribe: <https://y.test/u>\r\n' }, 'list.no-post'],
    ['a way out over http', { more: 'List-Unsubscribe: <http://y.test/u>\r\n' }, 'list.http-unsubscribe'],
    [
      'a way out without brackets',
      { more: 'List-Unsubscribe: https://y.test/u\r\n' },
      'list.bad-unsubscribe',
    ],
    [
      'one click that is not signed',
      {
        more: 'List-Unsubscribe: <https://y.test/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n',
      },
      'list.not-signed',
    ],
    ['a long line', { body: `${'x'.repeat(999)}\r\n` }, 'lines.too-long'],
    ['a line over 78', { body: `${'x'.repeat(79)}\r\n` }, 'lines.long'],
    ['a bare CR', { body: 'a\rb\r\n' }, 'lines.bare-cr'],
    ['a bare LF beside CRLF', { body: 'a\nb\r\n' }, 'lines.bare-lf'],
    ['a NUL', { body: 'a\0b\r\n' }, 'lines.nul'],
    ['8-bit content as 7bit', { body: 'Gr\xc3\xbc\xc3\x9fe\r\n' }, 'mime.undeclared-8bit'],
    [
      '8-bit content without a charset',
      { header: { 'Content-Type': 'text/plain', 'Content-Transfer-Encoding': '8bit' }, body: '\xc3\xbc\r\n' },
      'mime.no-charset',
    ],
    [
      'encoded letters without a charset',
      { header: { 'Content-Type': 'text/plain', 'Content-Transfer-Encoding': 'base64' }, body: 'w7w=\r\n' },
      'mime.no-charset',
    ],
    [
      'bytes that the charset does not have',
      { header: { 'Content-Transfer-Encoding': '8bit' }, body: 'Gr\xfc\xdfe\r\n' },
      'mime.wrong-charset',
    ],
    [
      'a charset that nobody knows',
      { header: { 'Content-Type': 'text/plain; charset=x-none' } },
      'mime.unknown-charset',
    ],
    ['no MIME-Version', { header: { 'MIME-Version': undefined } }, 'mime.no-version'],
    ['MIME-Version 2', { header: { 'MIME-Version': '2.0' } }, 'mime.bad-version'],
    [
      'damaged base64',
      { header: { 'Content-Type': 'image/png', 'Content-Transfer-Encoding': 'base64' }, body: '!!!!\r\n' },
      'mime.broken-base64',
    ],
    [
      'a missing end',
      { header: { 'Content-Type': 'multipart/mixed; boundary=b' }, body: '--b\r\n\r\nx\r\n' },
      'mime.no-end-boundary',
    ],
    ['HTML alone', page('<p>Hello</p>'), 'text.missing'],
    ['HTML that Gmail clips', page(`<p>${'words '.repeat(20_000)}</p>`), 'size.clipped'],
    [
      'a tracking pixel',
      page('<img src="https://t.test/p.gif" width=1 height=1 alt="">'),
      'pictures.tracking',
    ],
    ['a remote picture', page('<img src="https://t.test/p.png" width=9 height=9 alt="">'), 'pictures.remote'],
    ['a picture in the address', page('<img src="data:image/gif;base64,R0" alt="">'), 'pictures.data'],
    ['a picture without size', page('<img src="cid:x" alt="">'), 'pictures.no-size'],
    ['pictures alone', page('<img src="cid:x" alt="" width=9 height=9>'), 'pictures.no-text'],
    ['no language', html('<p>Hello</p>'), 'access.no-lang'],
    ['no title', html('<p>Hello</p>'), 'access.no-title'],
    ['no alt text', page('<img src="cid:x">'), 'access.no-alt'],
    ['a table of layout', page('<table width="600"><tr><td>x</td></tr></table>'), 'access.layout-table'],
    ['headings that jump', page('<h1>a</h1><h3>b</h3>'), 'access.heading-order'],
    ['a link that says nothing', page('<a href="https://x.test/">Click here!</a>'), 'access.vague-link'],
    ['a link without text', page('<a href="https://x.test/"><img src="cid:x"></a>'), 'access.empty-link'],
    ['small text', page('<p style="font-size:9px">x</p>'), 'access.small-text'],
    ['a control without label', page('<input type="text">'), 'access.no-label'],
    ['weak contrast', page('<p style="color:#aaa">x</p>'), 'access.contrast'],
    [
      'inherited contrast',
      page('<div style="background:#333"><p style="color:#555">x</p></div>'),
      'access.contrast',
    ],
    ['a link in disguise', page('<a href="https://evil.test/">https://bank.test/</a>'), 'links.misleading'],
  ])('find %s', (_, sample, code) => expect(codes(sample)).toContain(code));

  it.each<[string, Sample, string]>([
    ['a label around a control', page('<label>Name <input type="text"></label>'), 'access.no-label'],
    ['a data table', page('<table><tr><th>a</th></tr></table>'), 'access.layout-table'],
    [
      'a picture with alt text as link',
      page('<a href="https://x.test/"><img src="cid:x" alt="Shop"></a>'),
      'access.empty-link',
    ],
    ['text on a picture', page('<p style="color:#fff;background:url(x.png)">x</p>'), 'access.contrast'],
    ['hidden preview text', page('<p style="color:#fff;display:none">x</p>'), 'access.contrast'],
    [
      'one click that is signed',
      {
        more:
          'DKIM-Signature: v=1; h=from:list-unsubscribe:\r\n list-unsubscribe-post; b=x\r\n' +
          'List-Unsubscribe: <https://y.test/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n',
      },
      'list.not-signed',
    ],
    [
      'a good encoded word',
      { header: { Subject: '=?utf-8?Q?Gr=C3=BC=C3=9Fe?= and more' } },
      'header.bad-encoded-word',
    ],
  ])('leave %s alone', (_, sample, code) => expect(codes(sample)).not.toContain(code));

  it('leave LF alone where all lines end so, as Unix keeps mail', () => {
    const unix = Buffer.from(message().toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
    expect(runChecks(unix, now).findings).toEqual([]);
  });

  it('tell faults first', () => {
    const levels = run({ header: { Date: undefined, To: undefined }, body: 'a\0b\r\n' }).findings.map(
      ({ level }) => level,
    );
    expect(levels).toEqual(
      [...levels].sort((one, other) => 'fwh'.indexOf(one[0] ?? '') - 'fwh'.indexOf(other[0] ?? '')),
    );
    expect(levels[0]).toBe('fault');
  });

  it('count what weighs', () => {
    const picture = Buffer.alloc(3000, 7).toString('base64').replace(/.{76}/g, '$&\r\n');
    const body =
      '--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hi</p><img src="https://a.test/x.png">\r\n' +
      `--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <x>\r\n\r\n${picture}\r\n` +
      `--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment\r\n\r\n%PDF\r\n--b--\r\n`;
    const report = run({ header: { 'Content-Type': 'multipart/related; boundary=b' }, body });
    expect(report.sizes).toMatchObject({ html: 41, images: 3000, attachments: 4 });
    expect(report.remoteImages).toEqual(['https://a.test/x.png']);
    expect(report.clientDataOf).toBe('2026-05-13');
    expect(report.clients.length).toBeGreaterThan(30);
  });

  it.each([
    ['ten megabytes of HTML in one line', page('<p>word </p>'.repeat(850_000))],
    ['100,000 elements inside each other', page('<div>'.repeat(100_000))],
    ['100,000 links inside each other', page('<a href="https://x.test/">'.repeat(100_000))],
    ['an element with 100,000 attributes', page(`<p ${'a=b '.repeat(100_000)}>`)],
    ['a million rules', page(`<style>${'p{color:red}'.repeat(1_000_000)}</style>`)],
    ['a million open blocks', page(`<style>${'a{'.repeat(1_000_000)}</style>`)],
    ['a million open brackets', page(`<style>p{width:${'('.repeat(1_000_000)}}</style>`)],
    ['100,000 style attributes', page('<p style="display:flex;color:red">'.repeat(100_000))],
    ['10 MB of opening angle brackets', page('<'.repeat(10_000_000))],
    ['10 MB of an open comment', page(`<!--${'-'.repeat(10_000_000)}`)],
    ['10 MB of encoded words', { header: { Subject: '=?utf-8?Q?'.repeat(1_000_000) } }],
    ['10 MB of addresses', { header: { To: 'a@b.test,'.repeat(1_000_000) } }],
    ['10 MB of links as text', { body: 'https://x.test/'.repeat(700_000) }],
    ['10 MB of quotes', { header: { From: '"'.repeat(10_000_000) } }],
    ['10 MB of CR', { body: '\r'.repeat(10_000_000) }],
    [
      '100,000 boundaries',
      { header: { 'Content-Type': 'multipart/mixed; boundary=b' }, body: '--b\r\n'.repeat(100_000) },
    ],
  ] satisfies [string, Sample][])('are bounded for %s', (_, sample) => {
    const report = run(sample);
    expect(report.findings.length).toBeGreaterThan(0);
    expect(JSON.stringify(report).length).toBeLessThan(2_000_000);
  });

  it('say what was cut', () => {
    expect(codes(page('<p>word </p>'.repeat(850_000)))).toContain('html.cut');
    expect(codes(page('<div>'.repeat(100_000)))).toContain('html.cut');
    expect(codes(page(`<style>${'p{color:red}'.repeat(150_000)}</style>`))).toContain('html.css-cut');
  });
});
