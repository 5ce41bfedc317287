import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openSecurity } from '../../../../src-main/engine/core/delivery';
import type { DialogueLine } from '../../../../src-main/engine/core/dialogue';
import type { ProtocolEntry } from '../../../../src-main/engine/core/protocol-entry';
import { createStatus } from '../../../../src-main/engine/core/smtp-status';
import { createDeliveryWatch } from '../../../../src-main/engine/delivery/delivery-watch';
import type { SmtpPeerOptions } from '../../../support/smtp-peer';
import { benchWith, contentOf, hostAt, jobOf, peerWith, refusingPort, until } from './delivery-bench';

const fixture = (name: string): Buffer => readFileSync(`test/fixtures/tls/${name}`);
const tls = { key: fixture('self-signed.key.pem'), cert: fixture('self-signed.cert.pem') };
const queueId = '0'.repeat(24);
const otherId = '1'.repeat(24);
const auth = { user: 'relay', password: 'open sesame' };
const login = { method: 'basic' as const, user: auth.user, password: auth.password };

const textOf = ({ side, text }: DialogueLine): string =>
  `${{ client: 'C', server: 'S', note: '-' }[side]} ${text.replace(/port \d+/, 'port 25')}`;

async function watched(options: SmtpPeerOptions = {}) {
  const peer = await peerWith(options);
  const watch = createDeliveryWatch();
  const lines: DialogueLine[] = [];
  const end = watch.watch(queueId, (line) => lines.push(line));
  const bench = benchWith([hostAt('mx.test', peer.port)], { watch });
  return { peer, watch, bench, lines, end, texts: () => lines.map(textOf) };
}

const opening = [
  '- By MX: mx.test [127.0.0.1]',
  '- Connecting to mx.test [127.0.0.1], port 25',
  'S 220 peer.test ESMTP',
  'C EHLO relay.corp.test',
  'S 250-peer.test',
  'S 250 DSN',
];
const transaction = [
  'C MAIL FROM:<from@corp.test>',
  'S 250 2.1.0 ok',
  'C RCPT TO:<one@far.test>',
  'S 250 2.1.5 ok',
  'C DATA',
  'S 354 go ahead',
  '- (message content, 37 bytes)',
  'S 250 2.0.0 queued as PEER',
];

describe('the dialogue of a delivery', () => {
  it('has every line from connecting to the last reply, in order, and no content', async () => {
    const { bench, texts } = await watched({ extensions: ['DSN'] });
    await bench.send();
    expect(texts()).toEqual([...opening, ...transaction]);
  });

  it('comes as it is said, not at the end', async () => {
    const { bench, texts, peer } = await watched({ extensions: ['DSN'], onData: () => 'silence' });
    const stop = new AbortController();
    const done = bench.send(jobOf(), stop.signal);
    await until(() => texts().includes('C DATA'));
    expect(peer.attempts).toEqual([]);
    stop.abort();
    await done;
  });

  it('tells who takes an open connection over how it began', async () => {
    const { bench, texts } = await watched({ extensions: ['DSN'] });
    await bench.send(jobOf({ envelope: { queueId: otherId } }));
    expect(texts()).toEqual([]);
    await bench.send();
    expect(texts()).toEqual([
      opening[0],
      '- Using a connection that is open already; it began like this:',
      ...opening.slice(1),
      ...transaction,
    ]);
  });

  it('tells who begins to read along in the middle how it began', async () => {
    const watch = createDeliveryWatch();
    const lines: DialogueLine[] = [];
    const peer = await peerWith({
      extensions: ['DSN'],
      onMail: () => {
        watch.watch(queueId, (line) => lines.push(line));
        return undefined;
      },
    });
    await benchWith([hostAt('mx.test', peer.port)], { watch }).send();
    expect(lines.map(textOf)).toEqual([...opening.slice(1), ...transaction.slice(1)]);
  });

  it.each([['PLAIN'], ['LOGIN']] as const)(
    'shows TLS and log-in (%s), and never the password',
    async (method) => {
      const { bench, texts, lines } = await watched({
        tls,
        auth: { ...auth, methods: [method] },
        extensions: [],
      });
      await bench.send(jobOf({ route: { security: { ...openSecurity, tls: 'required', login } } }));
      const said = texts();
      expect(said[5]).toMatch(/^S 250-AUTH|^S 250 STARTTLS|^S 250-STARTTLS/);
      expect(said).toContainEqual(
        expect.stringMatching(/^- TLSv1\.3 begins, TLS_\w+; the certificate is not valid: it is self-signed/),
      );
      expect(said.filter((line) => /AUTH PLAIN|AUTH LOGIN$|\*/.test(line) && line.startsWith('C'))).toEqual(
        method === 'PLAIN' ? ['C AUTH PLAIN ****'] : ['C AUTH LOGIN', 'C ****', 'C ****'],
      );
      const all = JSON.stringify(lines);
      for (const form of [auth.password, `\0${auth.user}\0${auth.password}`])
        expect(all).not.toContain(Buffer.from(form).toString('base64'));
      expect(all).not.toContain(auth.password);
    },
  );

  it('says what failed, host by host', async () => {
    const watch = createDeliveryWatch();
    const lines: DialogueLine[] = [];
    watch.watch(queueId, (line) => lines.push(line));
    const peer = await peerWith({ onData: () => null, extensions: [] });
    const bench = benchWith([hostAt('mx1.test', await refusingPort()), hostAt('mx2.test', peer.port)], {
      watch,
    });
    await bench.send();
    const said = lines.map(textOf);
    expect(said).toContain('- Not usable: connection refused');
    expect(said.indexOf('- Connecting to mx2.test [127.0.0.1], port 25')).toBeGreaterThan(
      said.indexOf('- Not usable: connection refused'),
    );
    expect(said.at(-1)).toMatch(/^- The session is over: /);
  });

  it('says that there is nobody to connect to', async () => {
    const watch = createDeliveryWatch();
    const lines: DialogueLine[] = [];
    watch.watch(queueId, (line) => lines.push(line));
    const status = createStatus(550, '5.1.2', 'The domain far.test does not exist');
    await benchWith(() => ({ kind: 'none', status }), { watch }).send();
    expect(lines.map(textOf)).toEqual(['- The domain far.test does not exist']);
  });

  it('is bounded, in lines and in length', async () => {
    const { bench, lines } = await watched({ greeting: `220-${'x'.repeat(4_000)}\n220 ok`, extensions: [] });
    await bench.send(jobOf({ to: Array.from({ length: 900 }, (_, at) => `r${at}@far.test`) }));
    expect(lines.length).toBeLessThanOrEqual(501);
    expect(lines.at(-1)?.text).toBe('The rest of this attempt is left out');
    expect(Math.max(...lines.map(({ text }) => text.length))).toBe(1_000);
  });

  it('a large message is one line', async () => {
    const { bench, texts } = await watched();
    await bench.send(jobOf({ content: contentOf('x'.repeat(70).concat('\r\n').repeat(40_000)) }));
    expect(texts().filter((line) => line.includes('message content'))).toEqual([
      '- (message content, 2880003 bytes)',
    ]);
  });

  it('ends when nobody reads along any more', async () => {
    const { bench, lines, end, watch } = await watched();
    end();
    end();
    await bench.send();
    expect(lines).toEqual([]);
    expect(watch.isWatched(queueId)).toBe(false);
  });

  it('a listener that fails harms neither the mail nor the others', async () => {
    const { bench, watch, lines } = await watched();
    watch.watch(queueId, () => {
      throw new Error('the window is gone');
    });
    const { results } = await bench.send();
    expect(results[0]?.status.code).toBe(250);
    expect(lines.length).toBeGreaterThan(5);
  });

  it('is for a hundred messages at a time', () => {
    const watch = createDeliveryWatch();
    const idOf = (number: number): string => number.toString(16).padStart(24, '0');
    const ends = Array.from({ length: 100 }, (_, at) => watch.watch(idOf(at), () => undefined));
    expect(() => watch.watch(idOf(100), () => undefined)).toThrow(/Too many/);
    watch.watch(idOf(5), () => undefined);
    ends[0]?.();
    watch.watch(idOf(100), () => undefined);
  });
});

describe('the protocol log of outgoing mail', () => {
  it('gets each command and response, with sizes, and no credentials', async () => {
    const peer = await peerWith({ auth: { ...auth, methods: ['PLAIN'] }, extensions: [] });
    const entries: ProtocolEntry[] = [];
    const bench = benchWith([hostAt('mx.test', peer.port)], { logProtocol: (entry) => entries.push(entry) });
    await bench.send(jobOf({ route: { security: { ...openSecurity, login } } }));
    expect(entries.map(({ direction, method, argument }) => [direction, method, argument])).toEqual([
      ['out-response', '', '220 peer.test ESMTP'],
      ['out-command', 'EHLO', 'relay.corp.test'],
      ['out-response', '', '250-peer.test 250 AUTH PLAIN'],
      ['out-command', 'AUTH', 'PLAIN ****'],
      ['out-response', '', '235 2.7.0 welcome'],
      ['out-command', 'MAIL', 'FROM:<from@corp.test>'],
      ['out-response', '', '250 2.1.0 ok'],
      ['out-command', 'RCPT', 'TO:<one@far.test>'],
      ['out-response', '', '250 2.1.5 ok'],
      ['out-command', 'DATA', ''],
      ['out-response', '', '354 go ahead'],
      ['out-response', '', '250 2.0.0 queued as PEER'],
    ]);
    expect(entries[1]).toMatchObject({ sentBytes: 'EHLO relay.corp.test\r\n'.length, receivedBytes: 0 });
    expect(entries[6]).toMatchObject({ sentBytes: 0, receivedBytes: '250 2.1.0 ok\r\n'.length });
    expect(entries.at(-1)).toMatchObject({ sentBytes: 37 });
    for (const entry of entries)
      expect(entry).toMatchObject({ remoteAddress: '127.0.0.1', port: peer.port, queueId, status: 0 });
    expect(new Set(entries.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect(entries.every(({ timeTakenMs }) => timeTakenMs >= 0)).toBe(true);
    expect(JSON.stringify(entries)).not.toContain(auth.password);
  });

  it('tells connections apart, and has the QUIT of an idle one without a message', async () => {
    const peer = await peerWith();
    const entries: ProtocolEntry[] = [];
    const bench = benchWith([hostAt('mx.test', peer.port)], {
      settings: { maxMessagesPerConnection: 1 },
      logProtocol: (entry) => entries.push(entry),
    });
    await bench.send();
    await bench.send();
    expect(new Set(entries.map(({ sessionId }) => sessionId)).size).toBe(2);
    expect(entries.filter(({ method }) => method === 'QUIT')).toHaveLength(2);
  });
});
