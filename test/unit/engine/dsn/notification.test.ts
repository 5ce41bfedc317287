import { spawnSync } from 'node:child_process';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../../../src-main/engine/core/envelope';
import type { NotificationAction, NotifiedRecipient } from '../../../../src-main/engine/core/notification';
import { createStatus, parseReply } from '../../../../src-main/engine/core/smtp-status';
import { buildNotification } from '../../../../src-main/engine/dsn/notification';
import { readReport } from '../../../support/delivery-report';
import { contentOf, createEnvelope } from '../mailroot/content';

const facts = {
  fqdn: 'relay.corp.test',
  postmaster: 'postmaster@corp.test',
  now: Date.UTC(2026, 10, 23, 12, 0),
  boundarySeed: 'seed0001',
};
const message = 'From: app@example.com\r\nSubject: Order 7\r\n\r\nHello\r\n.\r\n';

const failed = (change: Partial<NotifiedRecipient> = {}): NotifiedRecipient => ({
  address: 'bob@example.net',
  action: 'failed',
  status: { ...createStatus(550, '5.1.1', 'No such user here'), reply: '550 5.1.1 No such user here' },
  remote: { name: 'mx1.example.net', address: '192.0.2.7', port: 25 },
  lastAttemptAt: Date.UTC(2026, 10, 23, 11, 59),
  ...change,
});

async function build(
  recipients: readonly NotifiedRecipient[],
  more: {
    envelope?: Partial<Envelope>;
    content?: string | Uint8Array;
    maxReturnedBytes?: number;
    returnedContent?: 'headers' | 'full';
  } = {},
) {
  const { maxReturnedBytes, returnedContent } = more;
  const built = await buildNotification(
    { envelope: createEnvelope(more.envelope), content: contentOf(more.content ?? message), recipients },
    {
      ...facts,
      ...(maxReturnedBytes === undefined ? {} : { maxReturnedBytes }),
      ...(returnedContent === undefined ? {} : { returnedContent }),
    },
  );
  const pieces: Uint8Array[] = [];
  for await (const piece of built.stream()) pieces.push(piece);
  const content = Buffer.concat(pieces);
  const text = content.toString('latin1');
  const boundary = /boundary="([^"]+)"/.exec(text)?.[1] as string;
  const parts = text.split(`\r\n--${boundary}`);
  // Every notification of these tests is read strictly, whatever the test is about.
  const read = readReport(text);
  return {
    ...built,
    content,
    read,
    text,
    parts,
    report: parts[2] as string,
    people: parts[1] as string,
    returned: parts[3] as string,
  };
}

describe('notification', () => {
  it('has the form of RFC 3464 and reads well', async () => {
    const { text, sender, recipient, body } = await build([failed()], { envelope: { envid: 'E1' } });
    expect([sender, recipient, body]).toEqual(['', 'app@example.com', '7bit']);
    expect(text).toBe(
      [
        'From: postmaster@corp.test',
        'To: <app@example.com>',
        'Subject: Delivery Status Notification (Failure)',
        'Date: Mon, 23 Nov 2026 12:00:00 +0000',
        'Message-ID: <dsn-seed0001@relay.corp.test>',
        'References: <m1@example.com>',
        'Auto-Submitted: auto-replied',
        'MIME-Version: 1.0',
        'Content-Type: multipart/report; report-type=delivery-status;',
        ' boundary="=_dsn_seed0001_0"',
        '',
        'This is a MIME message with a delivery report.',
        '',
        '--=_dsn_seed0001_0',
        'Content-Type: text/plain; charset=us-ascii',
        '',
        'This is an automatically generated Delivery Status Notification.',
        '',
        'Your message could not be delivered to the recipients below.',
        '',
        '  bob@example.net',
        '    The recipient is not known at the receiving server.',
        '    What you can do: Check the address for typing errors, or ask the',
        '    recipient for the right one.',
        '    The server mx1.example.net [192.0.2.7] said:',
        '    > 550 5.1.1 No such user here',
        '',
        'Your message:',
        '  Received: Mon, 23 Nov 2026 09:30:00 +0000',
        '  Subject: Order 7',
        '  Message-ID: <m1@example.com>',
        '  Queue ID: 019ab0000000000112345678',
        '',
        '--=_dsn_seed0001_0',
        'Content-Type: message/delivery-status',
        '',
        'Original-Envelope-Id: E1',
        'Reporting-MTA: dns; relay.corp.test',
        'Arrival-Date: Mon, 23 Nov 2026 09:30:00 +0000',
        '',
        'Final-Recipient: rfc822; bob@example.net',
        'Action: failed',
        'Status: 5.1.1',
        'Remote-MTA: dns; mx1.example.net',
        'Diagnostic-Code: smtp; 550 5.1.1 No such user here',
        'Last-Attempt-Date: Mon, 23 Nov 2026 11:59:00 +0000',
        '',
        '--=_dsn_seed0001_0',
        'Content-Type: text/rfc822-headers',
        'Content-Transfer-Encoding: 7bit',
        '',
        'From: app@example.com',
        'Subject: Order 7',
        '',
        '--=_dsn_seed0001_0--',
        '',
      ].join('\r\n'),
    );
  });

  it.each([
    ['failed', 'Failure', /could not be delivered/, 'Status: 5.1.1'],
    ['delayed', 'Delay', /do not\s+need to send it again/, 'Status: 4.1.1'],
    ['delivered', 'Success', /was delivered/, 'Status: 2.1.1'],
    ['relayed', 'Relay', /handed to the next server/, 'Status: 2.1.1'],
    ['expanded', 'Expanded', /sent on to the\s+mailboxes behind them/, 'Status: 2.1.1'],
  ] as const)('says %s in subject, text and report', async (action, subject, opening, status) => {
    const { text, report } = await build([failed({ action })]);
    expect(text).toContain(`\r\nSubject: Delivery Status Notification (${subject})\r\n`);
    expect(text).toMatch(opening);
    expect(report).toContain(`\r\nAction: ${action}\r\n${status}\r\n`);
  });

  it('tells until when a delayed message is tried', async () => {
    const willRetryUntil = Date.UTC(2026, 10, 25);
    const { report, people } = await build([
      failed({ action: 'delayed', status: createStatus(451, '4.4.1', 'No answer'), willRetryUntil }),
    ]);
    expect(report).toContain('\r\nWill-Retry-Until: Wed, 25 Nov 2026 00:00:00 +0000\r\n');
    expect(people).toContain('Delivery is tried until Wed, 25 Nov 2026 00:00:00 +0000.');
  });

  it('keeps 4.4.7 for a message that expired', async () => {
    const { report } = await build([failed({ status: createStatus(552, '4.4.7', 'Message expired') })]);
    expect(report).toContain('\r\nStatus: 4.4.7\r\n');
  });

  it('names exactly the recipients that it is about, with ORCPT', async () => {
    const { report, people } = await build([
      failed({ orcpt: 'rfc822;Bob@old.example' }),
      failed({ address: 'eve@example.net', orcpt: 'nonsense' }),
    ]);
    expect(report.match(/Final-Recipient: .*/g)).toEqual([
      'Final-Recipient: rfc822; bob@example.net',
      'Final-Recipient: rfc822; eve@example.net',
    ]);
    expect(report.match(/Original-Recipient: .*/g)).toEqual(['Original-Recipient: rfc822; Bob@old.example']);
    expect(people).not.toContain('corp.test');
  });

  it('reads as Reason when no remote server was involved', async () => {
    const { remote: _none, ...local } = failed({
      status: createStatus(554, '5.4.6', 'Hop count exceeded - possible mail loop'),
    });
    const { report, people } = await build([local]);
    expect(people).toContain('    Reason: 554 5.4.6 Hop count exceeded - possible mail loop');
    expect(report).not.toContain('Remote-MTA');
    expect(report).toContain(
      '\r\nDiagnostic-Code: X-Mailroot; 554 5.4.6 Hop count exceeded - possible mail\r\n loop\r\n',
    );
    expect(report).toContain('\r\nFinal-Log-ID: 019ab0000000000112345678\r\n');
  });

  it.each([
    ['192.0.2.1', 'dns; [192.0.2.1]'],
    ['[192.0.2.1]', 'dns; [192.0.2.1]'],
    ['2001:db8::1', 'dns; [IPv6:2001:db8::1]'],
    ['mx.example', 'dns; mx.example'],
  ])('writes the host %s as %s', async (name, expected) => {
    expect((await build([failed({ remote: { name } })])).report).toContain(`\r\nRemote-MTA: ${expected}\r\n`);
  });

  it('never goes to the null reverse-path', async () => {
    await expect(build([failed()], { envelope: { sender: '' } })).rejects.toThrow(/null reverse-path/);
    await expect(build([])).rejects.toThrow(/at least one/);
  });
});

describe('the part for programs', () => {
  it('has the reply of several lines as it came, folded, and quotes it for people', async () => {
    const reply =
      '550-5.7.26 This mail has been blocked because the sender is unauthenticated.\n550-5.7.26\n550 5.7.26 See https://support.example/mail/answer/81126';
    const { report, people, read } = await build([failed({ status: parseReply(550, reply) })]);
    expect(report).toContain(
      'Diagnostic-Code: smtp; 550-5.7.26 This mail has been blocked because the\r\n sender is unauthenticated.\r\n 550-5.7.26\r\n 550 5.7.26 See https://support.example/mail/answer/81126\r\n',
    );
    expect(people).toContain(
      '    The server mx1.example.net [192.0.2.7] said:\r\n    > 550-5.7.26 This mail has been blocked because the sender is\r\n    > unauthenticated.\r\n    > 550-5.7.26\r\n    > 550 5.7.26 See https://support.example/mail/answer/81126\r\n',
    );
    expect(read.recipients[0]?.status).toBe('5.7.26');
  });

  it.each([
    ['QQ314159', 'QQ314159'],
    ['two  blanks and a+b=c', 'two  blanks and a+b=c'],
    [`${'x'.repeat(100)}`, 'x'.repeat(100)],
  ])('gives the envelope id %s back to the letter', async (envid, expected) => {
    const { report } = await build([failed()], { envelope: { envid } });
    expect(report).toContain(`\r\nOriginal-Envelope-Id: ${expected}\r\n`);
  });

  it('has each field of RFC 3464 that applies, and no other', async () => {
    const { read } = await build(
      [failed({ orcpt: 'rfc822;Bob@old.example' }), failed({ address: 'eve@example.net', action: 'failed' })],
      {
        envelope: {
          envid: 'E1',
          source: { kind: 'smtp', sessionId: '1', peer: '192.0.2.1', helo: 'printer.corp.test' },
        },
      },
    );
    expect(read.message).toEqual({
      'original-envelope-id': 'E1',
      'reporting-mta': 'dns; relay.corp.test',
      'received-from-mta': 'dns; printer.corp.test',
      'arrival-date': 'Mon, 23 Nov 2026 09:30:00 +0000',
    });
    expect(read.recipients[0]).toEqual({
      'original-recipient': 'rfc822; Bob@old.example',
      'final-recipient': 'rfc822; bob@example.net',
      action: 'failed',
      status: '5.1.1',
      'remote-mta': 'dns; mx1.example.net',
      'diagnostic-code': 'smtp; 550 5.1.1 No such user here',
      'last-attempt-date': 'Mon, 23 Nov 2026 11:59:00 +0000',
    });
    // RFC 3461 section 6.3: without ORCPT there is no Original-Recipient.
    expect(read.recipients[1]).not.toHaveProperty('original-recipient');
  });

  it('has the proof of a relay: what the next server said', async () => {
    const status = parseReply(250, '250 2.0.0 Ok: queued as 4F0E2');
    const { read } = await build([failed({ action: 'relayed', status })]);
    expect(read.recipients[0]).toMatchObject({
      action: 'relayed',
      status: '2.0.0',
      'diagnostic-code': 'smtp; 250 2.0.0 Ok: queued as 4F0E2',
    });
  });
});

describe('the text for people', () => {
  it.each([
    ['rfc822;Bob@old.example', 'You wrote to: Bob@old.example'],
    ['utf-8;b\\x{F6}b@old.example', 'You wrote to: b\u00f6b@old.example'],
  ])('names the address of %s that the sender wrote to', async (orcpt, expected) => {
    expect((await build([failed({ orcpt })])).read.text).toContain(`    ${expected}\r\n`);
  });

  it.each(['rfc822;BOB@example.net', 'x400;something', 'nonsense'])(
    'says nothing of %s, which tells people nothing new',
    async (orcpt) => {
      expect((await build([failed({ orcpt })])).read.text).not.toContain('You wrote to');
    },
  );

  it('names the first two hundred of very many, and the report all', async () => {
    const recipients = Array.from({ length: 230 }, (_, at) => failed({ address: `r${at}@example.net` }));
    const { read } = await build(recipients);
    expect(read.text).toContain('  r199@example.net\r\n');
    expect(read.text).not.toContain('r200@');
    expect(read.text).toContain('and 30 more recipients');
    expect(read.recipients).toHaveLength(230);
  });
});

describe('what a notification returns', () => {
  it.each([
    ['headers', undefined, 'text/rfc822-headers'],
    ['full', undefined, 'message/rfc822'],
    ['headers', 'full', 'message/rfc822'],
    ['full', 'hdrs', 'text/rfc822-headers'],
  ] as const)('with the setting %s and RET=%s is %s', async (returnedContent, ret, type) => {
    const { read } = await build([failed()], { returnedContent, envelope: ret ? { ret } : {} });
    expect(read.returned.type).toBe(type);
  });

  it('is a message of many megabytes, piece by piece and without change', async () => {
    const line = `${'0123456789'.repeat(7)}\r\n`;
    const content = `Subject: large\r\n\r\n${line.repeat(60_000)}`;
    const { read } = await build([failed()], {
      envelope: { ret: 'full' },
      maxReturnedBytes: Number.POSITIVE_INFINITY,
      content,
    });
    expect(read.returned.content === content).toBe(true);
  });

  it.each([
    ['a NUL', 'Subject: x\r\n\r\na\0b\r\n'],
    ['an endless line', `Subject: x\r\n\r\n${'y'.repeat(999)}\r\n`],
  ])('is the header of a message with %s, which no server would carry', async (_name, content) => {
    const { read } = await build([failed()], { envelope: { ret: 'full' }, content });
    expect(read.returned).toEqual({ type: 'text/rfc822-headers', content: 'Subject: x\r\n' });
  });

  it('is the whole message when the sender asked for it', async () => {
    const { returned, body } = await build([failed()], { envelope: { ret: 'full' } });
    expect(returned).toBe(
      `\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\n${message}`,
    );
    expect(body).toBe('7bit');
  });

  it.each([
    ['it is too large', { envelope: { ret: 'full' as const }, maxReturnedBytes: 10 }, 'failed'],
    ['full return is switched off', { envelope: { ret: 'full' as const }, maxReturnedBytes: 0 }, 'failed'],
    ['the message was not lost', { envelope: { ret: 'full' as const } }, 'delayed'],
    ['the sender did not ask', {}, 'failed'],
    ['the sender wants headers', { envelope: { ret: 'hdrs' as const } }, 'failed'],
  ])('is the header when %s', async (_name, more, action) => {
    const { returned } = await build([failed({ action: action as NotificationAction })], more);
    expect(returned).toContain('Content-Type: text/rfc822-headers');
    expect(returned).not.toContain('Hello');
  });

  it('travels as 8-bit only when a whole 8-bit message goes back', async () => {
    const content = Buffer.from('Subject: Gr\u00fc\u00dfe\r\nX: a=b \r\n\r\n\u00fc\r\n', 'utf8');
    const whole = await build([failed()], { envelope: { ret: 'full' }, content });
    expect([whole.body, whole.text.includes('\r\nContent-Transfer-Encoding: 8bit\r\n\r\nThis is')]).toEqual([
      '8bitmime',
      true,
    ]);
    const header = await build([failed()], { content });
    expect(header.body).toBe('7bit');
    expect(header.returned).toContain('quoted-printable\r\n\r\nSubject: Gr=C3=BC=C3=9Fe\r\nX: a=3Db=20\r\n');
    expect(header.text).toMatch(/^[\x09\x0a\x0d\x20-\x7e]*$/);
  });

  it.each([
    ['no header', '\r\nbody only\r\n', '7bit\r\n\r\n'],
    ['no body', 'Subject: x\r\n', '7bit\r\n\r\nSubject: x\r\n'],
    ['bare line feeds', 'Subject: x\nTo: y\n\nbody\n', '7bit\r\n\r\nSubject: x\r\nTo: y\r\n'],
    ['a header line without end', `Subject: ${'x'.repeat(5000)}\r\n\r\n`, `=\r\nxxxx`],
    ['an endless header', `A: ${'b'.repeat(70)}\r\n`.repeat(5000), `7bit\r\n\r\nA: b`],
  ])('is made of a message with %s', async (_name, content, expected) => {
    const { returned, text } = await build([failed()], { content });
    expect(returned).toContain(expected);
    for (const line of text.split('\r\n')) expect(line.length).toBeLessThan(998);
  });

  it('cannot end a part with the boundary, even when it is known', async () => {
    const attack = `Subject: x\r\n\r\n--=_dsn_seed0001_0--\r\n--=_dsn_seed0001_1\r\n`;
    const { parts, text } = await build([failed()], { envelope: { ret: 'full' }, content: attack });
    expect(text).toContain('boundary="=_dsn_seed0001_2"');
    expect(parts).toHaveLength(5);
  });
});

const hostile = 'no\r\n\r\n--=_dsn_seed0001_0--\r\nAction: delivered\u0000\u001b[2J \u202e ';

describe('addresses in UTF-8', () => {
  const utf8 = { isUtf8: true } as const;

  it.each([
    [
      'encoded, so that every server can carry them, for a sender who used SMTPUTF8',
      true,
      'message/global-delivery-status\r\nContent-Transfer-Encoding: quoted-printable',
      'm=C3=BCll+er@b=C3=BCcher.test',
    ],
    [
      'in ASCII for one who did not',
      false,
      'message/delivery-status',
      'm\\x{FC}ll\\x{2B}er@b\\x{FC}cher.test',
    ],
  ])('of a recipient are shown to people, and to programs %s', async (_name, isUtf8Sender, type, address) => {
    const built = await build([failed({ address: 'm\u00fcll+er@b\u00fccher.test' })], {
      envelope: isUtf8Sender ? utf8 : {},
    });
    expect(built.text).toMatch(/^[\t\r\n -~]*$/);
    expect(built).toMatchObject({ body: '7bit', recipient: 'app@example.com' });
    expect(built).not.toHaveProperty('isUtf8');
    expect(built.report).toContain(`Content-Type: ${type}\r\n`);
    expect(built.report).toContain(`Final-Recipient: utf-8; ${address}\r\n`);
    expect(built.people).toContain('charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n');
    expect(built.people).toContain('  m=C3=BCll+er@b=C3=BCcher.test\r\n');
    const read = await PostalMime.parse(built.content);
    expect(read.text).toContain('m\u00fcll+er@b\u00fccher.test');
  });

  it('of the sender need SMTPUTF8 for the way back', async () => {
    const built = await build([failed()], {
      envelope: { ...utf8, sender: 'j\u00fcrgen@example.com' },
      content: 'Subject: gr\u00fcn\r\n\r\nx\r\n',
    });
    expect(built).toMatchObject({ isUtf8: true, body: '8bitmime', recipient: 'j\u00fcrgen@example.com' });
    expect(built.content.toString('utf8')).toContain('\r\nTo: <j\u00fcrgen@example.com>\r\n');
    expect(built.returned).toContain('Content-Type: message/global-headers\r\n');
    const read = await PostalMime.parse(built.content);
    expect(read.to?.[0]?.address).toBe('j\u00fcrgen@example.com');
  });

  it('of sender and recipient need no encoding where the way back is SMTPUTF8', async () => {
    const { read } = await build(
      [failed({ address: 'm\u00fcller@b\u00fccher.test', orcpt: 'utf-8;m\\x{FC}ll@b\\x{FC}cher.test' })],
      { envelope: { ...utf8, sender: 'j\u00fcrgen@example.com' } },
    );
    expect(read).toMatchObject({
      reportType: 'message/global-delivery-status',
      header: { 'content-transfer-encoding': '8bit' },
    });
    expect(read.recipients[0]).toMatchObject({
      'original-recipient': 'utf-8; m\u00fcll@b\u00fccher.test',
      'final-recipient': 'utf-8; m\u00fcller@b\u00fccher.test',
    });
  });

  it.each(['\\x{0A}', '\\x{202E}', '\\x{D800}', '\\x{110000}'])(
    'that hide %s in ORCPT keep it hidden',
    async (hidden) => {
      const { report } = await build([failed({ orcpt: `utf-8;m\u00fc${hidden}@x.test` })], {
        envelope: { ...utf8, sender: 'j\u00fcrgen@example.com' },
      });
      expect(report).toContain(`${hidden}@x.test`);
    },
  );

  it('a whole message with them goes back as message/global', async () => {
    const { returned } = await build([failed()], {
      envelope: { ...utf8, ret: 'full' },
      content: Buffer.from('Subject: gr\u00fcn\r\n\r\nx\r\n'),
    });
    expect(returned).toContain('Content-Type: message/global\r\nContent-Transfer-Encoding: 8bit\r\n');
  });
});

describe('hostile text in a notification', () => {
  it('breaks neither fields nor parts', async () => {
    const { text, parts, report } = await build(
      [
        failed({
          status: createStatus(550, '5.1.1\r\nX: y', hostile + 'x'.repeat(5000)),
          remote: { name: `mx\r\n${hostile}` },
          orcpt: `rfc822;a\r\n${hostile}`,
        }),
      ],
      {
        envelope: {
          subject: hostile,
          envid: hostile,
          messageId: '<a\r\nBcc: x@y.test>',
          source: { kind: 'smtp', sessionId: '1', peer: '192.0.2.1', helo: hostile },
        },
      },
    );
    expect(parts).toHaveLength(5);
    expect(text).toMatch(/^[\x0a\x0d\x20-\x7e]*$/);
    expect(text).not.toMatch(/[^\r]\n|\r[^\n]/);
    expect(report.match(/^Action: .*/gm)).toEqual(['Action: failed']);
    expect(report).toContain('\r\nStatus: 5.0.0\r\n');
    expect(text).not.toMatch(/^Bcc:/m);
    for (const line of text.split('\r\n')) expect(line.length).toBeLessThan(998);
  });
});

describe('notification read by others', () => {
  it('postal-mime finds text, report and header', async () => {
    const { content } = await build([failed(), failed({ address: 'eve@example.net' })]);
    const mail = await PostalMime.parse(content);
    expect(mail.subject).toBe('Delivery Status Notification (Failure)');
    expect(mail.text).toContain('The recipient is not known');
    expect(mail.attachments.map(({ mimeType }) => mimeType)).toContain('message/delivery-status');
  });

  const python = spawnSync('python3', ['-c', 'import email']).status === 0;
  it.skipIf(!python)('Python reads three parts without defects (needs the package python3)', async () => {
    const { content } = await build(
      [failed({ orcpt: 'rfc822;b@old.example' }), failed({ address: 'eve@example.net' })],
      {
        envelope: { ret: 'full' },
      },
    );
    const script = [
      'import sys, json, email, email.policy',
      'm = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)',
      'parts = m.get_payload()',
      'groups = parts[1].get_payload()',
      'print(json.dumps({"type": m.get_content_type(), "report": m.get_param("report-type"),',
      ' "parts": [p.get_content_type() for p in parts], "defects": len(m.defects) + sum(len(p.defects) for p in parts),',
      ' "recipients": [g["Final-Recipient"] for g in groups[1:]], "mta": groups[0]["Reporting-MTA"],',
      ' "subject": parts[2].get_payload()[0]["Subject"]}))',
    ].join('\n');
    const run = spawnSync('python3', ['-c', script], { input: content });
    expect(run.stderr.toString()).toBe('');
    expect(JSON.parse(run.stdout.toString())).toEqual({
      type: 'multipart/report',
      report: 'delivery-status',
      parts: ['text/plain', 'message/delivery-status', 'message/rfc822'],
      defects: 0,
      recipients: ['rfc822; bob@example.net', 'rfc822; eve@example.net'],
      mta: 'dns; relay.corp.test',
      subject: 'Order 7',
    });
  });

  it.skipIf(!python)(
    'Python decodes the report about addresses in UTF-8 (needs the package python3)',
    async () => {
      const about = [failed({ address: 'm\u00fcller@example.net' })];
      const script = [
        'import sys, json, email, email.policy',
        'm = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)',
        'part = m.get_payload()[1]',
        'print(json.dumps({"type": part.get_content_type(), "encoding": part["Content-Transfer-Encoding"], "defects": len(m.defects)}))',
      ].join('\n');
      for (const [sender, encoding] of [
        ['app@example.com', 'quoted-printable'],
        ['j\u00fcrgen@example.com', '8bit'],
      ] as const) {
        const { content } = await build(about, { envelope: { isUtf8: true, sender } });
        const run = spawnSync('python3', ['-c', script], { input: content });
        expect(run.stderr.toString()).toBe('');
        expect(JSON.parse(run.stdout.toString())).toEqual({
          type: 'message/global-delivery-status',
          encoding,
          defects: 0,
        });
      }
    },
  );
});
