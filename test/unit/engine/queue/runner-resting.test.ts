/** Mail that rests in its files: what is in memory, what happens to the files meanwhile, and starts with a long queue. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Envelope } from '../../../../src-main/engine/core/envelope';
import type { QueueId } from '../../../../src-main/engine/core/ids';
import { createRunner, type QueueRunner, type RunnerOptions } from '../../../../src-main/engine/queue/runner';
import { createQueueStore } from '../../../../src-main/engine/queue/store';
import { createFakeClock, type FakeClock, until } from '../../../support/fake-clock';
import { createServerSettings } from '../../../support/settings';
import { envelopeOf, recipientOf } from './fixture';
import {
  all,
  createRunnerFixture,
  greylisted,
  heldRoute,
  mxRoute,
  ok,
  type RunnerFixture,
  refused,
} from './runner-fixture';

const minuteMs = 60_000;
const idOf = (number: number): QueueId => number.toString(16).padStart(24, '0');

describe('a message that rests in its file', () => {
  let fixture: RunnerFixture;
  beforeEach(async () => {
    fixture = await createRunnerFixture({}, { restingBytes: 0 });
    fixture.deliver = (job) => all(job, greylisted);
    fixture.runner.start([]);
  });
  afterEach(() => fixture.close());
  const path = (name: string): string => join(fixture.queue.folder, name);
  const warnings = (): string[] =>
    fixture.queue.events.flatMap((event) => (event.type === 'warning' ? [event.text] : []));
  const rest = async (change: Partial<Envelope> = {}): Promise<QueueId> => {
    const queueId = await fixture.accept(change);
    await fixture.idle();
    return queueId;
  };

  it('is listed and shown as its file says', async () => {
    const queueId = await rest({ subject: 'At rest' });
    const { rows } = await fixture.runner.list({ offset: 0, limit: 10 });
    const [shown] = await fixture.recover();
    expect(rows).toEqual([{ envelope: shown, isActive: false }]);
    expect(await fixture.runner.get(queueId)).toEqual(rows[0]);
  });

  it('is set aside when its file is damaged meanwhile, and the others go on', async () => {
    const damaged = await rest();
    await rest();
    await writeFile(path(`${damaged}.json`), '{"version":1');
    const { rows, total } = await fixture.runner.list({ offset: 0, limit: 10 });
    expect([rows.length, total]).toEqual([1, 2]);
    fixture.deliver = (job) => all(job, ok);
    await fixture.advance(15 * minuteMs);
    expect(fixture.damaged).toEqual([
      {
        reason: expect.stringContaining('not JSON'),
        envelopeFile: path(`${damaged}.json`),
        contentFile: path(`${damaged}.eml`),
      },
    ]);
    expect(warnings()).toEqual([expect.stringContaining(`${damaged} in Queue was damaged`)]);
    expect(fixture.outcomes()).toEqual(['relayed b@remote.test']);
    expect(fixture.runner.stats().total).toBe(0);
  });

  it('whose envelope another program took away leaves its content in Badmail', async () => {
    const queueId = await rest();
    await rm(path(`${queueId}.json`));
    await fixture.advance(15 * minuteMs);
    expect(fixture.damaged).toEqual([
      {
        reason: 'The envelope file was removed from the Queue folder by another program.',
        contentFile: path(`${queueId}.eml`),
      },
    ]);
    expect(fixture.runner.stats().total).toBe(0);
  });

  it('of which nothing is left is forgotten, and somebody is told', async () => {
    const queueId = await rest();
    await rm(path(`${queueId}.json`));
    await rm(path(`${queueId}.eml`));
    expect(await fixture.runner.get(queueId)).toBeUndefined();
    expect(await fixture.runner.delete([queueId])).toBe(1);
    expect(fixture.damaged).toEqual([]);
    expect(warnings()).toEqual([expect.stringContaining('removed from the Queue folder by another program')]);
    expect(fixture.runner.stats().total).toBe(0);
  });

  it('is deleted, and tried when somebody names it', async () => {
    const [one, other] = [await rest(), await rest()];
    expect(fixture.runner.retry([one])).toBe(1);
    await until(() => fixture.jobs.length === 3, 'the attempt');
    await fixture.idle();
    expect(await fixture.runner.delete([one, other])).toBe(2);
    expect(fixture.outcomes()).toEqual(['deleted b@remote.test', 'deleted b@remote.test']);
    expect(await fixture.queue.files()).toEqual([]);
  });

  it('waits on when nobody can read it just now', async () => {
    let isBroken = false;
    const broken = await createRunnerFixture(
      {},
      {
        restingBytes: 0,
        queue: fixture.queue,
        wrapRead: (read) => async (queueId, options) =>
          isBroken ? { kind: 'unreadable', reason: 'EIO' } : read(queueId, options),
      },
    );
    broken.deliver = (job) => all(job, greylisted);
    broken.runner.start([]);
    const queueId = await broken.accept();
    await broken.idle();
    isBroken = true;
    await broken.advance(17 * minuteMs);
    expect(broken.jobs).toHaveLength(1);
    expect(await broken.runner.delete([queueId])).toBe(0);
    isBroken = false;
    await broken.advance(6 * minuteMs);
    expect(broken.jobs).toHaveLength(2);
    await broken.close();
  });
});

/** A runner over messages that are made when they are read. */
class LongQueue {
  readonly clock: FakeClock = createFakeClock();
  readonly tried: string[] = [];
  readCount = 0;
  readonly runner: QueueRunner;

  constructor(options: Partial<RunnerOptions> & { readonly envelopeFor: (queueId: QueueId) => Envelope }) {
    const settings = createServerSettings();
    const { envelopeFor, ...others } = options;
    this.runner = createRunner({
      serverId: 1,
      store: {
        ...createQueueStore({ folder: '/nonexistent', clock: this.clock }),
        rewrite: async () => undefined,
        remove: async () => undefined,
        hasContent: async () => true,
      },
      read: async (queueId) => {
        this.readCount++;
        // As if a disk had given it: a string of its own.
        return { kind: 'waiting', envelope: JSON.parse(JSON.stringify(envelopeFor(queueId))) };
      },
      settings: () => settings,
      clock: this.clock,
      emit: () => undefined,
      route: (address) => mxRoute(address.slice(address.lastIndexOf('@') + 1)),
      deliver: async (job) => {
        this.tried.push(job.envelope.queueId);
        return all(job, refused, true);
      },
      notify: async () => undefined,
      moveToBadmail: async () => undefined,
      ...others,
    });
  }

  start(count: number): void {
    this.runner.start(Array.from({ length: count }, (_, number) => idOf(number + 1)));
  }

  /** Until everything was read. */
  async readAll(count: number): Promise<void> {
    while (this.readCount < count) await this.clock.advance(1);
    await until(() => this.runner.stats().active === 0, 'nothing is under way', 30_000);
  }

  async stop(): Promise<void> {
    const stopped = this.runner.stop(0);
    await this.clock.advance(3000);
    await stopped;
  }
}

describe('a list of very many messages', () => {
  it('reads a few files at once', async () => {
    let reading = 0;
    let most = 0;
    const fixture = await createRunnerFixture(
      {},
      {
        restingBytes: 0,
        wrapStore: (store) => ({
          ...store,
          async readEnvelope(queueId) {
            most = Math.max(most, ++reading);
            const envelope = await store.readEnvelope(queueId);
            reading--;
            return envelope;
          },
        }),
      },
    );
    fixture.deliver = (job) => all(job, refused, true);
    fixture.runner.start([]);
    for (let n = 0; n < 100; n++) await fixture.accept();
    await fixture.idle();
    expect((await fixture.runner.list({ offset: 0, limit: 1000 })).rows).toHaveLength(100);
    expect(most).toBe(16);
    await fixture.close();
  });
});

describe('a start with a long queue', () => {
  it('sends mail before all of it is read', async () => {
    const readWhenTried: number[] = [];
    const queue = new LongQueue({
      envelopeFor: (queueId) => envelopeOf({ queueId }),
      deliver: async (job) => {
        readWhenTried.push(queue.readCount);
        return all(job, ok);
      },
    });
    queue.start(3000);
    queue.runner.retry();
    expect(queue.runner.stats().total).toBe(3000);
    await queue.readAll(3000);
    await until(() => queue.runner.stats().total === 0, 'all is sent');
    expect(readWhenTried[0]).toBeLessThan(40);
    await queue.stop();
  });

  it('reads each message once, whatever makes it due', async () => {
    const queue = new LongQueue({ envelopeFor: (queueId) => envelopeOf({ queueId }), restingBytes: 0 });
    queue.start(1000);
    queue.runner.retry();
    await queue.readAll(1000);
    await queue.clock.advance(1000);
    // Those that were tried are read for the attempt once more.
    expect(queue.readCount - queue.tried.length).toBeLessThanOrEqual(1000);
    await queue.stop();
  });

  it('begins a round that a host asks for meanwhile when all of its mail is known', async () => {
    const queue = new LongQueue({
      envelopeFor: (queueId) =>
        envelopeOf({ queueId, recipients: [recipientOf({ address: 'b@held.test' })] }),
      route: () => heldRoute('held.test'),
      deliver: async (job) => {
        queue.tried.push(job.envelope.queueId);
        return all(job, ok);
      },
    });
    queue.start(1000);
    expect(queue.runner.releaseHeld(['held.test'], true)).toEqual({ kind: 'put-off' });
    expect(queue.tried).toEqual([]);
    await queue.readAll(1000);
    await queue.clock.advance(1000);
    await until(() => queue.runner.stats().total === 0, 'all is sent');
    await queue.stop();
  });

  it('gives a host that fetches its mail all of it, also what was not read yet', async () => {
    const queue = new LongQueue({
      envelopeFor: (queueId) =>
        envelopeOf({ queueId, recipients: [recipientOf({ address: 'b@held.test' })] }),
      route: () => heldRoute('held.test'),
      restingBytes: 0,
    });
    queue.start(200);
    let count = 0;
    const turned = queue.runner.sendHeld(
      ['held.test'],
      {
        isUsable: true,
        deliver: async (job) => {
          count++;
          return all(job, ok);
        },
      },
      () => true,
    );
    await queue.clock.advance(1000);
    await turned;
    expect(count).toBe(200);
    expect(queue.runner.stats().total).toBe(0);
    await queue.stop();
  });
});

describe('memory', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const usedBytes = (): number => {
    collectGarbage();
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };

  it.each([
    ['one recipient', 1],
    ['twenty recipients', 20],
  ])(
    'of a waiting message is a few hundred bytes, with %s',
    { timeout: 60_000 },
    async (_claim, recipients) => {
      const last = {
        at: 0,
        status: refused,
        remote: { name: 'mx.remote.test', address: '192.0.2.7', port: 25 },
      };
      const queue = new LongQueue({
        envelopeFor: (queueId) =>
          envelopeOf({
            queueId,
            recipients: Array.from({ length: recipients }, (_, n) =>
              recipientOf({ address: `person${n}.${queueId}@remote.test`, last }),
            ),
          }),
        restingBytes: 0,
      });
      const count = 20_000;
      const before = usedBytes();
      queue.start(count);
      queue.runner.retry();
      await queue.readAll(count);
      const perMessage = (usedBytes() - before) / count;
      expect(queue.runner.stats().total).toBe(count);
      expect(perMessage).toBeLessThan(500);
      await queue.stop();
    },
  );

  it('for envelopes of mail that rests has a bound', async () => {
    const queue = new LongQueue({
      envelopeFor: (queueId) => envelopeOf({ queueId, subject: 'x'.repeat(250) }),
      restingBytes: 1_000_000,
    });
    const before = usedBytes();
    queue.start(5000);
    queue.runner.retry();
    await queue.readAll(5000);
    expect(usedBytes() - before).toBeLessThan(5000 * 500 + 2_000_000);
    await queue.stop();
  });
});

describe('a message with very many recipients', () => {
  const many = 50_000;

  it.each(['retried', 'rerouted'])('that are held is %s in one walk over them', async (what) => {
    let isHeld = true;
    const recipients = Array.from({ length: many }, (_, n) => recipientOf({ address: `r${n}@held.test` }));
    const queue = new LongQueue({
      envelopeFor: (queueId) => envelopeOf({ queueId, recipients }),
      route: () => (isHeld ? heldRoute('held.test') : mxRoute('held.test')),
      deliver: async (job) => all(job, ok),
    });
    queue.start(1);
    await queue.readAll(1);
    expect(queue.runner.heldDomains()).toEqual(['held.test']);
    if (what === 'retried') expect(queue.runner.retry([idOf(1)])).toBe(1);
    else {
      isHeld = false;
      queue.runner.reroute();
    }
    await until(() => queue.runner.stats().total === 0, 'it is sent');
    await queue.stop();
  });
});
