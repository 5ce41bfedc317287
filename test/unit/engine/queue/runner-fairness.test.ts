/** Nobody's mail waits because of others: dead hosts, hosts that trickle, huge messages, very much mail for one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryJob } from '../../../../src-main/engine/core/delivery';
import { createRunner } from '../../../../src-main/engine/queue/runner';
import { createQueueStore } from '../../../../src-main/engine/queue/store';
import { createFakeClock, until } from '../../../support/fake-clock';
import { createServerSettings } from '../../../support/settings';
import { envelopeOf, recipientOf } from './fixture';
import {
  all,
  createRunnerFixture,
  memories,
  mxRoute,
  ok,
  type RunnerFixture,
  refused,
} from './runner-fixture';

const minuteMs = 60_000;

let fixture: RunnerFixture;
describe.each(memories)('with envelopes $where', ({ restingBytes }) => {
  beforeEach(async () => {
    fixture = await createRunnerFixture({}, { restingBytes });
    fixture.settings = createServerSettings({ maxOutboundConnections: 16, quickRetries: 3 });
    fixture.runner.start([]);
  });
  afterEach(() => fixture.close());

  const accept = async (domain: string, count = 1): Promise<void> => {
    for (let n = 0; n < count; n++)
      await fixture.accept({ recipients: [recipientOf({ address: `b@${domain}` })] });
    await fixture.queue.clock.settle();
  };

  /** Attempts to some hosts hang until `end`; those to the others work at once. */
  function hang(isHanging: (domain: string) => boolean) {
    const ends: (() => void)[] = [];
    fixture.deliver = (job) => {
      const domain = job.route.destination.split(':')[1] ?? '';
      if (!isHanging(domain)) return all(job, ok);
      return new Promise((resolve) => ends.push(() => resolve(all(job, refused, true))));
    };
    return {
      ends,
      endAll: () => {
        for (const end of ends.splice(0)) end();
      },
    };
  }
  const isDead = (domain: string): boolean => domain.startsWith('dead');

  it('a hundred dead hosts that were never tried leave lanes to a host that takes mail', async () => {
    const { ends } = hang((domain) => isDead(domain) || domain === 'busy.test');
    await accept('good.test');
    await until(() => fixture.outcomes().length === 1, 'it takes mail');
    for (let n = 0; n < 100; n++) await accept(`dead${n}.test`, 2);
    await until(() => ends.length === 14, 'they have all that they may have');
    await fixture.queue.clock.settle();
    expect(ends).toHaveLength(14);
  });

  it('a hundred dead hosts at their retry leave lanes to hosts that nobody knows yet', async () => {
    const { ends, endAll } = hang(isDead);
    for (let n = 0; n < 40; n++) await accept(`dead${n}.test`);
    // Each is tried once and cannot be reached.
    while (fixture.jobs.length < 40 || ends.length > 0) {
      endAll();
      await fixture.queue.clock.settle();
    }
    fixture.jobs.length = 0;
    // All retries are due together, and hang.
    await fixture.queue.clock.advance(minuteMs);
    await until(() => ends.length === 8, 'the retries have half of the lanes');
    await fixture.queue.clock.settle();
    expect(ends).toHaveLength(8);
    for (let n = 0; n < 20; n++) await accept(`new${n}.test`);
    await until(() => fixture.outcomes().length === 20, 'all new mail is out');
    expect(ends).toHaveLength(8);
  });

  it('a host that trickles has a quarter of the lanes, however much mail waits for it', async () => {
    const { ends } = hang((domain) => domain === 'slow.test');
    await accept('other.test');
    await accept('slow.test', 50);
    await until(() => ends.length === 4, 'the first lanes');
    await accept('other.test', 10);
    await until(() => fixture.outcomes().length === 11, 'the others are served');
    expect(ends).toHaveLength(4);
  });

  it('a host that took mail quickly and then huge messages leaves a lane to others', async () => {
    let isHuge = false;
    const ends: (() => void)[] = [];
    fixture.deliver = (job: DeliveryJob) =>
      isHuge && job.route.destination === 'mx:big.test:25'
        ? new Promise((resolve) => ends.push(() => resolve(all(job, ok))))
        : all(job, ok);
    // Somebody else has mail that waits for its time.
    const { deliver } = fixture;
    fixture.deliver = (job, signal) =>
      isDead(job.recipients[0]?.address.slice(2) ?? '') ? all(job, refused, true) : deliver(job, signal);
    await accept('dead.test');
    // Enough for many lanes to be opened.
    await accept('big.test', 200);
    await until(() => fixture.outcomes().length === 200, 'the small ones are out');
    isHuge = true;
    await accept('big.test', 100);
    await accept('third.test');
    await until(() => fixture.outcomes().includes('relayed b@third.test'), 'the third is served');
    expect(ends.length).toBeLessThanOrEqual(14);
  });
});

describe('a hundred thousand messages for one domain', () => {
  it('do not delay a message for another domain', async () => {
    const many = 100_000;
    const settings = createServerSettings({ maxOutboundConnections: 10 });
    const clock = createFakeClock();
    const addressOf = (queueId: string): string =>
      Number.parseInt(queueId, 16) < many ? 'b@many.test' : 'c@single.test';
    const envelopeFor = (queueId: string) =>
      envelopeOf({ queueId, recipients: [recipientOf({ address: addressOf(queueId) })] });
    const idOf = (number: number): string => number.toString(16).padStart(24, '0');
    const ends: (() => void)[] = [];
    const tried: string[] = [];
    const store = {
      ...createQueueStore({ folder: '/nonexistent', clock }),
      rewrite: async () => undefined,
      remove: async () => undefined,
      hasContent: async () => true,
    };
    const runner = createRunner({
      serverId: 1,
      store,
      read: async (queueId) => ({ kind: 'waiting', envelope: envelopeFor(queueId) }),
      settings: () => settings,
      clock,
      emit: () => undefined,
      route: (address) => mxRoute(address.slice(2)),
      deliver: (job) =>
        new Promise((resolve) => {
          tried.push(job.recipients[0]?.address ?? '');
          ends.push(() => resolve(all(job, ok)));
        }),
      notify: async () => undefined,
      moveToBadmail: async () => undefined,
    });
    runner.start(Array.from({ length: many }, (_, number) => idOf(number)));
    await clock.advance(1);
    await until(() => tried.length > 0, 'mail is sent');
    // The names are known at once; what they are for, as they are read.
    expect(runner.stats().total).toBe(many);
    const pull = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) {
        await until(() => ends.length > 0, 'an attempt is running');
        ends.shift()?.();
      }
    };
    await pull(500);
    runner.add(envelopeFor(idOf(many)));
    const before = tried.length;
    await pull(20);
    await until(() => tried.includes('c@single.test'), 'the single message is tried');
    expect(tried.indexOf('c@single.test') - before).toBeLessThanOrEqual(10);
    const stopped = runner.stop(0);
    for (const end of ends.splice(0)) end();
    await clock.advance(3000);
    await stopped;
  }, 60_000);
});
