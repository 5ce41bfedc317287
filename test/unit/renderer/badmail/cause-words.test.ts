import { expect, it } from 'vitest';
import { badmailCauses } from '../../../../src-main/engine/core/event';
import {
  causeOf,
  causeTitle,
  describeAmount,
  describeRetention,
} from '../../../../src-renderer/badmail/cause-words';

it('each cause has a title of its own', () => {
  const titles = [...badmailCauses, 'unknown' as const].map(causeTitle);
  expect(new Set(titles).size).toBe(titles.length);
  expect(causeOf({})).toBe('unknown');
});

it('says what is removed by itself', () => {
  const none = { keepDays: null, keepMessages: null, keepMb: null };
  expect(describeRetention(none)).toBe('Nothing is removed by itself.');
  expect(describeRetention({ ...none, keepDays: 30 })).toBe('Removed by itself: what is older than 30 days.');
  expect(describeRetention({ keepDays: 1, keepMessages: 1000, keepMb: 512 })).toBe(
    'Removed by itself: what is older than 1 day, what goes beyond 1,000 messages and what goes beyond 512 MB.',
  );
  expect(describeAmount({ count: 2, sizeBytes: 2_097_152 })).toBe('2 messages, 2.0 MB');
});
