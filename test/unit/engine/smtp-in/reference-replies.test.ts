/** The protocol surface of IIS 6 (docs/deviations.md names where and why we differ), row by row, on a real listener. */
import { afterEach, describe, expect, it } from 'vitest';
import { Problem } from '../../../../src-main/engine/core/problem';
import { createStatus } from '../../../../src-main/engine/core/smtp-status';
import type { ServerSettingsInput } from '../../../../src-main/settings/schema';
import { type ListenerUnderTest, startListener } from '../../../protocol/listener-under-test';
import { testCertificate } from '../../../protocol/memory-keyring';

let server: ListenerUnderTest | undefined;
afterEach(() => server?.close());

/** Says the lines one by one; the reply to the last one. */
async function converse(
  lines: readonly string[],
  settings: Partial<ServerSettingsInput> = {},
  prepare: (server: ListenerUnderTest) => void = () => undefined,
): Promise<string | undefined> {
  server = await startListener(settings);
  prepare(server);
  const client = await server.connect();
  let reply = await client.reply();
  for (const line of lines) reply = await client.say(line);
  return reply;
}

const hello = ['EHLO client.test'];
const mail = [...hello, 'MAIL FROM:<a@x.test>'];
const recipient = [...mail, 'RCPT TO:<b@local.test>'];
const data = [...recipient, 'DATA'];
const basic = { allowsBasic: true } as const;
const tls = { certificate: testCertificate } as const;

describe('greeting', () => {
  it.each([
    [
      'connect',
      [],
      {},
      /^220 mail\.local\.test Mailroot ESMTP MAIL Service, Version: 1\.2\.3 ready at {2}\w{3}, .* $/,
    ],
    ['connect, custom text', [], { greeting: 'Hi there' }, '220 mail.local.test Hi there'],
    ['HELO', ['HELO client.test'], {}, '250 mail.local.test Hello [127.0.0.1]'],
    ['EHLO', hello, {}, /^250-mail\.local\.test Hello \[127\.0\.0\.1\]\n/],
  ])('%s', async (_row, lines, settings, expected) => {
    const reply = await converse(lines, settings);
    if (typeof expected === 'string') expect(reply).toBe(expected);
    else expect(reply).toMatch(expected);
  });
});

describe('EHLO keywords, in order', () => {
  const plain = 'SIZE 2097152|PIPELINING|DSN|ENHANCEDSTATUSCODES|8bitmime|BINARYMIME|CHUNKING|SMTPUTF8|VRFY';
  it.each([
    ['plain virtual server', {}, `${plain}|OK`],
    ['no limit on messages', { maxMessageKb: null }, `${plain.replace('SIZE 2097152', 'SIZE')}|OK`],
    ['certificate, session in clear', tls, `${plain}|TLS|STARTTLS|OK`],
    ['Basic authentication, before all others', basic, `AUTH LOGIN PLAIN|AUTH=LOGIN|${plain}|OK`],
    [
      'CHUNKING off takes BINARYMIME with it',
      { verbsOff: ['CHUNKING'] },
      `${plain.replace('BINARYMIME|CHUNKING|', '')}|OK`,
    ],
    [
      '8BITMIME off takes SMTPUTF8 with it',
      { verbsOff: ['8BITMIME'] },
      `${plain.replace('8bitmime|', '').replace('SMTPUTF8|', '')}|OK`,
    ],
    ['VRFY, DSN off', { verbsOff: ['VRFY', 'DSN'] }, `${plain.replace('DSN|', '').replace('|VRFY', '')}|OK`],
  ] as [string, Partial<ServerSettingsInput>, string][])('%s', async (_row, settings, expected) => {
    const lines = (await converse(hello, settings))?.split('\n') ?? [];
    expect(
      lines
        .slice(1)
        .map((line) => line.slice(4))
        .join('|'),
    ).toBe(expected);
    expect(lines.at(-1)).toBe('250 OK');
  });
});

describe('commands', () => {
  it.each([
    [
      'HELP',
      ['HELP'],
      basic,
      '214-This server supports the following commands:\n214 HELO EHLO RCPT DATA RSET MAIL QUIT HELP AUTH BDAT VRFY',
    ],
    [
      'HELP with a certificate',
      ['HELP'],
      tls,
      '214-This server supports the following commands:\n214 HELO EHLO STARTTLS RCPT DATA RSET MAIL QUIT HELP BDAT VRFY',
    ],
    ['MAIL FROM', mail, {}, '250 2.1.0 a@x.test....Sender OK'],
    ['MAIL FROM, null path', [...hello, 'MAIL FROM:<>'], {}, '250 2.1.0 <>....Sender OK'],
    [
      'MAIL FROM, its parameters',
      [...hello, 'MAIL FROM:<a@x.test> SIZE=9 BODY=8BITMIME RET=HDRS ENVID=e AUTH=<>'],
      basic,
      '250 2.1.0 a@x.test....Sender OK',
    ],
    ['RCPT TO', recipient, {}, '250 2.1.5 b@local.test '],
    [
      'RCPT TO, its parameters',
      [...mail, 'RCPT TO:<b@local.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;c@y.test'],
      {},
      '250 2.1.5 b@local.test ',
    ],
    ['RCPT TO, no brackets and no domain', [...mail, 'RCPT TO:b'], {}, '250 2.1.5 b@local.test '],
    ['DATA', data, {}, '354 Start mail input; end with <CRLF>.<CRLF>'],
    ['end of data', [...data, '.'], {}, /^250 2\.6\.0 <[^ ]+@mail\.local\.test> Queued mail for delivery$/],
    ['BDAT', [...recipient, 'BDAT 4\r\na\r\n'], {}, undefined],
    ['RSET', [...recipient, 'RSET'], {}, '250 2.0.0 Resetting'],
    ['RSET before HELO', ['RSET'], {}, '250 2.0.0 Resetting'],
    ['NOOP', ['NOOP'], {}, '250 2.0.0 OK'],
    [
      'VRFY',
      [...hello, 'VRFY bob'],
      {},
      '252 2.1.5 Cannot VRFY user, but will take message for <bob@local.test>',
    ],
    [
      'VRFY, foreign domain',
      [...hello, 'VRFY bob@far.test'],
      {},
      '550 5.7.1 Unable to relay for bob@far.test',
    ],
    ['AUTH LOGIN', [...hello, 'AUTH LOGIN'], basic, '334 VXNlcm5hbWU6'],
    ['AUTH LOGIN, password', [...hello, 'AUTH LOGIN', 'YW5u'], basic, '334 UGFzc3dvcmQ6'],
    [
      'AUTH LOGIN, done',
      [...hello, 'AUTH LOGIN', 'YW5u', 'c2VjcmV0'],
      basic,
      '235 2.7.0 Authentication successful.',
    ],
    ['STARTTLS', [...hello, 'STARTTLS'], tls, '220 2.0.0 SMTP server ready'],
    [
      'STARTTLS without certificate',
      [...hello, 'STARTTLS'],
      {},
      '554 5.7.3 Unable to initialize security subsystem',
    ],
    ['QUIT', ['QUIT'], {}, '221 2.0.0 mail.local.test Service closing transmission channel'],
    ['EXPN', ['EXPN list'], {}, '500 5.3.3 Unrecognized command'],
    [
      'no x.y.z when ENHANCEDSTATUSCODES is off',
      ['RSET'],
      { verbsOff: ['ENHANCEDSTATUSCODES'] },
      '250 Resetting',
    ],
  ] as [string, string[], Partial<ServerSettingsInput>, string | RegExp | undefined][])(
    '%s',
    async (_row, lines, settings, expected) => {
      const reply = await converse(lines, settings);
      if (expected === undefined) expect(reply).toBe('250 2.0.0 4 octets received');
      else if (typeof expected === 'string') expect(reply).toBe(expected);
      else expect(reply).toMatch(expected);
    },
  );
});

describe('refusals', () => {
  it.each([
    ['unknown command', ['WHAT'], {}, '500 5.3.3 Unrecognized command'],
    ['command switched off', ['HELP'], { verbsOff: ['HELP'] }, '502 5.5.1 Command not implemented'],
    ['bad arguments', [...hello, 'MAIL <a@x.test>'], {}, '501 5.5.4 Invalid arguments'],
    ['bad address', [...hello, 'MAIL FROM:<a@b@x.test>'], {}, '501 5.5.4 Invalid Address'],
    [
      'unknown parameter',
      [...hello, 'MAIL FROM:<a@x.test> WHAT=1'],
      {},
      '555 5.5.4 Parameter not recognized or not implemented',
    ],
    ['MAIL before HELO', ['MAIL FROM:<a@x.test>'], {}, '503 5.5.2 Send hello first'],
    ['second MAIL', [...mail, 'MAIL FROM:<a@x.test>'], {}, '503 5.5.2 Sender already specified'],
    ['RCPT before MAIL', [...hello, 'RCPT TO:<b@local.test>'], {}, '503 5.5.2 Need mail command'],
    ['DATA before RCPT', [...mail, 'DATA'], {}, '503 5.5.2 Need Rcpt command'],
    ['DATA before MAIL', [...hello, 'DATA'], {}, '503 5.5.2 Need mail command'],
    ['relay denied', [...mail, 'RCPT TO:<b@far.test>'], {}, '550 5.7.1 Unable to relay for b@far.test'],
    [
      'anonymous off, no AUTH',
      mail,
      { allowsAnonymous: false, ...basic },
      '530 5.7.0 Client was not authenticated',
    ],
    [
      'bad credentials',
      [...hello, 'AUTH PLAIN AGFubgB3cm9uZw=='],
      basic,
      '535 5.7.3 Authentication unsuccessful',
    ],
    ['unknown mechanism', [...hello, 'AUTH OTHER'], basic, '504 5.7.4 Unrecognized authentication type'],
    ['TLS required', mail, { requiresTls: true, ...tls }, '530 5.7.0 Must issue a STARTTLS command first'],
    [
      'SIZE= above limit',
      [...hello, 'MAIL FROM:<a@x.test> SIZE=1025'],
      { maxMessageKb: 1 },
      '552 5.3.4 Message size exceeds fixed maximum message size',
    ],
    [
      'data grew above limit',
      [...data, `${'x'.repeat(1100)}\r\n.`],
      { maxMessageKb: 1 },
      '552 5.3.4 Message size exceeds fixed maximum message size',
    ],
    [
      'session size exceeded',
      [...hello, 'MAIL FROM:<a@x.test> SIZE=2000'],
      { maxSessionKb: 1 },
      '552 5.3.4 Session size exceeds fixed maximum session size',
    ],
    [
      'too many recipients',
      [...recipient, 'RCPT TO:<c@local.test>'],
      { maxRecipients: 1 },
      '452 4.5.3 Too many recipients',
    ],
    ['malformed EHLO domain', ['EHLO m\u00fcller'], {}, '501 5.5.4 Invalid domain name'],
    ['EHLO without a name', ['EHLO'], {}, '501 5.5.4 Invalid domain name'],
    ['over-long line', [`NOOP ${'x'.repeat(5000)}`], {}, '500 5.5.2 Command line too long'],
    [
      'bare line ends, where they are refused',
      [...data, 'a\nb\r\n.'],
      { bareLineEndings: 'reject' },
      '550 5.6.11 Lines must end with CR and LF, never with one of them alone',
    ],
    [
      'peer on the deny list',
      [],
      { connectionMode: 'except', connectionList: ['127.0.0.1'] },
      '554 5.7.1 Connection refused',
    ],
    ['too many connections', [], { maxConnections: 1 }, '421 4.3.2 Too many connections'],
  ] as [string, string[], Partial<ServerSettingsInput>, string][])(
    '%s',
    async (row, lines, settings, expected) => {
      const isOneTooMany = row === 'too many connections';
      server = await startListener(settings);
      if (isOneTooMany) await (await server.connect()).reply();
      const client = await server.connect();
      let reply = await client.reply();
      for (const line of lines) reply = await client.say(line);
      expect(reply).toBe(expected);
    },
  );

  it('the message still goes to the first recipients, when there were too many', async () => {
    const reply = await converse([...recipient, 'RCPT TO:<c@local.test>', 'DATA', '.'], { maxRecipients: 1 });
    expect(reply).toMatch(/^250 2\.6\.0/);
    expect(server?.intake.accepted[0]?.draft.recipients.map(({ address }) => address)).toEqual([
      'b@local.test',
    ]);
  });

  it.each([
    [
      'no disk, at MAIL',
      mail,
      '452 4.3.1 Insufficient system storage',
      (to: ListenerUnderTest) => {
        to.intake.refusalStatus = createStatus(452, '4.3.1', 'Insufficient system storage');
      },
    ],
    [
      'no disk, at the end of data',
      [...data, '.'],
      '452 4.3.1 Insufficient system storage',
      (to: ListenerUnderTest) => {
        to.intake.commitFailure = new Problem('disk-full', 'full');
      },
    ],
  ] as const)('%s', async (_row, lines, expected, prepare) => {
    expect(await converse(lines, {}, prepare)).toBe(expected);
  });

  it('virtual server stopping', async () => {
    server = await startListener();
    const client = await server.connect();
    await client.reply();
    const closed = server.listener.close(1000);
    expect(await client.reply()).toBe('421 4.3.2 Service not available');
    client.destroy();
    await closed;
  });
});
