/** Several smart hosts: when the next one is tried, what is never offered twice, and what is said about it. */
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src-main/engine/core/clock';
import {
  openSecurity,
  type RouteHost,
  type RouteSecurity,
  type Target,
} from '../../../../src-main/engine/core/delivery';
import type { DialogueLine } from '../../../../src-main/engine/core/dialogue';
import { createStatus } from '../../../../src-main/engine/core/smtp-status';
import { createDeliveryWatch } from '../../../../src-main/engine/delivery/delivery-watch';
import { createFakeClock } from '../../../support/fake-clock';
import type { SmtpPeer, SmtpPeerOptions } from '../../../support/smtp-peer';
import { benchWith, brief, hostAt, jobOf, peerWith, refusingPort } from './delivery-bench';

const taken = '250 2.0.0 queued as PEER';
const required: RouteSecurity = { ...openSecurity, tls: 'required' };
const loggedIn: RouteSecurity = {
  ...openSecurity,
  login: { method: 'basic', user: 'relay', password: 'wrong' },
};
const hostOf = (host: string, more: Partial<RouteHost> = {}): RouteHost => ({
  host,
  port: 25,
  security: openSecurity,
  ...more,
});

type Ports = Readonly<Record<string, number>>;

/** A bench where these smart hosts listen on those ports; a name that is not listed has no address. */
const benchAt = (ports: Ports, options: Parameters<typeof benchWith>[1] = {}) =>
  benchWith((route) => {
    const host = route.kind === 'smart-host' ? route.host : '';
    const targets: Target[] = ports[host] === undefined ? [] : [hostAt(host, ports[host])];
    return targets.length > 0
      ? { kind: 'targets', targets }
      : {
          kind: 'none',
          status: createStatus(451, '4.4.4', `Smart host ${host} has no address: no such host`),
        };
  }, options);

const routeTo = (first: RouteHost, ...fallbacks: RouteHost[]) =>
  jobOf({ route: { kind: 'smart-host', rule: 'Smart host', ...first, fallbacks } });

async function tryFirst(
  script: SmtpPeerOptions | 'refusing' | 'unknown',
  security: RouteSecurity = openSecurity,
  to: readonly string[] = ['one@far.test'],
) {
  const second = await peerWith();
  let first: SmtpPeer | undefined;
  const ports: Record<string, number> = { second: second.port };
  if (script === 'refusing') ports.first = await refusingPort();
  else if (script !== 'unknown') {
    first = await peerWith(script);
    ports.first = first.port;
  }
  const job = routeTo(hostOf('first', { security }), hostOf('second'));
  const result = await benchAt(ports).send({ ...job, ...jobOf({ to, route: job.route }) });
  return { result, first, second };
}

describe('the next smart host is tried', () => {
  it.each<[string, SmtpPeerOptions | 'refusing' | 'unknown', RouteSecurity, string]>([
    ['when DNS names no address', 'unknown', openSecurity, 'no host to connect to (Smart host first has no'],
    [
      'when the connection is refused',
      'refusing',
      openSecurity,
      'no host could be used (first [127.0.0.1]: conn',
    ],
    ['after a 4xx greeting', { greeting: '421 4.3.2 busy' }, openSecurity, '421 busy'],
    ['after a 5xx greeting', { greeting: '554 no' }, openSecurity, '554 no'],
    ['when it cannot encrypt and has to', {}, required, 'TLS is required'],
    ['when TLS fails and is required', { tls: 'broken' }, required, 'TLS failed'],
    ['when it has no log-in', {}, loggedIn, 'A log-in is set up'],
    [
      'when it refuses the log-in',
      { auth: { user: 'relay', password: 'right' } },
      loggedIn,
      'It refused the user name or password',
    ],
    ['when it closes the connection at MAIL', { dropAfter: 'mail' }, openSecurity, 'no host could be used'],
    ['when it says 421 to MAIL', { onMail: () => '421 4.3.2 full' }, openSecurity, 'full)'],
  ])('%s', async (_when, script, security, reason) => {
    const { result, second } = await tryFirst(script, security);
    expect(brief(result)).toEqual([`one@far.test: ${taken} (second)`]);
    expect(second.transactions).toHaveLength(1);
    const cause = result.results[0]?.status.cause;
    expect(cause).toContain('Smart host first failed: ');
    expect(cause).toContain(reason);
    expect(cause).toMatch(/; smart host second was used$/);
    expect(result.isDestinationDown).toBe(false);
  });

  it('in the order of the list, each with its own port and log-in', async () => {
    const third = await peerWith({ auth: { user: 'ann', password: 'secret' } });
    const bench = benchAt({ second: await refusingPort(), third: third.port });
    const login = { method: 'basic', user: 'ann', password: 'secret' } as const;
    const result = await bench.send(
      routeTo(hostOf('first'), hostOf('second'), hostOf('third', { security: { ...openSecurity, login } })),
    );
    expect(brief(result)).toEqual([`one@far.test: ${taken} (third)`]);
    expect(third.transactions[0]?.user).toBe('ann');
    expect(result.results[0]?.status.cause).toBe(
      'Smart host first failed: no host to connect to (Smart host first has no address: no such host); ' +
        'Smart host second failed: no host could be used (second [127.0.0.1]: connection refused); smart host third was used',
    );
  });
});

describe('the first smart host has the last word', () => {
  it.each<[string, SmtpPeerOptions, string]>([
    ['with 5xx to a recipient', { onRcpt: () => '550 5.1.1 no' }, '550 5.1.1 no'],
    ['with 4xx to a recipient', { onRcpt: () => '450 4.2.0 greylisted' }, '450 4.2.0 greylisted'],
    ['with 4xx to MAIL', { onMail: () => '452 4.3.1 full' }, '452 4.3.1 full'],
    ['with 5xx to the content', { onMessage: () => '554 5.6.0 spam' }, '554 5.6.0 spam'],
    ['when the connection is lost after the final dot', { dropAfter: 'message' }, '451 4.4.2'],
  ])('%s', async (_how, script, status) => {
    const { result, second } = await tryFirst(script);
    expect(brief(result)[0]).toContain(`one@far.test: ${status}`);
    expect(second.connections).toBe(0);
  });

  it('also for those it did not get to answer for, when it answered for one', async () => {
    const script = { onRcpt: (to: string) => (to.startsWith('one') ? '550 5.1.1 no' : '421 4.3.2 bye') };
    const { result, second } = await tryFirst(script, openSecurity, ['one@far.test', 'two@far.test']);
    expect(brief(result)).toEqual([
      'one@far.test: 550 5.1.1 no (first)',
      expect.stringContaining('two@far.test: 421 4.3.2'),
    ]);
    expect(second.connections).toBe(0);
  });
});

it('when none can be used, the mail waits and every reason is kept', async () => {
  const bench = benchAt({ second: await refusingPort() });
  const result = await bench.send(routeTo(hostOf('first'), hostOf('second')));
  expect(brief(result)).toEqual(['one@far.test: 451 4.4.1 second [127.0.0.1]: connection refused (second)']);
  expect(result.results[0]?.status.cause).toContain('Smart host first failed: no host to connect to');
  expect(result.isDestinationDown).toBe(true);
});

it('each smart host gets the message as its own "Send as" wants it', async () => {
  const second = await peerWith();
  const bench = benchAt({ first: await refusingPort(), second: second.port });
  const hosts = [
    hostOf('first', { sendAs: 'app@first.test' }),
    hostOf('second', { sendAs: 'app@second.test' }),
  ];
  await bench.send(routeTo(...(hosts as [RouteHost, RouteHost])));
  expect(second.transactions[0]?.sender).toBe('app@second.test');
});

it('the dialogue says which smart host was left and why', async () => {
  const second = await peerWith();
  const watch = createDeliveryWatch();
  const bench = benchAt({ first: await refusingPort(), second: second.port }, { watch });
  const job = routeTo(hostOf('first'), hostOf('second'));
  const lines: DialogueLine[] = [];
  watch.watch(job.envelope.queueId, (line) => lines.push(line));
  await bench.send(job);
  expect(lines.filter(({ side }) => side === 'note').map(({ text }) => text)).toContain(
    'Smart host first failed: no host could be used (first [127.0.0.1]: connection refused); smart host second is tried',
  );
});

it('a smart host that failed is passed by for a minute, and then tried first again', async () => {
  const [first, second] = [
    await peerWith({ greeting: (at) => (at === 1 ? '421 4.3.2 busy' : undefined) }),
    await peerWith(),
  ];
  const clock = createFakeClock();
  const bench = benchAt({ first: first.port, second: second.port }, { clock });
  const send = async () => brief(await bench.send(routeTo(hostOf('first'), hostOf('second'))))[0];
  expect(await send()).toContain('(second)');
  await clock.advance(59_000);
  const rested = await bench.send(routeTo(hostOf('first'), hostOf('second')));
  expect(brief(rested)[0]).toContain('(second)');
  expect(rested.results[0]?.status.cause).toContain('Smart host first failed: no host could be used');
  expect(first.connections).toBe(1);
  await clock.advance(2_000);
  expect(await send()).toContain('(first)');
});

it('a smart host that cannot be used is told once, with where its mail goes, until it works again', async () => {
  let isBusy = true;
  const [first, second] = [
    await peerWith({ greeting: () => (isBusy ? '421 4.3.2 busy' : undefined) }),
    await peerWith(),
  ];
  const clock = createFakeClock();
  const bench = benchAt({ first: first.port, second: second.port }, { clock });
  const send = async () => {
    await clock.advance(61_000);
    await bench.send(routeTo(hostOf('first'), hostOf('second')));
  };
  await send();
  await send();
  const said = {
    type: 'warning',
    serverId: 1,
    code: 'smart-host-unreachable',
    text: 'Smart host first cannot be used: first [127.0.0.1]: 421 busy. Its mail goes to smart host second.',
  };
  expect(bench.events).toEqual([said]);
  isBusy = false;
  await send();
  isBusy = true;
  await send();
  expect(bench.events).toEqual([said, said]);
});

it('when all failed lately, none is passed by', async () => {
  const first = await peerWith({ greeting: (at) => (at === 1 ? '421 4.3.2 busy' : undefined) });
  const bench = benchAt({ first: first.port, second: await refusingPort() }, { clock: systemClock });
  const job = routeTo(hostOf('first'), hostOf('second'));
  expect(brief(await bench.send(job))[0]).toContain('(second)');
  expect(brief(await bench.send(job))).toEqual([`one@far.test: ${taken} (first)`]);
});

describe('a host that does not understand EHLO gets HELO', () => {
  const isEhlo = (line: string): boolean => line.startsWith('EHLO');
  const hellos = (peer: SmtpPeer): string[] =>
    peer.commands.map(({ line }) => line.slice(0, 4)).filter((verb) => verb === 'EHLO' || verb === 'HELO');

  it.each<[string, NonNullable<SmtpPeerOptions['onHello']>, string[], number]>([
    ['that answers 500', (line) => (isEhlo(line) ? '500 what' : undefined), ['EHLO', 'HELO', 'HELO'], 2],
    ['that drops the connection', (line) => (isEhlo(line) ? null : undefined), ['EHLO', 'HELO', 'HELO'], 3],
    [
      'that answers with what is no reply',
      (line) => (isEhlo(line) ? 'xxxxxx\nxxxxxx\nxx' : undefined),
      ['EHLO', 'HELO', 'HELO', 'HELO'],
      3,
    ],
  ])('%s; the next message begins with HELO at once', async (_how, onHello, said, connections) => {
    const peer = await peerWith({ onHello });
    const bench = benchWith([hostAt('mx.test', peer.port)], { settings: { maxMessagesPerConnection: 1 } });
    expect(brief(await bench.send())).toEqual([`one@far.test: ${taken} (mx.test)`]);
    expect(brief(await bench.send())).toEqual([`one@far.test: ${taken} (mx.test)`]);
    expect(hellos(peer)).toEqual(said);
    expect(peer.connections).toBe(connections);
    const warnings = bench.events.filter(({ type }) => type === 'warning');
    expect(warnings).toEqual([expect.objectContaining({ code: 'ehlo-refused' })]);
  });

  it('until an hour has gone by', async () => {
    let isFirewalled = true;
    const peer = await peerWith({ onHello: (line) => (isFirewalled && isEhlo(line) ? null : undefined) });
    const clock = createFakeClock();
    const bench = benchWith([hostAt('mx.test', peer.port)], {
      clock,
      settings: { maxMessagesPerConnection: 1 },
    });
    await bench.send();
    isFirewalled = false;
    await clock.advance(59 * 60_000);
    await bench.send();
    expect(hellos(peer).at(-1)).toBe('HELO');
    await clock.advance(2 * 60_000);
    await bench.send();
    expect(hellos(peer).at(-1)).toBe('EHLO');
  });

  it('and the dialogue explains it', async () => {
    const peer = await peerWith({ onHello: (line) => (isEhlo(line) ? null : undefined) });
    const watch = createDeliveryWatch();
    const bench = benchWith([hostAt('mx.test', peer.port)], {
      watch,
      settings: { maxMessagesPerConnection: 1 },
    });
    const notes: string[] = [];
    watch.watch(jobOf().envelope.queueId, ({ side, text }) => void (side === 'note' && notes.push(text)));
    await bench.send();
    await bench.send();
    expect(notes).toContainEqual(
      expect.stringMatching(/^EHLO had no proper answer .*trying again with HELO$/),
    );
    expect(notes).toContain('mx.test [127.0.0.1] did not understand EHLO lately, so HELO is used');
  });

  it.each<[string, RouteSecurity]>([
    ['TLS is required', required],
    ['a log-in is set up', loggedIn],
  ])('but not where %s, which HELO does not have', async (_why, security) => {
    const peer = await peerWith({ onHello: (line) => (isEhlo(line) ? null : undefined) });
    const bench = benchWith([hostAt('mx.test', peer.port)]);
    const result = await bench.send(jobOf({ route: { security } }));
    expect(result.results[0]?.status.code).toBe(451);
    expect(hellos(peer)).toEqual(['EHLO']);
  });

  it('and one that takes neither is not asked twice for each message', async () => {
    const peer = await peerWith({ onHello: () => '550 go away' });
    const bench = benchWith([hostAt('mx.test', peer.port)]);
    expect(brief(await bench.send())[0]).toContain('550 go away');
    expect(peer.connections).toBe(1);
    expect(bench.events).toEqual([]);
  });
});
