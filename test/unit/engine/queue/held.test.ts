/** Mail that waits to be asked for: when it is tried, what holds it again, and that nobody gets it twice. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryJob, Route } from '../../../../src-main/engine/core/delivery';
import type { SmtpStatus } from '../../../../src-main/engine/core/smtp-status';
import type { TurnedConnection } from '../../../../src-main/engine/core/trigger';
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
  unknownUser,
} from './runner-fixture';

const minuteMs = 60_000;
const domainIn = (address: string): string => address.slice(address.lastIndexOf('@') + 1);
const routeOf = (address: string): Route =>
  domainIn(address).endsWith('held.test') ? heldRoute(domainIn(address)) : mxRoute(domainIn(address));

let fixture: RunnerFixture;
describe.each(memories)('with envelopes $where', ({ restingBytes }) => {
  beforeEach(async () => {
    fixture = await createRunnerFixture({}, { restingBytes });
    fixture.route = routeOf;
    fixture.runner.start([]);
  });
  afterEach(() => fixture.close());

  const to = (...addresses: string[]) => ({
    recipients: addresses.map((address) => recipientOf({ address })),
  });
  const tried = (): string[] =>
    fixture.jobs.map(({ recipients }) => recipients.map(({ address }) => address).join());
  const release = (...domains: string[]) => fixture.runner.releaseHeld(domains, false);

  /** A turned connection that answers as told, for as long as it is told to be there. */
  function connectionWith(answer: (job: DeliveryJob) => SmtpStatus | undefined) {
    const jobs: DeliveryJob[] = [];
    const connection: { isUsable: boolean } & Pick<TurnedConnection, 'deliver'> = {
      isUsable: true,
      async deliver(job) {
        jobs.push(job);
        const status = answer(job);
        return status ? all(job, status) : { results: [], isDestinationDown: false };
      },
    };
    const sent = (): string[] => jobs.map(({ recipients }) => recipients.map((each) => each.address).join());
    return { connection, sent };
  }
  const always = (): boolean => true;

  describe('held mail', () => {
    it('is not tried by itself, and not by "retry all"', async () => {
      await fixture.accept(to('a@held.test'));
      await fixture.advance(6 * 60 * minuteMs);
      expect(fixture.runner.retry()).toBe(0);
      await fixture.idle();
      expect(tried()).toEqual([]);
      expect(fixture.runner.heldDomains()).toEqual(['held.test']);
    });

    it('does not keep the other recipients of the message waiting', async () => {
      await fixture.accept(to('a@held.test', 'b@far.test'));
      await fixture.idle();
      expect(tried()).toEqual(['b@far.test']);
      expect(fixture.outcomes()).toEqual(['relayed b@far.test']);
    });

    it('is still held after a restart', async () => {
      const queueId = await fixture.accept(to('a@held.test'));
      const again = await createRunnerFixture({}, { queue: fixture.queue, restingBytes });
      again.route = routeOf;
      again.runner.start([queueId]);
      again.runner.retry();
      await again.idle();
      expect(again.jobs).toEqual([]);
      expect(again.runner.heldDomains()).toEqual(['held.test']);
      await again.close();
    });

    it('is reported as delayed and expires like other mail, without an attempt', async () => {
      await fixture.accept(to('a@held.test'));
      await fixture.advance(12 * 60 * minuteMs);
      expect(fixture.notifications[0]?.recipients[0]).toMatchObject({
        action: 'delayed',
        status: { text: 'The message waits until held.test asks for it' },
      });
      await fixture.advance(36 * 60 * minuteMs);
      expect(fixture.outcomes()).toEqual(['expired a@held.test']);
      expect(fixture.notifications[1]?.recipients[0]?.status.text).toBe(
        'Message expired; held.test has not asked for it',
      );
      expect(tried()).toEqual([]);
      expect(fixture.runner.heldDomains()).toEqual([]);
    });

    it('goes at once when it is not held any more, also what was deferred before it was', async () => {
      fixture.route = (address) => mxRoute(domainIn(address));
      fixture.deliver = (job) => all(job, greylisted);
      await fixture.accept(to('a@held.test'));
      await fixture.idle();
      fixture.route = routeOf;
      fixture.runner.reroute();
      await fixture.accept(to('b@held.test'));
      release('held.test');
      await fixture.idle();
      expect(tried().sort()).toEqual(['a@held.test', 'a@held.test', 'b@held.test']);
      fixture.deliver = (job) => all(job, ok);
      fixture.route = (address) => mxRoute(domainIn(address));
      fixture.runner.reroute();
      await fixture.idle();
      expect(fixture.outcomes().sort()).toEqual(['relayed a@held.test', 'relayed b@held.test']);
    });

    it('is deleted by an operator without an attempt', async () => {
      const queueId = await fixture.accept(to('a@held.test'));
      expect(await fixture.runner.delete([queueId])).toBe(1);
      expect(fixture.outcomes()).toEqual(['deleted a@held.test']);
      expect(fixture.runner.heldDomains()).toEqual([]);
      expect(release('held.test')).toEqual({ kind: 'nothing-held' });
    });
  });

  describe('ETRN', () => {
    it('tries the mail of the domain once, and that of no other', async () => {
      await fixture.accept(to('a@held.test', 'b@other.held.test'));
      await fixture.accept(to('c@held.test'));
      expect(release('held.test')).toEqual({ kind: 'started', messageCount: 2 });
      await fixture.idle();
      expect(tried().sort()).toEqual(['a@held.test', 'c@held.test']);
      expect(fixture.runner.heldDomains()).toEqual(['other.held.test']);
      expect(release('held.test')).toEqual({ kind: 'nothing-held' });
    });

    it('holds again what fails for now, until the next one', async () => {
      fixture.deliver = (job) => all(job, greylisted);
      const queueId = await fixture.accept(to('a@held.test'));
      release('held.test');
      await fixture.advance(6 * 60 * minuteMs);
      expect(tried()).toHaveLength(1);
      expect((await fixture.runner.get(queueId))?.envelope.recipients[0]).toMatchObject({
        attempts: 1,
        last: { status: greylisted },
      });
      expect(release('held.test')).toEqual({ kind: 'started', messageCount: 1 });
      await fixture.idle();
      expect(tried()).toHaveLength(2);
    });

    it('takes a refusal for good, as for any mail', async () => {
      fixture.deliver = (job) => all(job, unknownUser);
      await fixture.accept(to('a@held.test'));
      release('held.test');
      await fixture.idle();
      expect(fixture.outcomes()).toEqual(['bounced a@held.test']);
    });

    it('ends the round when the host cannot be reached, and costs few attempts', async () => {
      fixture.deliver = (job) => all(job, refused, true);
      for (let count = 0; count < 20; count++) await fixture.accept(to(`r${count}@held.test`));
      expect(release('held.test')).toEqual({ kind: 'started', messageCount: 20 });
      await fixture.advance(6 * 60 * minuteMs);
      expect(fixture.jobs.length).toBeLessThanOrEqual(4);
      fixture.deliver = (job) => all(job, ok);
      expect(release('held.test')).toEqual({ kind: 'started', messageCount: 20 });
      await fixture.idle();
      expect(fixture.outcomes()).toHaveLength(20);
    });

    it('for very much mail looks at some of it at once, and at the rest when others had their turn', async () => {
      let lookedAt = 0;
      fixture.route = (address) => {
        lookedAt++;
        return routeOf(address);
      };
      for (let count = 0; count < 250; count++) await fixture.accept(to(`r${count}@held.test`));
      lookedAt = 0;
      expect(release('held.test')).toEqual({ kind: 'started', messageCount: 250 });
      expect(lookedAt).toBeLessThanOrEqual(100);
      await fixture.advance(1000);
      expect(fixture.outcomes()).toHaveLength(250);
    });

    it('ends the round also for the mail that was not looked at yet', async () => {
      fixture.deliver = (job) => all(job, refused, true);
      for (let count = 0; count < 250; count++) await fixture.accept(to(`r${count}@held.test`));
      expect(release('held.test')).toEqual({ kind: 'started', messageCount: 250 });
      await fixture.idle();
      await fixture.advance(minuteMs);
      expect(fixture.jobs.length).toBeLessThanOrEqual(4);
      expect(release('held.test')).toEqual({ kind: 'started', messageCount: 250 });
    });

    it('is put off also while the round is under way: whoever is not known cannot make us look again and again', async () => {
      fixture.deliver = () => new Promise(() => undefined);
      await fixture.accept(to('a@held.test'));
      expect(fixture.runner.releaseHeld(['held.test'], true)).toMatchObject({ kind: 'started' });
      await fixture.queue.clock.advance(11_000);
      expect(fixture.runner.releaseHeld(['held.test'], true)).toEqual({ kind: 'under-way' });
      expect(fixture.runner.releaseHeld(['held.test'], true)).toEqual({ kind: 'put-off' });
    });

    it('for very many domains is put off with one timer for all of them', async () => {
      fixture.deliver = (job) => all(job, greylisted);
      const domains = Array.from({ length: 60 }, (_, index) => `d${index}.held.test`);
      await fixture.accept(to(...domains.map((domain) => `a@${domain}`)));
      expect(fixture.runner.releaseHeld(domains, true)).toEqual({ kind: 'started', messageCount: 1 });
      await fixture.idle();
      expect(fixture.jobs).toHaveLength(60);
      const before = fixture.queue.clock.timerCount;
      expect(fixture.runner.releaseHeld(domains, true)).toEqual({ kind: 'put-off' });
      expect(fixture.queue.clock.timerCount).toBe(before + 1);
      await fixture.advance(11_000);
      expect(fixture.jobs).toHaveLength(120);
    });

    it('starts nothing twice while it is under way', async () => {
      let end = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        end = resolve;
      });
      fixture.deliver = async (job) => {
        await gate;
        return all(job, ok);
      };
      await fixture.accept(to('a@held.test'));
      expect(release('held.test')).toMatchObject({ kind: 'started' });
      expect(release('held.test')).toEqual({ kind: 'under-way' });
      end();
      await fixture.idle();
      expect(tried()).toEqual(['a@held.test']);
    });

    it('puts a flood off: two rounds in eleven seconds for whoever is not known', async () => {
      fixture.deliver = (job) => all(job, greylisted);
      await fixture.accept(to('a@held.test'));
      expect(fixture.runner.releaseHeld(['held.test'], true)).toMatchObject({ kind: 'started' });
      await fixture.idle();
      for (let count = 0; count < 100; count++) {
        expect(fixture.runner.releaseHeld(['held.test'], true)).toEqual({ kind: 'put-off' });
      }
      expect(tried()).toHaveLength(1);
      await fixture.advance(11_000);
      expect(tried()).toHaveLength(2);
      await fixture.advance(minuteMs);
      expect(tried()).toHaveLength(2);
    });

    it('is what an operator does who names the message', async () => {
      const queueId = await fixture.accept(to('a@held.test', 'b@other.held.test'));
      expect(fixture.runner.retry([queueId])).toBe(1);
      await fixture.idle();
      expect(fixture.outcomes().sort()).toEqual(['relayed a@held.test', 'relayed b@other.held.test']);
    });
  });

  describe('a turned connection', () => {
    it('gets the mail of its domains, oldest first, one message after another', async () => {
      await fixture.accept(to('a@held.test', 'b@other.held.test'));
      await fixture.queue.clock.advance(1000);
      await fixture.accept(to('c@held.test', 'd@third.held.test'));
      const { connection, sent } = connectionWith(() => ok);
      await fixture.runner.sendHeld(['held.test', 'other.held.test'], connection, always);
      expect(sent()).toEqual(['a@held.test,b@other.held.test', 'c@held.test']);
      expect(fixture.outcomes().sort()).toEqual([
        'relayed a@held.test',
        'relayed b@other.held.test',
        'relayed c@held.test',
      ]);
      expect(fixture.runner.heldDomains()).toEqual(['third.held.test']);
      expect(fixture.jobs).toEqual([]);
    });

    it('holds again what the client does not take now, and returns what it refuses', async () => {
      const waiting = await fixture.accept(to('a@held.test'));
      await fixture.accept(to('b@held.test'));
      const { connection } = connectionWith(({ recipients }) =>
        recipients[0]?.address === 'a@held.test' ? greylisted : unknownUser,
      );
      await fixture.runner.sendHeld(['held.test'], connection, always);
      expect(fixture.outcomes()).toEqual(['bounced b@held.test']);
      expect((await fixture.runner.get(waiting))?.envelope.recipients[0]).toMatchObject({ attempts: 1 });
      await fixture.advance(6 * 60 * minuteMs);
      expect(fixture.jobs).toEqual([]);
    });

    it('that is lost costs no attempt and no mail', async () => {
      const ids = [await fixture.accept(to('a@held.test')), await fixture.accept(to('b@held.test'))];
      const { connection, sent } = connectionWith(() => {
        connection.isUsable = false;
        return undefined;
      });
      await fixture.runner.sendHeld(['held.test'], connection, always);
      expect(sent()).toEqual(['a@held.test']);
      for (const queueId of ids)
        expect((await fixture.runner.get(queueId))?.envelope.recipients[0]?.attempts).toBe(0);
      expect(release('held.test')).toEqual({ kind: 'started', messageCount: 2 });
      await fixture.idle();
      expect(fixture.outcomes()).toHaveLength(2);
    });

    it('shares the work with another: each message goes over one of them', async () => {
      for (let count = 0; count < 10; count++) await fixture.accept(to(`r${count}@held.test`));
      const one = connectionWith(() => ok);
      const other = connectionWith(() => ok);
      const turns = [one, other].map(({ connection }) =>
        fixture.runner.sendHeld(['held.test'], connection, always),
      );
      release('held.test');
      await Promise.all(turns);
      await fixture.idle();
      const all = [...one.sent(), ...other.sent(), ...tried()];
      expect(all).toHaveLength(10);
      expect(new Set(all).size).toBe(10);
      expect(fixture.outcomes()).toHaveLength(10);
    });

    it('takes over what waits for a lane', async () => {
      fixture.settings = { ...fixture.settings, maxOutboundConnections: 1 };
      fixture.deliver = (_job, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stop'))));
      await fixture.accept(to('x@far.test'));
      await fixture.accept(to('a@held.test'));
      release('held.test');
      const { connection, sent } = connectionWith(() => ok);
      await fixture.runner.sendHeld(['held.test'], connection, always);
      expect(sent()).toEqual(['a@held.test']);
      expect(tried()).toEqual(['x@far.test']);
    });

    it('is broken off for a message that an operator deletes', async () => {
      const queueId = await fixture.accept(to('a@held.test'));
      let isBroken = false;
      const connection: TurnedConnection = {
        isUsable: true,
        deliver: (_job, signal) =>
          new Promise((resolve) =>
            signal.addEventListener('abort', () => {
              isBroken = true;
              resolve({ results: [], isDestinationDown: false });
            }),
          ),
      };
      const turned = fixture.runner.sendHeld(['held.test'], connection, always);
      await until(() => fixture.runner.stats().active === 1, 'the attempt has begun');
      expect(await fixture.runner.delete([queueId])).toBe(1);
      await turned;
      expect(isBroken).toBe(true);
      expect(fixture.outcomes()).toEqual(['deleted a@held.test']);
    });

    it('sends nothing more when it is no longer wanted, or the runner stops', async () => {
      await fixture.accept(to('a@held.test'));
      await fixture.accept(to('b@held.test'));
      let isWanted = true;
      const first = connectionWith(() => {
        isWanted = false;
        return ok;
      });
      await fixture.runner.sendHeld(['held.test'], first.connection, () => isWanted);
      expect(first.sent()).toEqual(['a@held.test']);
      await fixture.runner.stop(0);
      const second = connectionWith(() => ok);
      await fixture.runner.sendHeld(['held.test'], second.connection, always);
      expect(second.sent()).toEqual([]);
      expect(await fixture.recover()).toHaveLength(1);
    });
  });
});
