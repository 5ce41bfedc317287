/**
 * What counts as what: one test for each row of the table of the original (retry, return, next host), by a whole engine
 * with real sockets and a real DNS server. The clock is the test's.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { describeWith } from '../../../support/packages';
import { openRelay, type RelayBench } from '../../../support/relay-bench';
import { type SmtpPeer, type SmtpPeerOptions, startSmtpPeer } from '../../../support/smtp-peer';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function peerWith(options: SmtpPeerOptions = {}): Promise<SmtpPeer> {
  const peer = await startSmtpPeer(options);
  endings.push(() => peer.close());
  return peer;
}

const bob = 'bob@far.test';
const minuteMs = 60_000;

/** The sender's notification, as it lies in Drop. */
async function notificationOf(relay: RelayBench): Promise<string> {
  expect((await relay.ended('app@corp.test')).outcome).toBe('dropped');
  return relay.dropped().join('\n');
}

/** It waits for the first retry interval, with nothing told to the sender, and arrives when the cause is gone. */
async function expectRetry(
  relay: RelayBench,
  status: { code?: number; enhanced: string; text?: unknown },
  mend: () => unknown,
): Promise<void> {
  const before = relay.clock.now();
  const deferral = await relay.deferred(bob);
  expect(deferral.status).toMatchObject({ code: 451, ...status });
  expect(deferral.nextAttemptAt).toBe(before + 15 * minuteMs);
  expect(relay.dropped()).toEqual([]);
  await mend();
  await relay.nextAttempt();
  expect(await relay.ended(bob)).toMatchObject({ outcome: 'relayed' });
}

describe('DNS: domain does not exist', () => {
  it('is returned at once', async () => {
    const relay = await openRelay();
    await relay.send(bob);
    expect(await relay.ended(bob)).toMatchObject({
      outcome: 'bounced',
      status: { code: 550, enhanced: '5.1.2' },
    });
    expect(await notificationOf(relay)).toContain('The domain far.test does not exist');
  });
});

describe('DNS: server failure, no answer', () => {
  it.each(['servfail', 'refused'] as const)('%s is tried again', async (fault) => {
    const peer = await peerWith();
    const relay = await openRelay({ zones: { 'far.test': fault }, server: { outboundPort: peer.port } });
    await relay.send(bob);
    await expectRetry(relay, { enhanced: '4.4.3' }, () => {
      relay.dns.zones['far.test'] = { a: ['127.0.0.1'] };
    });
  });

  it('a server that is gone is tried again', async () => {
    const peer = await peerWith();
    const relay = await openRelay({ server: { outboundPort: peer.port } });
    const { dnsServers } = relay.server.settings;
    await relay.change({ dnsServers: ['127.0.0.1:1'] });
    await relay.send(bob);
    relay.dns.zones['far.test'] = { a: ['127.0.0.1'] };
    await expectRetry(relay, { enhanced: '4.4.3' }, () => relay.change({ dnsServers }));
  });
});

describe('TCP connect refused, timed out', () => {
  it('refused: tried again, and a smart host is warned of once', async () => {
    const peer = await peerWith();
    await peer.close();
    const smart = { smartHost: '[127.0.0.1]', outboundPort: peer.port };
    const relay = await openRelay({ server: smart });
    await relay.send(bob);
    await expectRetry(relay, { enhanced: '4.4.1', text: '[127.0.0.1]: connection refused' }, () =>
      peerWith({ port: peer.port }),
    );
    expect(relay.warnings()).toEqual(['smart-host-unreachable']);
  });

  describeWith(['python3'], 'a host that does not answer at all', () => {
    it('timed out: tried again', async () => {
      const deaf = await startDeafHost();
      const relay = await openRelay({
        zones: { 'far.test': { a: ['127.0.0.1'] } },
        server: { outboundPort: deaf.port },
      });
      await relay.send(bob);
      // Connecting begins when DNS has answered, in real time; half a minute on the clock is all that it gets.
      let seconds = 0;
      const isDeferred = (): boolean => relay.events.some(({ type }) => type === 'recipient-deferred');
      for (; seconds < 300 && !isDeferred(); seconds++) {
        await relay.clock.advance(1_000);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const deferral = await relay.deferred(bob);
      expect(deferral.status).toMatchObject({
        enhanced: '4.4.1',
        text: 'far.test [127.0.0.1]: connection timed out',
      });
      await deaf.end();
      await peerWith({ port: deaf.port });
      await relay.nextAttempt();
      expect((await relay.ended(bob)).outcome).toBe('relayed');
    });
  });
});

describe('greeting 4xx', () => {
  const zones = {
    'far.test': {
      mx: [
        [10, 'mx1.far.test'],
        [20, 'mx2.far.test'],
      ] as const,
    },
    'mx1.far.test': { a: ['127.0.0.1'] },
    'mx2.far.test': { a: ['127.0.0.2'] },
  };

  it('goes on to the next MX', async () => {
    const busy = await peerWith({ greeting: '421 4.3.2 busy' });
    const next = await peerWith({ address: '127.0.0.2', port: busy.port });
    const relay = await openRelay({ zones, server: { outboundPort: busy.port } });
    await relay.send(bob);
    expect(await relay.ended(bob)).toMatchObject({ outcome: 'relayed', remote: { name: 'mx2.far.test' } });
    expect(next.transactions).toHaveLength(1);
  });

  it('is tried again when every MX says so', async () => {
    let isBusy = true;
    const busy = await peerWith({ greeting: () => (isBusy ? '421 4.3.2 busy' : undefined) });
    const { port } = busy;
    const second = await peerWith({
      address: '127.0.0.2',
      port,
      greeting: () => (isBusy ? '450 no' : undefined),
    });
    const relay = await openRelay({ zones, server: { outboundPort: port } });
    await relay.send(bob);
    await expectRetry(relay, { enhanced: '4.4.1' }, () => {
      isBusy = false;
    });
    expect([busy.connections, second.connections]).toEqual([2, 1]);
  });
});

describe.each<[string, (code: string) => SmtpPeerOptions]>([
  ['MAIL', (code) => ({ onMail: () => reply(code) })],
  ['RCPT', (code) => ({ onRcpt: (to) => (to === bob ? reply(code) : undefined) })],
  ['DATA', (code) => ({ onData: () => reply(code) })],
  ['content', (code) => ({ onMessage: () => reply(code) })],
])('%s', (stage, script) => {
  // A refused recipient is alone; the other stages answer for everybody.
  const others = stage === 'RCPT' ? 'relayed' : undefined;
  const zones = { 'far.test': { a: ['127.0.0.1'] } };
  const both = [bob, 'eve@far.test'];

  it('4xx is tried again for those recipients', async () => {
    let code = '451 4.7.1';
    const peer = await peerWith(lateScript(script, () => code));
    const relay = await openRelay({ zones, server: { outboundPort: peer.port } });
    await relay.send(both);
    if (others) expect((await relay.ended('eve@far.test')).outcome).toBe(others);
    const deferral = await relay.deferred(bob);
    expect(deferral.status).toMatchObject({
      code: 451,
      enhanced: '4.7.1',
      text: 'not now, says the peer',
    });
    code = '';
    await relay.nextAttempt();
    expect((await relay.ended(bob)).outcome).toBe('relayed');
    if (!others) expect((await relay.ended('eve@far.test')).outcome).toBe('relayed');
    // Nobody gets it twice.
    expect(peer.transactions.flatMap(({ recipients }) => recipients).sort()).toEqual(both);
  });

  it('5xx is returned for those recipients, in the words of the host', async () => {
    const peer = await peerWith(script('550 5.7.1'));
    const relay = await openRelay({ zones, server: { outboundPort: peer.port } });
    await relay.send(both);
    expect(await relay.ended(bob)).toMatchObject({
      outcome: 'bounced',
      status: { code: 550, enhanced: '5.7.1' },
    });
    expect((await relay.ended('eve@far.test')).outcome).toBe(others ?? 'bounced');
    expect(await notificationOf(relay)).toContain('not now, says the peer');
  });
});

const reply = (code: string): string | undefined =>
  code === '' ? undefined : `${code} not now, says the peer`;

/** The script with a code that changes while the peer runs. */
function lateScript(script: (code: string) => SmtpPeerOptions, code: () => string): SmtpPeerOptions {
  return {
    onMail: (...given) => script(code()).onMail?.(...given),
    onRcpt: (...given) => script(code()).onRcpt?.(...given),
    onData: () => script(code()).onData?.(),
    onMessage: (...given) => script(code()).onMessage?.(...given),
  };
}

describe('peer resets mid-session', () => {
  it.each(['hello', 'mail', 'rcpt', 'data', 'content'] as const)('after %s: tried again', async (stage) => {
    const peer = await peerWith({ dropAfter: stage });
    const relay = await openRelay({
      zones: { 'far.test': { a: ['127.0.0.1'] } },
      server: { outboundPort: peer.port },
    });
    await relay.send(bob);
    const deferral = await relay.deferred(bob);
    expect(deferral.status.code).toBe(451);
    // Whether a message arrived is in doubt once all of it was sent.
    const isInDoubt = stage === 'content';
    expect(deferral.status.text).toContain(
      isInDoubt ? 'whether it arrived is unknown' : 'far.test [127.0.0.1]: ',
    );
    const { port } = peer;
    await peer.close();
    const healthy = await peerWith({ port });
    await relay.nextAttempt();
    expect((await relay.ended(bob)).outcome).toBe('relayed');
    expect(healthy.transactions).toHaveLength(1);
  });

  it('a message at which a host always hangs up does not keep the others from it', async () => {
    const isBad = (sender: string): boolean => sender === 'bad@corp.test';
    const peer = await peerWith({ onMail: (sender) => (isBad(sender) ? null : undefined) });
    const relay = await openRelay({
      zones: { 'far.test': { a: ['127.0.0.1'] } },
      server: { outboundPort: peer.port },
    });
    await relay.send('first@far.test', 'bad@corp.test');
    await relay.deferred('first@far.test');
    await relay.send(bob);
    expect((await relay.ended(bob)).outcome).toBe('relayed');
  });
});

describe('peer refuses AUTH', () => {
  it('is tried again, with a warning, also after 535', async () => {
    const auth = { user: 'relay', password: 'new' };
    const peer = await peerWith({ auth });
    const relay = await openRelay({
      server: {
        smartHost: '[127.0.0.1]',
        outboundPort: peer.port,
        outboundAuthentication: 'basic',
        outboundUserName: 'relay',
        outboundPassword: 'old',
      },
    });
    await relay.send(bob);
    await expectRetry(relay, { enhanced: '4.7.8' }, () => {
      auth.password = 'old';
    });
    expect(relay.warnings()).toContain('login-refused');
  });
});

describe('connects to itself', () => {
  it('an MX that is this server is returned as a loop', async () => {
    const relay = await openRelay({
      zones: { 'far.test': { mx: [[10, 'mx.far.test']] }, 'mx.far.test': { a: ['127.0.0.1'] } },
    });
    await relay.change({ outboundPort: relay.port });
    await relay.send(bob);
    expect(await relay.ended(bob)).toMatchObject({
      outcome: 'bounced',
      status: { code: 550, enhanced: '5.4.6' },
    });
    expect(await notificationOf(relay)).toContain('leads back to this server');
  });

  it('a smart host that is this server makes mail wait: it is our own mistake', async () => {
    const peer = await peerWith();
    const relay = await openRelay({ server: { smartHost: '[127.0.0.1]' } });
    await relay.change({ outboundPort: relay.port });
    await relay.send(bob);
    expect((await relay.deferred(bob)).status).toMatchObject({ code: 451, enhanced: '4.4.6' });
    await relay.change({ outboundPort: peer.port });
    expect((await relay.ended(bob)).outcome).toBe('relayed');
  });
});

/** A port on which the system drops every new connection: the queue of its listener is full and nobody takes from it. */
async function startDeafHost(): Promise<{ port: number; end(): Promise<void> }> {
  const script = [
    'import socket, sys',
    's = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)',
    "s.bind(('127.0.0.1', 0)); s.listen(0)",
    'held = []',
    'for _ in range(4):',
    '    c = socket.socket(); c.setblocking(False); c.connect_ex(s.getsockname()); held.append(c)',
    'print(s.getsockname()[1], flush=True)',
    'sys.stdin.read()',
  ].join('\n');
  const child = spawn('python3', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const end = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.stdin.end();
    await gone;
  };
  endings.push(end);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(line.toString()), end };
}
