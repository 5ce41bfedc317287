/** Quick retries, problem messages, and the order in which the mail of one destination goes. */
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
} from './runner-fixture';

const minuteMs = 60_000;
/** What delivery says of a session that the other side ended in its middle. */
const reset = createStatus(451, '4.4.2', 'mx.remote.test: connection reset by the remote server');

let fixture: RunnerFixture;
describe.each(memories)('with envelopes $where', ({ restingBytes }) => {
  beforeEach(async () => {
    fixture = await createRunnerFixture({}, { restingBytes });
    fixture.settings = createServerSettings({ quickRetries: 3, quickRetryMinutes: 1 });
    fixture.runner.start([]);
  });
  afterEach(() => fixture.close());

  /** Minutes after acceptance at which the message was tried, for so many minutes. */
  async function attemptsWithin(minutes: number): Promise<number[]> {
    const { clock } = fixture.queue;
    const begin = clock.now();
    const times: number[] = [];
    const { deliver } = fixture;
    fixture.deliver = (job, signal) => {
      times.push((clock.now() - begin) / minuteMs);
      return deliver(job, signal);
    };
    await fixture.accept();
    await fixture.advance(minutes * minuteMs);
    return times;
  }

  describe('quick retries', () => {
    const schedule = [0, 1, 2, 3, 18, 48, 108, 348];

    it('come before the intervals when a destination cannot be reached', async () => {
      fixture.deliver = (job) => all(job, refused, true);
      expect(await attemptsWithin(350)).toEqual(schedule);
    });

    it('come before the intervals when a recipient is put off', async () => {
      fixture.deliver = (job) => all(job, greylisted);
      expect(await attemptsWithin(350)).toEqual(schedule);
    });

    it('begin anew when the destination was reached in between', async () => {
      let isUp = false;
      fixture.deliver = (job) => (isUp ? all(job, ok) : all(job, refused, true));
      expect(await attemptsWithin(10)).toEqual([0, 1, 2, 3]);
      isUp = true;
      await fixture.advance(20 * minuteMs);
      expect(fixture.runner.stats().total).toBe(0);
      isUp = false;
      expect(await attemptsWithin(10)).toEqual([0, 1, 2, 3]);
    });

    it('begin anew when somebody retries by hand: who tries settings does not put the mail off', async () => {
      fixture.deliver = (job) => all(job, refused, true);
      await fixture.accept();
      await fixture.advance(400 * minuteMs);
      for (let count = 0; count < 6; count++) {
        fixture.runner.retry();
        await fixture.advance(0);
      }
      const { now } = fixture.queue.clock;
      const [row] = (await fixture.runner.list({ offset: 0, limit: 1 })).rows;
      expect((row?.envelope.recipients[0]?.nextAttemptAt ?? 0) - now()).toBe(minuteMs);
    });

    it('of the first message are told as the reason why the others wait', async () => {
      fixture.deliver = (job) => all(job, refused, true);
      await fixture.accept();
      await fixture.advance(0);
      await fixture.accept();
      await fixture.advance(0);
      const { rows } = await fixture.runner.list({ offset: 0, limit: 2 });
      const [first, second] = rows.map(({ envelope }) => envelope.recipients[0]);
      expect([first?.attempts, second?.attempts]).toEqual([1, 0]);
      expect(second?.last?.status).toEqual(first?.last?.status);
    });

    it('that are set while mail waits hold from the next attempt on', async () => {
      fixture.settings = createServerSettings({ quickRetries: 0, firstRetryMinutes: 5 });
      fixture.deliver = (job) => all(job, refused, true);
      const attempts = attemptsWithin(20);
      fixture.settings = createServerSettings({ quickRetries: 3 });
      expect(await attempts).toEqual([0, 1, 2, 3, 18]);
    });
  });

  describe('a problem message', () => {
    const subjects = (): string[] => fixture.jobs.map(({ envelope }) => envelope.subject);

    it('goes behind the others of its destination after two sessions that the other side ended', async () => {
      fixture.settings = createServerSettings({ quickRetries: 3, maxOutboundConnectionsPerDomain: 1 });
      fixture.deliver = (job) => all(job, job.envelope.subject === 'Problem' ? reset : ok);
      await fixture.accept({ subject: 'Problem' });
      await fixture.advance(minuteMs - 1);
      expect(subjects()).toEqual(['Problem']);
      // Once: it is still an ordinary retry, and its turn comes before new mail.
      let release = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const { deliver } = fixture;
      fixture.deliver = async (job, signal) => {
        if (job.envelope.subject === 'First') await gate;
        return deliver(job, signal);
      };
      await fixture.advance(1);
      expect(subjects()).toEqual(['Problem', 'Problem']);
      // Twice: it waits until nothing else of its destination does.
      await fixture.accept({ subject: 'First' });
      await until(() => fixture.jobs.length === 3, 'the first message holds the lane');
      await fixture.queue.clock.advance(minuteMs);
      for (let n = 0; n < 5; n++) await fixture.accept({ subject: `Other ${n}` });
      release();
      await until(() => fixture.jobs.length === 9, 'all were tried');
      await fixture.idle();
      expect(subjects().slice(2)).toEqual([
        'First',
        'Other 0',
        'Other 1',
        'Other 2',
        'Other 3',
        'Other 4',
        'Problem',
      ]);
    });

    it('keeps no more than one lane from the others', async () => {
      for (let n = 0; n < 6; n++) await fixture.accept({ subject: 'Problem', recipients: [recipientOf()] });
      await fixture.idle();
      fixture.jobs.length = 0;
      fixture.deliver = (job) => all(job, reset);
      for (let n = 0; n < 6; n++) await fixture.accept({ subject: 'Problem' });
      await fixture.advance(minuteMs);
      fixture.jobs.length = 0;
      let running = 0;
      let most = 0;
      fixture.deliver = async (job) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        return all(job, ok);
      };
      await fixture.advance(2 * minuteMs);
      expect(fixture.jobs).toHaveLength(6);
      expect(most).toBe(1);
    });

    it('is not what a host that cannot be reached makes of a message', async () => {
      fixture.deliver = (job) => all(job, refused, true);
      const first = await fixture.accept();
      await fixture.advance(2 * minuteMs);
      fixture.deliver = (job) => all(job, ok);
      for (let n = 0; n < 3; n++) await fixture.accept();
      await fixture.advance(minuteMs);
      expect(fixture.outcomes()).toHaveLength(4);
      expect(fixture.jobs.at(-1)?.envelope.queueId).not.toBe(first);
    });
  });

  it('neither new mail nor retries of one destination wait until there is no more of the other', async () => {
    fixture.settings = createServerSettings({ quickRetries: 3, maxOutboundConnectionsPerDomain: 1 });
    fixture.deliver = (job) => all(job, greylisted);
    for (let n = 0; n < 10; n++) await fixture.accept({ subject: 'Old' });
    await fixture.idle();
    await fixture.advance(minuteMs - 1);
    fixture.jobs.length = 0;
    const ends: (() => void)[] = [];
    fixture.deliver = (job) => new Promise((resolve) => ends.push(() => resolve(all(job, ok))));
    for (let n = 0; n < 10; n++) await fixture.accept({ subject: 'New' });
    await until(() => ends.length === 1, 'one holds the lane');
    await fixture.queue.clock.advance(1);
    await until(() => fixture.runner.stats().active === 1, 'the old mail is ready');
    for (let n = 0; n < 20; n++) {
      await until(() => ends.length > 0, 'an attempt runs');
      ends.shift()?.();
    }
    await fixture.idle();
    const order = fixture.jobs.map(({ envelope }) => envelope.subject.charAt(0)).join('');
    expect(order.slice(1, 19)).toMatch(/^(ON){9}$/);
  });
});
