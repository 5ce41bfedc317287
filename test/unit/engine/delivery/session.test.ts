import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../../src-main/engine/core/clock';
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
const fixture = (name: string): Buffer => readFileSync(`test/fixtures/tls/${name}`);
const selfSigned = { key: fixture('self-signed.key.pem'), cert: fixture('self-signed.cert.pem') };
/** 1.2 s: short for the test, long for a peer that does answer on a busy machine. */
const shortTimeout = { outboundTimeoutMinutes: 0.02 };

/** A clock whose timers fire when told. */
function createHandClock(): Clock & { advance(ms: number): void } {
  let now = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    startTimer(run, delayMs) {
      const timer = { at: now + delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      now += ms;
      for (const timer of [...timers]) {
        if (timer.at > now) continue;
        timers.delete(timer);
        timer.run();
      }
    },
  };
}

describe('connections are used again', () => {
  it('up to the number of messages per connection', async () => {
    const peer = await peerWith();
    const bench = benchWith([hostAt('mx.test', peer.port)], { settings: { maxMessagesPerConnection: 3 } });
    for (let count = 0; count < 7; count++) await bench.send();
    expect(peer.transactions.map(({ connection }) => connection)).toEqual([1, 1, 1, 2, 2, 2, 3]);
  });

  it('without limit when there is none', async () => {
    const peer = await peerWith();
    const bench = benchWith([hostAt('mx.test', peer.port)], { settings: { maxMessagesPerConnection: null } });
    for (let count = 0; count < 25; count++) await bench.send();
    expect(peer.connections).toBe(1);
    expect(bench.openConnections()).toBe(1);
  });

  it('never by two messages at the same time', async () => {
    const peer = await peerWith();
    const bench = benchWith([hostAt('mx.test', peer.port)]);
    const results = await Promise.all([1, 2, 3, 4].map(() => bench.send()));
    expect(results.flatMap(brief)).toEqual(Array(4).fill(`one@far.test: ${taken} (mx.test)`));
    expect(peer.connections).toBe(4);
    await bench.send();
    expect(peer.connections).toBe(4);
  });

  it('after a refused message, with RSET before the next', async () => {
    const peer = await peerWith({
      onRcpt: (address) => (address.startsWith('bad') ? '550 5.1.1 no' : undefined),
    });
    const bench = benchWith([hostAt('mx.test', peer.port)]);
    await bench.send(jobOf({ to: ['bad@far.test'] }));
    expect(brief(await bench.send())).toEqual([`one@far.test: ${taken} (mx.test)`]);
    expect(peer.connections).toBe(1);
    expect(peer.commands.map(({ line }) => line)).toContain('RSET');
  });

  it('not after a while: idle ones say QUIT', async () => {
    const peer = await peerWith();
    const clock = createHandClock();
    const bench = benchWith([hostAt('mx.test', peer.port)], { clock });
    await bench.send();
    clock.advance(4_900);
    expect(bench.openConnections()).toBe(1);
    clock.advance(200);
    expect(bench.openConnections()).toBe(0);
    await until(() => peer.openConnections === 0);
    expect(peer.commands.at(-1)?.line).toBe('QUIT');
  });

  it.each([
    ['closed by the peer while it was idle', () => '421 4.4.2 idle'],
    ['lost at MAIL', () => null],
    ['that has seen enough messages', () => '421 4.7.0 too many messages'],
    ['on which the sender is deferred', () => '450 4.7.1 too many messages on this connection'],
  ])('a used connection %s is replaced by a fresh one within the attempt', async (_claim, reply) => {
    const peer = await peerWith({ onMail: (_sender, _params, number) => (number > 1 ? reply() : undefined) });
    const bench = benchWith([hostAt('mx.test', peer.port)]);
    expect(brief(await bench.send())).toEqual([`one@far.test: ${taken} (mx.test)`]);
    expect(brief(await bench.send())).toEqual([`one@far.test: ${taken} (mx.test)`]);
    expect(peer.transactions.map(({ connection }) => connection)).toEqual([1, 2]);
  });

  it('a fresh connection that fails the same way is not replaced again', async () => {
    let isAngry = false;
    const peer = await peerWith({ onMail: () => (isAngry ? null : undefined) });
    const bench = benchWith([hostAt('mx.test', peer.port)]);
    await bench.send();
    isAngry = true;
    const result = await bench.send();
    expect(brief(result)[0]).toMatch(/^one@far\.test: 451 4\.4\.2 /);
    expect(peer.connections).toBe(2);
  });

  it('a connection that the peer reset while it was idle costs nothing', async () => {
    const peer = await peerWith();
    const bench = benchWith([hostAt('mx.test', peer.port)]);
    await bench.send();
    peer.dropConnections();
    await until(() => bench.openConnections() === 0);
    expect(brief(await bench.send())).toEqual([`one@far.test: ${taken} (mx.test)`]);
  });

  it('a used connection lost after the final dot is in doubt, not tried again', async () => {
    let count = 0;
    const peer = await peerWith({ onMessage: () => (++count > 1 ? null : undefined) });
    const bench = benchWith([hostAt('mx.test', peer.port)]);
    await bench.send();
    expect(brief(await bench.send())[0]).toContain('451 4.4.2');
    expect(peer.attempts).toHaveLength(2);
    expect(peer.connections).toBe(1);
  });
});

describe('TLS', () => {
  it('is used when it is offered, whatever the certificate', async () => {
    const peer = await peerWith({ tls: selfSigned });
    const bench = benchWith([hostAt('mx.test', peer.port)]);
    expect(brief(await bench.send())).toEqual([`one@far.test: ${taken} (mx.test)`]);
    expect(peer.transactions[0]).toMatchObject({ isSecure: true, senderParams: 'SIZE=33' });
    await bench.send();
    expect(peer.connections).toBe(1);
    expect(bench.events).toEqual([]);
  });

  it('that does not work is left out, on a new connection, for ten minutes', async () => {
    const peer = await peerWith({ tls: 'broken' });
    const clock = createHandClock();
    const bench = benchWith([hostAt('mx.test', peer.port)], {
      clock,
      settings: { maxMessagesPerConnection: 1 },
    });
    expect(brief(await bench.send())).toEqual([`one@far.test: ${taken} (mx.test)`]);
    expect(peer.connections).toBe(2);
    await bench.send();
    expect(peer.connections).toBe(3);
    clock.advance(10 * 60_000);
    await bench.send();
    expect(peer.connections).toBe(5);
    expect(peer.transactions.map(({ isSecure }) => isSecure)).toEqual([false, false, false]);
    // Told once an hour.
    expect(bench.events).toEqual([
      expect.objectContaining({ type: 'warning', serverId: 1, code: 'tls-failed' }),
    ]);
  });

  it('refused with a reply goes on in the clear on the same connection', async () => {
    const peer = await peerWith({ extensions: ['STARTTLS', 'DSN'] });
    const result = await benchWith([hostAt('mx.test', peer.port)]).send();
    expect(result.results[0]).toMatchObject({ status: { code: 250 }, isDsnRelayed: true });
    expect(peer.connections).toBe(1);
  });
});

describe('time-outs', () => {
  it.each(['connect', 'hello', 'mail', 'data'] as const)(
    'a host that falls silent at %s is left for the next',
    async (silentAfter) => {
      const [first, second] = [await peerWith({ silentAfter }), await peerWith()];
      const bench = benchWith([hostAt('mx1.test', first.port), hostAt('mx2.test', second.port)], {
        settings: shortTimeout,
      });
      expect(brief(await bench.send())).toEqual([`one@far.test: ${taken} (mx2.test)`]);
    },
  );

  it('silence after the final dot leaves the message in doubt', async () => {
    const peer = await peerWith({ silentAfter: 'message' });
    const result = await benchWith([hostAt('mx.test', peer.port)], { settings: shortTimeout }).send();
    expect(brief(result)[0]).toMatch(/451 4\.4\.2 .*unknown/);
  });

  it('a peer that always says a little is ended by the clock', async () => {
    const clock = createHandClock();
    const peer = await peerWith({ silentAfter: 'mail' });
    const attempt = benchWith([hostAt('mx.test', peer.port)], { clock }).send();
    await until(() => peer.commands.some(({ line }) => line.startsWith('MAIL')));
    // Three times ten minutes and a second for the recipient.
    clock.advance(31 * 60_000);
    expect(brief(await attempt)[0]).toContain('451 4.4.2 mx.test [127.0.0.1]: no answer in time');
  });
});

describe('stopping', () => {
  it('an abort ends the attempt at once; everybody left is temporary', async () => {
    const peer = await peerWith({ silentAfter: 'mail' });
    const bench = benchWith([hostAt('mx.test', peer.port), hostAt('mx2.test', await refusingPort())]);
    const controller = new AbortController();
    const attempt = bench.send(jobOf(), controller.signal);
    await until(() => peer.commands.some(({ line }) => line.startsWith('MAIL')));
    controller.abort();
    const result = await attempt;
    expect(brief(result)).toEqual([
      'one@far.test: 451 4.3.2 The attempt was interrupted because this server is stopping',
    ]);
    expect(result.isDestinationDown).toBe(false);
    expect(bench.openConnections()).toBe(0);
    await until(() => peer.openConnections === 0);
  });

  it('an abort before the start connects to nobody', async () => {
    const peer = await peerWith();
    const result = await benchWith([hostAt('mx.test', peer.port)]).send(jobOf(), AbortSignal.abort());
    expect(result.results[0]?.status.enhanced).toBe('4.3.2');
    expect(peer.connections).toBe(0);
  });

  it('an abort does not forget who has the message', async () => {
    const controller = new AbortController();
    const peer = await peerWith({
      onMessage: (transaction) => {
        if (transaction.recipients[0] === 'b@far.test') controller.abort();
        return undefined;
      },
    });
    const bench = benchWith([hostAt('mx.test', peer.port)], { settings: { maxRecipients: 1 } });
    const { results } = await bench.send(
      jobOf({ to: ['a@far.test', 'b@far.test', 'c@far.test'] }),
      controller.signal,
    );
    expect(results.map(({ status }) => status.enhanced)).toEqual(['2.0.0', '4.4.2', '4.3.2']);
  });

  it('close ends attempts and idle connections, and later attempts wait', async () => {
    const peer = await peerWith({
      onRcpt: (address) => (address.startsWith('slow') ? 'silence' : undefined),
    });
    const bench = benchWith([hostAt('mx.test', peer.port)]);
    await Promise.all([bench.send(), bench.send()]);
    const attempt = bench.send(jobOf({ to: ['slow@far.test'] }));
    await until(() => peer.commands.some(({ line }) => line.includes('slow')));
    expect(bench.openConnections()).toBe(2);
    await bench.close();
    expect((await attempt).results[0]?.status.enhanced).toBe('4.3.2');
    expect(bench.openConnections()).toBe(0);
    expect((await bench.send()).results[0]?.status.enhanced).toBe('4.3.2');
    await until(() => peer.openConnections === 0);
  });

  it('a large message to a peer that stops reading can be interrupted', async () => {
    const peer = await peerWith({ dropAfter: 'content' });
    const content = contentOf(Buffer.alloc(3_000_000, 'x'));
    const result = await benchWith([hostAt('mx.test', peer.port)]).send(jobOf({ content }));
    expect(brief(result)[0]).toContain('451 4.4.2');
  });
});

describe('a server whose replies make no sense', () => {
  const two = () => jobOf({ to: ['one@far.test', 'two@far.test'] });

  it.each([
    ['more than three digits', '5500 no such user'],
    ['no space', '550no such user'],
    ['no digits', 'no such user'],
    ['two codes in one reply', '550 a\n250 b'],
  ])('%s: nothing is returned for it, and what was said before counts', async (_what, reply) => {
    const peer = await peerWith({
      extensions: [],
      onRcpt: (address) => (address.startsWith('one') ? '550 5.1.1 nobody' : reply),
    });
    const bench = benchWith([hostAt('mx.test', peer.port)]);
    expect(brief(await bench.send(two()))).toEqual([
      'one@far.test: 550 5.1.1 nobody (mx.test)',
      'two@far.test: 451 4.4.2 mx.test [127.0.0.1]: what the remote server answered is no SMTP reply (mx.test)',
    ]);
    expect(peer.attempts).toEqual([]);
  });

  it('good news instead of 354: no content is sent, for it may have been meant for another command', async () => {
    const peer = await peerWith({ onData: () => '250 2.1.5 ok' });
    const bench = benchWith([hostAt('mx.test', peer.port)]);
    expect(brief(await bench.send())).toEqual([
      'one@far.test: 451 4.4.2 mx.test [127.0.0.1]: the remote server did not wait for the message (mx.test)',
    ]);
    expect(peer.commands.at(-1)?.line).toBe('DATA');
  });

  it('a name that looks like an extension offers none', async () => {
    const peer = await peerWith({
      onHello: () => '250 mx-dsn.test size-pipelining -8BITMIME SMTPUTF8\n250 X-DSN\n250 HELP DSN',
    });
    const bench = benchWith([hostAt('mx.test', peer.port)]);
    const job = jobOf({ to: [recipientOf('one@far.test', { notify: [] })] });
    expect(brief(await bench.send(job))).toEqual([`one@far.test: ${taken} (mx.test)`]);
    expect(peer.transactions[0]).toMatchObject({ senderParams: '', recipientParams: [''] });
  });
});
