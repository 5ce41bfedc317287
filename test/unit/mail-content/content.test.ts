import { describe, expect, it } from 'vitest';
import {
  decodeContent,
  decodeText,
  estimateBytes,
  type MailPart,
  mailLimits,
  parseAddresses,
  readFields,
  scanMail,
} from '../../../src-main/mail-content';

const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const partOf = (bytes: Uint8Array): MailPart => scanMail(bytes).parts[0] as MailPart;
const read = (header: string, body: string, most = 1000) => {
  const bytes = latin1(`${header}\r\n\r\n${body}`);
  return decodeText(bytes, partOf(bytes), most);
};
const decodedField = (line: string) => {
  const bytes = latin1(`${line}\r\n\r\n`);
  return readFields(bytes, partOf(bytes)).fields[0]?.decoded;
};

describe('the text of a part', () => {
  it.each([
    ['UTF-8', 'Content-Type: text/plain; charset=utf-8', '\xc3\xa4', 'ä', []],
    ['windows-1252', 'Content-Type: text/plain; charset=windows-1252', '\x80', '€', []],
    ['no charset and UTF-8', 'Subject: x', '\xe2\x82\xac', '€', []],
    ['no charset and anything else', 'Subject: x', '\xe4', 'ä', []],
    [
      'a charset that nobody has',
      'Content-Type: text/plain; charset=x-evil',
      '\xe4',
      'ä',
      ['unknown-charset'],
    ],
    [
      'UTF-7, which is not read',
      'Content-Type: text/plain; charset=utf-7',
      '+ADw-',
      '+ADw-',
      ['unknown-charset'],
    ],
    [
      'bytes that are not of the charset',
      'Content-Type: text/plain; charset=utf-8',
      'a\xff',
      'a\ufffd',
      ['wrong-charset'],
    ],
    ['base64', 'Content-Transfer-Encoding: base64', 'SGVs\r\nbG8=', 'Hello', []],
    ['base64 without padding', 'Content-Transfer-Encoding: base64', 'SGVsbG8', 'Hello', []],
    ['broken base64', 'Content-Transfer-Encoding: base64', 'SG%%Vs', 'Hel', ['broken-base64']],
    ['quoted-printable', 'Content-Transfer-Encoding: quoted-printable', 'a=C3=A4=\r\nb= \t\r\nc', 'aäbc', []],
    [
      'broken quoted-printable',
      'Content-Transfer-Encoding: quoted-printable',
      'a=xyz',
      'a=xyz',
      ['broken-quoted-printable'],
    ],
    ['uuencode', 'Content-Transfer-Encoding: x-uuencode', 'begin 644 f\r\n#0V%T\r\n`\r\nend\r\n', 'Cat', []],
  ] as const)('is read: %s', (_, header, body, text, faults) => {
    expect(read(header, body)).toEqual({ text, isCut: false, faults });
  });

  it('is no longer than asked for', () => {
    expect(read('Subject: x', 'abcdef', 3)).toEqual({ text: 'abc', isCut: true, faults: [] });
    expect(read('Content-Type: text/plain; charset=utf-8', '\xf0\x9f\x98\x80x', 1).text).toBe('');
  });
});

describe('the content of a part', () => {
  it('is a view where nothing is encoded', () => {
    const bytes = latin1('Content-Type: image/png\r\n\r\nabc');
    expect(decodeContent(bytes, partOf(bytes), 100).bytes.buffer).toBe(bytes.buffer);
  });

  it.each([
    ['base64', 'Zm9vYmFyYmF6'.repeat(100)],
    ['quoted-printable', 'a=20'.repeat(100)],
    ['7bit', 'x'.repeat(1000)],
  ])('is decoded up to a limit: %s', (encoding, body) => {
    const bytes = latin1(`Content-Transfer-Encoding: ${encoding}\r\n\r\n${body}`);
    const decoded = decodeContent(bytes, partOf(bytes), 10);
    expect(decoded.bytes.length).toBe(10);
    expect(decoded.isCut).toBe(true);
  });

  it.each([0, 1, 2, 3, 56, 57, 58, 1000, 4321])('of %i bytes has its size without being decoded', (size) => {
    const base64 = Buffer.alloc(size, 'x').toString('base64').replace(/.{76}/g, '$&\r\n');
    const bytes = latin1(`Content-Transfer-Encoding: base64\r\n\r\n${base64}\r\n`);
    expect(estimateBytes(bytes, partOf(bytes))).toBe(size);
  });
});

describe('header fields', () => {
  it.each([
    ['Subject: =?utf-8?B?w6Q=?=', 'ä'],
    ['Subject: =?ISO-8859-1?Q?a_=E4?= =?iso-8859-1?q?b?=', 'a äb'],
    ['Subject: =?utf-8?B?w6?= =?utf-8?B?pA==?=', 'ä'],
    ['Subject: =?utf-8*en?q?x?= y', 'x y'],
    ['Subject: one\r\n two', 'one two'],
    ['Subject: =?utf-8?x?no?=', '=?utf-8?x?no?='],
    ['Subject: =?x-evil?q?=E4?=', 'ä'],
    ['Subject: a\u0000b', 'a b'],
    ['Subject: \xc3\xa4', 'ä'],
  ])('%j is %j', (line, value) => {
    expect(decodedField(line)).toBe(value);
  });

  it('are cut in number and length, and said to be', () => {
    const many = latin1('X-A: b\r\n'.repeat(200_000));
    const fields = readFields(many, partOf(many));
    expect(fields.fields.length).toBe(mailLimits.fields);
    expect(fields.isCut).toBe(true);
    const long = latin1(`Subject: ${'x'.repeat(10_000_000)}\r\n\r\n`);
    const cut = readFields(long, partOf(long));
    expect(cut.isCut).toBe(true);
    expect(cut.fields[0]?.raw.length).toBeLessThanOrEqual(mailLimits.fieldBytes);
  });

  it('say where they are', () => {
    const bytes = latin1('A: 1\r\nB: 2\r\n 3\r\n\r\n');
    const { fields } = readFields(bytes, partOf(bytes));
    expect(fields.map(({ start, end }) => Buffer.from(bytes.subarray(start, end)).toString())).toEqual([
      'A: 1',
      'B: 2\r\n 3',
    ]);
  });
});

describe('addresses', () => {
  it.each([
    ['ann@corp.test', [['', 'ann@corp.test']]],
    [
      'Ann <ann@corp.test>, bob@corp.test',
      [
        ['Ann', 'ann@corp.test'],
        ['', 'bob@corp.test'],
      ],
    ],
    ['"Doe, Ann" <ann@corp.test>', [['Doe, Ann', 'ann@corp.test']]],
    ['=?utf-8?q?A=2C_B?= <ann@corp.test>', [['A, B', 'ann@corp.test']]],
    ['ann@corp.test (Ann)', [['Ann', 'ann@corp.test']]],
    [
      'team: a@x.test, b@x.test;',
      [
        ['', 'a@x.test'],
        ['', 'b@x.test'],
      ],
    ],
    ['"a b"@x.test', [['', '"a b"@x.test']]],
    ['"open <a@x.test>', [['open <a@x.test>', '']]],
    ['<>', []],
    ['', []],
  ])('%j', (text, wanted) => {
    expect(parseAddresses(text).map(({ name, address }) => [name, address])).toEqual(
      wanted
        .map(([name, address]) => [name?.includes('@') ? '' : name, address])
        .map(([name, address], index) =>
          name === '' && address === '' ? ['', wanted[index]?.[0]] : [name, address],
        ),
    );
  });

  it('are no more than asked for', () => {
    expect(parseAddresses('a@x.test,'.repeat(5000), 10)).toHaveLength(10);
  });
});
