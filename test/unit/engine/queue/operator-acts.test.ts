import { afterEach, describe, expect, it } from 'vitest';
import { destinationName } from '../../../../src-main/engine/core/delivery';
import type { OperatorAct } from '../../../../src-main/engine/queue/operator-change';
import { until } from '../../../support/fake-clock';
import { envelopeOf, recipientOf } from './fixture';
import {
  all,
  createRunnerFixture,
  greylisted,
  heldRoute,
  memories,
  mxRoute,
  ok,
  type RunnerFixture,
  refused,
} from './runner-fixture';

const dayMs = 86_400_000;
const by = 'ann';
const hold: OperatorAct = { kind: 'hold', by };
const release: OperatorAct = { kind: 'release', by };
const retry: OperatorAct = { kind: 'retry', by };
const giveBack: OperatorAct = { kind: 'delete', isReturned: true, by };

describe.each(memories)('operators and waiting mail, envelopes $where', ({ restingBytes }) => {
  let fixture: RunnerFixture;
  const start = async (change = {}, queue?: RunnerFixture['queue']) => {
    fixture = await createRunnerFixture(change, { restingBytes, ...(queue && { queue }) });
    fixture.runner.start([]);
  };
  afterEach(() => fixture.close());

  const waitingIn = async (...addresses: string[]) => {
    fixture.deliver = (job) => all(job, greylisted);
    const queueId = await fixture.accept({
      recipients: addresses.map((address) => recipientOf({ address })),
    });
    await fixture.idle();
    fixture.jobs.length = 0;
    return queueId;
  };
  const envelope = async () => {
    const [found] = await fixture.recover();
    if (!found) throw new Error('no message waits');
    return found;
  };

  it('a held message is not tried, does not expire, and nobody is told of a delay', async () => {
    await start();
    const queueId = await waitingIn('b@far.test');
    expect(await fixture.runner.act({ queueIds: [queueId] }, hold)).toBe(1);
    expect((await envelope()).recipients[0]).toMatchObject({ isHeld: true });
    await fixture.advance(10 * dayMs);
    expect(fixture.jobs).toEqual([]);
    expect(fixture.notifications).toEqual([]);
    expect(fixture.runner.stats().total).toBe(1);
    expect(await fixture.runner.act({ queueIds: [queueId] }, hold), 'held already').toBe(0);
  });

  it('neither a retry nor ETRN touches what is held', async () => {
    await start();
    fixture.route = (address) => heldRoute(address.slice(address.indexOf('@') + 1));
    const queueId = await fixture.accept();
    await fixture.idle();
    await fixture.runner.act({ queueIds: [queueId] }, hold);
    expect(fixture.runner.retry()).toBe(0);
    expect(await fixture.runner.act({ queueIds: [queueId] }, retry)).toBe(0);
    expect(fixture.runner.retry([queueId])).toBe(0);
    expect(fixture.runner.releaseHeld(['remote.test'], false)).toEqual({ kind: 'nothing-held' });
    await fixture.idle();
    expect(fixture.jobs).toEqual([]);
  });

  it('a hold survives a restart', async () => {
    await start();
    const queueId = await waitingIn('b@far.test');
    await fixture.runner.act({ queueIds: [queueId] }, hold);
    const first = fixture;
    await first.runner.stop(0);
    fixture = await createRunnerFixture({}, { restingBytes, queue: first.queue });
    fixture.runner.start([queueId]);
    fixture.runner.retry();
    await fixture.advance(10 * dayMs);
    expect(fixture.jobs).toEqual([]);
    expect(await fixture.runner.act({ queueIds: [queueId] }, release)).toBe(1);
    await fixture.idle();
    expect(fixture.outcomes()).toEqual(['relayed b@far.test']);
  });

  it('what is released is tried at once, although its time is long over and its host was down', async () => {
    await start();
    fixture.deliver = (job) => all(job, refused, true);
    const queueId = await fixture.accept();
    await fixture.idle();
    await fixture.runner.act({ queueIds: [queueId] }, hold);
    await fixture.advance(10 * dayMs);
    fixture.jobs.length = 0;
    fixture.deliver = (job) => all(job, ok);
    await fixture.runner.act({ queueIds: [queueId] }, release);
    await fixture.idle();
    expect(fixture.jobs).toHaveLength(1);
    expect(fixture.outcomes()).toEqual(['relayed b@remote.test']);
    expect(fixture.notifications).toEqual([]);
  });

  it('mail that waits to be asked for is tried once when it is released', async () => {
    await start();
    fixture.route = (address) => heldRoute(address.slice(address.indexOf('@') + 1));
    const queueId = await fixture.accept();
    await fixture.idle();
    await fixture.runner.act({ queueIds: [queueId] }, hold);
    await fixture.advance(10 * dayMs);
    await fixture.runner.act({ queueIds: [queueId] }, release);
    await fixture.idle();
    expect(fixture.outcomes()).toEqual(['relayed b@remote.test']);
  });

  it('one destination of a message is held, the others go', async () => {
    await start();
    const queueId = await waitingIn('a@one.test', 'b@two.test');
    expect(await fixture.runner.act({ groups: [{ queueId, destination: 'ONE.test' }] }, hold)).toBe(1);
    fixture.deliver = (job) => all(job, ok);
    fixture.runner.retry();
    await fixture.idle();
    expect(fixture.outcomes()).toEqual(['relayed b@two.test']);
    expect((await envelope()).recipients.map(({ isHeld }) => isHeld)).toEqual([true, undefined]);
  });

  it('an attempt under way goes on when its message is held, and what it leaves waiting is held', async () => {
    await start();
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    fixture.deliver = async (job) => {
      await ended;
      return {
        results: job.recipients.map(({ address }, index) => ({
          address,
          status: index === 0 ? ok : greylisted,
        })),
        isDestinationDown: false,
      };
    };
    const queueId = await fixture.accept({
      recipients: [recipientOf({ address: 'a@far.test' }), recipientOf({ address: 'b@far.test' })],
    });
    await until(() => fixture.jobs.length === 1, 'the attempt is under way');
    expect(await fixture.runner.act({ queueIds: [queueId] }, hold)).toBe(1);
    end();
    await fixture.idle();
    const { recipients } = await envelope();
    expect(recipients).toMatchObject([
      { address: 'a@far.test', outcome: 'relayed' },
      { address: 'b@far.test', isHeld: true, attempts: 1 },
    ]);
    fixture.jobs.length = 0;
    await fixture.advance(dayMs);
    expect(fixture.jobs).toEqual([]);
  });

  it('mail for a frozen destination stays as it is, mail that comes later too, until it thaws', async () => {
    await start();
    fixture.deliver = (job) => all(job, refused, true);
    await fixture.accept({ recipients: [recipientOf({ address: 'a@cold.test' })] });
    await fixture.idle();
    fixture.settings = { ...fixture.settings, frozenDestinations: ['cold.test'] };
    fixture.runner.reroute();
    fixture.jobs.length = 0;
    await fixture.accept({ recipients: [recipientOf({ address: 'b@cold.test' })] });
    await fixture.accept({ recipients: [recipientOf({ address: 'c@warm.test' })] });
    await fixture.advance(10 * dayMs);
    expect(new Set(fixture.jobs.map(({ route }) => destinationName(route)))).toEqual(new Set(['warm.test']));
    const told = fixture.notifications.flatMap(({ recipients }) => recipients.map(({ address }) => address));
    expect(new Set(told)).toEqual(new Set(['c@warm.test']));
    fixture.deliver = (job) => all(job, ok);
    fixture.settings = { ...fixture.settings, frozenDestinations: [] };
    fixture.runner.reroute();
    await fixture.idle();
    await fixture.advance(1000);
    expect(fixture.outcomes().sort()).toEqual([
      'expired c@warm.test',
      'relayed a@cold.test',
      'relayed b@cold.test',
    ]);
  });

  it('a retry leaves a frozen destination alone', async () => {
    await start({ frozenDestinations: ['far.test'] });
    const queueId = await fixture.accept({ recipients: [recipientOf({ address: 'a@far.test' })] });
    await fixture.idle();
    expect(await fixture.runner.act({ queueIds: [queueId] }, retry)).toBe(0);
    await fixture.idle();
    expect(fixture.jobs).toEqual([]);
  });

  it('who is given back gets a report, others of the message stay, and nobody is told who does not want to be', async () => {
    await start();
    const queueId = await waitingIn('a@one.test', 'b@two.test');
    expect(await fixture.runner.act({ groups: [{ queueId, destination: 'one.test' }] }, giveBack)).toBe(1);
    expect(fixture.notifications).toMatchObject([
      { recipients: [{ address: 'a@one.test', action: 'failed', status: { code: 554, enhanced: '5.7.0' } }] },
    ]);
    expect((await envelope()).recipients).toMatchObject([{ outcome: 'bounced' }, { address: 'b@two.test' }]);
    fixture.notifications.length = 0;
    const quiet = await fixture.accept({
      recipients: [{ ...recipientOf({ address: 'c@three.test' }), notify: [] }],
    });
    const fromNobody = await fixture.accept({ sender: '' });
    await fixture.idle();
    expect(await fixture.runner.act({ queueIds: [quiet, fromNobody] }, giveBack)).toBe(2);
    expect(fixture.notifications).toEqual([]);
    expect(fixture.badmail).toEqual([]);
    expect(fixture.outcomes().sort()).toEqual([
      'bounced a@one.test',
      'deleted b@remote.test',
      'deleted c@three.test',
    ]);
  });

  it('another way is taken at once, and given up again', async () => {
    await start();
    const queueId = await waitingIn('a@far.test');
    fixture.route = (address, way) =>
      mxRoute(way?.kind === 'host' ? way.host : address.slice(address.indexOf('@') + 1));
    const way = { kind: 'host', host: 'other.test', port: 25 } as const;
    expect(await fixture.runner.act({ queueIds: [queueId] }, { kind: 'set-way', way, by })).toBe(1);
    await fixture.idle();
    expect(fixture.jobs.map(({ route }) => destinationName(route))).toEqual(['other.test']);
    expect((await envelope()).recipients[0]).toMatchObject({ way, attempts: 1 });
    await fixture.runner.act({ queueIds: [queueId] }, { kind: 'set-way', way: undefined, by });
    await fixture.idle();
    expect(fixture.jobs.map(({ route }) => destinationName(route))).toEqual(['other.test', 'far.test']);
    expect((await envelope()).recipients[0]).not.toHaveProperty('way');
  });

  it('another address stands in the place of the old one, which the sender named', async () => {
    await start();
    await waitingIn('Old@far.test');
    const queueId = (await envelope()).queueId;
    const readdress = { kind: 'readdress', from: 'old@far.test', to: 'new@near.test', by } as const;
    fixture.deliver = (job) => all(job, ok);
    expect(await fixture.runner.act({ queueIds: [queueId] }, readdress)).toBe(1);
    await fixture.idle();
    expect(fixture.jobs.flatMap(({ recipients }) => recipients)).toMatchObject([
      { address: 'new@near.test', orcpt: 'rfc822;Old@far.test', attempts: 0 },
    ]);
    expect(fixture.outcomes()).toEqual(['relayed new@near.test']);
    expect(fixture.traced).toContainEqual(
      expect.objectContaining({
        kind: 'readdressed',
        recipient: 'Old@far.test',
        addresses: ['new@near.test'],
        by: 'ann',
      }),
    );
  });

  it('the trace has an act before the envelope has it: a crash in between cannot forget it', async () => {
    const order: string[] = [];
    fixture = await createRunnerFixture(
      {},
      {
        restingBytes,
        wrapStore: (store) => ({
          ...store,
          rewrite: (changed) => {
            order.push(...fixture.traced.splice(0).map(({ kind }) => kind), 'file');
            return store.rewrite(changed);
          },
        }),
      },
    );
    fixture.runner.start([]);
    const queueId = await waitingIn('a@far.test');
    order.length = 0;
    fixture.traced.length = 0;
    await fixture.runner.act({ queueIds: [queueId] }, hold);
    const act = { kind: 'readdress', from: 'a@far.test', to: 'b@far.test', by } as const;
    await fixture.runner.act({ queueIds: [queueId] }, act);
    expect(order).toEqual(['operator', 'file', 'readdressed', 'file']);
  });

  it('nobody gets a message twice because of a new address', async () => {
    await start();
    const queueId = await waitingIn('a@far.test', 'b@far.test');
    await fixture.runner.act({ queueIds: [queueId] }, hold);
    const act = { kind: 'readdress', from: 'a@far.test', to: 'B@far.test', by } as const;
    await fixture.runner.act({ queueIds: [queueId] }, act);
    expect((await envelope()).recipients).toMatchObject([
      { address: 'a@far.test', outcome: 'expanded' },
      { address: 'b@far.test', isHeld: true },
    ]);
  });

  it('a new address breaks an attempt to the old one off', async () => {
    await start();
    fixture.deliver = (job, signal) =>
      new Promise((resolve) => {
        if (job.recipients[0]?.address !== 'a@far.test') resolve(all(job, ok));
        signal.addEventListener('abort', () => resolve(all(job, greylisted)));
      });
    const queueId = await fixture.accept({ recipients: [recipientOf({ address: 'a@far.test' })] });
    await until(() => fixture.jobs.length === 1, 'the attempt is under way');
    const act = { kind: 'readdress', from: 'a@far.test', to: 'b@far.test', by } as const;
    expect(await fixture.runner.act({ queueIds: [queueId] }, act)).toBe(1);
    await fixture.idle();
    expect(fixture.outcomes()).toEqual(['relayed b@far.test']);
  });

  it('two operators at once both get their way', async () => {
    await start();
    const queueId = await waitingIn('a@one.test', 'b@two.test');
    const way = { kind: 'mx' } as const;
    const counts = await Promise.all([
      fixture.runner.act({ queueIds: [queueId] }, hold),
      fixture.runner.act(
        { groups: [{ queueId, destination: 'one.test' }] },
        { kind: 'set-way', way, by: 'bo' },
      ),
      fixture.runner.act({ groups: [{ queueId, destination: 'two.test' }] }, giveBack),
    ]);
    expect(counts).toEqual([1, 1, 1]);
    expect((await envelope()).recipients).toMatchObject([
      { address: 'a@one.test', isHeld: true, way },
      { address: 'b@two.test', outcome: 'bounced' },
    ]);
    expect(fixture.traced.filter(({ kind }) => kind === 'operator')).toMatchObject([
      { act: 'held', recipients: ['a@one.test', 'b@two.test'], by: 'ann' },
      { act: 'way-changed', recipients: ['a@one.test'], by: 'bo' },
    ]);
  });

  it('all that a filter matches is acted on, and nothing else', async () => {
    await start();
    fixture.deliver = (job) => all(job, greylisted);
    for (let count = 0; count < 30; count++)
      await fixture.accept({
        sender: count % 2 === 0 ? 'app@corp.test' : 'web@corp.test',
        recipients: [recipientOf({ address: `x${count}@far.test` })],
      });
    await fixture.idle();
    const filter = { sender: 'APP', error: 'greylist', destination: 'far' };
    expect(await fixture.runner.act({ filter }, hold)).toBe(15);
    const held = (await fixture.recover()).filter(({ recipients }) => recipients[0]?.isHeld);
    expect(held.map(({ sender }) => sender)).toEqual(Array(15).fill('app@corp.test'));
    expect(await fixture.runner.act({ filter: { state: 'held' } }, release)).toBe(15);
  });

  it('the directory’s word on a message and an operator’s hold are both in force', async () => {
    await start();
    fixture.directory = {
      route: { kind: 'directory', destination: 'directory 1', rule: 'LDAP routing' },
      resolve: async (question) => {
        await fixture.runner.act({ queueIds: [queueId] }, hold);
        return {
          kind: 'resolved',
          sender: question.sender,
          recipients: [{ kind: 'rewritten', address: 'real@far.test' }],
        };
      },
    };
    const queueId = '000000000000000000000001';
    await fixture.accept(envelopeOf({ queueId }));
    await fixture.idle();
    expect((await envelope()).recipients).toMatchObject([{ address: 'real@far.test', isHeld: true }]);
    expect(fixture.jobs).toEqual([]);
  });
});
