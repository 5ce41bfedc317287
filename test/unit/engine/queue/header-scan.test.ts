import { describe, expect, it } from 'vitest';
import { createHeaderEndFinder, scanHeader } from '../../../../src-main/engine/queue/header-scan';
import { bytes } from './fixture';

describe('header scan', () => {
  it('finds the fields that the queue cares about, whatever their case', () => {
    const facts = scanHeader(
      bytes(
        'RECEIVED: from a by b; date\r\nreceived : from c by d; date\r\nMessage-Id: <1@x.test>\r\nSUBJECT: Hello\r\nDate: today\r\n\r\n',
      ),
    );
    expect(facts).toMatchObject({
      hasFields: true,
      receivedCount: 2,
      hasDate: true,
      hasMessageId: true,
      messageId: '<1@x.test>',
      subject: 'Hello',
    });
  });

  const rows: [claim: string, header: string, expected: object][] = [
    ['an empty message has no header', '', { hasFields: false }],
    ['a blank line alone is no field', '\r\nbody', { hasFields: false }],
    ['a line without a colon is body', 'Hello there\r\nDate: x\r\n', { hasFields: false, hasDate: false }],
    [
      'an mbox "From " line is no field',
      'From a@b Thu Mar 26 19:18:06 2026\r\nDate: x\r\n',
      { hasFields: false },
    ],
    ['fields end at the first line that is none', 'A: 1\r\nnot a field\r\nDate: x\r\n', { hasDate: false }],
    ['fields end at the blank line', 'A: 1\r\n\r\nDate: x\r\n', { hasFields: true, hasDate: false }],
    ['a longer name is another field', 'Dated: x\r\nX-Date: x\r\nBccc: x\r\n', { hasDate: false, bcc: [] }],
    ['bare line feeds are read too', 'Date: x\nSubject: y\n\nbody', { hasDate: true, subject: 'y' }],
    ['a folded subject is unfolded', 'Subject: one\r\n two\r\n\tthree\r\n', { subject: 'one two three' }],
    ['control characters in a subject become spaces', 'Subject: a\u0000b\u001bc\r\n', { subject: 'a b c' }],
    ['only the first subject counts', 'Subject: one\r\nSubject: two\r\n', { subject: 'one' }],
    ['a long subject is cut', `Subject: ${'x'.repeat(5000)}\r\n`, { subject: 'x'.repeat(250) }],
    [
      'an unusable Message-ID is seen but not used',
      'Message-ID: none\r\n',
      { hasMessageId: true, messageId: undefined },
    ],
    [
      'a Message-ID cannot smuggle a line',
      'Message-ID: <a\r\n b@c>\r\n',
      { hasMessageId: true, messageId: undefined },
    ],
    ['what follows a Message-ID is left out', 'Message-ID: <a@b> (c)\r\n', { messageId: '<a@b>' }],
    ['a field at the very end needs no line end', 'Date: x', { hasDate: true }],
  ];
  it.each(rows)('%s', (_claim, header, expected) => {
    expect(scanHeader(bytes(header))).toMatchObject(expected);
  });

  it('gives the byte ranges of Bcc with their folded lines', () => {
    const header = 'To: a\r\nBcc: b,\r\n c\r\nSubject: x\r\nbcc: d\r\n\r\n';
    const { bcc } = scanHeader(bytes(header));
    expect(bcc.map(({ from, to }) => header.slice(from, to))).toEqual(['Bcc: b,\r\n c\r\n', 'bcc: d\r\n']);
  });

  it('reads From and what tells a notification, when it is asked', () => {
    const header =
      'From: a\r\n b\r\nContent-Type: text/plain\r\nfrom:\r\ncontent-type: no\r\nX-Failed: x\r\n\r\n';
    const { from, marks } = scanHeader(bytes(header));
    expect(from.map((field) => [header.slice(field.from, field.to), field.read()])).toEqual([
      ['From: a\r\n b\r\n', 'a b'],
      ['from:\r\n', ''],
    ]);
    expect(Object.entries(marks).map(([name, read]) => [name, read()])).toEqual([
      ['content-type', 'text/plain'],
    ]);
  });

  it('reads a hostile block in linear time', () => {
    // Without a colon, with one colon far away, and all continuation lines: each of them once.
    for (const piece of ['a', 'a ', 'a\r\n ', 'a:\r\n', ': ', ' \r\n', 'Received:\r\n\t']) {
      const block = bytes(piece.repeat(Math.ceil((256 * 1024) / piece.length)));
      expect(() => scanHeader(block)).not.toThrow();
    }
  });
});

describe('header end finder', () => {
  const rows: [message: string, end: number][] = [
    ['A: 1\r\n\r\nbody', 8],
    ['A: 1\n\nbody', 6],
    ['\r\nbody', 2],
    ['\nbody', 1],
    ['A: 1\r\nB: 2\r\n', -1],
    ['A: 1\r\n\rX\r\n\r\n', 12],
    ['A: 1\r\n\r\r\n\r\n', 11],
    ['', -1],
  ];
  it.each(rows)('finds the blank line of %j, in one piece and byte by byte', (message, end) => {
    expect(createHeaderEndFinder().push(bytes(message))).toBe(end);
    const finder = createHeaderEndFinder();
    let found = -1;
    for (let at = 0; at < message.length && found < 0; at++) {
      const within = finder.push(bytes(message.charAt(at)));
      if (within >= 0) found = at + within;
    }
    expect(found).toBe(end);
  });
});
