/** Mail in chunks and addresses in UTF-8 through the whole service, from real clients to Drop and to the next host. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/packages';
import { type RunningService, startService, waitFor } from '../support/service';
import { type SmtpPeer, startSmtpPeer } from '../support/smtp-peer';

const run = promisify(execFile);

let service: RunningService;
let plainPeer: SmtpPeer;
let utf8Peer: SmtpPeer;
beforeAll(async () => {
  plainPeer = await startSmtpPeer();
  utf8Peer = await startSmtpPeer({ extensions: ['8BITMIME', 'SMTPUTF8'] });
  service = await startService({
    server: {
      domains: [
        { type: 'default', name: 'corp.test' },
        { type: 'alias', name: 'xn--bcher-kva.test' },
        {
          type: 'remote',
          name: 'plain.test',
          isRelayAllowed: true,
          smartHost: '[127.0.0.1]',
          port: plainPeer.port,
        },
        {
          type: 'remote',
          name: 'utf8.test',
          isRelayAllowed: true,
          smartHost: '[127.0.0.1]',
          port: utf8Peer.port,
        },
      ],
    },
  });
});
afterAll(async () => {
  await service.remove();
  await plainPeer.close();
  await utf8Peer.close();
});

/** Runs a script of Python's smtplib; `smtp` is connected and has said EHLO. */
async function runPython(script: string): Promise<string> {
  const { stdout } = await run('python3', [
    '-c',
    `import smtplib\nsmtp = smtplib.SMTP('127.0.0.1', ${service.port})\nsmtp.ehlo('client.test')\n${script}\nsmtp.quit()\n`,
  ]);
  return stdout;
}

/** The bytes of the message in Drop that holds this text, behind its envelope lines. */
const dropped = (text: string): Promise<Buffer> =>
  waitFor(`"${text}" in Drop`, () =>
    service
      .files('Drop')
      .map((name) => readFileSync(join(service.home, 'Drop', name)))
      .find((bytes) => bytes.includes(text)),
  );

const sendUtf8 = (sender: string, recipient: string, subject: string): Promise<string> =>
  runPython(
    `message = 'Subject: ${subject} gr\u00fcn\\r\\n\\r\\ntext\\r\\n'.encode()\n` +
      `print(smtp.sendmail('${sender}', ['${recipient}'], message, ['SMTPUTF8', 'BODY=8BITMIME']))`,
  );

describeWith(['python3'], "Python's smtplib", () => {
  it('sends to an address in UTF-8, which is dropped under its domain in ASCII', async () => {
    expect(await sendUtf8('j\u00fcrgen@far.test', 'd\u00f6rte@b\u00fccher.test', 'one')).toBe('{}\n');
    const text = (await dropped('Subject: one')).toString();
    expect(text).toContain('x-sender: j\u00fcrgen@far.test\r\nx-receiver: d\u00f6rte@b\u00fccher.test\r\n');
    expect(text).toMatch(/ with Mailroot UTF8SMTP \(/);
    expect(text).toContain('Subject: one gr\u00fcn\r\n');
  });

  it('relays it to a host with SMTPUTF8', async () => {
    await sendUtf8('ann@corp.test', 'd\u00f6rte@utf8.test', 'two');
    await utf8Peer.received(1);
    expect(utf8Peer.transactions[0]?.senderParams).toContain('SMTPUTF8');
    expect(utf8Peer.transactions[0]?.data.toString()).toContain('Subject: two gr\u00fcn\r\n');
  });

  it('is told, in words and by the address, that a host without SMTPUTF8 did not get it', async () => {
    await sendUtf8('ann@corp.test', 'd\u00f6rte@plain.test', 'three');
    // RFC 6533: a sender who used SMTPUTF8 reads it; encoded, because the way back may not be SMTPUTF8.
    const report = (await dropped('Final-Recipient: utf-8; d=C3=B6rte@plain.test')).toString();
    expect(report).toContain('Content-Type: message/global-delivery-status\r\n');
    expect(report).toContain('Status: 5.6.7\r\n');
    expect(report).toContain('The receiving server cannot take addresses with letters');
    expect(plainPeer.attempts).toHaveLength(0);
  });

  it('sends binary content in chunks, which is dropped byte for byte', async () => {
    const said = await runPython(
      [
        "print(smtp.docmd('MAIL', 'FROM:<ann@corp.test> BODY=BINARYMIME'))",
        "print(smtp.docmd('RCPT', 'TO:<ben@corp.test>'))",
        "first = b'Subject: four\\r\\nMIME-Version: 1.0\\r\\n\\r\\n'",
        "second = bytes(range(256)) + b'\\r\\n.\\r\\n\\n.\\n' + b'x' * 3000000",
        'for chunk, last in ((first, b""), (second, b" LAST")):',
        "    smtp.send(b'BDAT ' + str(len(chunk)).encode() + last + b'\\r\\n' + chunk)",
        '    print(smtp.getreply())',
      ].join('\n'),
    );
    // Over the limit of 2 MB.
    expect(said).toMatch(/\(552, b'5\.3\.4 [^']+'\)\n$/);
    const small = await runPython(
      [
        "smtp.docmd('MAIL', 'FROM:<ann@corp.test> BODY=BINARYMIME')",
        "smtp.docmd('RCPT', 'TO:<ben@corp.test>')",
        "content = b'Subject: four\\r\\n\\r\\n' + bytes(range(256)) * 4000 + b'\\r\\n.\\r\\n\\n.\\n'",
        'for at in range(0, len(content), 100000):',
        '    chunk = content[at : at + 100000]',
        "    last = b' LAST' if at + 100000 >= len(content) else b''",
        "    smtp.send(b'BDAT ' + str(len(chunk)).encode() + last + b'\\r\\n' + chunk)",
        '    print(smtp.getreply())',
      ].join('\n'),
    );
    expect(small).toContain("(250, b'2.0.0 100000 octets received')\n");
    expect(small).toMatch(/2\.6\.0 <[^>]+> Queued/);
    const bytes = await dropped('Subject: four');
    const every = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
    const content = Buffer.concat([
      Buffer.from('Subject: four\r\n\r\n'),
      ...Array.from({ length: 4000 }, () => every),
      Buffer.from('\r\n.\r\n\n.\n'),
    ]);
    expect(bytes.subarray(-content.length).equals(content)).toBe(true);
  });

  it('sends binary content to a host without CHUNKING, which gets it encoded', async () => {
    await runPython(
      [
        "smtp.docmd('MAIL', 'FROM:<ann@corp.test> BODY=BINARYMIME')",
        "smtp.docmd('RCPT', 'TO:<ben@plain.test>')",
        "smtp.send(b'BDAT 18 LAST\\r\\nSubject: five\\r\\n\\r\\n\\x00')",
        'smtp.getreply()',
      ].join('\n'),
    );
    await plainPeer.received(1);
    expect(plainPeer.transactions[0]?.data.toString()).toContain(
      'Content-Transfer-Encoding: base64\r\nMIME-Version: 1.0\r\n\r\nAA==\r\n',
    );
  });
});
