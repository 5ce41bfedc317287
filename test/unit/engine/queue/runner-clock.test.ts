/** The clock of the computer is set, or stops with it: no mail expires early, none waits for years. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Envelope } from '../../../../src-main/engine/core/envelope';
import type { QueueId } from '../../../../src-main/engine/core/ids';
import { createSettableClock, type SettableClock } from '../../../support/fake-clock';
import { recipientOf } from './fixture';
import {
  all,
  createRunnerFixture,
  greylisted,
  heldRoute,
  memories,
  type RunnerFixture,
  refused,
} from './runner-fixture';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const yearMs = 365 * 24 * hourMs;

let clock: SettableClock;
let fixture: RunnerFixture;
describe.each(memories)('with envelopes $where', ({ restingBytes }) => {
  beforeEach(async () => {
    clock = createSettableClock();
    fixture = await createRunnerFixture({}, { restingBytes, clock });
    fixture.deliver = (job) => all(job, greylisted);
    fixture.runner.start([]);
  });
  afterEach(() => fixture.close());

  const shown = async (queueId: QueueId): Promise<Envelope | undefined> =>
    (await fixture.runner.get(queueId))?.envelope;
  const told = (): string[] =>
    fixture.notifications.flatMap(({ recipients }) => recipients.map(({ action }) => action));

  it.each([
    ['forward by five years', 5 * yearMs],
    ['forward by three days', 72 * hourMs],
    ['back by an hour', -hourMs],
    ['back by five years', -5 * yearMs],
  ])('set %s: mail is told as delayed, and returned, after the time it has waited', async (_claim, ms) => {
    await fixture.accept();
    await fixture.advance(hourMs);
    clock.setBy(ms);
    await fixture.advance(11 * hourMs - 1);
    expect(told()).toEqual([]);
    await fixture.advance(1);
    expect(told()).toEqual(['delayed']);
    await fixture.advance(36 * hourMs - 1);
    expect(fixture.outcomes()).toEqual([]);
    await fixture.advance(1);
    expect(fixture.outcomes()).toEqual(['expired b@remote.test']);
  });

  it('what an operator does is in the trace by the clock as it is set then', async () => {
    const queueId = await fixture.accept();
    await fixture.idle();
    clock.setBy(3 * hourMs);
    await fixture.runner.act({ queueIds: [queueId] }, { kind: 'hold', by: 'ann' });
    expect(fixture.traced.at(-1)).toMatchObject({ kind: 'operator', act: 'held', at: clock.now() });
  });

  it.each([
    ['forward by five years', 5 * yearMs],
    ['back by five years', -5 * yearMs],
  ])('set %s: mail that comes afterwards has the same time as any', async (_claim, ms) => {
    clock.setBy(ms);
    const queueId = await fixture.accept();
    await fixture.idle();
    // All of it is by the wall clock, as logs are.
    expect(await shown(queueId)).toMatchObject({
      arrivedAt: clock.now(),
      recipients: [{ nextAttemptAt: clock.now() + 15 * minuteMs, last: { at: clock.now() } }],
    });
    const [written] = await fixture.recover();
    expect(written).toEqual(await shown(queueId));
    await fixture.advance(15 * minuteMs);
    expect(fixture.jobs).toHaveLength(2);
    expect(fixture.jobs[1]?.envelope.arrivedAt).toBe(clock.now() - 15 * minuteMs);
    await fixture.advance(48 * hourMs - 15 * minuteMs - 1);
    expect(fixture.outcomes()).toEqual([]);
    await fixture.advance(1);
    expect(fixture.outcomes()).toEqual(['expired b@remote.test']);
  });

  it('set forward: what waits is tried within a minute, and its times are those of the new clock', async () => {
    const queueId = await fixture.accept();
    await fixture.advance(minuteMs);
    clock.setBy(yearMs);
    await fixture.advance(minuteMs);
    expect(fixture.jobs).toHaveLength(2);
    const [, again] = fixture.queue.events.flatMap((event) =>
      event.type === 'recipient-deferred' ? [event.nextAttemptAt - clock.now()] : [],
    );
    expect(again).toBeGreaterThanOrEqual(29 * minuteMs);
    expect(again).toBeLessThanOrEqual(30 * minuteMs);
    expect((await shown(queueId))?.arrivedAt).toBe(clock.now() - 2 * minuteMs);
  });

  it('set back: what waits is tried when its time has passed', async () => {
    const queueId = await fixture.accept();
    await fixture.advance(5 * minuteMs);
    clock.setBy(-5 * yearMs);
    await fixture.advance(minuteMs);
    expect((await shown(queueId))?.recipients[0]?.nextAttemptAt).toBe(clock.now() + 9 * minuteMs);
    await fixture.advance(9 * minuteMs);
    expect(fixture.jobs).toHaveLength(2);
  });

  it('tells the sender times of the wall clock', async () => {
    fixture.deliver = (job) => all(job, refused, true);
    await fixture.accept();
    clock.setBy(yearMs);
    await fixture.advance(12 * hourMs);
    expect(fixture.notifications[0]?.recipients[0]).toMatchObject({
      action: 'delayed',
      willRetryUntil: clock.now() + 36 * hourMs,
    });
    expect(fixture.notifications[0]?.recipients[0]?.lastAttemptAt).toBeGreaterThan(clock.now() - 5 * hourMs);
    expect(fixture.notifications[0]?.envelope.arrivedAt).toBe(clock.now() - 12 * hourMs);
  });

  it.each([
    ['is counted by the steady clock', true],
    ['is not', false],
  ])('a computer that slept tries what waits within a minute (sleep %s)', async (_claim, isCounted) => {
    fixture.deliver = (job) => all(job, refused, true);
    await fixture.accept();
    await fixture.advance(20 * minuteMs);
    expect(fixture.jobs).toHaveLength(2);
    clock.sleep(72 * hourMs, isCounted);
    await fixture.advance(minuteMs);
    expect(fixture.jobs).toHaveLength(3);
    expect(fixture.outcomes()).toEqual([]);
    expect(told()).toEqual([]);
  });

  it('does not try mail that waits to be asked for, whatever the clock does', async () => {
    fixture.route = () => heldRoute('held.test');
    await fixture.accept({ recipients: [recipientOf({ address: 'a@held.test' })] });
    clock.setBy(yearMs);
    await fixture.advance(10 * minuteMs);
    clock.setBy(-2 * yearMs);
    await fixture.advance(10 * minuteMs);
    expect(fixture.jobs).toEqual([]);
    expect(fixture.runner.heldDomains()).toEqual(['held.test']);
  });

  describe('at a start', () => {
    /** A message as a run under another clock left it. */
    async function startWith(change: { arrivedAt: number; nextAttemptAt: number }): Promise<RunnerFixture> {
      const queueId = 'f'.repeat(24);
      const { arrivedAt, nextAttemptAt } = change;
      await fixture.runner.stop(0);
      await fixture.accept({ queueId, arrivedAt });
      const [envelope] = await fixture.recover();
      if (!envelope) throw new Error('nothing was written');
      const recipients = envelope.recipients.map((each) => ({ ...each, attempts: 1, nextAttemptAt }));
      await fixture.queue.store.rewrite({ ...envelope, recipients });
      const next = await createRunnerFixture({}, { restingBytes, clock, queue: fixture.queue });
      next.deliver = (job) => all(job, greylisted);
      next.runner.start([envelope.queueId]);
      return next;
    }

    it('mail that arrives in the future arrived now: it is returned after two days', async () => {
      const now = clock.now();
      const next = await startWith({ arrivedAt: now + 5 * yearMs, nextAttemptAt: now });
      await next.advance(48 * hourMs - 1);
      expect(next.outcomes()).toEqual([]);
      await next.advance(1);
      expect(next.outcomes()).toEqual(['expired b@remote.test']);
      await next.close();
    });

    it('mail that was to be tried in years is tried after the longest interval', async () => {
      const now = clock.now();
      const next = await startWith({ arrivedAt: now, nextAttemptAt: now + 5 * yearMs });
      await next.advance(4 * hourMs - 1);
      expect(next.jobs).toEqual([]);
      await next.advance(1);
      expect(next.jobs).toHaveLength(1);
      await next.close();
    });
  });
});
