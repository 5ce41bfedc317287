import { afterEach, describe, expect, it } from 'vitest';
import type { GroupQuery } from '../../../../src-main/engine/queue/catalogue-view';
import { until } from '../../../support/fake-clock';
import { recipientOf } from './fixture';
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

const minuteMs = 60_000;

describe.each(memories)('what consoles see of the queue, envelopes $where', ({ restingBytes }) => {
  let fixture: RunnerFixture;
  const start = async (change = {}) => {
    fixture = await createRunnerFixture(change, { restingBytes });
    fixture.runner.start([]);
    fixture.deliver = (job) => all(job, greylisted);
  };
  afterEach(() => fixture.close());

  const accept = (sender: string, ...addresses: string[]) =>
    fixture.accept({ sender, recipients: addresses.map((address) => recipientOf({ address })) });
  const page = (query: GroupQuery = { filter: {} }, offset = 0, limit = 100) =>
    fixture.runner.groups(query, { offset, limit });
  /** A page of the whole queue. */
  const groups = async (query: GroupQuery = { filter: {} }, offset = 0, limit = 100) => {
    for (let tries = 0; tries < 5000; tries++) {
      const { counted, messages } = await page({ filter: {} });
      if (counted === messages) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return page(query, offset, limit);
  };
  const namesOf = async (query?: GroupQuery): Promise<string[]> =>
    (await groups(query)).rows.map(({ destination, envelope }) => `${envelope.sender} ${destination}`);

  it('a row is a message and those of its recipients that share a destination', async () => {
    await start();
    await accept('a@corp.test', 'x@one.test', 'y@one.test', 'z@two.test');
    await fixture.idle();
    const { rows, total, messages } = await groups();
    expect({ total, messages }).toEqual({ total: 2, messages: 1 });
    expect(rows.map(({ destination, indices, attempts }) => [destination, indices, attempts])).toEqual(
      expect.arrayContaining([
        ['one.test', [0, 1], 1],
        ['two.test', [2], 1],
      ]),
    );
    expect(rows[0]?.last?.status.text).toBe('Greylisted');
  });

  it('follows what comes, changes and goes while somebody looks', async () => {
    await start();
    await accept('a@corp.test', 'x@one.test');
    await fixture.idle();
    expect(await namesOf()).toEqual(['a@corp.test one.test']);
    await accept('b@corp.test', 'x@two.test');
    await fixture.idle();
    fixture.deliver = (job) => all(job, ok);
    fixture.runner.retry(['000000000000000000000001']);
    await fixture.idle();
    expect((await groups()).rows.map(({ envelope }) => envelope.sender)).toEqual(['b@corp.test']);
  });

  it('a message with thousands of destinations is read once for a page, and can be acted on by filter', async () => {
    await start();
    let routed = 0;
    const count = 1200;
    const recipients = Array.from({ length: count }, (_, at) =>
      recipientOf({ address: `x@d${at}.test`, isHeld: true }),
    );
    await fixture.accept({ recipients });
    for (let tries = 0; (await page()).total < count && tries < 2000; tries++)
      await new Promise((resolve) => setTimeout(resolve, 2));
    expect((await groups()).total).toBe(count);
    const { route } = fixture;
    fixture.route = (address, way) => {
      routed++;
      return route(address, way);
    };
    const { rows } = await page({ filter: { state: 'held' } }, 700, 200);
    expect(rows.map(({ indices }) => indices.length)).toEqual(Array(200).fill(1));
    expect(routed).toBe(count);
    const chosen = { filter: { destination: 'd17.test', isWholeDestination: true } };
    expect(await fixture.runner.act(chosen, { kind: 'release', by: 'ann' })).toBe(1);
  });

  it('filters by every column, and sorts by each', async () => {
    await start();
    await accept('app@corp.test', 'x@one.test');
    await fixture.advance(2 * minuteMs);
    await accept('web@corp.test', 'x@two.test');
    await accept('', 'second@two.test');
    await fixture.idle();
    expect(await namesOf({ filter: { destination: 'ONE' } })).toEqual(['app@corp.test one.test']);
    const whole = (destination: string) => ({ filter: { destination, isWholeDestination: true } });
    expect(await namesOf(whole('ONE.test'))).toEqual(['app@corp.test one.test']);
    expect(await namesOf(whole('one'))).toEqual([]);
    expect(await namesOf({ filter: { sender: 'WEB' } })).toEqual(['web@corp.test two.test']);
    expect(await namesOf({ filter: { sender: '<>' } })).toEqual([' two.test']);
    expect(await namesOf({ filter: { recipient: 'SECOND' } })).toEqual([' two.test']);
    expect(await namesOf({ filter: { error: 'grey' } })).toHaveLength(3);
    expect(await namesOf({ filter: { error: 'nothing like it' } })).toEqual([]);
    expect(await namesOf({ filter: { minAgeMs: minuteMs } })).toEqual(['app@corp.test one.test']);
    expect(await namesOf({ filter: { maxAgeMs: minuteMs } })).toHaveLength(2);
    expect(await namesOf({ filter: { state: 'waiting' } })).toHaveLength(3);
    const sorted = (
      column: 'sender' | 'nextAttemptAt' | 'arrivedAt' | 'destination',
      isDescending: boolean,
    ) => namesOf({ filter: {}, sort: { column, isDescending } });
    expect(await sorted('sender', true)).toEqual([
      'web@corp.test two.test',
      'app@corp.test one.test',
      ' two.test',
    ]);
    expect((await sorted('destination', false))[0]).toBe('app@corp.test one.test');
    expect((await sorted('arrivedAt', true))[2]).toBe('app@corp.test one.test');
  });

  it('tells apart what is due, under way, waiting, held, frozen, and waiting to be asked for', async () => {
    await start({ frozenDestinations: ['cold.test'] });
    fixture.route = (address) =>
      address.endsWith('@etrn.test') ? heldRoute('etrn.test') : mxRoute(address.split('@')[1] ?? '');
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    fixture.deliver = async (job) => {
      if (job.recipients[0]?.address === 'x@slow.test') await ended;
      return all(job, greylisted);
    };
    const held = await accept('held@corp.test', 'x@one.test');
    await accept('etrn@corp.test', 'x@etrn.test');
    await accept('frozen@corp.test', 'x@cold.test');
    await accept('waiting@corp.test', 'x@two.test');
    await until(() => fixture.jobs.length === 2, 'two were tried');
    await fixture.runner.act({ queueIds: [held] }, { kind: 'hold', by: 'ann' });
    await accept('active@corp.test', 'x@slow.test');
    await until(() => fixture.jobs.length === 3, 'one is under way');
    for (const state of ['held', 'frozen', 'waiting', 'active'] as const)
      expect(await namesOf({ filter: { state } })).toEqual([expect.stringContaining(`${state}@corp.test`)]);
    expect(await namesOf({ filter: { state: 'for-trigger' } })).toEqual(['etrn@corp.test etrn.test']);
    const { rows } = await groups();
    const of = (sender: string) => rows.find(({ envelope }) => envelope.sender === `${sender}@corp.test`);
    expect(of('held')).toMatchObject({ isHeld: true });
    expect(of('frozen')).toMatchObject({ isFrozen: true });
    expect(of('etrn')).toMatchObject({ hold: { host: 'etrn.test' } });
    expect(of('active')).toMatchObject({ isActive: true });
    end();
    await fixture.idle();
  });

  it('sums up each destination: groups, ages, the next attempt and the last error', async () => {
    await start({ frozenDestinations: ['cold.test'] });
    fixture.deliver = (job) => all(job, refused, true);
    await accept('a@corp.test', 'x@one.test', 'y@one.test');
    await fixture.advance(10 * minuteMs);
    await accept('b@corp.test', 'x@one.test');
    await accept('c@corp.test', 'x@cold.test');
    await fixture.idle();
    await groups();
    const { destinations, others, messages } = await fixture.runner.totals();
    expect({ others, messages }).toEqual({ others: 0, messages: 3 });
    const [one, cold] = destinations;
    expect(one).toMatchObject({
      destination: 'one.test',
      isFrozen: false,
      groups: 2,
      recipients: 3,
      byAge: [1, 1, 0, 0, 0],
      lastError: '451 4.4.1 mx.remote.test: connection refused',
    });
    expect(one?.nextAttemptAt).toBeGreaterThan(fixture.queue.clock.now());
    expect(cold).toMatchObject({ destination: 'cold.test', isFrozen: true, groups: 1 });
    expect(cold).not.toHaveProperty('nextAttemptAt');
  });

  it('a recipient far down a long list is found all the same', async () => {
    await start();
    const many = Array.from({ length: 200 }, (_, index) => `recipient-${index}@one.test`);
    await accept('a@corp.test', ...many);
    await fixture.idle();
    expect(await namesOf({ filter: { recipient: 'recipient-199@' } })).toEqual(['a@corp.test one.test']);
    expect(await namesOf({ filter: { recipient: 'recipient-200@' } })).toEqual([]);
  });

  it('costs nothing when nobody has looked for some minutes', async () => {
    await start();
    await accept('a@corp.test', 'x@one.test');
    await fixture.idle();
    const before = fixture.queue.clock.timerCount;
    await groups();
    expect(fixture.queue.clock.timerCount).toBe(before + 1);
    await fixture.queue.clock.advance(11 * minuteMs);
    await fixture.idle();
    expect(fixture.queue.clock.timerCount).toBeLessThanOrEqual(before);
  });
});
