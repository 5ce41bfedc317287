import { describe, expect, it } from 'vitest';
import { whyNotDrawn } from '../../../../src-renderer/mail-inspector/html-limits';

describe('HTML that is drawn', () => {
  it.each([
    ['nothing', ''],
    ['a newsletter of nested tables', '<table><tr><td>'.repeat(40) + '</table>'.repeat(40)],
    ['a long report', `<table>${'<tr><td>1<td>2'.repeat(5000)}</table>`],
    ['paragraphs without an end', '<p>text<br>'.repeat(5000)],
    ['text with signs', 'a < b </ > < '.repeat(50_000)],
  ])('is %s', (_, html) => {
    expect(whyNotDrawn(html)).toBeUndefined();
  });
});

describe('HTML that is not drawn', () => {
  it.each([
    ['is large', 'x'.repeat(2 * 1024 * 1024 + 1), 'too large'],
    ['has elements without number', '<b>x</b>'.repeat(20_000), 'too many elements'],
    ['is deep', '<div>'.repeat(1000), 'nested too deeply'],
    ['is deep behind ends that end nothing', '<div></x>'.repeat(1000), 'nested too deeply'],
    ['is deep by marks that go on', '<b><p>'.repeat(1000), 'nested too deeply'],
  ])('%s', (_, html, words) => {
    expect(whyNotDrawn(html)).toContain(words);
  });
});
