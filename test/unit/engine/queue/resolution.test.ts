/** The directory before the first routing: what its answers make of a message, in memory and on disk. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Recipient } from '../../../../src-main/engine/core/envelope';
import {
  directoryFailure,
  type RecipientResolution,
  type ResolutionAnswer,
  type ResolutionQuestion,
} from '../../../../src-main/engine/core/resolution';
import { createStatus } from '../../../../src-main/engine/core/smtp-status';
import { type QueueDirectory, settleResolution } from '../../../../src-main/engine/queue/resolution';
import { applySettlement } from '../../../../src-main/engine/queue/settlement';
import { until } from '../../../support/fake-clock';
import { createServerSettings } from '../../../support/settings';
import { envelopeOf, recipientOf } from './fixture';
import { all, createRunnerFixture, memories, type RunnerFixture, refused } from './runner-fixture';

const ambiguous = createStatus(550, '5.1.4', 'Ambiguous');
const minute = 60_000;

const expanded = (...addresses: readonly string[]): RecipientResolution => ({
  kind: 'expanded',
  members: addresses.map((address) => ({ address })),
});

describe('settlement', () => {
  const settle = (
    recipients: readonly Partial<Recipient>[],
    answers: readonly RecipientResolution[],
    sender = 'a@corp.test',
  ) => {
    const envelope = envelopeOf({ recipients: recipients.map((each) => recipientOf(each)) });
    const settlement = settleResolution({
      envelope,
      indices: recipients.map((_, index) => index),
      resolved: { kind: 'resolved', sender, recipients: answers },
      now: 1000,
      limits: { delayedAt: 1e15, expiresAt: 1e15 },
      settings: createServerSettings(),
    });
    return { settlement, after: applySettlement(envelope, settlement) };
  };
  const shown = ({ recipients }: { recipients: readonly Recipient[] }): string[] =>
    recipients.map(({ address, outcome }) => `${outcome ?? 'waits'} ${address}`);

  it('leaves alone what the directory left alone, and marks it', () => {
    const { settlement, after } = settle([{ address: 'x@far.test' }], [{ kind: 'unchanged' }]);
    expect(settlement.verdicts).toEqual([]);
    expect(after.isResolved).toBe(true);
  });

  it('rewrites sender and recipient, and keeps what the sender had named', () => {
    const { after } = settle(
      [{ address: 'alias@corp.test', notify: ['success', 'failure'] }],
      [{ kind: 'rewritten', address: 'ann@corp.test' }],
      'primary@corp.test',
    );
    expect(after.sender).toBe('primary@corp.test');
    expect(after.recipients[0]).toMatchObject({
      address: 'ann@corp.test',
      orcpt: 'rfc822;alias@corp.test',
      notify: ['success', 'failure'],
    });
  });

  it('an original recipient that was given is kept', () => {
    const { after } = settle(
      [{ address: 'all@corp.test', orcpt: 'rfc822;first@far.test' }],
      [expanded('ann@corp.test')],
    );
    expect(after.recipients[1]?.orcpt).toBe('rfc822;first@far.test');
  });

  it('members stand behind the group, which is over', () => {
    const { after } = settle([{ address: 'all@corp.test' }], [expanded('ann@corp.test', 'bo@corp.test')]);
    expect(shown(after)).toEqual(['expanded all@corp.test', 'waits ann@corp.test', 'waits bo@corp.test']);
  });

  it.each<[string, Recipient['notify'], Recipient['notify'], boolean]>([
    ['nothing asked', undefined, undefined, false],
    ['success and failure', ['success', 'failure'], ['failure'], true],
    ['success alone', ['success'], [], true],
    ['failure alone', ['failure'], ['failure'], false],
    ['never', [], [], false],
  ])('NOTIFY of a group, %s (RFC 3461 section 5.2.7.3)', (_claim, notify, ofMember, isTold) => {
    const { settlement, after } = settle(
      [{ address: 'all@corp.test', ...(notify && { notify }) }],
      [expanded('ann@corp.test')],
    );
    expect(after.recipients[1]?.notify).toEqual(ofMember);
    expect(settlement.verdicts.map(({ notified }) => notified?.action)).toEqual([
      isTold ? 'expanded' : undefined,
      undefined,
    ]);
  });

  it('nobody gets the message twice, however often the directory names him', () => {
    const { after } = settle(
      [
        { address: 'all@corp.test' },
        { address: 'alias@corp.test' },
        { address: 'Ann@corp.test' },
        { address: 'got@corp.test', outcome: 'relayed' },
      ],
      [
        expanded('ann@corp.test', 'bo@corp.test', 'got@corp.test'),
        { kind: 'rewritten', address: 'ann@CORP.test' },
        { kind: 'unchanged' },
        { kind: 'unchanged' },
      ],
    );
    expect(shown(after)).toEqual([
      'expanded all@corp.test',
      'expanded alias@corp.test',
      'waits Ann@corp.test',
      'relayed got@corp.test',
      'waits bo@corp.test',
    ]);
  });

  it('what is refused is returned, a member by its own name', () => {
    const { settlement, after } = settle(
      [{ address: 'twin@corp.test' }, { address: 'all@corp.test' }],
      [
        { kind: 'refused', status: ambiguous },
        { kind: 'expanded', members: [{ address: 'bad', refusal: ambiguous }, { address: 'bo@corp.test' }] },
      ],
    );
    expect(shown(after)).toEqual([
      'bounced twin@corp.test',
      'expanded all@corp.test',
      'bounced bad',
      'waits bo@corp.test',
    ]);
    const told = settlement.verdicts
      .filter(({ notified }) => notified)
      .map(({ recipient }) => recipient.address);
    expect(told).toEqual(['twin@corp.test', 'bad']);
  });

  it('waiting for the directory does not count as attempts of the next hop', () => {
    const last = { at: 1, status: createStatus(451, '4.4.3', directoryFailure) };
    const { after } = settle([{ attempts: 3, last }], [{ kind: 'unchanged' }]);
    expect(after.recipients[0]).toEqual(recipientOf({ attempts: 0, nextAttemptAt: 1000 }));
  });

  it('50,000 members are settled in a moment', () => {
    const addresses = Array.from({ length: 50_000 }, (_, at) => `p${at}@corp.test`);
    const { after } = settle([{ address: 'all@corp.test' }], [expanded(...addresses)]);
    expect(after.recipients).toHaveLength(50_001);
  });
});

describe.each(memories)('stage of the queue, envelopes $where', ({ restingBytes }) => {
  let fixture: RunnerFixture;
  afterEach(() => fixture.close());
  const questions: ResolutionQuestion[] = [];
  const directoryThat = (
    answer: (question: ResolutionQuestion) => ResolutionAnswer | Promise<ResolutionAnswer>,
    destination = 'directory 1',
  ): QueueDirectory => ({
    route: { kind: 'directory', destination, rule: 'LDAP routing' },
    resolve: async (question) => {
      questions.push(question);
      return answer(question);
    },
  });
  const failing = directoryThat(() => ({
    kind: 'failed',
    status: createStatus(451, '4.4.3', directoryFailure, 'nobody listens'),
  }));
  const answering = (
    change: (address: string) => RecipientResolution,
    destination?: string,
  ): QueueDirectory =>
    directoryThat(
      ({ sender, recipients }) => ({ kind: 'resolved', sender, recipients: recipients.map(change) }),
      destination,
    );
  const start = async (directory: QueueDirectory | undefined, change = {}): Promise<void> => {
    questions.length = 0;
    fixture = await createRunnerFixture(change, { restingBytes });
    fixture.directory = directory;
    fixture.runner.start([]);
  };

  it('asks once for all recipients, and routes what came of them', async () => {
    await start(
      answering((address) =>
        address.startsWith('all@') ? expanded('ann@corp.test', 'bo@far.test') : { kind: 'unchanged' },
      ),
    );
    await fixture.accept({
      recipients: [recipientOf({ address: 'all@corp.test' }), recipientOf({ address: 'x@far.test' })],
    });
    await fixture.idle();
    expect(questions.map(({ recipients }) => recipients)).toEqual([['all@corp.test', 'x@far.test']]);
    expect(fixture.outcomes().sort()).toEqual([
      'dropped ann@corp.test',
      'expanded all@corp.test',
      'relayed bo@far.test',
      'relayed x@far.test',
    ]);
    expect(await fixture.recover()).toEqual([]);
    expect(fixture.queue.events).toContainEqual(
      expect.objectContaining({
        type: 'recipient-resolved',
        recipient: 'all@corp.test',
        addresses: ['ann@corp.test', 'bo@far.test'],
      }),
    );
  });

  it('an answer stands on disk, with its mark, before anybody is sent to', async () => {
    await start(answering(() => expanded('ann@corp.test', 'bo@far.test')));
    let onDisk: unknown;
    fixture.deliver = async (job) => {
      onDisk ??= (await fixture.recover())[0];
      return all(job, createStatus(250, '2.0.0', 'Ok'));
    };
    await fixture.accept({ recipients: [recipientOf({ address: 'all@corp.test' })] });
    await fixture.idle();
    expect(onDisk).toMatchObject({
      isResolved: true,
      recipients: [
        { address: 'all@corp.test', outcome: 'expanded' },
        { address: 'ann@corp.test' },
        { address: 'bo@far.test' },
      ],
    });
  });

  it('a message that was resolved is not asked about again, whatever the directory says by then', async () => {
    await start(answering(() => ({ kind: 'unchanged' })));
    fixture.deliver = (job) => all(job, refused, true);
    await fixture.accept();
    await fixture.idle();
    fixture.directory = answering(() => ({ kind: 'refused', status: ambiguous }), 'directory 2');
    fixture.runner.reroute();
    await fixture.advance(20 * minute);
    expect(questions).toHaveLength(1);
    expect(fixture.outcomes()).toEqual([]);
    expect((await fixture.recover())[0]).toMatchObject({ isResolved: true });
  });

  it('a directory that fails defers all its mail at the cost of one question', async () => {
    await start(failing);
    for (let count = 0; count < 20; count++) await fixture.accept();
    await fixture.idle();
    // Lanes that were opened before the first failure may have asked as well.
    expect(questions.length).toBeLessThanOrEqual(8);
    questions.length = 0;
    await fixture.advance(15 * minute);
    expect(questions).toHaveLength(1);
    expect(fixture.outcomes()).toEqual([]);
    fixture.directory = answering(() => ({ kind: 'unchanged' }));
    await fixture.advance(30 * minute);
    expect(fixture.outcomes()).toHaveLength(20);
  });

  it('changed settings end the waiting for the directory', async () => {
    await start(failing);
    await fixture.accept();
    await fixture.idle();
    fixture.directory = answering(() => ({ kind: 'unchanged' }), 'directory 2');
    fixture.runner.reroute();
    await fixture.idle();
    expect(fixture.outcomes()).toEqual(['relayed b@remote.test']);
  });

  it('settings that change during a question end the waiting as well', async () => {
    let answer: ((value: ResolutionAnswer) => void) | undefined;
    await start(directoryThat(() => new Promise((resolve) => (answer = resolve))));
    await fixture.accept();
    await until(() => answer !== undefined, 'the directory was asked');
    fixture.directory = answering(() => ({ kind: 'unchanged' }), 'directory 2');
    fixture.runner.reroute();
    answer?.({ kind: 'failed', status: createStatus(451, '4.4.3', directoryFailure) });
    await fixture.idle();
    expect(fixture.outcomes()).toEqual(['relayed b@remote.test']);
  });

  it('switched off, it lets waiting mail go as it is', async () => {
    await start(failing);
    await fixture.accept();
    await fixture.idle();
    fixture.directory = undefined;
    fixture.runner.reroute();
    await fixture.idle();
    expect(fixture.outcomes()).toEqual(['relayed b@remote.test']);
  });

  it('waits with the limits of local mail, and then is returned as expired', async () => {
    await start(failing, { localExpirationMinutes: 60, outboundExpirationMinutes: 10_000 });
    await fixture.accept();
    await fixture.advance(61 * minute);
    expect(fixture.outcomes()).toEqual(['expired b@remote.test']);
    expect(fixture.notifications.at(-1)?.recipients[0]).toMatchObject({ status: { enhanced: '4.4.7' } });
  });

  it('an operator can delete what waits for it', async () => {
    await start(failing);
    const queueId = await fixture.accept();
    await fixture.idle();
    expect(await fixture.runner.delete([queueId])).toBe(1);
    expect(fixture.outcomes()).toEqual(['deleted b@remote.test']);
  });

  it('a stop in the middle of a question leaves the message as it was', async () => {
    let isAsked = false;
    const stopping = directoryThat(() => {
      isAsked = true;
      return new Promise<ResolutionAnswer>(() => undefined);
    });
    await start({
      ...stopping,
      resolve: (question, signal) =>
        Promise.race([
          stopping.resolve(question, signal),
          new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        ]),
    });
    await fixture.accept();
    await until(() => isAsked, 'the directory was asked');
    await fixture.runner.stop(0);
    const [envelope] = await fixture.recover();
    expect(envelope?.isResolved).toBeUndefined();
    expect(envelope?.recipients).toMatchObject([{ address: 'b@remote.test', attempts: 0 }]);
  });

  it('a group’s sender who asked for it is told that it was expanded, before the envelope says so', async () => {
    await start(answering(() => expanded('ann@corp.test')));
    await fixture.accept({ recipients: [recipientOf({ address: 'all@corp.test', notify: ['success'] })] });
    await fixture.idle();
    expect(fixture.notifications.map(({ recipients }) => recipients)).toMatchObject([
      [{ address: 'all@corp.test', action: 'expanded' }],
    ]);
  });
});
