import { describe, expect, it } from 'vitest';
import { summariseMail } from '../../../src-main/mail-content';
import { buildTestMail, type TestMailForm } from '../../../src-main/test-mail/build';

const build = async (change: Partial<TestMailForm>): Promise<string> =>
  Buffer.from(
    await buildTestMail({
      from: 'a@corp.test',
      to: ['b@corp.test'],
      subject: 'Hello',
      text: 'Text',
      ...change,
    }),
  ).toString('latin1');

describe('a test message', () => {
  it('is plain ASCII with short lines, whatever the text', async () => {
    const message = await build({ subject: 'Grüße', text: `${'ä'.repeat(3000)}\n.\n` });
    expect(message).toMatch(/^[\r\n -~]*$/);
    for (const line of message.split('\r\n')) expect(line.length).toBeLessThan(998);
    const { subject, text } = summariseMail(Buffer.from(message, 'latin1'));
    expect(subject).toBe('Grüße');
    expect(text?.trimEnd()).toBe(`${'ä'.repeat(3000)}\r\n.`);
  });

  it('has no header line that somebody typed into a value', async () => {
    expect(await build({ subject: 'x\r\nBcc: hidden@corp.test' })).not.toMatch(/^Bcc:/m);
    const headers = [{ name: 'X-Test', value: 'x\r\nBcc: hidden@corp.test' }];
    expect(await build({ headers })).not.toMatch(/^Bcc:/m);
    const attachments = [{ name: 'a\r\nBcc: hidden.txt', type: 'text/plain\r\nX: y', contentBase64: 'QQ==' }];
    expect(await build({ attachments })).not.toMatch(/^(Bcc|X):/m);
  });

  it('names every recipient in To and Cc', async () => {
    const { to, cc } = summariseMail(
      Buffer.from(await build({ to: ['b@corp.test', 'c@corp.test'], cc: ['d@corp.test'] })),
    );
    expect(to.map(({ address }) => address)).toEqual(['b@corp.test', 'c@corp.test']);
    expect(cc.map(({ address }) => address)).toEqual(['d@corp.test']);
  });

  it('has what was attached, byte for byte, and HTML beside the text', async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 46, 13, 10]);
    const message = await build({
      html: '<p>Grüße</p>',
      attachments: [
        { name: 'Größe.bin', type: 'application/x-test', contentBase64: bytes.toString('base64') },
      ],
    });
    const { html, attachments } = summariseMail(Buffer.from(message, 'latin1'));
    expect(html).toContain('<p>Grüße</p>');
    expect(attachments.map(({ name }) => name)).toEqual(['Größe.bin']);
    expect(message).toContain(bytes.toString('base64'));
  });

  it('has further header fields, also the same one twice', async () => {
    const headers = [
      { name: 'X-Test', value: 'one' },
      { name: 'X-Test', value: 'two' },
      { name: 'In-Reply-To', value: '<1@corp.test>' },
    ];
    const message = await build({ headers });
    expect(message.match(/^X-Test: \w+/gm)).toEqual(['X-Test: one', 'X-Test: two']);
    expect(message).toContain('In-Reply-To: <1@corp.test>');
  });

  it.each(['From', 'to', 'BCC', 'Content-Type', 'MIME-Version'])('takes no second %s', async (name) => {
    await expect(build({ headers: [{ name, value: 'x' }] })).rejects.toMatchObject({
      code: 'invalid',
      field: 'headers.0',
    });
  });
});
