import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../src-main/engine/core/delivery';
import { type ReviewFacts, reviewEntry } from '../../../../src-main/engine/queue/review';
import { createServerSettings } from '../../../support/settings';
import { envelopeOf, recipientOf } from './fixture';
import { greylisted, mxRoute, refused } from './runner-fixture';

const minuteMs = 60_000;
const arrivedAt = envelopeOf().arrivedAt;
const delayedAt = arrivedAt + 720 * minuteMs;
const expiresAt = arrivedAt + 2880 * minuteMs;
const route: Route = mxRoute('remote.test');
const tried = recipientOf({ attempts: 1, last: { at: arrivedAt, status: greylisted } });
const told = { ...tried, delayNotified: true };

function review(now: number, change: Partial<ReviewFacts> = {}) {
  const { ready, settled, wakeAt } = reviewEntry({
    envelope: envelopeOf(),
    standing: () => undefined,
    route: () => route,
    destination: () => undefined,
    settings: createServerSettings(),
    now,
    ...change,
  });
  const settledAs = settled.map(({ settlement }) => {
    const [verdict] = settlement.verdicts;
    return verdict?.outcome ?? verdict?.notified?.action ?? 'waiting';
  });
  return { ready: ready.length, settled: settledAs, wakeAt };
}
const heldUntil = (nextTryAt: number) => ({
  destination: () => ({ nextTryAt, last: { at: arrivedAt, status: refused } }),
});
const waiting = (nextAttemptAt: number, recipient = tried) => ({
  envelope: envelopeOf({ recipients: [{ ...recipient, nextAttemptAt }] }),
});

describe('review of a waiting message', () => {
  const rows: [
    claim: string,
    now: number,
    change: Partial<ReviewFacts>,
    expected: ReturnType<typeof review>,
  ][] = [
    ['a new one is ready', arrivedAt, {}, { ready: 1, settled: [], wakeAt: delayedAt }],
    [
      'one in a lane queue is looked at for its limits',
      arrivedAt,
      { standing: () => route },
      { ready: 0, settled: [], wakeAt: delayedAt },
    ],
    [
      'one that is being tried is left alone',
      expiresAt,
      { standing: () => 'active' },
      { ready: 0, settled: [], wakeAt: Number.POSITIVE_INFINITY },
    ],
    [
      'one whose time has not come waits',
      arrivedAt,
      waiting(arrivedAt + 5),
      { ready: 0, settled: [], wakeAt: arrivedAt + 5 },
    ],
    [
      'one whose time has come is ready',
      arrivedAt + 5,
      waiting(arrivedAt + 5),
      { ready: 1, settled: [], wakeAt: delayedAt },
    ],
    [
      'one behind a held destination joins its queue',
      arrivedAt + 5,
      heldUntil(arrivedAt + 50),
      { ready: 1, settled: [], wakeAt: delayedAt },
    ],
    [
      'one that shares the wait of its destination stands in its queue',
      arrivedAt + 5,
      { ...waiting(arrivedAt + 50), ...heldUntil(arrivedAt + 50) },
      { ready: 1, settled: [], wakeAt: delayedAt },
    ],
    [
      'one with a later time of its own does not',
      arrivedAt + 5,
      { ...waiting(arrivedAt + 60), ...heldUntil(arrivedAt + 50) },
      { ready: 0, settled: [], wakeAt: arrivedAt + 60 },
    ],
    [
      'the delay is told after a failure',
      delayedAt,
      waiting(delayedAt + 5),
      { ready: 0, settled: ['delayed'], wakeAt: Number.POSITIVE_INFINITY },
    ],
    [
      'an attempt that is due comes before telling the delay',
      delayedAt,
      waiting(delayedAt),
      { ready: 1, settled: [], wakeAt: delayedAt + minuteMs },
    ],
    [
      'the delay is told to those behind a held destination',
      delayedAt,
      { standing: () => route, ...heldUntil(delayedAt + 5) },
      { ready: 0, settled: ['delayed'], wakeAt: Number.POSITIVE_INFINITY },
    ],
    [
      'a backlog is no delay yet',
      delayedAt,
      { standing: () => route },
      { ready: 0, settled: [], wakeAt: delayedAt + minuteMs },
    ],
    [
      'the delay is told once',
      delayedAt,
      waiting(delayedAt + 5, told),
      { ready: 0, settled: [], wakeAt: delayedAt + 5 },
    ],
    [
      'the last attempt is made at the expiry',
      expiresAt,
      waiting(expiresAt, told),
      { ready: 1, settled: [], wakeAt: expiresAt + minuteMs },
    ],
    [
      'a shortened expiry brings the last attempt forward',
      expiresAt,
      waiting(expiresAt + 500, told),
      { ready: 1, settled: [], wakeAt: expiresAt + minuteMs },
    ],
    [
      'behind a held destination it expires without one',
      expiresAt,
      { standing: () => route, ...heldUntil(expiresAt + 5) },
      { ready: 0, settled: ['expired'], wakeAt: Number.POSITIVE_INFINITY },
    ],
    [
      'in a backlog it does not',
      expiresAt,
      { ...waiting(arrivedAt, told), standing: () => route },
      { ready: 0, settled: [], wakeAt: expiresAt + minuteMs },
    ],
    [
      'too many hops end it at once',
      arrivedAt,
      { envelope: envelopeOf({ hopCount: 16 }) },
      { ready: 0, settled: ['bounced'], wakeAt: Number.POSITIVE_INFINITY },
    ],
    [
      'a finished recipient needs nothing',
      arrivedAt,
      { envelope: envelopeOf({ recipients: [recipientOf({ outcome: 'relayed' })] }) },
      { ready: 0, settled: [], wakeAt: Number.POSITIVE_INFINITY },
    ],
  ];
  it.each(rows)('%s', (_claim, now, change, expected) => {
    expect(review(now, change)).toEqual(expected);
  });

  it('groups recipients by destination and leaves out the finished', () => {
    const addresses = ['a@x.test', 'b@y.test', 'c@x.test', 'd@x.test'];
    const { ready } = reviewEntry({
      envelope: envelopeOf({
        recipients: addresses.map((address) =>
          recipientOf({ address, ...(address === 'd@x.test' && { outcome: 'dropped' }) }),
        ),
      }),
      standing: () => undefined,
      route: (address) => mxRoute(address.slice(2)),
      destination: () => undefined,
      settings: createServerSettings(),
      now: arrivedAt,
    });
    expect(ready.map(({ indices }) => indices)).toEqual([[0, 2], [1]]);
  });

  it('does not refuse by a route before the next attempt is due', () => {
    const refusing: Route = { kind: 'refuse', destination: 'refuse', rule: 'x', status: greylisted };
    expect(review(arrivedAt, { route: () => refusing, ...waiting(arrivedAt + 5) })).toMatchObject({
      settled: [],
    });
    expect(review(arrivedAt + 5, { route: () => refusing, ...waiting(arrivedAt + 5) })).toMatchObject({
      settled: ['waiting'],
    });
  });
});
