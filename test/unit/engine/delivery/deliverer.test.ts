import { describe, expect, it } from 'vitest';
import { openSecurity } from '../../../../src-main/engine/core/delivery';
import { createStatus } from '../../../../src-main/engine/core/smtp-status';
import {
  benchWith,
  brief,
  contentOf,
  hostAt,
  jobOf,
  peerWith,
  recipientOf,
  refusingPort,
  until,
} from './delivery-bench';

const taken = '250 2.0.0 queued as PEER';
const smartRoute = { kind: 'smart-host', host: 'smart.test' } as const;

describe('a message to one host', () => {
  it('arrives byte for byte, dots included, with our name in EHLO', async () => {
    const peer = await peerWith();
    const result = await benchWith([hostAt('mx.test', peer.port)]).send();
    expect(brief(result)).toEqual([`one@far.test: ${taken} (mx.test)`]);
    expect(result.results[0]?.remote).toEqual({ name: 'mx.test', address: '127.0.0.1', port: peer.port });
    expect(result.isDestinationDown).toBe(false);
    expect(peer.transactions[0]).toMatchObject({
      hello: 'EHLO relay.corp.test',
      sender: 'from@corp.test',
      senderParams: 'SIZE=33',
      recipients: ['one@far.test'],
      data: Buffer.from('Subject: hello\r\n\r\n.hidden\r\nbody\r\n'),
    });
  });

  it('a notification goes out with the null reverse-path', async () => {
    const peer = await peerWith();
    await benchWith([hostAt('mx.test', peer.port)]).send(jobOf({ envelope: { sender: '' } }));
    expect(peer.commands.map(({ line }) => line)).toContain('MAIL FROM:<> SIZE=33');
  });

  it('says HELO where the route asks for it, and leaves out what HELO does not know', async () => {
    const peer = await peerWith();
    await benchWith([hostAt('mx.test', peer.port)]).send(jobOf({ route: { hello: 'helo' } }));
    const lines = peer.commands.map(({ line }) => line);
    expect(lines.slice(0, 3)).toEqual([
      'HELO relay.corp.test',
      'MAIL FROM:<from@corp.test>',
      'RCPT TO:<one@far.test>',
    ]);
  });

  it('tries HELO with a host that refuses EHLO', async () => {
    const peer = await peerWith({ onHello: (line) => (line.startsWith('EHLO') ? '502 what' : undefined) });
    const result = await benchWith([hostAt('mx.test', peer.port)]).send();
    expect(brief(result)).toEqual([`one@far.test: ${taken} (mx.test)`]);
  });

  it.each([['PIPELINING'], ['']])('gives each recipient its own result (%s)', async (extension) => {
    const peer = await peerWith({
      extensions: extension === '' ? [] : [extension],
      onRcpt: (address) => {
        if (address.startsWith('two')) return '550 5.1.1 no such user';
        return address.startsWith('three') ? '450-4.2.1 mailbox\n450 4.2.1 busy' : undefined;
      },
    });
    const to = ['one@far.test', 'two@far.test', 'three@far.test'];
    const result = await benchWith([hostAt('mx.test', peer.port)]).send(jobOf({ to }));
    expect(brief(result)).toEqual([
      `one@far.test: ${taken} (mx.test)`,
      'two@far.test: 550 5.1.1 no such user (mx.test)',
      'three@far.test: 450 4.2.1 mailbox 4.2.1 busy (mx.test)',
    ]);
    expect(result.isDestinationDown).toBe(false);
    expect(peer.transactions[0]?.recipients).toEqual(['one@far.test']);
  });

  it.each([
    ['MAIL', { onMail: () => '550 5.7.1 not you' }, '550 5.7.1 not you'],
    ['DATA', { onData: () => '451 4.3.0 later' }, '451 4.3.0 later'],
    ['the content', { onMessage: () => '554 5.6.0 spam' }, '554 5.6.0 spam'],
  ])('a refusal of %s is for all recipients', async (_stage, script, status) => {
    const peer = await peerWith(script);
    const result = await benchWith([hostAt('mx.test', peer.port)]).send(
      jobOf({ to: ['a@far.test', 'b@far.test'] }),
    );
    expect(brief(result)).toEqual([`a@far.test: ${status} (mx.test)`, `b@far.test: ${status} (mx.test)`]);
  });

  it('sends DSN parameters for each recipient, and says that the next host notifies', async () => {
    const peer = await peerWith();
    const to = [
      recipientOf('a@far.test', { notify: ['success', 'failure'], orcpt: 'rfc822;a+b=c@far.test' }),
      recipientOf('b@far.test', { notify: [] }),
      recipientOf('c@far.test'),
    ];
    const result = await benchWith([hostAt('mx.test', peer.port)]).send(
      jobOf({ to, envelope: { ret: 'hdrs', envid: 'a b+1' } }),
    );
    expect(peer.transactions[0]?.senderParams).toBe('SIZE=33 RET=HDRS ENVID=a+20b+2B1');
    expect(peer.transactions[0]?.recipientParams).toEqual([
      'NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a+2Bb+3Dc@far.test',
      'NOTIFY=NEVER',
      '',
    ]);
    expect(result.results.map(({ isDsnRelayed }) => isDsnRelayed)).toEqual([true, true, true]);
  });

  it('keeps DSN parameters from a host without DSN, and the duty to notify with us', async () => {
    const peer = await peerWith({ extensions: [] });
    const to = [recipientOf('a@far.test', { notify: ['success'] })];
    const result = await benchWith([hostAt('mx.test', peer.port)]).send(
      jobOf({ to, envelope: { ret: 'full' } }),
    );
    expect(peer.transactions[0]).toMatchObject({ senderParams: '', recipientParams: [''] });
    expect(result.results[0]).not.toHaveProperty('isDsnRelayed');
  });

  it('returns a message that is larger than the host takes, without trying', async () => {
    const peer = await peerWith({ extensions: ['SIZE 20'] });
    const result = await benchWith([hostAt('mx.test', peer.port)]).send();
    expect(brief(result)[0]).toMatch(/^one@far.test: 552 5\.3\.4 .*33 bytes.*20 bytes/);
    expect(peer.commands.map(({ line }) => line)).toEqual(['EHLO relay.corp.test']);
  });

  it.each([
    ['8-bit in the header to a host without 8BITMIME is returned', [], 'gr\u00fc\u00df', '554 5.6.3'],
    ['plain content declared 8BITMIME goes anywhere', [], 'plain', '250 2.0.0'],
    ['8-bit content to a host with 8BITMIME is declared', ['8BITMIME'], 'gr\u00fc\u00df', '250 2.0.0'],
  ])('%s', async (_claim, extensions, text, expected) => {
    const peer = await peerWith({ extensions });
    const job = jobOf({ content: contentOf(text), envelope: { body: '8bitmime' } });
    const result = await benchWith([hostAt('mx.test', peer.port)]).send(job);
    expect(brief(result)[0]).toContain(expected);
    if (extensions.length > 0) expect(peer.transactions[0]?.senderParams).toBe('BODY=8BITMIME');
  });

  it.each([
    ['text that was declared binary goes anywhere', [], 'Subject: x\r\n\r\nplain\r\n', '250 2.0.0'],
    [
      'a bare LF in the header is returned',
      ['8BITMIME'],
      'Subject: x\n\r\na\r\n',
      '554 5.6.3 Conversion required',
    ],
  ])('of binary mail: %s', async (_claim, extensions, text, expected) => {
    const peer = await peerWith({ extensions });
    const job = jobOf({ content: contentOf(text), envelope: { body: 'binarymime' } });
    const result = await benchWith([hostAt('mx.test', peer.port)]).send(job);
    expect(brief(result)[0]).toContain(`one@far.test: ${expected}`);
  });

  it('asks for SMTPUTF8 where addresses or header need it, and writes domains in ASCII', async () => {
    const peer = await peerWith({ extensions: ['8BITMIME', 'SMTPUTF8'] });
    const bench = benchWith([hostAt('mx.test', peer.port)]);
    const send = (envelope: object, to: string, text = 'Subject: x\r\n\r\nx\r\n') =>
      bench.send(jobOf({ to: [to], content: contentOf(text), envelope: { isUtf8: true, ...envelope } }));
    await send({ sender: '\u00fc@corp.test' }, 'a@b\u00fccher.test');
    await send({}, '\u00fc@b\u00fccher.test');
    await send({}, 'a@far.test', 'Subject: \u00fc\r\n\r\nx\r\n');
    await send({}, 'a@b\u00fccher.test', 'Subject: x\r\n\r\n\u00fc\r\n');
    const octets = (text: string): string => Buffer.from(text).toString('latin1');
    expect(peer.commands.map(({ line }) => line).filter((line) => /^(?:MAIL|RCPT)/.test(line))).toEqual([
      octets('MAIL FROM:<\u00fc@corp.test> SMTPUTF8 BODY=8BITMIME'),
      'RCPT TO:<a@xn--bcher-kva.test>',
      'MAIL FROM:<from@corp.test> SMTPUTF8 BODY=8BITMIME',
      octets('RCPT TO:<\u00fc@b\u00fccher.test>'),
      'MAIL FROM:<from@corp.test> BODY=8BITMIME SMTPUTF8',
      'RCPT TO:<a@far.test>',
      'MAIL FROM:<from@corp.test> BODY=8BITMIME',
      'RCPT TO:<a@xn--bcher-kva.test>',
    ]);
  });

  it('returns to a host without SMTPUTF8 only what needs it', async () => {
    const peer = await peerWith({ extensions: ['8BITMIME'] });
    const bench = benchWith([hostAt('mx.test', peer.port)]);
    const text = 'Subject: x\r\n\r\n\u00fc\r\n';
    const sendAll = async (envelope: object, content = text) =>
      brief(
        await bench.send(
          jobOf({
            to: ['\u00fc@far.test', 'a@b\u00fccher.test'],
            content: contentOf(content),
            envelope: { isUtf8: true, ...envelope },
          }),
        ),
      );
    expect(await sendAll({})).toEqual([
      expect.stringContaining('\u00fc@far.test: 550 5.6.7'),
      `a@b\u00fccher.test: ${taken} (mx.test)`,
    ]);
    for (const results of [
      await sendAll({ sender: '\u00fc@corp.test' }),
      await sendAll({}, 'Subject: \u00fc\r\n\r\nx\r\n'),
    ]) {
      expect(results[0]).toContain('550 5.6.7');
      expect(results[1]).toContain('550 5.6.7');
    }
    expect(peer.transactions).toHaveLength(1);
  });

  it('streams a large message', async () => {
    const peer = await peerWith();
    const line = `${'x'.repeat(70)}\r\n`;
    const content = contentOf(line.repeat(40_000));
    const whole = { ...content, read: () => Promise.reject(new Error('too large to read whole')) };
    const result = await benchWith([hostAt('mx.test', peer.port)]).send(jobOf({ content: whole }));
    expect(brief(result)).toEqual([`one@far.test: ${taken} (mx.test)`]);
    expect(peer.transactions[0]?.data.length).toBe(content.sizeBytes);
  });

  it('defers when the content cannot be read, and asks no other host', async () => {
    const [first, second] = [await peerWith(), await peerWith()];
    const broken = { ...contentOf('x'), read: () => Promise.reject(new Error('EIO')) };
    const bench = benchWith([hostAt('mx1.test', first.port), hostAt('mx2.test', second.port)]);
    const result = await bench.send(jobOf({ content: broken }));
    expect(brief(result)).toEqual(['one@far.test: 451 4.3.0 The message could not be read from the queue']);
    expect(result.results[0]?.status.cause).toBe('EIO');
    expect(result.isDestinationDown).toBe(false);
    expect(second.connections).toBe(0);
  });

  it('ends the connection when a stream breaks in the middle: half a message must not count', async () => {
    const peer = await peerWith();
    const half = Buffer.from(`Subject: x\r\n\r\n${'y\r\n'.repeat(300_000)}`);
    let passes = 0;
    const content = {
      sizeBytes: 2 * half.length,
      read: () => Promise.reject(new Error('unused')),
      async *stream() {
        yield half;
        // It was looked through before anything was sent.
        if (++passes > 1) throw new Error('EIO: i/o error');
        yield half;
      },
    };
    const result = await benchWith([hostAt('mx.test', peer.port)]).send(jobOf({ content }));
    expect(brief(result)).toEqual(['one@far.test: 451 4.3.0 The message could not be read from the queue']);
    await until(() => peer.openConnections === 0);
    expect(peer.attempts).toEqual([]);
  });

  it('more recipients than the limit go in several transactions', async () => {
    const peer = await peerWith();
    const to = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}@far.test`);
    const bench = benchWith([hostAt('mx.test', peer.port)], { settings: { maxRecipients: 2 } });
    const result = await bench.send(jobOf({ to }));
    expect(result.results.map(({ status }) => status.code)).toEqual([250, 250, 250, 250, 250]);
    expect(peer.transactions.map(({ recipients }) => recipients.length)).toEqual([2, 2, 1]);
    expect(peer.connections).toBe(1);
  });

  it('sends again at once to those the host would have taken in another transaction (452)', async () => {
    let count = 0;
    const peer = await peerWith({
      onMail: () => {
        count = 0;
        return undefined;
      },
      onRcpt: () => (++count > 2 ? '452 4.5.3 too many recipients' : undefined),
    });
    const to = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}@far.test`);
    const result = await benchWith([hostAt('mx.test', peer.port)]).send(jobOf({ to }));
    expect(result.results.map(({ status }) => status.code)).toEqual([250, 250, 250, 250, 250]);
    expect(peer.transactions.flatMap(({ recipients }) => recipients)).toEqual(to);
  });

  it('refuses addresses that would break the command line, and sends to the others', async () => {
    const peer = await peerWith();
    const to = ['"a>\r\nDATA"@far.test', 'b@far.test'];
    const result = await benchWith([hostAt('mx.test', peer.port)]).send(jobOf({ to }));
    expect(result.results.map(({ status }) => status.code)).toEqual([553, 250]);
  });
});

describe('several hosts', () => {
  const failing = [
    ['a 4xx greeting', { greeting: '421 4.3.2 too busy' }],
    ['a 5xx greeting', { greeting: '554 no service' }],
    ['no greeting, just the end', { dropAfter: 'connect' }],
    ['refused EHLO and HELO', { onHello: () => '550 go away' }],
    ['421 to EHLO', { onHello: () => '421 4.3.2 bye' }],
    ['421 to MAIL', { onMail: () => '421 4.3.2 bye' }],
    ['421 to RCPT', { onRcpt: () => '421 4.3.2 bye' }],
    ['421 to DATA', { onData: () => '421 4.3.2 bye' }],
    ['421 after the final dot', { onMessage: () => '421 4.3.2 bye' }],
    ['the connection lost at MAIL', { dropAfter: 'mail' }],
    ['the connection lost at DATA', { dropAfter: 'data' }],
    ['an endless reply', { greeting: `220-${'x'.repeat(20_000)}\n220 x` }],
  ] as const;
  it.each(failing)('%s moves on to the next host', async (_stage, script) => {
    const [first, second] = [await peerWith(script), await peerWith()];
    const bench = benchWith([hostAt('mx1.test', first.port), hostAt('mx2.test', second.port)]);
    const result = await bench.send();
    expect(brief(result)).toEqual([`one@far.test: ${taken} (mx2.test)`]);
    expect(first.connections).toBe(1);
    expect(second.transactions).toHaveLength(1);
  });

  it('a host that refuses the connection moves on to the next', async () => {
    const peer = await peerWith();
    const bench = benchWith([hostAt('mx1.test', await refusingPort()), hostAt('mx2.test', peer.port)]);
    expect(brief(await bench.send())).toEqual([`one@far.test: ${taken} (mx2.test)`]);
  });

  it('421 in the middle keeps the answers so far and takes the rest on', async () => {
    const first = await peerWith({
      onRcpt: (address) => (address.startsWith('bad') ? '550 5.1.1 no such user' : '421 4.3.2 bye'),
    });
    const second = await peerWith();
    const bench = benchWith([hostAt('mx1.test', first.port), hostAt('mx2.test', second.port)]);
    const result = await bench.send(jobOf({ to: ['bad@far.test', 'good@far.test'] }));
    expect(brief(result)).toEqual([
      'bad@far.test: 550 5.1.1 no such user (mx1.test)',
      `good@far.test: ${taken} (mx2.test)`,
    ]);
    expect(second.transactions[0]?.recipients).toEqual(['good@far.test']);
  });

  it('5xx to a recipient is final, the next host is not asked', async () => {
    const [first, second] = [await peerWith({ onRcpt: () => '550 5.1.1 no' }), await peerWith()];
    const bench = benchWith([hostAt('mx1.test', first.port), hostAt('mx2.test', second.port)]);
    expect(brief(await bench.send())).toEqual(['one@far.test: 550 5.1.1 no (mx1.test)']);
    expect(second.connections).toBe(0);
  });

  it('a connection lost after the final dot is temporary and no other host gets the message', async () => {
    const [first, second] = [await peerWith({ dropAfter: 'message' }), await peerWith()];
    const bench = benchWith([hostAt('mx1.test', first.port), hostAt('mx2.test', second.port)]);
    const result = await bench.send();
    expect(brief(result)[0]).toMatch(/^one@far\.test: 451 4\.4\.2 .* \(mx1\.test\)$/);
    expect(result.isDestinationDown).toBe(false);
    expect(second.connections).toBe(0);
  });

  it('tells the most telling reason when nobody can be reached', async () => {
    const busy = await peerWith({ greeting: '450 4.3.2 come back later' });
    const bench = benchWith([hostAt('mx1.test', busy.port), hostAt('mx2.test', await refusingPort())]);
    const result = await bench.send(jobOf({ to: ['a@far.test', 'b@far.test'] }));
    expect(brief(result)[1]).toBe(
      'b@far.test: 451 4.4.1 mx1.test [127.0.0.1]: 450 come back later (mx1.test)',
    );
    expect(result.isDestinationDown).toBe(true);
  });

  it('a refused connection is said so', async () => {
    const result = await benchWith([hostAt('mx.test', await refusingPort())]).send();
    expect(brief(result)).toEqual([
      'one@far.test: 451 4.4.1 mx.test [127.0.0.1]: connection refused (mx.test)',
    ]);
  });
});

describe('routes without a host', () => {
  it.each([
    ['permanent', createStatus(556, '5.1.10', 'does not accept mail'), false],
    ['temporary', createStatus(451, '4.4.3', 'DNS down'), true],
  ])('%s status of the resolver is the result', async (_kind, status, isDestinationDown) => {
    const result = await benchWith(() => ({ kind: 'none', status })).send();
    expect(result).toEqual({ results: [{ address: 'one@far.test', status }], isDestinationDown });
  });

  it('a refused route fails for good', async () => {
    const status = createStatus(553, '5.1.3', 'bad');
    const result = await benchWith([]).send(jobOf({ route: { kind: 'refuse', status } }));
    expect(result).toEqual({ results: [{ address: 'one@far.test', status }], isDestinationDown: false });
  });
});

describe('direct delivery before the smart host', () => {
  const route = { fallbacks: [{ host: 'smart.test', port: 587, security: openSecurity }] };

  it('DNS does not know the domain: the smart host takes it', async () => {
    const peer = await peerWith();
    const bench = benchWith((asked) =>
      asked.kind === 'smart-host'
        ? { kind: 'targets', targets: [hostAt(asked.host, peer.port)] }
        : { kind: 'none', status: createStatus(550, '5.1.2', 'The domain far.test does not exist') },
    );
    const result = await bench.send(jobOf({ route }));
    expect(brief(result)).toEqual([`one@far.test: ${taken} (smart.test)`]);
    expect(result.results[0]?.status.cause).toBe(
      'Direct delivery failed: no host to connect to (The domain far.test does not exist); smart host smart.test, port 587 was used',
    );
  });

  it('no host of the domain can be reached: the smart host takes it', async () => {
    const [peer, port] = [await peerWith(), await refusingPort()];
    const bench = benchWith((asked) => ({
      kind: 'targets',
      targets: [asked.kind === 'smart-host' ? hostAt(asked.host, peer.port) : hostAt('mx.test', port)],
    }));
    const result = await bench.send(jobOf({ route }));
    expect(brief(result)).toEqual([`one@far.test: ${taken} (smart.test)`]);
    expect(result.results[0]?.status.cause).toBe(
      'Direct delivery failed: no host could be used (mx.test [127.0.0.1]: connection refused); smart host smart.test, port 587 was used',
    );
  });

  it.each([
    ['a host that answered', { onRcpt: () => '450 4.2.0 greylisted' }, '450 4.2.0 greylisted'],
    ['a host that refused', { onRcpt: () => '550 5.1.1 no' }, '550 5.1.1 no'],
  ])('%s has the last word', async (_claim, script, status) => {
    const direct = await peerWith(script);
    const asked: string[] = [];
    const bench = benchWith((to) => {
      asked.push(to.kind);
      return { kind: 'targets', targets: [hostAt('mx.test', direct.port)] };
    });
    expect(brief(await bench.send(jobOf({ route })))).toEqual([`one@far.test: ${status} (mx.test)`]);
    expect(asked).toEqual(['mx']);
  });

  it('a domain that takes no mail is not asked for again elsewhere', async () => {
    const status = createStatus(556, '5.1.10', 'null MX');
    const result = await benchWith(() => ({ kind: 'none', status })).send(jobOf({ route }));
    expect(result.results[0]?.status).toEqual(status);
  });

  it('both down: temporary, even if the domain does not exist', async () => {
    const port = await refusingPort();
    const bench = benchWith((asked) =>
      asked.kind === 'smart-host'
        ? { kind: 'targets', targets: [hostAt('smart.test', port)] }
        : { kind: 'none', status: createStatus(550, '5.1.2', 'no such domain') },
    );
    const result = await bench.send(jobOf({ route }));
    expect(brief(result)[0]).toContain('451 4.4.1 smart.test');
    expect(result.isDestinationDown).toBe(true);
  });
});

it('a smart host route is walked like any other', async () => {
  const peer = await peerWith();
  const result = await benchWith([hostAt('smart.test', peer.port)]).send(jobOf({ route: smartRoute }));
  expect(brief(result)).toEqual([`one@far.test: ${taken} (smart.test)`]);
});
