import { describe, expect, it } from 'vitest';
import { formatMessageText } from '../../../src-main/service/message-text';

const show = (...lines: string[]) => formatMessageText(Buffer.from(lines.join('\r\n')));

describe('a message in a terminal', () => {
  it('is decoded', async () => {
    const text = await show(
      'From: =?UTF-8?Q?J=C3=B6rg?= <j@corp.test>',
      'To: ann@corp.test',
      'Subject: =?UTF-8?B?SGVsbG8gw6Q=?=',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      'Rmlyc3QgbGluZQ==',
    );
    expect(text).toMatch(/^From +J\u00f6rg <j@corp\.test>$/m);
    expect(text).toMatch(/^Subject +Hello \u00e4$/m);
    expect(text).toContain('\n\nFirst line');
  });

  it('lists attachments', async () => {
    const text = await show(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'Text',
      '--b',
      'Content-Type: application/pdf',
      'Content-Disposition: attachment; filename=a.pdf',
      '',
      '12345',
      '--b--',
    );
    expect(text).toMatch(/^Attachment: a\.pdf, application\/pdf, \d B$/m);
  });

  it('says that there is only HTML', async () => {
    expect(await show('Content-Type: text/html', '', '<p>x</p>')).toContain('(HTML only');
  });

  it('cannot command the terminal', async () => {
    const text = await show(
      'Subject: =?UTF-8?B?G10wO293bmVkBw==?=',
      'From: \u001b[2J',
      '',
      'a\u001b]0;owned\u0007\u009b',
    );
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('of hostile depth is still shown', async () => {
    const open = Array.from({ length: 200 }, (_, at) => [
      `Content-Type: multipart/mixed; boundary=b${at}`,
      '',
      `--b${at}`,
    ]).flat();
    expect(await show(...open, '', 'deep')).toBeTypeOf('string');
  });
});
