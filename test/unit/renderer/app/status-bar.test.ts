import { expect, it } from 'vitest';
import { describeQueue } from '../../../../src-renderer/app/status-bar';
import { makeSummary } from '../summaries';

const counts = (queue: number) => ({ pickup: 0, drop: 0, queue, badmail: 0, sessions: 0, domains: 1 });

it('adds the queues of all servers and tells the age of the oldest message', () => {
  const servers = [
    makeSummary({ counts: counts(1200), oldestQueuedAt: 60_000 }),
    makeSummary({ id: 2, counts: counts(4), oldestQueuedAt: 0 }),
    makeSummary({ id: 3 }),
  ];
  expect(describeQueue(servers, 4 * 60_000)).toBe('Queue 1,204 (oldest 4 min)');
});

it('tells no age where nothing waits', () => {
  expect(describeQueue([makeSummary()], 0)).toBe('Queue 0');
});
