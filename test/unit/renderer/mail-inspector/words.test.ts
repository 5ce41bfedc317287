import { describe, expect, it } from 'vitest';
import { badmailCauses } from '../../../../src-main/engine/core/event';
import { readFields, scanMail, summariseMail } from '../../../../src-main/mail-content';
import { describeBadmail } from '../../../../src-renderer/mail-inspector/badmail-words';
import { suggestEnvelope } from '../../../../src-renderer/mail-inspector/file-envelope';
import type { MailContent } from '../../../../src-renderer/mail-inspector/mail-reader';
import { compareRecipients } from '../../../../src-renderer/mail-inspector/recipients';
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
});

describe('the envelope suggested for a message from a file', () => {
  const contentOf = (lines: string): MailContent => {
    const bytes = new TextEncoder().encode(`${lines}\r\n\r\nHi\r\n`);
    const structure = scanMail(bytes);
    const [root] = structure.parts;
    if (root === undefined) throw new Error('A message has a part.');
    const summary = summariseMail(bytes, { structure });
    return { structure, summary, htmlFault: undefined, fields: readFields(bytes, root) };
  };
  const header = 'From: Ann <ann@corp.test>\r\nTo: bob@corp.test, "C, D" <cd@far.test>\r\nCc: bob@corp.test';
  it.each([
    ['its header', header, 'ann@corp.test', ['bob@corp.test', 'cd@far.test']],
    ['where returns go', `Return-Path: <back@corp.test>\r\n${header}`, 'back@corp.test', undefined],
    [
      'what Drop wrote above it',
      `x-sender: s@a.test\r\nx-receiver: <r@a.test>\r\n${header}`,
      's@a.test',
      ['r@a.test'],
    ],
    ['nothing', 'Subject: none', '', []],
  ])('is taken from %s', (_, lines, sender, recipients) => {
    const suggested = suggestEnvelope(contentOf(lines));
    expect(suggested.sender).toBe(sender);
    if (recipients !== undefined) expect(suggested.recipients).toEqual(recipients);
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
