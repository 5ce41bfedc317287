import { afterEach, describe, expect, it } from 'vitest';
import { Problem } from '../../../../src-main/engine/core/problem';
import { until } from '../../../support/fake-clock';
import { recipientOf } from './fixture';
import { all, createRunnerFixture, greylisted, ok, type RunnerFixture, unknownUser } from './runner-fixture';

let fixture: RunnerFixture;
afterEach(() => fixture.close());

const warnings = (): string[] =>
  fixture.queue.events.flatMap((event) => (event.type === 'warning' ? [event.code] : []));

describe('finishing when the disk does not work', () => {
  it.each([
    ['rewrite', greylisted],
    ['remove', ok],
  ] as const)('keeps what %s cannot write, warns, and writes it later', async (broken, status) => {
    let isBroken = true;
    fixture = await createRunnerFixture(
      {},
      {
        wrapStore: (store) => ({
          ...store,
          [broken]: (value: never) =>
            isBroken ? Promise.reject(new Error('ENOSPC: no space left')) : store[broken](value),
        }),
      },
    );
    fixture.runner.start([]);
    fixture.deliver = (job) => all(job, status);
    const queueId = await fixture.accept();
    await until(() => warnings().length === 1, 'the first warning');
    expect((await fixture.runner.get(queueId))?.isActive).toBe(true);
    await fixture.queue.clock.advance(1000);
    await until(() => warnings().length === 2, 'the second warning');
    expect(new Set(warnings())).toEqual(new Set(['queue-not-written']));
    // A crash now finds the message as it was.
    expect((await fixture.recover())[0]?.recipients[0]?.attempts).toBe(0);
    isBroken = false;
    await fixture.queue.clock.advance(2000);
    await fixture.idle();
    expect(fixture.jobs).toHaveLength(1);
    if (broken === 'remove') expect(await fixture.queue.files()).toEqual([]);
    else expect((await fixture.recover())[0]?.recipients[0]?.attempts).toBe(1);
  });

  it('does not send a notification twice because the envelope could not be written', async () => {
    let isBroken = true;
    fixture = await createRunnerFixture(
      {},
      {
        wrapStore: (store) => ({
          ...store,
          rewrite: (envelope) => (isBroken ? Promise.reject(new Error('EIO')) : store.rewrite(envelope)),
        }),
      },
    );
    fixture.runner.start([]);
    fixture.deliver = (job) => ({
      results: job.recipients.map(({ address }) => ({
        address,
        status: address.startsWith('b') ? unknownUser : greylisted,
      })),
      isDestinationDown: false,
    });
    await fixture.accept({ recipients: [recipientOf(), recipientOf({ address: 'c@remote.test' })] });
    await until(() => warnings().length === 1, 'the warning');
    isBroken = false;
    await fixture.queue.clock.advance(1000);
    await fixture.idle();
    expect(fixture.notifications).toHaveLength(1);
    expect(fixture.outcomes()).toEqual(['bounced b@remote.test']);
    expect(fixture.runner.stats().total).toBe(1);
  });

  it('finds after a crash behind the notification that somebody may still have to be told', async () => {
    fixture = await createRunnerFixture(
      {},
      { wrapStore: (store) => ({ ...store, remove: () => Promise.reject(new Error('EIO')) }) },
    );
    fixture.runner.start([]);
    fixture.deliver = (job) => all(job, unknownUser);
    await fixture.accept();
    await until(() => warnings().length === 1, 'the warning');
    expect(fixture.notifications).toHaveLength(1);
    await fixture.runner.stop(0);
    const [envelope] = await fixture.recover();
    expect(envelope?.recipients[0]).not.toHaveProperty('outcome');
    expect(fixture.outcomes()).toEqual([]);
  });

  it('insists on Badmail before it forgets', async () => {
    fixture = await createRunnerFixture();
    fixture.runner.start([]);
    let failures = 3;
    fixture.moveToBadmail = async (request) => {
      if (failures-- > 0) throw new Error('Badmail cannot be written');
      fixture.badmail.push(request);
    };
    fixture.deliver = (job) => all(job, unknownUser);
    await fixture.accept({ sender: '' });
    await until(() => warnings().length === 1, 'the warning');
    expect(await fixture.recover()).toHaveLength(1);
    await fixture.advance(10_000);
    expect(fixture.badmail).toHaveLength(1);
    expect(fixture.outcomes()).toEqual(['badmail b@remote.test']);
    expect(await fixture.queue.files()).toEqual([]);
  });

  it('does not keep the engine from stopping', async () => {
    fixture = await createRunnerFixture(
      {},
      {
        wrapStore: (store) => ({
          ...store,
          remove: () => Promise.reject(new Error('EIO')),
        }),
      },
    );
    fixture.runner.start([]);
    await fixture.accept();
    await until(() => warnings().length === 1, 'the warning');
    await fixture.runner.stop(5000);
    // Relayed, but the disk does not know: it will be sent once more, not lost.
    expect(await fixture.recover()).toHaveLength(1);
  });

  it('starts no more attempts than it can write down', async () => {
    let isBroken = true;
    fixture = await createRunnerFixture(
      {},
      {
        wrapStore: (store) => ({
          ...store,
          remove: (queueId) => (isBroken ? Promise.reject(new Error('EIO')) : store.remove(queueId)),
        }),
      },
    );
    fixture.runner.start([]);
    for (let n = 0; n < 200; n++) await fixture.accept();
    await until(() => warnings().length >= 64, 'as many warnings as settlements');
    await fixture.queue.clock.settle();
    expect(fixture.jobs.length).toBeLessThan(200);
    isBroken = false;
    await fixture.queue.clock.advance(60_000);
    await until(() => fixture.runner.stats().total === 0, 'all are gone');
    expect(fixture.jobs).toHaveLength(200);
    expect(fixture.outcomes()).toHaveLength(200);
  });
});

describe('a notification that cannot be made', () => {
  const rejectsAll = () => Promise.reject(new TypeError('a fault of ours'));

  it('does not hold up its message for ever: the message goes to Badmail with the reason', async () => {
    fixture = await createRunnerFixture();
    fixture.runner.start([]);
    fixture.notify = rejectsAll;
    fixture.deliver = (job) => all(job, unknownUser);
    await fixture.accept();
    await until(() => warnings().length === 1, 'the first warning');
    await fixture.advance(60_000);
    expect(fixture.outcomes()).toEqual(['badmail b@remote.test']);
    expect(fixture.badmail).toEqual([
      expect.objectContaining({
        cause: 'general-failure',
        reason: expect.stringMatching(/a fault of ours\. b@remote\.test: 550 5\.1\.1 No such user/),
      }),
    ]);
    expect(warnings().at(-1)).toBe('notification-not-made');
    expect(await fixture.queue.files()).toEqual([]);
  });

  it('of a success leaves the success', async () => {
    fixture = await createRunnerFixture();
    fixture.runner.start([]);
    fixture.notify = rejectsAll;
    await fixture.accept({ recipients: [recipientOf({ notify: ['success'] })] });
    await until(() => warnings().length === 1, 'the first warning');
    await fixture.advance(60_000);
    expect(fixture.outcomes()).toEqual(['relayed b@remote.test']);
    expect(fixture.badmail).toEqual([]);
  });

  it('because the disk is full waits until it is not', async () => {
    fixture = await createRunnerFixture();
    fixture.runner.start([]);
    let isFull = true;
    fixture.notify = async (request) => {
      if (isFull) throw new Problem('disk-full', 'There is no room left.');
      fixture.notifications.push(request);
    };
    fixture.deliver = (job) => all(job, unknownUser);
    await fixture.accept();
    await until(() => warnings().length === 1, 'the first warning');
    for (let minute = 0; minute < 10; minute++) await fixture.queue.clock.advance(60_000);
    expect(fixture.outcomes()).toEqual([]);
    isFull = false;
    await fixture.advance(60_000);
    expect(fixture.outcomes()).toEqual(['bounced b@remote.test']);
    expect(fixture.notifications).toHaveLength(1);
  });
});

describe('a loop of notifications', () => {
  it('ends in Badmail, and no message is lost', async () => {
    fixture = await createRunnerFixture();
    fixture.runner.start([]);
    fixture.deliver = (job) => all(job, unknownUser);
    for (let n = 0; n < 105; n++) {
      await fixture.accept();
      await fixture.idle();
    }
    expect(fixture.notifications).toHaveLength(100);
    expect(fixture.badmail).toHaveLength(5);
    expect(fixture.badmail[0]).toMatchObject({ cause: 'general-failure' });
    expect(fixture.outcomes().filter((outcome) => outcome.startsWith('badmail'))).toHaveLength(5);
    expect(warnings()).toEqual(['notifications-stopped']);
  });
});
