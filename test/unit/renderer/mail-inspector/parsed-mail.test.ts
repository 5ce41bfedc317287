import { describe, expect, it } from 'vitest';
import { answerParseRequest } from '../../../../src-renderer/mail-inspector/parse-request';
import { decodeBase64, maxHeaderBytes, parseMail } from '../../../../src-renderer/mail-inspector/parsed-mail';
import { sampleSource } from '../../../support/sample-mail';

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

describe('a message of several parts', () => {
  it('gives text, HTML, headers and attachments', async () => {
    const mail = await parseMail(bytesOf(sampleSource('Daily report')));
    expect(mail.subject).toBe('Daily report');
    expect(mail.from).toEqual({ name: 'Line application', address: 'app@line.test' });
    expect(mail.headerRecipients).toEqual(['ann@corp.test']);
    expect(mail.text).toContain('Pieces made: 1,204');
    expect(mail.html).toContain('<h2>Daily report');
    expect(mail.headers.find((header) => header.name === 'X-Note')?.value).toBe('Grüße aus der Linie');
    expect(mail.attachments.map(({ name, isInline }) => [name, isInline])).toEqual([
      ['dot.png', true],
      ['pieces.csv', false],
      ['viewer.pdf.exe', false],
    ]);
    expect(mail.attachments[0]?.contentId).toBe('dot@line');
  });

  it('a returned message inside a notification stays an attachment', async () => {
    const mail = await parseMail(
      bytesOf(
        [
          'Subject: Delivery failed',
          'Content-Type: multipart/report; boundary=b',
          '',
          '--b',
          '',
          'It failed.',
          '--b',
          'Content-Type: message/rfc822',
          '',
          'Subject: Original',
          '',
          'Secret words',
          '--b--',
          '',
        ].join('\r\n'),
      ),
    );
    expect(mail.text).not.toContain('Secret words');
    expect(mail.attachments.map(({ type }) => type)).toEqual(['message/rfc822']);
  });

  it('lists no more than 500 headers and says so', async () => {
    const mail = await parseMail(bytesOf(`${'X-A: b\r\n'.repeat(600)}\r\nbody`));
    expect(mail.headers).toHaveLength(500);
    expect(mail.isHeaderListCut).toBe(true);
  });
});

describe('hostile messages', () => {
  it('more than 1 MB of header is refused, with the bytes still there to show', async () => {
    const source = `${`X-A: ${'b'.repeat(994)}\r\n`.repeat(Math.ceil(maxHeaderBytes / 1000) + 10)}\r\nbody`;
    const answer = await answerParseRequest({ id: 7, contentBase64: Buffer.from(source).toString('base64') });
    expect(answer.id).toBe(7);
    expect('problem' in answer && answer.problem).toBeTruthy();
    expect(answer.bytes.length).toBe(source.length);
  });

  it('parts nested a thousand deep are refused', async () => {
    let body = 'deep';
    for (let level = 0; level < 1000; level += 1) {
      body = `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n${body}\r\n--b${level}--\r\n`;
    }
    await expect(parseMail(bytesOf(body))).rejects.toThrow();
  });

  it('an empty message is a message', async () => {
    const mail = await parseMail(bytesOf(''));
    expect(mail).toMatchObject({ subject: '', from: undefined, attachments: [] });
  });

  it('bytes survive base64 whatever they are', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect(decodeBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes);
  });
});
