import { describe, expect, it } from 'vitest';
import { groupKey } from '../../../../src-renderer/queue/group-words';
import {
  chosenOf,
  countOf,
  describeChosen,
  describeScope,
  describeWay,
  destinationsOf,
  done,
  reasonsOf,
  type Scope,
  triggersOf,
} from '../../../../src-renderer/queue/queue-scope';

const queueId = 'a'.repeat(24);
const group = {
  queueId,
  destination: 'corp.test',
  arrivedAt: 0,
  sender: '',
  subject: '',
  sizeBytes: 1,
  recipients: [],
  recipientCount: 0,
  route: '',
  attempts: 0,
  nextAttemptAt: 0,
  isActive: false,
  isHeld: false,
  isFrozen: false,
  isPaced: false,
};
const scope = (change: Partial<Scope> = {}): Scope => ({
  kind: 'selected',
  selected: new Set([groupKey(group)]),
  rows: [group],
  filter: {},
  total: 40,
  ...change,
});
const facts = { forbidden: undefined, frozen: [], collections: 1 };

describe('what the verbs act on', () => {
  it('is the selected rows, or the filter itself', () => {
    expect(chosenOf(scope())).toEqual({ groups: [{ queueId, destination: 'corp.test' }] });
    expect(chosenOf(scope({ kind: 'matching', filter: { sender: 'app' } }))).toEqual({
      filter: { sender: 'app' },
    });
    expect([countOf(scope()), countOf(scope({ kind: 'matching' }))]).toEqual([1, 40]);
  });
  it('is named so that nobody takes one for the other', () => {
    expect(describeScope(scope())).toBe('1 message');
    expect(describeScope(scope({ kind: 'matching' }))).toBe('all 40 waiting messages');
    expect(describeScope(scope({ kind: 'matching', filter: { sender: 'app' }, total: 2 }))).toBe(
      'all 2 messages with sender contains app',
    );
    expect(describeChosen(scope())).toBe('the selected message');
  });
  it('has the destinations of the selection, or the one of the filter', () => {
    const filter = { destination: 'other.test', isWholeDestination: true };
    expect(destinationsOf(scope({ filter }))).toEqual(['corp.test']);
    expect(destinationsOf(scope({ filter, selected: new Set() }))).toEqual(['other.test']);
    expect(destinationsOf(scope({ kind: 'matching' }))).toEqual([]);
    expect(
      triggersOf(
        scope({
          rows: [{ ...group, recipients: ['a@Corp.test', 'b@corp.test'], heldFor: 'mail.corp.test' }],
        }),
      ),
    ).toEqual(['corp.test']);
  });
});

describe('why a verb cannot be done', () => {
  it('nothing is against it on a plain selection', () => {
    const { retry, hold, freeze, 'change-route': route, 'ask-now': ask } = reasonsOf(scope(), facts);
    expect([retry, hold, freeze, route, ask]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
  it.each([
    ['nothing selected', scope({ selected: new Set(), rows: [] }), 'hold', /^Select messages/],
    ['nothing matches', scope({ kind: 'matching', total: 0 }), 'delete', 'Nothing matches.'],
    ['held', scope({ rows: [{ ...group, isHeld: true }] }), 'hold', 'It is held already.'],
    ['held', scope({ rows: [{ ...group, isHeld: true }] }), 'retry', /Release it first/],
    ['not held', scope(), 'release', 'It is not held.'],
    ['not frozen', scope(), 'thaw', 'It is not frozen.'],
    ['not held for ETRN', scope(), 'release-trigger', /waits for ETRN/],
  ] as const)('%s', (_, given, verb, reason) => {
    expect(reasonsOf(given, facts)[verb]).toMatch(reason);
  });
  it('the role goes before everything else', () => {
    const reasons = reasonsOf(scope(), { ...facts, forbidden: 'You are a viewer.' });
    expect(new Set(Object.values(reasons))).toEqual(new Set(['You are a viewer.']));
  });
  it('says nothing about the state of rows that have not been read', () => {
    expect(reasonsOf(scope({ rows: [] }), facts).release).toBeUndefined();
  });
});

it('what was done is a sentence, for none, one and several', () => {
  for (const words of [done.retry, done.hold, done.release, done.trigger])
    for (const count of [0, 1, 2000]) expect(words(count)).toMatch(/^[A-Z0-9].*\.$/);
  expect(done.delete(2, true)).toBe('2 messages deleted; the senders are told.');
  expect(done.route(1, { kind: 'host', host: 'relay.test', port: 2525 })).toBe(
    '1 message now goes to relay.test:2525.',
  );
  expect(done.freeze(['a.test', 'b.test'])).toBe('a.test and b.test are frozen.');
  expect(describeWay(null)).toBe('as the settings say');
});
