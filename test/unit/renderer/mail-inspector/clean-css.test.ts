import { expect, it } from 'vitest';
import { cleanCss } from '../../../../src-renderer/mail-inspector/clean-css';

const findPicture = (id: string) => (id === 'dot@line' ? 'data:image/png;base64,AA==' : undefined);
const clean = (css: string, areRemoteAllowed = false) => cleanCss(css, { findPicture, areRemoteAllowed });

it.each([
  ['an address', 'a{background:url(http://x.test/a.png) red}', 'a{background:none red}'],
  ['a quoted address', 'a{background:url( "http://x.test/)a.png" )}', 'a{background:none}'],
  ['an escaped function', 'a{background:u\\72l(http://x.test/a)}', 'a{background:none}'],
  ['capitals', 'a{background:URL(//x.test/a)}', 'a{background:none}'],
  ['image-set with bare strings', 'a{background:image-set("http://x.test/a" 1x)}', 'a{background:none}'],
  ['an import', '@import url(http://x.test/a;b);p{color:red}', ' p{color:red}'],
  ['an escaped import', '@\\69mport "http://x.test/a";p{color:red}', ' p{color:red}'],
  [
    'what a removed import joins',
    'a{background:u@import x;rl(http://x.test/a)}',
    'a{background:u rl(http://x.test/a)}',
  ],
  ['what follows a string that its line ends', 'a{b:"\f;c:url(http://x.test/a)}', 'a{b:"\f;c:none}'],
  ['what follows a carriage return', "a{b:'\r;c:url(http://x.test/a)}", "a{b:'\r;c:none}"],
  ['what a vertical tab seems to hide', 'a{--b:x\\72\vurl(http://x.test/a)}', 'a{--b:x\\72\vnone}'],
  ['what an escaped line end seems to hide', 'a{--b:x\\\nurl(http://x.test/a)}', 'a{--b:x\\\nnone}'],
  ['an address behind much white space', `a{b:url(${' '.repeat(99)}"http://x.test/)a")}`, 'a{b:none}'],
  ['a function that never ends', 'a{background:url(http://x.test/a', 'a{background:none'],
])('removes %s', (_, css, expected) => {
  const cleaned = clean(css);
  expect(cleaned.css).toBe(expected);
  expect(cleaned.hasRemote).toBe(true);
});

it('keeps what lies in the message', () => {
  expect(clean('a{background:url(cid:dot%40line)}').css).toBe(
    'a{background:url("data:image/png;base64,AA==")}',
  );
  expect(clean('a{background:url(data:image/png;base64,AA==)}').css).toContain('data:image/png');
  expect(clean('a{background:url(data:image/svg+xml,x)}').css).toBe('a{background:none}');
});

it('a comment does not join what it parts, a string is no address, and no style element is closed', () => {
  expect(clean('a{background:ur/**/l(x)}').css).toBe('a{background:ur l(x)}');
  expect(clean('a::after{content:"url(http://x.test)"}').css).toBe('a::after{content:"url(http://x.test)"}');
  expect(clean('a::after{content:"</style>"}').css).not.toContain('</');
});

it('lets pictures from elsewhere through when they were asked for, and nothing else', () => {
  expect(clean('a{background:url(http://x.test/a)}', true).css).toBe('a{background:url("http://x.test/a")}');
  expect(clean('@import url(http://x.test/a);', true).css).toBe(' ');
  expect(clean('a{background:url(file:///etc/passwd)}', true).css).toBe('a{background:none}');
});

it('takes away what can stop the window, and only where it is a property', () => {
  expect(clean('filter:blur(900px);color:red').css).toBe('x-dropped:blur(900px);color:red');
  expect(clean('p{ /* */ col\\75mns:2;-webkit-filter:blur(1px)}').css).toBe(
    'p{   x-dropped:2;x-dropped:blur(1px)}',
  );
  expect(clean('td.columns,.filter{column-gap:2px}').css).toBe('td.columns,.filter{column-gap:2px}');
});
