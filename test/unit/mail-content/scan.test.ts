import { describe, expect, it } from 'vitest';
import { type MailStructure, mailLimits, scanMail } from '../../../src-main/mail-content';

const encoder = new TextEncoder();
const bytesOf = (...lines: string[]): Uint8Array => encoder.encode(lines.join('\r\n'));
const bodyOf = (bytes: Uint8Array, { parts }: MailStructure, index: number): string =>
  new TextDecoder().decode(bytes.subarray(parts[index]?.bodyStart, parts[index]?.bodyEnd));
const scanLines = (...lines: string[]) => {
  const bytes = bytesOf(...lines);
  const mail = scanMail(bytes);
  return {
    ...mail,
    types: mail.parts.map(({ type, parent }) => `${parent}:${type}`),
    bodies: mail.parts.map((_, index) => bodyOf(bytes, mail, index)),
    codes: mail.faults.map(({ code, part }) => `${part}:${code}`),
  };
};

describe('the parts of a message', () => {
  it('are one where there is no multipart', () => {
    const mail = scanLines('Subject: x', '', 'Hello', '--no boundary');
    expect(mail.types).toEqual(['-1:text/plain']);
    expect(mail.bodies).toEqual(['Hello\r\n--no boundary']);
    expect(mail.codes).toEqual([]);
  });

  it('are found with their facts', () => {
    const mail = scanLines(
      'Content-Type: multipart/mixed;',
      '\tboundary="a b"',
      '',
      'preamble',
      '--a b',
      'Content-Type: TEXT/HTML; charset="ISO-8859-1"',
      'Content-Transfer-Encoding: Quoted-Printable',
      '',
      '<p>',
      '--a b  ',
      'Content-Type: image/png; name=wrong.png',
      'Content-Disposition: ATTACHMENT; filename*=utf-8\'\'%e2%82%ac.png; filename="e.png"',
      'Content-ID: <one@x>',
      '',
      'data',
      '--a b--',
      'epilogue',
    );
    expect(mail.types).toEqual(['-1:multipart/mixed', '0:text/html', '0:image/png']);
    expect(mail.bodies.slice(1)).toEqual(['<p>', 'data']);
    expect(mail.parts[1]).toMatchObject({ charset: 'iso-8859-1', encoding: 'quoted-printable', depth: 1 });
    expect(mail.parts[2]).toMatchObject({
      disposition: 'attachment',
      fileName: '€.png',
      contentId: 'one@x',
    });
    expect(mail.codes).toEqual([]);
  });

  it('of a message inside have a tree of their own', () => {
    const mail = scanLines(
      'Content-Type: multipart/mixed; boundary=o',
      '',
      '--o',
      'Content-Type: message/rfc822',
      '',
      'Subject: inner',
      'Content-Type: multipart/alternative; boundary=i',
      '',
      '--i',
      '',
      'text',
      '--i--',
      '--o',
      '',
      'last',
      '--o--',
    );
    expect(mail.types).toEqual([
      '-1:multipart/mixed',
      '0:message/rfc822',
      '1:multipart/alternative',
      '2:text/plain',
      '0:text/plain',
    ]);
    expect(mail.parts[1]?.isMessage).toBe(true);
    expect(mail.bodies[3]).toBe('text');
    expect(mail.bodies[4]).toBe('last');
  });

  it('end where the outer boundary is, when their own end is missing', () => {
    const mail = scanLines(
      'Content-Type: multipart/mixed; boundary=o',
      '',
      '--o',
      'Content-Type: multipart/mixed; boundary=i',
      '',
      '--i',
      '',
      'one',
      '--o',
      '',
      'two',
    );
    expect(mail.bodies[2]).toBe('one');
    expect(mail.bodies[3]).toBe('two');
    expect(mail.codes).toEqual(['1:no-end-boundary', '0:no-end-boundary']);
  });

  it.each([
    ['no boundary is named', ['Content-Type: multipart/mixed', '', 'x'], ['0:no-boundary']],
    ['a header has no end', ['Subject: x'], ['0:no-body']],
    ['a line is no field', ['Subject: x', 'what', '', 'x'], ['0:not-a-field']],
    [
      'a field is there twice',
      ['Content-Type: text/html', 'Content-Type: text/plain', '', 'x'],
      ['0:repeated-field'],
    ],
    ['the encoding is unknown', ['Content-Transfer-Encoding: rot13', '', 'x'], ['0:unknown-encoding']],
    [
      'a message inside is encoded',
      ['Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64', '', 'eA=='],
      ['0:encoded-message'],
    ],
  ])('have a fault where %s', (_, lines, codes) => {
    expect(scanLines(...lines).codes).toEqual(codes);
  });

  it('are taken by the first of two Content-Types', () => {
    const mail = scanLines('Content-Type: text/html', 'Content-Type: text/plain', '', 'x');
    expect(mail.types).toEqual(['-1:text/html']);
  });

  it('belong to the innermost of two multiparts with one boundary', () => {
    const mail = scanLines(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'x',
      '--b--',
      '--b--',
    );
    expect(mail.types).toEqual(['-1:multipart/mixed', '0:multipart/mixed', '1:text/plain']);
    expect(mail.codes).toEqual([]);
  });
});

describe('a hostile message', () => {
  const nested = (levels: number): string =>
    Array.from(
      { length: levels },
      (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`,
    ).join('');

  it('of 5,000 levels is cut where nobody could read it any more', () => {
    const mail = scanMail(encoder.encode(`${nested(5000)}\r\ndeep`));
    expect(mail.isCut).toBe(true);
    expect(mail.parts.length).toBe(mailLimits.depth + 1);
    expect(mail.faults).toContainEqual({ code: 'too-deep', part: mailLimits.depth });
  });

  it('of 20,000 messages inside messages is cut too', () => {
    const mail = scanMail(encoder.encode('Content-Type: message/rfc822\r\n\r\n'.repeat(20_000)));
    expect(mail.isCut).toBe(true);
    expect(mail.parts.length).toBe(mailLimits.depth + 1);
  });

  it('of a million parts is cut', () => {
    const head = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n';
    const mail = scanMail(encoder.encode(head + '--b\r\n\r\nx\r\n'.repeat(1_000_000)));
    expect(mail.parts.length).toBe(mailLimits.parts);
    expect(mail.faults).toContainEqual({ code: 'too-many-parts', part: 0 });
  });

  it('of a million lines that are almost boundaries has its parts', () => {
    const boundary = 'x'.repeat(mailLimits.boundaryCharacters);
    const bytes = encoder.encode(
      `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n--${boundary}\r\n\r\n${'--xxxxxxxxxxxx\r\n'.repeat(1_000_000)}--${boundary}--\r\n`,
    );
    const mail = scanMail(bytes);
    expect(mail.parts.length).toBe(2);
    expect(mail.faults).toEqual([{ code: 'long-boundary', part: 0 }]);
    expect((mail.parts[1]?.bodyEnd ?? 0) - (mail.parts[1]?.bodyStart ?? 0)).toBe(16_000_000 - 2);
  });

  it('with a boundary beyond all bounds is one part', () => {
    const boundary = 'x'.repeat(mailLimits.boundaryCharacters + 1);
    const mail = scanMail(encoder.encode(`Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\nx`));
    expect(mail.parts).toHaveLength(1);
    expect(mail.parts[0]?.isMultipart).toBe(false);
  });

  it('of nothing is an empty part', () => {
    expect(scanMail(new Uint8Array()).parts).toMatchObject([
      { bodyStart: 0, bodyEnd: 0, type: 'text/plain' },
    ]);
  });
});
