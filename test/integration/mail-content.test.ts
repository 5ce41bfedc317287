/**
 * What a message holds, on its way through the whole service to hosts that take more or less of it: real ones, whose
 * copy Python takes apart, and a second virtual server. And who sent it: the default sender, and "Send as".
 *
 *   Python -> Mailroot -> smtp-sink without 8BITMIME
 *                      -> Postfix without 8BITMIME, SMTPUTF8 and CHUNKING -> peer
 *                      -> Postfix as it comes (CHUNKING, no BINARYMIME)   -> peer
 *                      -> Mailroot (CHUNKING and BINARYMIME)              -> Drop
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServerSettingsInput } from '../../src-main/api/contract';
import { describeUnless, missingReason } from '../support/packages';
import { postfixSkipReason, type RunningPostfix, startPostfix } from '../support/postfix';
import { findFreePort, type RunningService, startService, waitFor } from '../support/service';
import { type SmtpPeer, startSmtpPeer } from '../support/smtp-peer';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const everyByte = Buffer.from(Array.from({ length: 2_560 }, (_, at) => at % 256));
const textPart = latin('Stra\xdfe = x \r\n.\r\n--almost\r\nFrom here\r\n\t\r\nend');
const htmlPart = Buffer.from(`<p>${'gr\u00fc\u00df '.repeat(400)}</p>`);

/** 8-bit text, a line of 3,000 characters, a message inside, and every byte there is. */
function messageOf(subject: string, attachment: Buffer): Buffer {
  const attached = latin(
    `Subject: inside\r\nContent-Type: text/plain; charset=iso-8859-1\r\nMIME-Version: 1.0\r\n\r\n\xe9t\xe9\r\n`,
  );
  const boundary = (name: string): Buffer => Buffer.from(`\r\n--${name}\r\n`);
  return Buffer.concat([
    Buffer.from(
      `From: Ann <ann@corp.test>\r\nTo: ben@far.test\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\n` +
        'Content-Type: multipart/mixed; boundary=outer\r\nContent-Transfer-Encoding: binary\r\n\r\nFor old programs.',
    ),
    boundary('outer'),
    Buffer.from('Content-Type: multipart/alternative; boundary="inner one"\r\n\r\n'),
    boundary('inner one'),
    Buffer.from('Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'),
    textPart,
    boundary('inner one'),
    Buffer.from('Content-Type: text/html; charset=utf-8\r\n\r\n'),
    htmlPart,
    Buffer.from('\r\n--inner one--\r\n'),
    boundary('outer'),
    Buffer.from('Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'),
    attached,
    boundary('outer'),
    Buffer.from(
      'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=all.bin\r\nContent-Transfer-Encoding: binary\r\n\r\n',
    ),
    attachment,
    Buffer.from('\r\n--outer--\r\n'),
  ]);
}
/** What Python finds in it, whatever it was sent as. */
const leavesOf = (attachment: Buffer): [string, string][] => [
  ['text/plain', textPart.toString('base64')],
  ['text/html', htmlPart.toString('base64')],
  ['text/plain', latin('\xe9t\xe9\r\n').toString('base64')],
  ['application/octet-stream', attachment.toString('base64')],
];

function runPython(script: string, input: Buffer): string {
  const run = spawnSync('python3', ['-c', script], { input, maxBuffer: 1e8 });
  if (run.status !== 0) throw new Error(run.stderr.toString());
  return run.stdout.toString();
}

/** Types and decoded bytes of the parts. */
const takeApart = (message: Buffer): unknown =>
  JSON.parse(
    runPython(
      [
        'import base64, email, json, sys',
        'parts = email.message_from_bytes(sys.stdin.buffer.read()).walk()',
        'leaf = lambda part: [part.get_content_type(), base64.b64encode(part.get_payload(decode=True)).decode()]',
        'print(json.dumps([leaf(part) for part in parts if not part.is_multipart()]))',
      ].join('\n'),
      message,
    ),
  );

/** Gives a message to the service; binary ones by BDAT. */
function submit(message: Buffer, to: string, { sender = 'ann@corp.test', isBinary = false } = {}): void {
  const script = [
    'import smtplib, sys',
    'content = sys.stdin.buffer.read()',
    `smtp = smtplib.SMTP('127.0.0.1', ${service.port})`,
    "smtp.ehlo('client.test')",
    `print(smtp.docmd('MAIL', 'FROM:<${sender}> BODY=${isBinary ? 'BINARYMIME' : '8BITMIME'}'))`,
    `print(smtp.docmd('RCPT', 'TO:<${to}>'))`,
    isBinary
      ? "smtp.send(b'BDAT ' + str(len(content)).encode() + b' LAST\\r\\n' + content)\nprint(smtp.getreply())"
      : 'print(smtp.data(content))',
    'smtp.quit()',
  ].join('\n');
  expect(
    runPython(script, message)
      .trim()
      .split('\n')
      .every((reply) => reply.startsWith('(250')),
  ).toBe(true);
}

function expectSendable(message: Buffer): void {
  const text = message.toString('latin1');
  expect(text).not.toMatch(/[\0\x80-\xff]/);
  for (const line of text.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
}

const remote = (name: string, port: number, more: object = {}) => ({
  type: 'remote' as const,
  name,
  isRelayAllowed: true,
  smartHost: '[127.0.0.1]',
  port,
  ...more,
});

let service: RunningService;
let folder: string;
let sink: ChildProcess | undefined;
let oldPostfix: RunningPostfix | undefined;
let newPostfix: RunningPostfix | undefined;
let behindPostfix: SmtpPeer;
let provider: SmtpPeer;
const reason = postfixSkipReason() ?? missingReason('python3');

beforeAll(async () => {
  if (reason) return;
  folder = mkdtempSync(join(tmpdir(), 'mailroot-sink-'));
  chmodSync(folder, 0o777);
  const sinkPort = await findFreePort();
  sink = spawn(
    'smtp-sink',
    ['-8', '-u', 'nobody', '-R', folder, '-d', 'mail.', `127.0.0.1:${sinkPort}`, '20'],
    { stdio: 'ignore' },
  );
  behindPostfix = await startSmtpPeer({ extensions: [] });
  provider = await startSmtpPeer({
    onRcpt: (address) => (address.startsWith('nobody') ? '550 5.1.1 no such user' : undefined),
  });
  const relayHost = `[127.0.0.1]:${behindPostfix.port}`;
  oldPostfix = await startPostfix({
    relayHost,
    settings: { smtpd_discard_ehlo_keywords: '8bitmime,smtputf8,chunking' },
  });
  newPostfix = await startPostfix({ relayHost });
  const ownPort = await findFreePort();
  await waitFor('the greeting of smtp-sink', () => canConnect(sinkPort));
  const second: Partial<ServerSettingsInput> & Pick<ServerSettingsInput, 'id' | 'name'> = {
    id: 2,
    name: 'Second',
    bindings: [{ address: '127.0.0.1', port: ownPort }],
    domains: [{ type: 'default', name: 'own.test' }],
  };
  service = await startService({
    server: {
      defaultSender: 'app@corp.test',
      domains: [
        { type: 'default', name: 'corp.test' },
        remote('sink.test', sinkPort),
        remote('old.test', oldPostfix.port),
        remote('new.test', newPostfix.port),
        remote('own.test', ownPort),
        remote('provider.test', provider.port, { outboundSender: 'relay@provider.example' }),
      ],
    },
    moreServers: [second],
  });
});
afterAll(async () => {
  if (reason) return;
  await service.remove();
  await oldPostfix?.stop();
  await newPostfix?.stop();
  await behindPostfix.close();
  await provider.close();
  sink?.kill();
  rmSync(folder, { recursive: true, force: true });
});

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}

/** What the sink wrote down, without its own lines on top. */
const sunk = (subject: string): Promise<Buffer> =>
  waitFor(`"${subject}" in the sink`, () => {
    const found = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name)))
      .find((bytes) => bytes.includes(`Subject: ${subject}`));
    // It ends lines as Unix does.
    return found && Buffer.from(found.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
  });
const behind = (peer: SmtpPeer, subject: string) =>
  waitFor(`"${subject}" at the peer`, () =>
    peer.transactions.find(({ data }) => data.includes(`Subject: ${subject}`)),
  );
const droppedIn = (server: string, text: string): Promise<Buffer> =>
  waitFor(`"${text}" in Drop`, () =>
    readdirSync(join(server, 'Drop'))
      .filter((name) => name.endsWith('.eml'))
      .map((name) => readFileSync(join(server, 'Drop', name)))
      .find((bytes) => bytes.includes(text)),
  );

describeUnless(reason, 'content', () => {
  it('in 8-bit reaches smtp-sink without 8BITMIME as the same parts', async () => {
    const plain = latin('no byte above 127');
    submit(messageOf('sink', plain), 'ben@sink.test');
    const message = await sunk('sink');
    expectSendable(message);
    expect(takeApart(message)).toEqual(leavesOf(plain));
  });

  it('in binary reaches a Postfix that takes no more than 7-bit, and who is behind it', async () => {
    submit(messageOf('old', everyByte), 'ben@old.test', { isBinary: true });
    const { data } = await behind(behindPostfix, 'old');
    expectSendable(data);
    expect(takeApart(data)).toEqual(leavesOf(everyByte));
    expect(oldPostfix?.log()).not.toContain('BDAT');
  });

  it('in binary reaches a Postfix with CHUNKING but without BINARYMIME', async () => {
    submit(messageOf('new', everyByte), 'ben@new.test', { isBinary: true });
    const { data } = await behind(behindPostfix, 'new');
    expect(takeApart(data)).toEqual(leavesOf(everyByte));
  });

  it('in binary reaches another Mailroot byte for byte', async () => {
    const message = messageOf('own', everyByte);
    submit(message, 'ben@own.test', { isBinary: true });
    const bytes = await droppedIn(join(service.dataFolder, 'mailroot-2'), 'Subject: own');
    expect(bytes.subarray(-message.length).equals(message)).toBe(true);
  });

  it('that is signed is returned where it would have to change', async () => {
    const message = messageOf('sealed', latin('\xff'))
      .toString('latin1')
      .replace('multipart/mixed', 'multipart/signed');
    submit(latin(message), 'ben@sink.test');
    const report = (await droppedIn(service.home, 'Status: 5.6.3')).toString();
    expect(report).toContain('a signed or encrypted part of it would be damaged');
  });
});

describeUnless(reason, 'the sender', () => {
  it('of a message that names none is the default sender, who hears what became of it', async () => {
    submit(latin('Subject: nameless\r\n\r\nx\r\n'), 'nobody@provider.test', { sender: '' });
    submit(latin('Subject: nameless too\r\n\r\nx\r\n'), 'ben@corp.test', { sender: '' });
    const dropped = (await droppedIn(service.home, 'Subject: nameless too')).toString();
    expect(dropped).toContain('x-sender: app@corp.test\r\n');
    expect(dropped).toContain('\r\nFrom: <app@corp.test>\r\n');
    const report = (await droppedIn(service.home, 'no such user')).toString();
    expect(report).toContain('x-receiver: app@corp.test\r\n');
    expect(report).toContain('x-sender: <>\r\n');
  });

  it('of a Pickup file that names none is the default sender', async () => {
    writeFileSync(
      join(service.home, 'Pickup', 'nameless.eml'),
      'To: ben@corp.test\r\nSubject: picked up\r\n\r\nx\r\n',
    );
    const dropped = (await droppedIn(service.home, 'Subject: picked up')).toString();
    expect(dropped).toContain('x-sender: app@corp.test\r\n');
    expect(dropped).toContain('\r\nFrom: <app@corp.test>\r\n');
  });

  it('of a notification stays nobody', async () => {
    const text =
      'Content-Type: multipart/report; boundary=b\r\nSubject: a report\r\nFrom: postmaster@x.test\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n';
    submit(latin(text), 'ben@corp.test', { sender: '' });
    expect((await droppedIn(service.home, 'Subject: a report')).toString()).toContain('x-sender: <>\r\n');
  });

  it('is another one to a host with "Send as", but hears what became of the message', async () => {
    const text = (subject: string): Buffer =>
      latin(`From: Ann <ann@corp.test>\r\nSubject: ${subject}\r\n\r\nx\r\n`);
    submit(text('sent as'), 'ben@provider.test');
    submit(text('refused as'), 'nobody@provider.test');
    const { sender, data } = await behind(provider, 'sent as');
    expect(sender).toBe('relay@provider.example');
    expect(data.toString()).toContain(
      '\r\nFrom: Ann <relay@provider.example>\r\nReply-To: Ann <ann@corp.test>\r\n',
    );
    const report = (await droppedIn(service.home, 'Subject: refused as')).toString();
    expect(report).toContain('x-receiver: ann@corp.test\r\n');
    expect(report).toContain('From: Ann <ann@corp.test>');
  });
});
