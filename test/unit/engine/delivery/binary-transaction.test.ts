/** BDAT over nodemailer's connection: what is asked of methods that it keeps for itself. */
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ContentSource } from '../../../../src-main/engine/core/content';
import type { AttemptResult } from '../../../../src-main/engine/core/delivery';
import type { ProtocolEntry } from '../../../../src-main/engine/core/protocol-entry';
import { ChunkStream } from '../../../../src-main/engine/delivery/chunk-stream';
import type { SmtpPeer, SmtpPeerOptions } from '../../../support/smtp-peer';
import { benchWith, brief, contentOf, hostAt, jobOf, peerWith } from './delivery-bench';

const text =
  'Subject: x\r\nContent-Transfer-Encoding: binary\r\nContent-Type: image/png\r\n\r\n\0\r\n.\r\n\n';
const modes = [
  ['with PIPELINING', ['8BITMIME', 'CHUNKING', 'BINARYMIME', 'PIPELINING']],
  ['without PIPELINING', ['8BITMIME', 'CHUNKING', 'BINARYMIME']],
] as const;

async function send(
  options: SmtpPeerOptions,
  { to = ['one@far.test', 'two@far.test'], content = contentOf(text) as ContentSource, count = 1 } = {},
): Promise<{ peer: SmtpPeer; results: AttemptResult[]; entries: ProtocolEntry[] }> {
  const peer = await peerWith({ extensions: [...modes[0][1]], ...options });
  const entries: ProtocolEntry[] = [];
  const bench = benchWith([hostAt('mx.test', peer.port)], { logProtocol: (entry) => entries.push(entry) });
  const results: AttemptResult[] = [];
  for (let at = 0; at < count; at++)
    results.push(await bench.send(jobOf({ to, content, envelope: { body: 'binarymime' } })));
  return { peer, results, entries };
}
const verbsOf = (peer: SmtpPeer): string[] =>
  peer.commands.map(({ line }) => line.replace(/(?:(?<=MAIL|RCPT)|(?<=EHLO)) .*/, ''));
const bdat = `BDAT ${text.length} LAST`;

describe.each(modes)('%s', (_mode, extensions) => {
  it('recipients come before the content, and messages follow each other on one connection', async () => {
    const { peer, results } = await send({ extensions }, { count: 2 });
    expect(verbsOf(peer)).toEqual(['EHLO', 'MAIL', 'RCPT', 'RCPT', bdat, 'MAIL', 'RCPT', 'RCPT', bdat]);
    expect(peer.transactions.map(({ data }) => data.toString())).toEqual([text, text]);
    expect(results.flatMap(brief).every((line) => line.includes(' 250 2.0.0 '))).toBe(true);
  });

  it('a refused recipient has its own answer, the others get the content', async () => {
    const { peer, results } = await send({
      extensions,
      onRcpt: (address) => (address.startsWith('one') ? '550 5.1.1 nobody' : undefined),
    });
    expect(results.flatMap(brief)).toEqual([
      'one@far.test: 550 5.1.1 nobody (mx.test)',
      'two@far.test: 250 2.0.0 queued as PEER (mx.test)',
    ]);
    expect(peer.transactions[0]?.recipients).toEqual(['two@far.test']);
  });

  it.each([
    ['the sender is', { onMail: () => '550 5.7.1 not you' }, '550 5.7.1 not you'],
    ['all recipients are', { onRcpt: () => '451 4.7.1 later' }, '451 4.7.1 later'],
  ])(
    'no content is sent when %s refused, and the connection is of use for the next message',
    async (_what, options, reply) => {
      const { peer, results } = await send({ extensions, ...options }, { count: 2, to: ['one@far.test'] });
      expect(results.flatMap(brief)).toEqual([
        `one@far.test: ${reply} (mx.test)`,
        `one@far.test: ${reply} (mx.test)`,
      ]);
      expect(verbsOf(peer)).not.toContain(bdat);
      expect(peer.connections).toBe(1);
    },
  );

  it('a refusal of the content is the answer for everybody', async () => {
    const { peer, results } = await send({ extensions, onMessage: () => '554 5.7.1 spam' }, { count: 2 });
    expect(results.flatMap(brief)).toEqual(
      Array.from({ length: 4 }, (_, at) => `${['one', 'two'][at % 2]}@far.test: 554 5.7.1 spam (mx.test)`),
    );
    expect(peer.connections).toBe(1);
    expect(verbsOf(peer)).toContain('RSET');
  });
});

it('a connection that is lost behind the last byte leaves the message in doubt', async () => {
  const { results } = await send({ dropAfter: 'message' }, { to: ['one@far.test'] });
  expect(results.flatMap(brief)[0]).toContain('451 4.4.2 The connection was lost after the message was sent');
});

it('a connection that is lost before does not', async () => {
  const content = contentOf(Buffer.concat([Buffer.from(text), Buffer.alloc(8_000_000)]));
  const { results } = await send({ dropAfter: 'content' }, { to: ['one@far.test'], content });
  expect(results.flatMap(brief)[0]).toMatch(/ 4\d\d 4\.4\.\d /);
  expect(results.flatMap(brief)[0]).not.toContain('after the message was sent');
});

it('a connection that is lost in front of the content is followed by the next host', async () => {
  const bad = await peerWith({ extensions: [...modes[0][1]], dropAfter: 'rcpt' });
  const good = await peerWith({ extensions: [...modes[0][1]] });
  const bench = benchWith([hostAt('bad.test', bad.port), hostAt('good.test', good.port)]);
  const result = await bench.send(jobOf({ content: contentOf(text), envelope: { body: 'binarymime' } }));
  expect(brief(result)[0]).toContain('250 2.0.0 queued as PEER (good.test)');
});

it('the protocol log has the command, and the size with the reply', async () => {
  const { entries } = await send({});
  const at = entries.findIndex(({ method }) => method === 'BDAT');
  expect(entries[at]).toMatchObject({ direction: 'out-command', argument: `${text.length} LAST` });
  expect(entries[at + 1]).toMatchObject({
    direction: 'out-response',
    argument: '250 2.0.0 queued as PEER',
    sentBytes: text.length,
  });
});

it('content that cannot be read to its end breaks the connection, and is tried again later', async () => {
  const whole = Buffer.concat([Buffer.from(text), Buffer.alloc(2_000_000)]);
  let isFirst = true;
  const content: ContentSource = {
    sizeBytes: whole.length,
    read: () => Promise.resolve(whole),
    async *stream() {
      // Looked through once, then it is gone.
      if (!isFirst) throw new Error('EIO');
      isFirst = false;
      yield whole;
    },
  };
  const { peer, results } = await send({}, { to: ['one@far.test'], content });
  expect(results.flatMap(brief)[0]).toContain('451 4.3.0');
  expect(peer.transactions).toEqual([]);
});

describe('a chunk', () => {
  it.each([
    ['fewer', 5, ['abc'], '3 of 5 bytes'],
    ['more', 5, ['abc', 'def'], 'more than 5 bytes'],
  ])('is broken off when there are %s bytes than announced', async (_what, sizeBytes, pieces, message) => {
    const stream = Readable.from(pieces.map((piece) => Buffer.from(piece))).pipe(new ChunkStream(sizeBytes));
    await expect(stream.toArray()).rejects.toThrow(message);
  });
});
