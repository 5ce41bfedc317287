/**
 * Delivery to servers that other people wrote: what they take arrives, what they refuse comes back in their words, and
 * what they put off, or hang up on, waits.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServerSettingsInput } from '../../src-main/api/contract';
import { createAuthority } from '../support/certificate';
import { eximSkipReason, type RunningExim, startExim } from '../support/exim';
import { type MailPeer, startAiosmtpd, startChasquid, startSink } from '../support/mail-peers';
import { describeUnless, describeWith } from '../support/packages';
import { postfixSkipReason, type RunningPostfix, startPostfix } from '../support/postfix';
import { type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp, type SmtpClient } from '../support/smtp-client';
import { type SmtpPeer, startSmtpPeer } from '../support/smtp-peer';

const remote = (name: string, port: number, more: object = {}) =>
  ({ type: 'remote', name, smartHost: '[127.0.0.1]', port, ...more }) as const;

async function startRelay(
  domains: NonNullable<ServerSettingsInput['domains']>,
  server: Partial<ServerSettingsInput> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningService> {
  return startService({
    environment,
    server: {
      relayList: ['127.0.0.1'],
      quickRetries: 0,
      domains: [{ type: 'default', name: 'corp.test' }, ...domains],
      ...server,
    },
  });
}

async function submit(
  client: SmtpClient,
  to: readonly string[],
  data = `From: app@corp.test\r\nSubject: for ${to[0]}\r\n\r\n.line that begins with a dot\r\nend\r\n`,
): Promise<void> {
  expect(await client.send({ from: 'app@corp.test', to: [...to], data })).toMatch(/^250 /);
}

/** The notification about a recipient, as its sender gets it. */
const notificationOf = (service: RunningService, address: string): Promise<string> =>
  waitFor(`the return of ${address}`, () =>
    service.dropped().find((text) => text.includes(`Final-Recipient: rfc822; ${address}`)),
  );

describeWith(['smtp-sink'], 'smtp-sink', () => {
  const perCase = 3;
  type Row = readonly [name: string, claim: string, words: readonly string[]];
  const taken: readonly Row[] = [
    ['plain', 'everything it takes arrives', []],
    ['seven', 'without 8BITMIME', ['-8']],
    ['alone', 'without pipelining', ['-p']],
    ['silent', 'without DSN', ['-N']],
    ['old', 'without ESMTP at all: HELO follows', ['-e']],
    ['pix', 'behind a firewall that hides its greeting', ['-P']],
    ['refusal', 'that refuses EHLO gets HELO', ['-f', 'EHLO']],
    ['hang-up', 'that hangs up on EHLO gets HELO', ['-q', 'EHLO']],
    ['slow', 'that takes a second for each reply to DATA', ['-w', '1']],
    ['slow-mail', 'that takes a second for each reply to MAIL', ['-p', '-W', 'MAIL:1']],
  ];
  const returned: readonly Row[] = [
    ['no-mail', '5xx to MAIL', ['-f', 'MAIL', '-B', '550 5.7.1 Sender refused here']],
    ['no-rcpt', '5xx to RCPT', ['-f', 'RCPT', '-B', '550 5.1.1 Nobody of that name']],
    ['no-data', '5xx to DATA', ['-f', 'DATA', '-B', '554 5.5.0 No content please']],
    ['no-dot', '5xx to the content', ['-f', '.', '-B', '554 5.6.0 Content refused']],
  ];
  const deferred: readonly (readonly [...Row, expected: string])[] = [
    ['busy', 'a 4xx greeting', ['-r', 'CONNECT', '-b', '450 4.3.2 Busy'], '451 4.4.1'],
    ['shut', 'a 5xx greeting', ['-f', 'CONNECT', '-B', '554 5.3.2 Shut'], '451 4.4.1'],
    ['gone', 'an end instead of a greeting', ['-q', 'CONNECT'], '451 4.4.1'],
    ['late-mail', '4xx to MAIL', ['-r', 'MAIL', '-b', '450 4.7.1 Later'], '450 4.7.1 Later'],
    ['late-rcpt', '4xx to RCPT', ['-r', 'RCPT', '-b', '450 4.7.1 Later'], '450 4.7.1 Later'],
    ['late-data', '4xx to DATA', ['-r', 'DATA', '-b', '450 4.7.1 Later'], '450 4.7.1 Later'],
    ['late-dot', '4xx to the content', ['-r', '.', '-b', '450 4.7.1 Later'], '450 4.7.1 Later'],
    ['cut-mail', 'an end at MAIL', ['-q', 'MAIL'], '451 4.4.2'],
    ['cut-rcpt', 'an end at RCPT', ['-q', 'RCPT'], '451 4.4.2'],
    ['cut-data', 'an end at DATA', ['-q', 'DATA'], '451 4.4.2'],
    ['cut-dot', 'an end after the content: it may have arrived', ['-q', '.'], '451 4.4.2'],
    ['bye-ehlo', '421 to EHLO', ['-Q', 'EHLO'], '451 4.4.1'],
    ['bye-mail', '421 to MAIL', ['-Q', 'MAIL'], '421 '],
    ['bye-data', '421 to DATA', ['-Q', 'DATA'], '421 '],
    ['bye-dot', '421 to the content', ['-Q', '.'], '421 '],
    // Its delays upset the order of pipelined replies.
    ['mute', 'no answer to RCPT in time', ['-p', '-W', 'RCPT:60'], '451 4.4.2'],
  ];
  const rows = [...taken, ...returned, ...deferred];
  const sinks = new Map<string, MailPeer>();
  let service: RunningService;

  beforeAll(async () => {
    for (const [name, , words] of rows) sinks.set(name, await startSink(words));
    const domains = [...sinks].map(([name, { port }]) => remote(`${name}.test`, port));
    service = await startRelay(domains, { outboundTimeoutMinutes: 0.1 });
    const client = await connectSmtp(service.port);
    await client.say('EHLO app.corp.test');
    for (const [name] of rows)
      for (let at = 1; at <= perCase; at++) await submit(client, [`user${at}@${name}.test`]);
    client.end();
  });
  afterAll(async () => {
    await service?.remove();
    for (const sink of sinks.values()) await sink.stop();
  });

  it.each(taken)('%s: %s', async (name) => {
    const sink = sinks.get(name) as MailPeer;
    // It writes while it receives.
    const whole = (): string[] => sink.messages().filter((text) => /^end\r?$/m.test(text));
    await waitFor('all messages', () => whole().length >= perCase);
    const texts = sink.messages();
    expect(texts).toHaveLength(perCase);
    for (let at = 1; at <= perCase; at++)
      expect(texts.filter((text) => text.includes(`user${at}@${name}.test`))).toHaveLength(1);
    for (const text of texts) expect(text).toMatch(/^\.+line that begins with a dot/m);
  });

  it.each(returned)(
    '%s: %s comes back to the sender, in the words of the host',
    async (name, _claim, words) => {
      for (let at = 1; at <= perCase; at++) {
        const text = await notificationOf(service, `user${at}@${name}.test`);
        expect(text).toContain(`Diagnostic-Code: smtp; ${words.at(-1)}`);
      }
    },
  );

  it.each(deferred)('%s: %s makes the message wait', async (name, _claim, _words, expected) => {
    // Of several to a host that is down, one has tried.
    const { rows: waiting } = await waitFor('a failed attempt', async () => {
      const list = await service.client.queue.list({ serverId: 1, limit: 200 });
      const isTried = list.rows.some(({ recipients }) =>
        recipients.some(({ address, last }) => address.endsWith(`@${name}.test`) && last !== undefined),
      );
      return isTried && list;
    });
    const own = waiting
      .flatMap(({ recipients }) => recipients)
      .filter(({ address }) => address.endsWith(`@${name}.test`));
    expect(own).toHaveLength(perCase);
    const status = own.find(({ last }) => last !== undefined)?.last?.status;
    expect(`${status?.code} ${status?.enhanced} ${status?.text}`).toContain(expected);
  });
});

describeUnless(postfixSkipReason(), 'Postfix', () => {
  let service: RunningService;
  let postfix: RunningPostfix;
  let behind: SmtpPeer;
  const tlsFile = (name: string): string => resolve('test/fixtures/tls', name);

  beforeAll(async () => {
    behind = await startSmtpPeer();
    postfix = await startPostfix({
      relayHost: `[127.0.0.1]:${behind.port}`,
      settings: {
        smtpd_tls_security_level: 'encrypt',
        smtpd_tls_cert_file: tlsFile('self-signed.cert.pem'),
        smtpd_tls_key_file: tlsFile('self-signed.key.pem'),
        smtpd_tls_loglevel: '1',
        message_size_limit: '20000',
        smtpd_recipient_restrictions:
          'check_recipient_access inline:{{nobody@far.test = 550 5.1.1 No such person}}, permit_mynetworks',
      },
    });
    service = await startRelay([remote('far.test', postfix.port, { outboundTls: 'required' })]);
  });
  afterAll(async () => {
    await service?.remove();
    await postfix?.stop();
    await behind?.close();
  });

  it('takes mail over TLS alone, with DSN parameters that it hands on', async () => {
    const client = await connectSmtp(service.port);
    await client.say('EHLO app.corp.test');
    expect(await client.say('MAIL FROM:<app@corp.test> RET=HDRS ENVID=order-1187')).toMatch(/^250 /);
    expect(
      await client.say('RCPT TO:<bob@far.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;orders@far.test'),
    ).toMatch(/^250 /);
    expect(await client.say('DATA')).toMatch(/^354 /);
    expect(await client.say('Subject: order 1187\r\n\r\n..two dots\r\n.')).toMatch(/^250 /);
    client.end();
    await behind.received(1);
    const [transaction] = behind.transactions;
    expect(transaction?.recipientParams[0]).toContain('NOTIFY=SUCCESS,FAILURE');
    expect(transaction?.recipientParams[0]).toContain('ORCPT=rfc822;orders@far.test');
    expect(transaction?.senderParams).toContain('ENVID=order-1187');
    expect(transaction?.data.toString('latin1')).toContain('\r\n\r\n.two dots\r\n');
    expect(postfix.log()).toContain('TLS connection established from');
  });

  it('returns one recipient and takes the other', async () => {
    const before = behind.transactions.length;
    const client = await connectSmtp(service.port);
    await client.say('EHLO app.corp.test');
    await submit(client, ['nobody@far.test', 'ann@far.test']);
    client.end();
    expect(await notificationOf(service, 'nobody@far.test')).toContain('No such person');
    await behind.received(before + 1);
    expect(behind.transactions.at(-1)?.recipients).toEqual(['ann@far.test']);
  });

  it('is not sent a message that is larger than it takes', async () => {
    const client = await connectSmtp(service.port);
    await client.say('EHLO app.corp.test');
    await submit(client, ['large@far.test'], `Subject: large\r\n\r\n${'x'.repeat(70)}\r\n`.repeat(400));
    client.end();
    expect(await notificationOf(service, 'large@far.test')).toMatch(/5\.3\.4/);
  });
});

describeUnless(eximSkipReason(), 'Exim', () => {
  let service: RunningService;
  let exim: RunningExim;
  const authorityFile = join(tmpdir(), `mailroot-exim-authority-${process.pid}.pem`);
  /** Of one message, or undefined until it is there. */
  const kept = (word: string): Promise<string> =>
    waitFor(`the message about ${word}`, () => exim.messages().find((text) => text.includes(word)));
  const logged = (word: string): Promise<string> =>
    waitFor(`Exim's line about ${word}`, () =>
      exim
        .log()
        .split('\n')
        .find((line) => line.includes(' <= ') && line.includes(word)),
    );

  beforeAll(async () => {
    const authority = await createAuthority('Company CA');
    writeFileSync(authorityFile, authority.certificatePem);
    exim = await startExim({
      certificate: await authority.issue({ ip: ['127.0.0.1'] }),
      recipientRules: `
  deny local_parts = nobody
       message = 5.1.1 Nobody of that name
  defer local_parts = later
       message = 4.7.1 Come back later`,
      settings: { message_size_limit: '20K' },
    });
    service = await startRelay(
      [
        remote('far.test', exim.port, { outboundTls: 'verified' }),
        remote('plain.test', exim.port, { outboundTls: 'off' }),
      ],
      {},
      { NODE_EXTRA_CA_CERTS: authorityFile },
    );
  });
  afterAll(async () => {
    await service?.remove();
    await exim?.stop();
    rmSync(authorityFile, { force: true });
  });

  it.each([
    ['far.test', 'over TLS with its certificate verified', /P=esmtps .*X=TLS1\.3:/],
    ['plain.test', 'in clear', /P=esmtp /],
  ])('to %s: keeps what it gets byte for byte, %s', async (domain, _claim, line) => {
    const body = '.dot\r\n..dots\r\n.\ttab \r\n \r\n\r\nFrom here\r\n';
    const data = `Subject: bytes for ${domain}\r\nFrom: app@corp.test\r\nX-Folded: a\r\n\t b\r\n\r\n${body}`;
    const client = await connectSmtp(service.port);
    await client.say('EHLO app.corp.test');
    expect(await client.say('MAIL FROM:<app@corp.test>')).toMatch(/^250 /);
    expect(await client.say(`RCPT TO:<bob@${domain}>`)).toMatch(/^250 /);
    expect(await client.say('DATA')).toMatch(/^354 /);
    expect(await client.say(`${data.replace(/^\./gm, '..')}.`)).toMatch(/^250 /);
    client.end();
    const text = await kept(`bytes for ${domain}`);
    expect(text).toMatch(/^Received: from app\.corp\.test/);
    expect(text.slice(-body.length)).toBe(body);
    for (const each of data
      .slice(0, -body.length)
      .trimEnd()
      .split(/\r\n(?![\t ])/))
      expect(text).toContain(each);
    expect(exim.log()).toMatch(line);
  });

  it('gets 8-bit content as it is, and binary content converted: it offers CHUNKING without BINARYMIME', async () => {
    const client = await connectSmtp(service.port);
    await client.say('EHLO app.corp.test');
    const eightBit =
      'Subject: eight bits\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe\r\n';
    expect(await client.say('MAIL FROM:<app@corp.test> BODY=8BITMIME')).toMatch(/^250 /);
    expect(await client.say('RCPT TO:<bob@far.test>')).toMatch(/^250 /);
    expect(await client.say('DATA')).toMatch(/^354 /);
    expect(await client.say(`${eightBit}.`)).toMatch(/^250 /);
    const taken = Buffer.from(await kept('eight bits'), 'latin1').toString('utf8');
    expect(taken.endsWith('\r\n\r\nGr\u00fc\u00dfe\r\n')).toBe(true);
    expect(await logged('M8S=8')).toContain('<= app@corp.test');

    const octets = 'a\0b\nc\rd\r\n';
    const binary = `Subject: binary content\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n${octets}`;
    expect(await client.say('MAIL FROM:<app@corp.test> BODY=BINARYMIME')).toMatch(/^250 /);
    expect(await client.say('RCPT TO:<bob@far.test>')).toMatch(/^250 /);
    // Its last line end is that of the line.
    expect(await client.say(`BDAT ${binary.length} LAST\r\n${binary.slice(0, -2)}`)).toMatch(/^250 /);
    client.end();
    const converted = await kept('binary content');
    expect(converted).toContain('Content-Transfer-Encoding: base64');
    const [, encoded = ''] = converted.split('\r\n\r\n');
    expect(Buffer.from(encoded, 'base64').toString('latin1')).toBe(octets);
  });

  it('returns one recipient in its words, lets one wait, and takes the third', async () => {
    const client = await connectSmtp(service.port);
    await client.say('EHLO app.corp.test');
    await submit(client, ['nobody@far.test', 'later@far.test', 'ann@far.test']);
    client.end();
    expect(await notificationOf(service, 'nobody@far.test')).toContain(
      'Diagnostic-Code: smtp; 550 5.1.1 Nobody of that name',
    );
    await kept('for nobody@far.test');
    const waiting = await waitFor('a failed attempt', async () => {
      const { rows } = await service.client.queue.list({ serverId: 1 });
      const recipients = rows.flatMap((row) => row.recipients);
      return recipients.find(({ address, last }) => address === 'later@far.test' && last !== undefined);
    });
    expect(waiting.last?.status).toMatchObject({ code: 451, enhanced: '4.7.1' });
    expect(waiting.last?.status.text).toContain('Come back later');
  });

  it('is not sent a message that is larger than it takes', async () => {
    const client = await connectSmtp(service.port);
    await client.say('EHLO app.corp.test');
    await submit(client, ['large@far.test'], `Subject: large\r\n\r\n${'x'.repeat(70)}\r\n`.repeat(400));
    client.end();
    expect(await notificationOf(service, 'large@far.test')).toMatch(/5\.3\.4/);
  });
});

describeWith(['chasquid', 'chasquid-util'], 'chasquid', () => {
  let service: RunningService;
  let chasquid: MailPeer;

  beforeAll(async () => {
    chasquid = await startChasquid('far.test');
    service = await startRelay([remote('far.test', chasquid.port, { outboundTls: 'required' })]);
  });
  afterAll(async () => {
    await service?.remove();
    await chasquid?.stop();
  });

  it('takes what is for its mailbox, over TLS, and what is for nobody comes back', async () => {
    const client = await connectSmtp(service.port);
    await client.say('EHLO app.corp.test');
    await submit(client, ['bob@far.test', 'nobody@far.test']);
    client.end();
    const [text] = await waitFor('the message', () => {
      const texts = chasquid.messages();
      return texts.length > 0 && texts;
    });
    expect(text).toContain('\n.line that begins with a dot');
    expect(text).toContain('with ESMTPS');
    expect(await notificationOf(service, 'nobody@far.test')).toContain(
      '550 5.1.1 Destination address is unknown',
    );
  });
});

describeWith(['aiosmtpd'], 'aiosmtpd', () => {
  let service: RunningService;
  const peers: MailPeer[] = [];

  beforeAll(async () => {
    peers.push(await startAiosmtpd(['-u']), await startAiosmtpd(['-s', '2000']));
    service = await startRelay([
      remote('far.test', peers[0]?.port ?? 0),
      remote('small.test', peers[1]?.port ?? 0),
    ]);
  });
  afterAll(async () => {
    await service?.remove();
    for (const peer of peers) await peer.stop();
  });

  it('takes what it gets byte for byte, in any script', async () => {
    const client = await connectSmtp(service.port);
    await client.say('EHLO app.corp.test');
    expect(await client.say('MAIL FROM:<app@corp.test> BODY=8BITMIME SMTPUTF8')).toMatch(/^250 /);
    expect(await client.say('RCPT TO:<zoë@far.test>')).toMatch(/^250 /);
    expect(await client.say('DATA')).toMatch(/^354 /);
    const body = 'Grüße an Zoë\r\n\r\n..\r\n...three\r\n';
    expect(await client.say(`Subject: Grüße\r\n\r\n${body}.`)).toMatch(/^250 /);
    client.end();
    const [text = ''] = await waitFor('the message', () => {
      const texts = peers[0]?.messages() ?? [];
      return texts.length > 0 && texts;
    });
    const utf8 = Buffer.from(text, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
    expect(utf8).toContain('Subject: Grüße');
    expect(utf8).toContain('Grüße an Zoë\n\n.\n..three\n');
  });

  it('is not sent a message that is larger than it takes', async () => {
    const client = await connectSmtp(service.port);
    await client.say('EHLO app.corp.test');
    await submit(client, ['bob@small.test'], `Subject: large\r\n\r\n${'x'.repeat(70)}\r\n`.repeat(100));
    client.end();
    expect(await notificationOf(service, 'bob@small.test')).toMatch(/552|5\.3\.4/);
    expect(peers[1]?.messages()).toEqual([]);
  });
});
