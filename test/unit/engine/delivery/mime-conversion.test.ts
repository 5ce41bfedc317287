import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { convertContent } from '../../../../src-main/engine/delivery/mime-conversion';
import type { ConversionGoal } from '../../../../src-main/engine/delivery/mime-plan';
import { contentOf } from './delivery-bench';

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

/** What goes out, one character a byte, or the fault. */
async function convert(text: string, goal: ConversionGoal = 'ascii'): Promise<string> {
  const conversion = await convertContent(contentOf(bytesOf(text)), goal);
  if ('fault' in conversion) return `fault: ${conversion.fault}`;
  const bytes = Buffer.from(await conversion.content.read());
  expect(bytes.length).toBe(conversion.content.sizeBytes);
  return bytes.toString('latin1');
}

const lines = (...all: string[]): string => `${all.join('\r\n')}\r\n`;
const long = 'x'.repeat(1_200);

describe('a message of one part', () => {
  it.each([
    [
      'text becomes quoted-printable, its label with it',
      lines(
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=iso-8859-1',
        'Content-Transfer-Encoding: 8bit',
        '',
        'gr\xfc\xdf = x ',
      ),
      lines(
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=iso-8859-1',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'gr=FC=DF =3D x=20',
      ),
    ],
    [
      'a label that is missing is added behind the other fields',
      lines('MIME-Version: 1.0', 'Content-Type: text/html', 'X: y', '', '\xfc'),
      lines(
        'MIME-Version: 1.0',
        'Content-Type: text/html',
        'X: y',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        '=FC',
      ),
    ],
    [
      'text without MIME is told to be of an unknown charset (RFC 1428)',
      lines('Subject: x', '', 'gr\xfc\xdf'),
      lines(
        'Subject: x',
        'Content-Transfer-Encoding: quoted-printable',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=unknown-8bit',
        '',
        'gr=FC=DF',
      ),
    ],
    [
      '... but of UTF-8 when it is that',
      lines('Subject: x', '', 'gr\xc3\xbc\xc3\x9f'),
      lines(
        'Subject: x',
        'Content-Transfer-Encoding: quoted-printable',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=utf-8',
        '',
        'gr=C3=BC=C3=9F',
      ),
    ],
    [
      'what is no text becomes base64',
      lines('MIME-Version: 1.0', 'Content-Type: image/png', '', '\x89PNG'),
      lines(
        'MIME-Version: 1.0',
        'Content-Type: image/png',
        'Content-Transfer-Encoding: base64',
        '',
        'iVBORw0K',
      ),
    ],
    [
      'text with a NUL becomes base64',
      lines(
        'MIME-Version: 1.0',
        'Content-Type: text/plain',
        'content-transfer-encoding:',
        ' BINARY',
        '',
        'a\0b',
      ),
      lines(
        'MIME-Version: 1.0',
        'Content-Type: text/plain',
        'Content-Transfer-Encoding: base64',
        '',
        'YQBiDQo=',
      ),
    ],
    [
      'a folded label is replaced as a whole',
      lines(
        'Content-Transfer-Encoding:',
        '\t(as it is)',
        '\t8bit',
        'MIME-Version: 1.0',
        'Content-Type: text/plain',
        '',
        '\xfc',
      ),
      lines(
        'Content-Transfer-Encoding: quoted-printable',
        'MIME-Version: 1.0',
        'Content-Type: text/plain',
        '',
        '=FC',
      ),
    ],
    [
      'base64 in one line is broken',
      lines(
        'MIME-Version: 1.0',
        'Content-Type: image/png',
        'Content-Transfer-Encoding: base64',
        '',
        'QUJD'.repeat(300),
      ),
      lines(
        'MIME-Version: 1.0',
        'Content-Type: image/png',
        'Content-Transfer-Encoding: base64',
        '',
        ...('QUJD'.repeat(300).match(/.{1,76}/g) as string[]),
      ),
    ],
    [
      'ASCII that is told to be more stays as it is, but for its label',
      lines('Content-Transfer-Encoding: 8bit', '', 'x'),
      lines('Content-Transfer-Encoding: 7bit', '', 'x'),
    ],
    ['a body that is not there needs nothing', 'Subject: x\r\n', 'Subject: x\r\n'],
    ['nothing stays nothing', '', ''],
  ])('%s', async (_claim, before, after) => {
    expect(await convert(before)).toBe(after);
  });

  it('with nothing above 127 in long lines is encoded for hosts that take 8-bit too', async () => {
    const text = lines('MIME-Version: 1.0', 'Content-Type: text/html', '', long);
    const converted = await convert(text, 'lines');
    expect(converted).toContain('Content-Transfer-Encoding: quoted-printable\r\n');
    expect((await PostalMime.parse(bytesOf(converted))).html?.trim()).toBe(long);
  });

  it('stays 8-bit for hosts that take that', async () => {
    const text = lines(
      'MIME-Version: 1.0',
      'Content-Type: text/plain',
      'Content-Transfer-Encoding: 8bit',
      '',
      '\xfc',
    );
    expect(await convert(text, 'lines')).toBe(text);
  });
});

describe('quoted-printable', () => {
  const encode = async (body: string): Promise<string> =>
    (await convert(`MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n${body}`))
      .split('\r\n\r\n')
      .slice(1)
      .join('\r\n\r\n');

  it.each([
    [
      'a line of 75 characters and more is broken',
      `${'x'.repeat(80)}\xfc\r\n`,
      `${'x'.repeat(75)}=\r\nxxxxx=FC\r\n`,
    ],
    ['no escape is cut', `${'x'.repeat(74)}\xfc\r\n`, `${'x'.repeat(74)}=\r\n=FC\r\n`],
    ['white space at the end of a line is kept', '\xfc \t\r\n\t\r\n', '=FC =09\r\n=09\r\n'],
    ['... and at the end of the body', '\xfc ', '=FC=20=\r\n'],
    ['empty lines stay', '\xfc\r\n\r\n\r\nx\r\n', '=FC\r\n\r\n\r\nx\r\n'],
    ['control characters are encoded, tabs are not', '\x01\t\x7f\xfc\r\n', '=01\t=7F=FC\r\n'],
    ['no line begins like a boundary', '\xfc\r\n--x\r\n-\r\n', '=FC\r\n=2D-x\r\n=2D\r\n'],
    [`... nor does what is broken off`, `\xfc${'x'.repeat(72)}--x\r\n`, `=FC${'x'.repeat(72)}=\r\n=2D-x\r\n`],
  ])('%s', async (_claim, before, after) => {
    expect(await encode(before)).toBe(after);
  });
});

const multipart = (type: string, ...parts: string[]): string =>
  `MIME-Version: 1.0\r\nContent-Type: multipart/${type}; boundary="b 1"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n` +
  `Preamble\r\n${parts.map((part) => `--b 1\r\n${part}\r\n`).join('')}--b 1--\r\nEpilogue\r\n`;
const text8 = 'Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xfc';
const textQp =
  'Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=FC';
const plain = 'Content-Type: text/plain\r\n\r\nplain';

describe('a message of several parts', () => {
  const relabelled = (text: string): string =>
    text.replace('Content-Transfer-Encoding: 8bit', 'Content-Transfer-Encoding: 7bit');

  it('is changed in the parts that need it, and in what is told about them', async () => {
    const image = (body: string, more = ''): string => `Content-Type: image/png\r\n${more}\r\n${body}`;
    const before = multipart('mixed', plain, text8, image('\xff\0\r\n'), plain);
    const after = multipart(
      'mixed',
      plain,
      textQp,
      image('/wANCg==', 'Content-Transfer-Encoding: base64\r\n'),
      plain,
    );
    expect(await convert(before)).toBe(relabelled(after));
  });

  it('keeps the line that ends before a boundary out of the part', async () => {
    const part = (body: string, label: string): string =>
      `Content-Type: application/x\r\nContent-Transfer-Encoding: ${label}\r\n\r\n${body}`;
    expect(await convert(multipart('mixed', part('\xff', '8bit')))).toBe(
      relabelled(multipart('mixed', part('/w==', 'base64'))),
    );
  });

  it('may have parts without header, which are text', async () => {
    expect(await convert(multipart('mixed', '\r\n\xfc'))).toBe(
      relabelled(
        multipart(
          'mixed',
          'Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain; charset=unknown-8bit\r\n\r\n=FC',
        ),
      ),
    );
  });

  it('has question marks in the text that nobody reads', async () => {
    const text = multipart('mixed', plain).replace('Preamble', 'F\xfcr').replace('Epilogue', '\xfc\0');
    expect(await convert(text)).toBe(
      relabelled(multipart('mixed', plain)).replace('Preamble', 'F?r').replace('Epilogue', '??'),
    );
  });

  it('may hold messages and more multiparts', async () => {
    const inner = multipart('alternative', plain, text8).replaceAll('b 1', 'b 2');
    const innerAfter = relabelled(multipart('alternative', plain, textQp)).replaceAll('b 1', 'b 2');
    const attached = (label: string, message: string): string =>
      `Content-Type: message/rfc822\r\nContent-Transfer-Encoding: ${label}\r\n\r\n${message}`;
    const before = multipart('mixed', attached('8bit', inner), attached('binary', 'Subject: x\r\n\r\n\xfc'));
    const bare =
      'Subject: x\r\nContent-Transfer-Encoding: quoted-printable\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=unknown-8bit\r\n\r\n=FC';
    expect(await convert(before)).toBe(
      relabelled(multipart('mixed', attached('7bit', innerAfter), attached('7bit', bare))),
    );
  });

  it('of kind digest holds messages that need not say so', async () => {
    const before = multipart(
      'digest',
      '\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n\xfc',
    );
    expect(await convert(before)).toContain(
      '\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=FC',
    );
  });

  it('may lack its end', async () => {
    const before = multipart('mixed', text8).split('\r\n--b 1--')[0] as string;
    expect(await convert(before)).toBe(
      `${relabelled(multipart('mixed', textQp)).split('\r\n--b 1--')[0]}=\r\n`,
    );
  });

  it('may end with the one around it', async () => {
    const inner = `Content-Type: multipart/mixed; boundary=b2\r\n\r\n--b2\r\n${text8}`;
    expect(await convert(multipart('mixed', inner, plain))).toBe(
      relabelled(
        multipart('mixed', `Content-Type: multipart/mixed; boundary=b2\r\n\r\n--b2\r\n${textQp}`, plain),
      ),
    );
  });

  it('says that it is of several parts where it had not (RFC 2045 section 4)', async () => {
    const before = multipart('mixed', text8).replace('MIME-Version: 1.0\r\n', '');
    expect(await convert(before)).toContain('7bit\r\nMIME-Version: 1.0\r\n\r\nPreamble');
  });

  it('is not taken apart at what only begins like a boundary', async () => {
    const part = `${text8}\r\n--b 12\r\n--b 1-\r\n --b 1\r\nx--b 1`;
    const converted = await convert(multipart('mixed', part));
    expect(converted.match(/quoted-printable/g)).toHaveLength(1);
    expect(converted).toContain('\r\n=2D-b 12\r\n=2D-b 1-\r\n --b 1\r\nx--b 1\r\n--b 1--\r\n');
  });

  it('may have white space behind its boundaries', async () => {
    const before = multipart('mixed', text8).replaceAll('--b 1\r\n', '--b 1 \t\r\n');
    expect(await convert(before)).toBe(
      relabelled(multipart('mixed', textQp)).replaceAll('--b 1\r\n', '--b 1 \t\r\n'),
    );
  });

  it('goes to hosts that take 8-bit with its binary parts encoded alone', async () => {
    const before = multipart(
      'mixed',
      text8,
      'Content-Type: application/x\r\nContent-Transfer-Encoding: binary\r\n\r\n\0',
    ).replace('Encoding: 8bit', 'Encoding: binary');
    expect(await convert(before, 'lines')).toBe(
      multipart(
        'mixed',
        text8,
        'Content-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\nAA==',
      ),
    );
  });
});

describe('a message that cannot be converted', () => {
  const signed = (inner: string): string =>
    multipart(
      'signed; protocol="application/pgp-signature"',
      inner,
      'Content-Type: application/pgp-signature\r\n\r\nsig',
    );
  const nested = (depth: number): string =>
    depth === 0
      ? text8
      : `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n${nested(depth - 1)}\r\n--b${depth}--`;

  it.each([
    ['signed parts', signed(text8), 'a signed or encrypted part of it would be damaged'],
    [
      'a signed part deep inside',
      multipart('mixed', signed(text8).replaceAll('b 1', 'b 2')),
      'a signed or encrypted part of it would be damaged',
    ],
    ['encrypted parts', multipart('encrypted', text8), 'a signed or encrypted part of it would be damaged'],
    [
      '8-bit in the header',
      lines('Subject: \xfc', '', '\xfc'),
      'it has characters outside of ASCII in a header',
    ],
    [
      '8-bit in the header of a part',
      multipart('mixed', `X: \xfc\r\n${plain}`),
      'it has characters outside of ASCII in a header',
    ],
    [
      'a report that must not be encoded',
      multipart('report', 'Content-Type: message/delivery-status\r\n\r\nX: \xfc'),
      'it has a part that must not be encoded',
    ],
    [
      'part of a message',
      lines('MIME-Version: 1.0', 'Content-Type: message/partial; id=1', '', '\xfc'),
      'it has a part that must not be encoded',
    ],
    [
      'an encoding that nobody knows',
      lines('Content-Transfer-Encoding: x-uuencode', '', '\xfc'),
      'it has a part that must not be encoded',
    ],
    [
      '8-bit in what is encoded already',
      lines('Content-Transfer-Encoding: base64', '', '\xfc'),
      'its structure is damaged',
    ],
    [
      'a multipart that is encoded itself',
      multipart('mixed', text8).replace('8bit', 'base64'),
      'its structure is damaged',
    ],
    [
      'a multipart without boundary',
      lines('Content-Type: multipart/mixed', '', '\xfc'),
      'its structure is damaged',
    ],
    [
      'a multipart whose boundary is nowhere',
      lines('Content-Type: multipart/mixed; boundary=x', '', '\xfc'),
      'its structure is damaged',
    ],
    [
      'two types',
      lines('Content-Type: text/plain', 'Content-Type: text/html', '', '\xfc'),
      'its structure is damaged',
    ],
    [
      'two encodings',
      lines('Content-Transfer-Encoding: 7bit', 'Content-Transfer-Encoding: 8bit', '', '\xfc'),
      'its structure is damaged',
    ],
    [
      'two boundaries',
      lines('Content-Type: multipart/mixed; boundary=x; boundary=y', '', '--x', '', '\xfc'),
      'its structure is damaged',
    ],
    ['a header that is none', 'Subject: x\r\nwhat is this\r\n\r\n\xfc', 'its structure is damaged'],
    ['a header line too long', lines(`Subject: ${long}`, '', '\xfc'), 'its structure is damaged'],
    ['a NUL in the header', lines('Subject: \0', '', '\xfc'), 'its structure is damaged'],
    ['a bare LF in the header', 'Subject: x\n\r\n\xfc', 'its structure is damaged'],
    [
      'a boundary behind a bare LF',
      multipart('mixed', text8).replace('\xfc\r\n--b', '\xfc\n--b'),
      'its structure is damaged',
    ],
    [
      'a boundary inside of its like',
      multipart('mixed', multipart('mixed', text8)),
      'its structure is damaged',
    ],
    ['too much nesting', `MIME-Version: 1.0\r\n${nested(101)}\r\n`, 'it has too many parts'],
    [
      'too many parts',
      multipart('mixed', ...Array.from({ length: 10_001 }, () => '\r\nx')),
      'it has too many parts',
    ],
  ])('has %s', async (_what, text, fault) => {
    expect(await convert(text)).toBe(`fault: ${fault}`);
  });

  it('but may be signed or deep where nothing has to change', async () => {
    const text = multipart(
      'mixed',
      signed(plain).replaceAll('b 1', 'b 2').replace('Encoding: 8bit', 'Encoding: 7bit'),
      text8,
    );
    expect(await convert(text)).toBe(text.replace('Encoding: 8bit', 'Encoding: 7bit').replace(text8, textQp));
    expect(await convert(`MIME-Version: 1.0\r\n${nested(99)}\r\n`)).toContain('=FC');
  });
});

describe('a message that is large', () => {
  const mebibyte = 1024 * 1024;
  /** Made piece by piece, so that the test itself keeps none of it. */
  const repeated = (head: string, unit: string, times: number, tail: string) => {
    const [first, middle, last] = [head, unit, tail].map(bytesOf) as [Buffer, Buffer, Buffer];
    return {
      sizeBytes: first.length + middle.length * times + last.length,
      read: () => Promise.reject(new Error('read as a whole')),
      async *stream() {
        yield first;
        for (let at = 0; at < times; at++) yield middle;
        yield last;
      },
    };
  };
  const summary = async (source: Parameters<typeof convertContent>[0]) => {
    const conversion = await convertContent(source, 'ascii');
    if ('fault' in conversion) return conversion.fault;
    let [bytes, above, longest, column] = [0, 0, 0, 0];
    const before = process.memoryUsage.rss();
    let most = before;
    for await (const chunk of conversion.content.stream()) {
      bytes += chunk.length;
      for (const byte of chunk) {
        if (byte > 127) above++;
        column = byte === 10 ? 0 : column + 1;
        longest = Math.max(longest, column);
      }
      most = Math.max(most, process.memoryUsage.rss());
    }
    expect(bytes).toBe(conversion.content.sizeBytes);
    expect(most - before).toBeLessThan(64 * mebibyte);
    return { bytes, above, longest };
  };

  it('is streamed with its attachment of 100 MB', { timeout: 60_000 }, async () => {
    const head = `MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: binary\r\n\r\n`;
    const unit = Buffer.from(Array.from({ length: 65_536 }, (_, at) => (at * 7) % 256)).toString('latin1');
    const result = await summary(repeated(head, unit, 1_600, '\r\n--b--\r\n'));
    const encoded = Math.ceil((65_536 * 1_600) / 3) * 4;
    expect(result).toMatchObject({ above: 0, longest: 77 });
    expect((result as { bytes: number }).bytes).toBeGreaterThan(encoded);
  });

  it('may have 200,000 fields', { timeout: 60_000 }, async () => {
    const result = await summary(repeated('', 'X-Field: value\r\n', 200_000, '\r\n\xfc\r\n'));
    expect(result).toMatchObject({ above: 0 });
  });

  it('may have 5,000 parts, but not in each other', { timeout: 60_000 }, async () => {
    const head = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n';
    const many = repeated(head, `--b\r\n${text8.repeat(3)}\r\n`, 5_000, '--b--\r\n');
    expect(await summary(many)).toMatchObject({ above: 0 });
    let deep = '';
    for (let at = 0; at < 5_000; at++)
      deep += `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`;
    expect(await convert(deep + text8)).toBe('fault: it has too many parts');
  });

  it('may be one line without end', { timeout: 60_000 }, async () => {
    const result = await summary(
      repeated('MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n', '\xfc'.repeat(65_536), 300, ''),
    );
    expect(result).toMatchObject({ above: 0, longest: 77 });
  });
});
