import { describe, expect, it } from 'vitest';
import { plainSubject } from '../../../src-main/mail-index/conversation';
import { foldText, htmlToWords, snippetOf } from '../../../src-main/mail-index/words';

describe('HTML as words', () => {
  it.each([
    ['<p>one</p><p>two</p>', 'one two'],
    ['un<b>der</b>line', 'underline'],
    ['<style>p{}</style><script>var x</script>seen', 'seen'],
    ['a &amp; b &#228; &#x20ac; &bogus;', 'a & b ä € &bogus;'],
    ['<!-- hidden -->shown', 'shown'],
    ['<script>never ends', ''],
    ['a < b', 'a'],
    ['&#xd800;x', 'x'],
  ])('%s', (html, words) => {
    expect(htmlToWords(html)).toBe(words);
  });

  it('takes a megabyte of open brackets in its stride', () => {
    expect(htmlToWords('<script></script>'.repeat(60_000))).toBe('');
  });
});

describe('text', () => {
  it('is compared without case and accents', () => {
    expect(foldText('  GRÖSSE\r\n Café ')).toBe('grosse cafe');
  });
  it('has a piece around the first match', () => {
    expect(snippetOf(`${'x '.repeat(100)}the Invoice is due${' y'.repeat(100)}`, ['invoice'])).toMatch(
      /^….*the Invoice is due.*…$/,
    );
    expect(snippetOf('nothing here', ['invoice'])).toBeUndefined();
  });
  it.each([
    ['Re: AW: Fwd: Report', 'report'],
    ['RE[2]: Report  now', 'report now'],
    ['Report', 'report'],
    ['Re: ', ''],
  ])('subject %s is about %s', (subject, plain) => {
    expect(plainSubject(subject)).toBe(plain);
  });
});
