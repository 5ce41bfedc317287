import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStatus } from '../../../../src-main/engine/core/smtp-status';
import { until } from '../../../support/fake-clock';
import { createServerSettings } from '../../../support/settings';
import { recipientOf } from './fixture';
import {
  all,
  createRunnerFixture,
  greylisted,
  memories,
  ok,
  type RunnerFixture,
  refused,
  unknownUser,
} from './runner-fixture';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

let fixture: RunnerFixture;
describe.each(memories)('with envelopes $where', ({ restingBytes }) => {
  beforeEach(async () => {
    fixture = await createRunnerFixture({}, { restingBytes });
    fixture.runner.start([]);
  });
  afterEach(() => fixture.close());

  const nextAttemptOf = async (queueId: string): Promise<number> =>
    ((await fixture.runner.get(queueId))?.envelope.recipients[0]?.nextAttemptAt ?? Number.NaN) -
    fixture.queue.clock.now();

  describe('runner: outcomes', () => {
    it('relays a message, removes its files and says so', async () => {
      await fixture.accept();
      await fixture.idle();
      expect(fixture.outcomes()).toEqual(['relayed b@remote.test']);
      expect(await fixture.queue.files()).toEqual([]);
      expect(fixture.runner.stats()).toEqual({ total: 0, active: 0 });
      expect(fixture.notifications).toEqual([]);
    });

    it('gives delivery the recipients of one destination together, and the content', async () => {
      fixture.deliver = async (job) => {
        expect(Buffer.from(await job.content.read()).toString()).toBe('hello');
        return all(job, ok);
      };
      const addresses = ['a@x.test', 'b@y.test', 'c@x.test', 'd@corp.test'];
      await fixture.accept({ recipients: addresses.map((address) => recipientOf({ address })) });
      await fixture.idle();
      const jobs = fixture.jobs.map(
        ({ route, recipients }) => `${route.destination} ${recipients.map((r) => r.address)}`,
      );
      expect(jobs.sort()).toEqual([
        'drop d@corp.test',
        'mx:x.test:25 a@x.test,c@x.test',
        'mx:y.test:25 b@y.test',
      ]);
      expect(fixture.outcomes().sort()).toEqual([
        'dropped d@corp.test',
        'relayed a@x.test',
        'relayed b@y.test',
        'relayed c@x.test',
      ]);
      expect(await fixture.queue.files()).toEqual([]);
    });

    it('tells the sender of exactly the one recipient of three that was refused', async () => {
      fixture.deliver = (job) => ({
        results: job.recipients.map(({ address }) => ({
          address,
          status: address.startsWith('b') ? unknownUser : ok,
        })),
        isDestinationDown: false,
      });
      await fixture.accept({
        recipients: ['a@x.test', 'b@x.test', 'c@x.test'].map((address) => recipientOf({ address })),
      });
      await fixture.idle();
      expect(fixture.notifications).toHaveLength(1);
      expect(fixture.notifications[0]?.recipients).toMatchObject([
        { address: 'b@x.test', action: 'failed', status: unknownUser },
      ]);
      expect(fixture.outcomes().sort()).toEqual(['bounced b@x.test', 'relayed a@x.test', 'relayed c@x.test']);
    });

    it('writes that a recipient bounced only after the notification was accepted', async () => {
      let accept: () => void = () => undefined;
      fixture.notify = (request) => {
        fixture.notifications.push(request);
        return new Promise((resolve) => {
          accept = resolve;
        });
      };
      fixture.deliver = (job) => all(job, unknownUser);
      await fixture.accept();
      await until(() => fixture.notifications.length === 1, 'the notification is asked for');
      // A crash now: the message is found as if it had not been tried.
      expect((await fixture.recover())[0]?.recipients[0]?.outcome).toBeUndefined();
      expect(fixture.outcomes()).toEqual([]);
      accept();
      await fixture.idle();
      expect(fixture.outcomes()).toEqual(['bounced b@remote.test']);
      expect(await fixture.queue.files()).toEqual([]);
    });

    it('lays a notification that is refused in Badmail, with the true reason', async () => {
      fixture.deliver = (job) => all(job, unknownUser);
      await fixture.accept({ sender: '' });
      await fixture.idle();
      expect(fixture.notifications).toEqual([]);
      expect(fixture.badmail).toMatchObject([
        { cause: 'notification-undeliverable', reason: 'b@remote.test: 550 5.1.1 No such user' },
      ]);
      expect(fixture.outcomes()).toEqual(['badmail b@remote.test']);
    });

    it('fails a recipient whose route refuses, without an attempt', async () => {
      fixture.route = () => ({ kind: 'refuse', destination: 'refuse', rule: 'test', status: unknownUser });
      await fixture.accept();
      await fixture.idle();
      expect(fixture.jobs).toEqual([]);
      expect(fixture.outcomes()).toEqual(['bounced b@remote.test']);
    });

    it('waits when the route cannot be decided', async () => {
      fixture.route = () => {
        throw new Error('no settings');
      };
      await fixture.accept();
      await fixture.idle();
      expect((await fixture.runner.get('1'.padStart(24, '0')))?.envelope.recipients[0]).toMatchObject({
        attempts: 1,
      });
      expect(fixture.outcomes()).toEqual([]);
    });

    it.each([
      ['a@corp.test', 'bounced', 1, 0],
      ['', 'badmail', 0, 1],
    ])('ends a message from <%s> that runs in a circle as %s', async (sender, outcome, told, dead) => {
      await fixture.accept({ sender, hopCount: 16 });
      await fixture.accept({ sender, hopCount: 15 });
      await fixture.idle();
      expect(fixture.jobs).toHaveLength(1);
      expect(fixture.outcomes().sort()).toEqual([`${outcome} b@remote.test`, 'relayed b@remote.test'].sort());
      expect(fixture.notifications).toHaveLength(told);
      expect(fixture.badmail).toHaveLength(dead);
      if (dead) expect(fixture.badmail[0]).toMatchObject({ cause: 'hop-count-exceeded' });
      else expect(fixture.notifications[0]?.recipients[0]?.status.enhanced).toBe('5.4.6');
    });

    it('tells of success only who asked for it', async () => {
      await fixture.accept({
        recipients: [
          recipientOf({ notify: ['success'] }),
          recipientOf({ address: 'c@corp.test', notify: ['success'] }),
        ],
      });
      await fixture.idle();
      expect(fixture.notifications.map(({ recipients }) => recipients[0]?.action).sort()).toEqual([
        'delivered',
        'relayed',
      ]);
    });

    it('takes what delivery throws for temporary', async () => {
      fixture.deliver = () => Promise.reject(new Error('a bug'));
      const queueId = await fixture.accept();
      await fixture.idle();
      expect((await fixture.runner.get(queueId))?.envelope.recipients[0]?.last?.status).toMatchObject({
        code: 451,
        cause: 'a bug',
      });
      expect(await nextAttemptOf(queueId)).toBe(15 * minuteMs);
    });

    it('returns a message whose content another program took away', async () => {
      fixture.deliver = async (job) => {
        await rm(join(fixture.queue.folder, `${job.envelope.queueId}.eml`));
        throw new Error('ENOENT');
      };
      await fixture.accept();
      await fixture.idle();
      expect(fixture.outcomes()).toEqual(['bounced b@remote.test']);
      const content = await fixture.notifications[0]?.content.read();
      expect(Buffer.from(content ?? []).toString()).toContain(
        'removed from the Queue folder by another program',
      );
    });
  });

  describe('runner: waiting', () => {
    it('tries again after 15, 30, 60 and then each 240 minutes, and returns the message after two days', async () => {
      fixture.deliver = (job) => all(job, greylisted);
      const queueId = await fixture.accept({ recipients: [recipientOf({ notify: ['failure'] })] });
      await fixture.idle();
      const waits: number[] = [];
      while (await fixture.runner.get(queueId)) {
        const wait = await nextAttemptOf(queueId);
        waits.push(wait / minuteMs);
        await fixture.advance(wait);
      }
      expect(waits.slice(0, 6)).toEqual([15, 30, 60, 240, 240, 240]);
      expect(waits.reduce((sum, wait) => sum + wait)).toBe(2880);
      expect(fixture.jobs).toHaveLength(waits.length + 1);
      expect(fixture.outcomes()).toEqual(['expired b@remote.test']);
      expect(fixture.notifications).toHaveLength(1);
      expect(fixture.notifications[0]?.recipients[0]?.status).toMatchObject({ enhanced: '4.4.7' });
      expect(fixture.notifications[0]?.recipients[0]?.status.text).toContain('Greylisted');
    });

    it('keeps on disk what it knows, for the next start', async () => {
      fixture.deliver = (job) => all(job, greylisted);
      await fixture.accept();
      await fixture.idle();
      const [envelope] = await fixture.recover();
      expect(envelope?.recipients[0]).toMatchObject({
        attempts: 1,
        nextAttemptAt: fixture.queue.clock.now() + 15 * minuteMs,
        last: { status: greylisted },
      });
    });

    it('tells of a delay once, after twelve hours, and when the message will be returned', async () => {
      fixture.deliver = (job) => all(job, greylisted);
      await fixture.accept();
      await fixture.advance(12 * hourMs - 1);
      expect(fixture.notifications).toEqual([]);
      await fixture.advance(1);
      expect(fixture.notifications).toHaveLength(1);
      expect(fixture.notifications[0]?.recipients[0]).toMatchObject({
        action: 'delayed',
        status: greylisted,
        willRetryUntil: fixture.queue.clock.now() + 36 * hourMs,
      });
      expect((await fixture.recover())[0]?.recipients[0]?.delayNotified).toBe(true);
      await fixture.advance(30 * hourMs);
      expect(fixture.notifications).toHaveLength(1);
    });

    it.each([
      ['NOTIFY=NEVER', { recipients: [recipientOf({ notify: [] })] }],
      ['the null reverse-path', { sender: '' }],
    ])('tells of no delay for %s', async (_claim, change) => {
      fixture.deliver = (job) => all(job, greylisted);
      await fixture.accept(change);
      await fixture.advance(13 * hourMs);
      expect(fixture.notifications).toEqual([]);
    });

    it('has other limits for mail to the Drop folder', async () => {
      fixture.settings = createServerSettings({ localDelayMinutes: 20, localExpirationMinutes: 40 });
      fixture.deliver = (job) => all(job, greylisted, true);
      await fixture.accept({ recipients: [recipientOf({ address: 'b@corp.test' })] });
      await fixture.accept();
      await fixture.advance(20 * minuteMs);
      expect(fixture.notifications.map(({ recipients }) => recipients[0]?.address)).toEqual(['b@corp.test']);
      await fixture.advance(20 * minuteMs);
      expect(fixture.outcomes()).toEqual(['expired b@corp.test']);
    });

    it('does not try a recovered message before its time, nor one that is due twice', async () => {
      fixture.deliver = (job) => all(job, greylisted);
      await fixture.accept();
      await fixture.idle();
      await fixture.runner.stop(0);
      const [recovered] = await fixture.recover();
      const next = await createRunnerFixture({}, { queue: fixture.queue, restingBytes });
      try {
        await next.queue.clock.advance(5 * minuteMs);
        next.runner.start([recovered?.queueId ?? '']);
        await next.advance(1);
        expect(next.jobs).toHaveLength(0);
        await next.advance(10 * minuteMs - 1);
        expect(next.jobs).toHaveLength(1);
      } finally {
        await next.close();
      }
    });

    it('holds mail that came in before the start, and tries nothing', async () => {
      const early = await createRunnerFixture({}, { restingBytes });
      try {
        await early.accept();
        await early.advance(hourMs);
        expect(early.jobs).toEqual([]);
        early.runner.start([]);
        await early.advance(1);
        expect(early.jobs).toHaveLength(1);
      } finally {
        await early.close();
      }
    });
  });

  describe('runner: a destination that is down', () => {
    it('costs one attempt each time; its other mail shares the wait', async () => {
      fixture.deliver = (job) => all(job, refused, true);
      const first = await fixture.accept();
      await fixture.idle();
      const second = await fixture.accept();
      await fixture.advance(5 * minuteMs);
      expect(fixture.jobs).toHaveLength(1);
      expect(await nextAttemptOf(first)).toBe(10 * minuteMs);
      expect(await nextAttemptOf(second)).toBe(10 * minuteMs);
      await fixture.advance(10 * minuteMs);
      expect(fixture.jobs).toHaveLength(2);
      expect(await nextAttemptOf(first)).toBe(30 * minuteMs);
      await fixture.advance(30 * minuteMs);
      // They take turns: a message with a fault of its own does not keep the others waiting.
      expect(fixture.jobs.map(({ envelope }) => envelope.queueId)).toEqual([first, first, second]);
    });

    it('sends all of it as soon as one message gets through', async () => {
      fixture.deliver = (job) => all(job, refused, true);
      for (let n = 0; n < 20; n++) await fixture.accept();
      await fixture.idle();
      expect(fixture.jobs.length).toBeLessThanOrEqual(4);
      fixture.deliver = (job) => all(job, ok);
      await fixture.advance(15 * minuteMs);
      expect(fixture.runner.stats().total).toBe(0);
      expect(await fixture.queue.files()).toEqual([]);
    });

    it('does not hold back mail for others', async () => {
      fixture.deliver = (job) =>
        job.route.destination.includes('remote') ? all(job, refused, true) : all(job, ok);
      await fixture.accept();
      await fixture.accept({ recipients: [recipientOf({ address: 'c@other.test' })] });
      await fixture.idle();
      expect(fixture.outcomes()).toEqual(['relayed c@other.test']);
    });

    it('returns mail that was never tried with the error of its destination', async () => {
      fixture.deliver = (job) => all(job, refused, true);
      await fixture.accept();
      await fixture.idle();
      const waiting = await fixture.accept();
      await fixture.advance(2 * 24 * hourMs);
      expect(fixture.runner.stats().total).toBe(0);
      const told = fixture.notifications.find(
        ({ envelope, recipients }) => envelope.queueId === waiting && recipients[0]?.action === 'failed',
      );
      expect(told?.recipients[0]?.status.text).toContain('connection refused');
    });

    it('is tried at once when an operator says so', async () => {
      fixture.deliver = (job) => all(job, refused, true);
      const queueId = await fixture.accept();
      await fixture.accept();
      await fixture.idle();
      const before = fixture.jobs.length;
      expect(fixture.runner.retry([queueId])).toBe(1);
      await fixture.idle();
      expect(fixture.jobs.length).toBeGreaterThan(before);
      fixture.deliver = (job) => all(job, ok);
      expect(fixture.runner.retry()).toBe(2);
      await fixture.idle();
      expect(fixture.runner.stats().total).toBe(0);
      expect(fixture.runner.retry(['f'.repeat(24)])).toBe(0);
    });

    it('loses its mail to another route when the settings say so', async () => {
      fixture.deliver = (job) => all(job, refused, true);
      await fixture.accept();
      await fixture.accept();
      await fixture.idle();
      fixture.deliver = (job) => (job.route.destination === 'drop' ? all(job, ok) : all(job, refused, true));
      fixture.runner.reroute();
      await fixture.idle();
      expect(fixture.outcomes()).toEqual([]);
      fixture.route = () => ({ kind: 'drop', destination: 'drop', rule: 'now local' });
      fixture.runner.reroute();
      await fixture.idle();
      expect(fixture.outcomes()).toEqual(['dropped b@remote.test', 'dropped b@remote.test']);
    });

    it('leaves a refused recipient alone when its route has not changed', async () => {
      fixture.deliver = (job) => all(job, greylisted);
      await fixture.accept();
      await fixture.idle();
      fixture.runner.reroute();
      await fixture.idle();
      expect(fixture.jobs).toHaveLength(1);
    });
  });

  describe('runner: limits', () => {
    /** Attempts that end when the test says so. */
    function holdAttempts() {
      const ends: (() => void)[] = [];
      let most = 0;
      let running = 0;
      const byDestination = new Map<string, number>();
      fixture.deliver = (job) => {
        const { destination } = job.route;
        most = Math.max(most, ++running);
        byDestination.set(destination, (byDestination.get(destination) ?? 0) + 1);
        return new Promise((resolve) => {
          ends.push(() => {
            running--;
            byDestination.set(destination, (byDestination.get(destination) ?? 0) - 1);
            resolve(all(job, ok));
          });
        });
      };
      return { ends, byDestination, most: () => most };
    }

    it('never has more attempts than allowed, in total and to one destination', async () => {
      fixture.settings = createServerSettings({
        maxOutboundConnections: 5,
        maxOutboundConnectionsPerDomain: 2,
      });
      const held = holdAttempts();
      for (let n = 0; n < 60; n++) {
        await fixture.accept({ recipients: [recipientOf({ address: `b@d${n % 4}.test` })] });
      }
      await until(() => held.ends.length >= 5, 'as many as are allowed are running');
      await fixture.queue.clock.settle();
      expect(held.ends).toHaveLength(5);
      for (let n = 0; n < 60; n++) {
        await until(() => held.ends.length > 0, 'an attempt is running');
        for (const running of held.byDestination.values()) expect(running).toBeLessThanOrEqual(2);
        held.ends.shift()?.();
      }
      await fixture.idle();
      expect(held.most()).toBe(5);
      expect(fixture.runner.stats().total).toBe(0);
    });

    it('lets a single message pass a destination with a thousand', async () => {
      fixture.settings = createServerSettings({ maxOutboundConnections: 1 });
      const held = holdAttempts();
      for (let n = 0; n < 100; n++) await fixture.accept();
      await fixture.accept({ recipients: [recipientOf({ address: 'c@small.test' })] });
      for (let n = 0; n < 3; n++) {
        await until(() => held.ends.length > 0, 'an attempt is running');
        held.ends.shift()?.();
        await fixture.queue.clock.settle();
      }
      expect(fixture.jobs.some(({ route }) => route.destination === 'mx:small.test:25')).toBe(true);
    });

    it('begins with few lanes and opens more while much mail waits', async () => {
      const held = holdAttempts();
      for (let n = 0; n < 300; n++) await fixture.accept();
      await until(() => held.ends.length >= 4, 'the first lanes are open');
      await fixture.queue.clock.settle();
      expect(held.ends).toHaveLength(4);
      for (let n = 0; n < 300; n++) {
        await until(() => held.ends.length > 0, 'an attempt is running');
        held.ends.shift()?.();
      }
      await fixture.idle();
      expect(held.most()).toBeGreaterThan(10);
      expect(held.most()).toBeLessThanOrEqual(100);
    });

    it('writes into Drop with eight at once, whatever the outbound limit', async () => {
      fixture.settings = createServerSettings({ maxOutboundConnections: 1 });
      const held = holdAttempts();
      for (let n = 0; n < 30; n++)
        await fixture.accept({ recipients: [recipientOf({ address: 'b@corp.test' })] });
      for (let n = 0; n < 30; n++) {
        await until(() => held.ends.length > 0, 'an attempt is running');
        held.ends.shift()?.();
      }
      await fixture.idle();
      expect(held.most()).toBeLessThanOrEqual(8);
      expect(fixture.runner.stats().total).toBe(0);
    });
  });

  describe('runner: operators', () => {
    it('lists the oldest first, page by page', async () => {
      fixture.deliver = (job) => all(job, greylisted);
      const ids: string[] = [];
      for (let n = 0; n < 5; n++) ids.push(await fixture.accept({ subject: `Message ${n}` }));
      await fixture.idle();
      const page = await fixture.runner.list({ offset: 1, limit: 2 });
      expect(page.total).toBe(5);
      expect(page.rows.map(({ envelope }) => envelope.queueId)).toEqual(ids.slice(1, 3));
      expect(await fixture.runner.list({ offset: 10, limit: 2 })).toEqual({ rows: [], total: 5 });
      expect(fixture.runner.stats()).toMatchObject({ total: 5, oldestArrivedAt: expect.any(Number) });
    });

    it('deletes waiting mail without telling the sender', async () => {
      fixture.deliver = (job) => all(job, greylisted);
      const queueId = await fixture.accept();
      await fixture.idle();
      expect(await fixture.runner.delete([queueId, queueId, 'f'.repeat(24)])).toBe(1);
      expect(fixture.outcomes()).toEqual(['deleted b@remote.test']);
      expect(fixture.notifications).toEqual([]);
      expect(await fixture.queue.files()).toEqual([]);
      expect(await fixture.runner.get(queueId)).toBeUndefined();
    });

    it('breaks an attempt off before it deletes', async () => {
      fixture.deliver = (job, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(all(job, greylisted))));
      const queueId = await fixture.accept();
      await until(() => fixture.jobs.length === 1, 'the attempt runs');
      expect((await fixture.runner.get(queueId))?.isActive).toBe(true);
      expect(await fixture.runner.delete([queueId])).toBe(1);
      expect(fixture.outcomes()).toEqual(['deleted b@remote.test']);
    });

    it('does not call deleted what was delivered while the operator clicked', async () => {
      fixture.deliver = (job, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(all(job, ok))));
      const queueId = await fixture.accept();
      await until(() => fixture.jobs.length === 1, 'the attempt runs');
      expect(await fixture.runner.delete([queueId])).toBe(1);
      expect(fixture.outcomes()).toEqual(['relayed b@remote.test']);
    });

    it('can delete a message whose notification cannot be sent', async () => {
      fixture.deliver = (job) => all(job, unknownUser);
      fixture.notify = () => Promise.reject(new Error('no way'));
      const queueId = await fixture.accept();
      await until(() => fixture.queue.events.some(({ type }) => type === 'warning'), 'the warning');
      expect(await fixture.runner.delete([queueId])).toBe(1);
      expect(fixture.outcomes()).toEqual(['deleted b@remote.test']);
    });
  });

  describe('runner: stopping', () => {
    it('breaks attempts off and loses nothing', async () => {
      fixture.deliver = (job, signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => resolve(all(job, createStatus(451, '4.3.2', 'x')))),
        );
      const queueId = await fixture.accept();
      await until(() => fixture.jobs.length === 1, 'the attempt runs');
      await fixture.runner.stop(0);
      const [envelope] = await fixture.recover();
      expect(envelope).toMatchObject({ queueId, recipients: [{ attempts: 0 }] });
      expect(fixture.runner.retry()).toBe(1);
      expect(fixture.jobs).toHaveLength(1);
      expect(await fixture.runner.delete([queueId])).toBe(0);
    });

    it('waits for an attempt that ends in time, and keeps its result', async () => {
      let end: () => void = () => undefined;
      fixture.deliver = (job) =>
        new Promise((resolve) => {
          end = () => resolve(all(job, ok));
        });
      await fixture.accept();
      await until(() => fixture.jobs.length === 1, 'the attempt runs');
      const stopped = fixture.runner.stop(5000);
      end();
      await stopped;
      expect(fixture.outcomes()).toEqual(['relayed b@remote.test']);
      expect(await fixture.queue.files()).toEqual([]);
    });

    it('does not wait for an attempt that ignores being broken off, nor believe it later', async () => {
      let end: () => void = () => undefined;
      fixture.deliver = (job) =>
        new Promise((resolve) => {
          end = () => resolve(all(job, ok));
        });
      await fixture.accept();
      await until(() => fixture.jobs.length === 1, 'the attempt runs');
      const stopped = fixture.runner.stop(5000);
      await fixture.queue.clock.advance(7000);
      await stopped;
      end();
      await fixture.queue.clock.settle();
      expect(await fixture.recover()).toHaveLength(1);
    });
  });
});
