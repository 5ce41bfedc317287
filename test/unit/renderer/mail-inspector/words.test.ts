import { describe, expect, it } from 'vitest';
import { badmailCauses } from '../../../../src-main/engine/core/event';
import { describeBadmail } from '../../../../src-renderer/mail-inspector/badmail-words';
import { compareRecipients, summariseRecipients } from '../../../../src-renderer/mail-inspector/recipients';
import { contentIdOf, isRemoteUrl } from '../../../../src-renderer/mail-inspector/sanitise-html';
import { messageFileName } from '../../../../src-renderer/mail-inspector/saving';

describe('envelope against header', () => {
  it('marks who got the message by envelope only', () => {
    expect(compareRecipients(['Ann@Corp.test', 'blind@corp.test'], ['ann@corp.test'])).toEqual([
      { address: 'Ann@Corp.test', isEnvelopeOnly: false },
      { address: 'blind@corp.test', isEnvelopeOnly: true },
    ]);
  });
  it('marks nobody while the header is unknown', () => {
    expect(compareRecipients(['a@b.test'], undefined)).toEqual([
      { address: 'a@b.test', isEnvelopeOnly: false },
    ]);
  });
  it('names the first and counts the others', () => {
    expect(summariseRecipients([])).toBe('Nobody');
    expect(summariseRecipients(['a@b.test'])).toBe('a@b.test');
    expect(summariseRecipients(['a@b.test', 'c@d.test', 'e@f.test'])).toBe('a@b.test +2');
  });
});

it('every cause of Badmail has words and advice', () => {
  for (const cause of badmailCauses) {
    const words = describeBadmail(cause);
    expect(words.title.length).toBeLessThanOrEqual(28);
    expect(words.advice).toMatch(/\.$/);
  }
  expect(describeBadmail(undefined).title).toBe('Unknown cause');
});

describe('addresses in HTML', () => {
  it.each(['http://a', ' HTTPS://a', '//a', 'ftp://a'])('%s is remote', (url) => {
    expect(isRemoteUrl(url)).toBe(true);
  });
  it.each(['data:image/png,', 'cid:a', 'a.png', '#x'])('%s is not', (url) => {
    expect(isRemoteUrl(url)).toBe(false);
  });
  it.each([
    ['cid:dot@line', 'dot@line'],
    [' CID:<dot@line>', 'dot@line'],
    ['cid:dot%40line', 'dot@line'],
    ['cid:%zz', '%zz'],
    ['http://cid:1', undefined],
  ])('%s names part %s', (url, id) => {
    expect(contentIdOf(url)).toBe(id);
  });
});

it('a message without a subject is saved under its number', () => {
  expect(messageFileName('  ', 'abc')).toEqual({ name: '', fallback: 'abc.eml' });
  expect(messageFileName('Daily report', 'abc').name).toBe('Daily report.eml');
});
