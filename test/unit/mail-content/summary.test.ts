import { describe, expect, it } from 'vitest';
import { scanMail, summariseMail } from '../../../src-main/mail-content';

const encoder = new TextEncoder();
const bytesOf = (...lines: string[]): Uint8Array => encoder.encode(lines.join('\r\n'));
const summarise = (...lines: string[]) => summariseMail(bytesOf(...lines));

describe('the summary of a message', () => {
  it('has what its header says', () => {
    const mail = summarise(
      'From: Ann <ann@corp.test>',
      'To: bob@corp.test, Carl <carl@corp.test>',
      'To: dora@corp.test',
      'Cc: eve@corp.test',
      'Bcc: frank@corp.test',
      'Reply-To: answers@corp.test',
      'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=',
      'Date: Mon, 02 Nov 2026 10:00:00 +0100 (CET)',
      'Message-ID: <1@corp.test>',
      'In-Reply-To: <0@corp.test>',
      'References: <a@x> <b@x>',
      '',
      'x',
    );
    expect(mail).toMatchObject({
      subject: 'Grüße',
      from: { name: 'Ann', address: 'ann@corp.test' },
      cc: [{ address: 'eve@corp.test' }],
      bcc: [{ address: 'frank@corp.test' }],
      replyTo: [{ address: 'answers@corp.test' }],
      date: Date.UTC(2026, 10, 2, 9),
      messageId: '<1@corp.test>',
      inReplyTo: '<0@corp.test>',
      references: ['<a@x>', '<b@x>'],
      text: 'x',
      html: undefined,
    });
    expect(mail.to.map(({ address }) => address)).toEqual([
      'bob@corp.test',
      'carl@corp.test',
      'dora@corp.test',
    ]);
  });

  const alternative = [
    'Content-Type: multipart/alternative; boundary=a',
    '',
    '--a',
    '',
    'plain',
    '--a',
    'Content-Type: multipart/related; boundary=r',
    '',
    '--r',
    'Content-Type: text/html',
    '',
    '<img src="cid:pic@x">',
    '--r',
    'Content-Type: image/png',
    'Content-ID: <pic@x>',
    'Content-Disposition: inline; filename=p.png',
    '',
    'data',
    '--r--',
    '--a--',
  ];

  it('takes both versions of an alternative, and the pictures inside', () => {
    const mail = summarise(...alternative);
    expect(mail.text).toBe('plain');
    expect(mail.html).toBe('<img src="cid:pic@x">');
    expect(mail.attachments).toMatchObject([{ name: 'p.png', isInline: true, sizeBytes: 4 }]);
  });

  it('puts a text that stands behind HTML below it, escaped', () => {
    const mail = summarise(
      'Content-Type: multipart/mixed; boundary=m',
      '',
      '--m',
      ...alternative,
      '--m',
      '',
      '<b>footer</b>',
      '--m--',
    );
    expect(mail.text).toBe('plain\n<b>footer</b>');
    expect(mail.html).toContain('&lt;b&gt;footer&lt;/b&gt;</pre>');
  });

  it('attaches a message inside as a whole, and reads it when asked', () => {
    const bytes = bytesOf(
      'Subject: outer',
      'Content-Type: multipart/mixed; boundary=m',
      '',
      '--m',
      '',
      'outer text',
      '--m',
      'Content-Type: message/rfc822',
      '',
      'Subject: inner',
      '',
      'inner text',
      '--m--',
    );
    const structure = scanMail(bytes);
    const mail = summariseMail(bytes, { structure });
    expect(mail.text).toBe('outer text');
    expect(mail.attachments).toMatchObject([{ type: 'message/rfc822', part: 2 }]);
    expect(summariseMail(bytes, { structure, root: 3 })).toMatchObject({
      subject: 'inner',
      text: 'inner text',
      attachments: [],
    });
  });

  it('attaches texts with a name, but not the text of the message', () => {
    const mail = summarise(
      'Content-Type: multipart/mixed; boundary=m',
      '',
      '--m',
      'Content-Type: text/plain; name=body.txt',
      '',
      'text',
      '--m',
      'Content-Type: text/plain; name=log.txt',
      '',
      'log',
      '--m--',
    );
    expect(mail.text).toBe('text');
    expect(mail.attachments).toMatchObject([{ name: 'log.txt' }]);
  });

  it('has no more text than asked for', () => {
    const bytes = bytesOf('Subject: x', '', 'a'.repeat(5000));
    expect(summariseMail(bytes, { maxCharacters: 100 })).toMatchObject({
      text: 'a'.repeat(100),
      isTextCut: true,
    });
  });

  it.each(['yesterday', '', '=?', '99999999999'])('has no date where there is none: %j', (date) => {
    expect(summarise(`Date: ${date}`, '', '').date).toBeUndefined();
  });
});
