/** Limits of a route: its rate, and its connections. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Route, RouteLimits } from '../../../../src-main/engine/core/delivery';
import { until } from '../../../support/fake-clock';
import { createServerSettings } from '../../../support/settings';
import { recipientOf } from './fixture';
import { all, createRunnerFixture, memories, mxRoute, ok, type RunnerFixture } from './runner-fixture';

const minuteMs = 60_000;

let fixture: RunnerFixture;
let limits: RouteLimits;
describe.each(memories)('with envelopes $where', ({ restingBytes }) => {
  beforeEach(async () => {
    fixture = await createRunnerFixture({}, { restingBytes });
    limits = { maxConnections: null, maxMessagesPerMinute: 6 };
    fixture.route = (address): Route => ({
      ...(mxRoute(address.slice(address.lastIndexOf('@') + 1)) as Extract<Route, { kind: 'mx' }>),
      limits: address.endsWith('@free.test') ? { maxConnections: null, maxMessagesPerMinute: null } : limits,
    });
    fixture.runner.start([]);
  });
  afterEach(() => fixture.close());

  const accept = async (count: number, address = 'b@slow.test'): Promise<void> => {
    for (let n = 0; n < count; n++) await fixture.accept({ recipients: [recipientOf({ address })] });
    await fixture.idle();
  };
  const tried = (): number => fixture.jobs.length;

  describe('a rate', () => {
    it('lets so many messages go in a minute, evenly', async () => {
      await accept(20);
      const counts = [tried()];
      for (let n = 0; n < 6; n++) {
        await fixture.advance(10_000);
        counts.push(tried());
      }
      expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7]);
      await fixture.advance(3 * minuteMs);
      expect(fixture.outcomes()).toHaveLength(20);
    });

    it('counts a message once, whoever it is for', async () => {
      const recipients = ['a', 'b', 'c'].map((name) => recipientOf({ address: `${name}@slow.test` }));
      for (let n = 0; n < 3; n++) await fixture.accept({ recipients });
      await fixture.advance(10_000);
      expect(fixture.jobs.map((job) => job.recipients.length)).toEqual([3, 3]);
    });

    it('makes nobody wait for whom it is not', async () => {
      await accept(5);
      await accept(5, 'c@free.test');
      expect(fixture.outcomes().filter((outcome) => outcome.endsWith('@free.test'))).toHaveLength(5);
    });

    it('shows as a wait for the rate, with its end, and as no failure', async () => {
      await accept(3);
      const { rows } = await fixture.runner.list({ offset: 0, limit: 10 });
      expect(rows).toHaveLength(2);
      for (const { envelope, pacedUntil } of rows) {
        expect(pacedUntil?.get(0)).toBe(fixture.queue.clock.now() + 10_000);
        expect(envelope.recipients[0]).toMatchObject({
          attempts: 0,
          nextAttemptAt: fixture.queue.clock.now() + 10_000,
        });
        expect(envelope.recipients[0]).not.toHaveProperty('last');
      }
      expect(fixture.queue.events.some(({ type }) => type === 'recipient-deferred')).toBe(false);
    });

    it('is not passed by an operator who retries everything, nor by a change of the settings', async () => {
      await accept(10);
      expect(tried()).toBe(1);
      fixture.runner.retry();
      fixture.runner.reroute();
      await fixture.idle();
      expect(tried()).toBe(1);
      await fixture.advance(10_000);
      expect(tried()).toBe(2);
    });

    it('is remembered when nothing waits for a while', async () => {
      await accept(1);
      await fixture.advance(2_000);
      await accept(1);
      expect(tried()).toBe(1);
      await fixture.advance(8_000);
      expect(tried()).toBe(2);
    });

    it.each([
      ['raised', 60, 10],
      ['taken away', null, 20],
    ])('that is %s while mail waits holds at once', async (_claim, maxMessagesPerMinute, expected) => {
      await accept(20);
      limits = { ...limits, maxMessagesPerMinute };
      fixture.runner.reroute();
      await fixture.idle();
      await fixture.advance(9_900);
      expect(tried()).toBeGreaterThanOrEqual(expected);
    });

    it('that is set while mail waits holds at once', async () => {
      limits = { maxConnections: 1, maxMessagesPerMinute: null };
      const ends: (() => void)[] = [];
      fixture.deliver = (job) => new Promise((resolve) => ends.push(() => resolve(all(job, ok))));
      for (let n = 0; n < 10; n++)
        await fixture.accept({ recipients: [recipientOf({ address: 'b@slow.test' })] });
      await until(() => ends.length === 1, 'one is under way');
      limits = { maxConnections: 1, maxMessagesPerMinute: 1 };
      fixture.runner.reroute();
      fixture.deliver = (job) => all(job, ok);
      ends.shift()?.();
      await fixture.advance(minuteMs - 1);
      expect(tried()).toBeLessThanOrEqual(2);
    });
  });

  describe('a limit of connections', () => {
    it.each([
      ['is lower than that of the server', 2, 100, 2],
      ['is higher than that of the server', 3, 1, 3],
      ['is none, and the server has one', null, 1, 4],
    ])('of a route %s', async (_claim, maxConnections, maxOutboundConnectionsPerDomain, expected) => {
      fixture.settings = createServerSettings({ maxOutboundConnectionsPerDomain });
      limits = { maxConnections, maxMessagesPerMinute: null };
      fixture.deliver = (_job, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stop'))));
      for (let n = 0; n < 20; n++)
        await fixture.accept({ recipients: [recipientOf({ address: 'b@slow.test' })] });
      await until(() => tried() === expected, 'as many attempts as there are lanes');
      await fixture.queue.clock.settle();
      expect(tried()).toBe(expected);
    });

    it('that is raised while mail waits holds at once', async () => {
      limits = { maxConnections: 1, maxMessagesPerMinute: null };
      fixture.deliver = (_job, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stop'))));
      for (let n = 0; n < 20; n++)
        await fixture.accept({ recipients: [recipientOf({ address: 'b@slow.test' })] });
      await until(() => tried() === 1, 'one lane');
      limits = { ...limits, maxConnections: 3 };
      fixture.runner.reroute();
      await until(() => tried() === 3, 'three lanes');
    });
  });
});
