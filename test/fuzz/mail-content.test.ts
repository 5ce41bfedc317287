/** The reader of mail, whatever the message is; each property stops by itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodePart,
  type MailPart,
  mailLimits,
  parseAddresses,
  readFields,
  readText,
  scanMail,
  summariseMail,
} from '../../src-main/mail-content';

/** Pieces that mean something to a reader of mail, so that chance makes more than noise. */
const piece = fc.oneof(
  fc.constantFrom(
    'Content-Type: multipart/mixed; boundary=a\r\n',
    'Content-Type: multipart/alternative; boundary="b"\n',
    'Content-Type: message/rfc822\r\n',
    'Content-Type: text/html; charset=utf-16\r\n',
    "Content-Disposition: attachment; filename*0*=utf-8''%e2; filename*1*=%82%ac\r\n",
    'Content-Transfer-Encoding: base64\r\n',
    'Content-Transfer-Encoding: quoted-printable\r\n',
    'Content-Transfer-Encoding: x-uuencode\r\n',
    'begin 644 x\r\n',
    'To: "a, (b <c>\r\n',
    'Subject: =?utf-8?B?w6?= =?x?q?=E4?=\r\n',
    '\r\n',
    '\n',
    '\r',
    '--a\r\n',
    '--a--\r\n',
    '--b\n',
    '--b--',
    ' folded\r\n',
    '\0',
    'cid:a',
    '=',
    '=3D=\r\n',
    'SGVsbG8=\r\n',
  ),
  fc.string({ maxLength: 20, unit: 'binary' }),
);
const message = fc
  .oneof(
    fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join(''), 'utf8')),
    fc.uint8Array({ maxLength: 400 }),
  )
  .map((bytes) => new Uint8Array(bytes));
const runs = { numRuns: 2000, interruptAfterTimeLimit: 8_000 };

describe('the reader of mail', () => {
  it('finds parts inside the message, in order, parents first', () => {
    fc.assert(
      fc.property(message, (bytes) => {
        const { parts, faults } = scanMail(bytes);
        expect(parts.length).toBeGreaterThan(0);
        expect(faults.length).toBeLessThanOrEqual(mailLimits.faults);
        for (const [index, part] of parts.entries()) {
          expect(part.index).toBe(index);
          expect(part.parent).toBeLessThan(index);
          const offsets = [0, part.headerStart, part.headerEnd, part.bodyStart, part.bodyEnd, bytes.length];
          expect(offsets).toEqual([...offsets].sort((one, other) => one - other));
          const parent: MailPart | undefined = parts[part.parent];
          if (!parent) continue;
          expect(parent.isMultipart || parent.isMessage).toBe(true);
          expect(part.headerStart).toBeGreaterThanOrEqual(parent.bodyStart);
          expect(part.bodyEnd).toBeLessThanOrEqual(parent.bodyEnd);
        }
      }),
      runs,
    );
  });

  it('reads every part within the limits it is given, and changes nothing', () => {
    fc.assert(
      fc.property(message, fc.integer({ min: 0, max: 50 }), (bytes, most) => {
        const before = bytes.slice();
        for (const part of scanMail(bytes).parts) {
          expect(decodePart(bytes, part, most).length).toBeLessThanOrEqual(most);
          expect(readText(bytes, part, most).length).toBeLessThanOrEqual(most);
          for (const field of readFields(bytes, part).fields) expect(field.decoded).not.toMatch(/[\r\n\0]/);
        }
        const mail = summariseMail(bytes, { maxCharacters: most });
        expect((mail.text ?? '').length).toBeLessThanOrEqual(most);
        expect((mail.html ?? '').length).toBeLessThanOrEqual(most);
        expect(bytes).toEqual(before);
      }),
      runs,
    );
  });

  it('reads addresses from anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(parseAddresses(text, 5).length).toBeLessThanOrEqual(5);
      }),
      runs,
    );
  });
});
