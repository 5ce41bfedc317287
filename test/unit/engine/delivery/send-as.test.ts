import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sendContentAs, sendHeaderAs } from '../../../../src-main/engine/delivery/send-as';
import { contentOf } from './delivery-bench';

const mailbox = 'relay@provider.test';
const sendAs = (text: string): string =>
  sendHeaderAs(Buffer.from(text, 'latin1'), mailbox).toString('latin1');

describe('"Send as" replaces From, and the author becomes Reply-To', () => {
  it.each([
    ['From: ann@corp.test\r\n', 'From: <relay@provider.test>\r\nReply-To: ann@corp.test\r\n'],
    ['From: Ann <ann@corp.test>\r\n', 'From: Ann <relay@provider.test>\r\nReply-To: Ann <ann@corp.test>\r\n'],
    [
      'FROM : "A, n" <ann@corp.test>\r\n',
      'From: "A, n" <relay@provider.test>\r\nReply-To: "A, n" <ann@corp.test>\r\n',
    ],
    [
      'From: =?utf-8?q?J=C3=BCrgen?= <ann@corp.test>\r\n',
      'From: =?utf-8?q?J=C3=BCrgen?= <relay@provider.test>\r\nReply-To: =?utf-8?q?J=C3=BCrgen?= <ann@corp.test>\r\n',
    ],
    [
      'From: J\xfcrgen <j@x.test>\r\n',
      'From: J\xfcrgen <relay@provider.test>\r\nReply-To: J\xfcrgen <j@x.test>\r\n',
    ],
    [
      'From: A.\r\n B\r\n <a@x.test>\r\n',
      'From: A.\r\n B <relay@provider.test>\r\nReply-To: A.\r\n B\r\n <a@x.test>\r\n',
    ],
    [
      `From: ${'Long '.repeat(12)}<a@x.test>\r\n`,
      `From: ${'Long '.repeat(12).trim()}\r\n <relay@provider.test>\r\nReply-To: ${'Long '.repeat(12)}<a@x.test>\r\n`,
    ],
    // Several authors: no name is that of all.
    [
      'From: a@x.test, B <b@x.test>\r\n',
      'From: <relay@provider.test>\r\nReply-To: a@x.test, B <b@x.test>\r\n',
    ],
    [
      'From: Team: a@x.test, b@x.test;\r\n',
      'From: <relay@provider.test>\r\nReply-To: Team: a@x.test, b@x.test;\r\n',
    ],
    // What is no name for certain is none.
    [
      'From: boss@bank.test <a@x.test>\r\n',
      'From: <relay@provider.test>\r\nReply-To: boss@bank.test <a@x.test>\r\n',
    ],
    ['From: "open <a@x.test>\r\n', 'From: <relay@provider.test>\r\nReply-To: "open <a@x.test>\r\n'],
    // Nobody can be answered there.
    ['From: root\r\n', 'From: <relay@provider.test>\r\n'],
    ['From:\r\n', 'From: <relay@provider.test>\r\n'],
    // It comes from there already.
    ['From: Relay <Relay@Provider.test>\r\n', 'From: Relay <Relay@Provider.test>\r\n'],
    ['From: relay@provider.test\r\n', 'From: relay@provider.test\r\n'],
    // An empty field tells nobody where answers go.
    ['Reply-To:\r\nFrom: ann@corp.test\r\n', 'From: <relay@provider.test>\r\nReply-To: ann@corp.test\r\n'],
    // No header begins with a folded line: what follows is the body.
    ['\tFrom: x\r\n', 'From: <relay@provider.test>\r\n\r\n\tFrom: x\r\n'],
    // One From, no Sender.
    ['From: a@x.test\r\nfrom: b@x.test\r\n', 'From: <relay@provider.test>\r\nReply-To: a@x.test\r\n'],
    [
      'Sender: s@x.test\r\nFrom: relay@provider.test\r\nSENDER:\r\n s@x.test\r\n',
      'From: relay@provider.test\r\n',
    ],
    // A Reply-To that stands there stays.
    [
      'Reply-To: r@x.test\r\nFrom: A <a@x.test>\r\n',
      'Reply-To: r@x.test\r\nFrom: A <relay@provider.test>\r\n',
    ],
    [
      'From: A <a@x.test>\r\nreply-to: r@x.test\r\n',
      'From: A <relay@provider.test>\r\nreply-to: r@x.test\r\n',
    ],
    // Nobody sent it: the address has to stand somewhere.
    ['Subject: x\r\n', 'From: <relay@provider.test>\r\nSubject: x\r\n'],
    // Others of similar name are not meant.
    [
      'X-From: a@x.test\r\nResent-From: a@x.test\r\nFrom-X: a\r\nFrom: relay@provider.test\r\n',
      'X-From: a@x.test\r\nResent-From: a@x.test\r\nFrom-X: a\r\nFrom: relay@provider.test\r\n',
    ],
    ['From: a@x.test', 'From: <relay@provider.test>\r\nReply-To: a@x.test\r\n'],
  ])('%j', (before, after) => {
    expect(sendAs(before)).toBe(after);
  });

  it('in the header alone, however large the message', async () => {
    const body = 'From: body@x.test\r\nSender: x\r\n'.repeat(100_000);
    const source = contentOf(`From: a@x.test\r\n\r\n${body}`);
    const content = await sendContentAs(source, mailbox);
    let text = '';
    for await (const chunk of content.stream()) text += Buffer.from(chunk).toString();
    expect(text).toBe(`From: <${mailbox}>\r\nReply-To: a@x.test\r\n\r\n${body}`);
    expect(content.sizeBytes).toBe(text.length);
  });

  it('and a header of more than 256 KB stays as it is', async () => {
    const source = contentOf(`From: a@x.test\r\n${'X: y\r\n'.repeat(50_000)}\r\nbody\r\n`);
    expect(await sendContentAs(source, mailbox)).toBe(source);
  });

  it('whatever the header is: one From with this address, no Sender, and nothing else is lost', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'From:',
        'from : ',
        'Sender:',
        'Reply-To: ',
        'X-A: ',
        '\r\n',
        '\r\n ',
        '\n',
        '\r',
        ' ',
        '\r\n\r\n',
      ),
      fc.constantFrom(
        'a@x.test',
        '<a@x.test>',
        '"',
        '\\',
        '(',
        ')',
        ',',
        ';',
        ':',
        '<',
        '>',
        '\xfc',
        'Name',
        mailbox,
      ),
      fc.string({ maxLength: 10 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        // What comes out of the queue begins with a field of its own.
        const head = `X-First: x\r\n${pieces.join('')}`;
        const after = sendAs(head);
        const fields = fieldsOf(after);
        const named = (name: string): string[] => fields.filter((field) => nameOf(field) === name);
        expect(named('from')).toHaveLength(1);
        expect(named('from')[0]?.toLowerCase()).toContain(mailbox);
        expect(named('sender')).toEqual([]);
        const others = (text: string): string[] =>
          fieldsOf(text).filter((field) => !['from', 'sender', 'reply-to'].includes(nameOf(field)));
        expect(others(after)).toEqual(others(head));
        // Done twice it is the same.
        expect(sendAs(after)).toBe(after);
      }),
      { numRuns: 20_000, interruptAfterTimeLimit: 3_000, markInterruptAsFailure: false },
    );
  });
});

/** Fields up to the first line that is none, then the rest. */
function fieldsOf(text: string): string[] {
  const fields: string[] = [];
  let rest = text;
  for (;;) {
    const match = /^[!-9;-~]+[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*(?:\n|$)/.exec(rest);
    if (!match) return [...fields, rest];
    fields.push(match[0]);
    rest = rest.slice(match[0].length);
  }
}

const nameOf = (field: string): string => /^([!-9;-~]+)[ \t]*:/.exec(field)?.[1]?.toLowerCase() ?? '';
