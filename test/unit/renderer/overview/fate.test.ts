import { describe, expect, it } from 'vitest';
import type { QueueRow } from '../../../../src-main/api/contract';
import { parseAddresses } from '../../../../src-renderer/overview/addresses';
import { describeFate } from '../../../../src-renderer/overview/fate';

const row = (part: Partial<QueueRow> = {}): QueueRow => ({
  queueId: '0'.repeat(24),
  arrivedAt: 0,
  sender: '',
  subject: '',
  sizeBytes: 1,
  source: 'test',
  isActive: false,
  recipients: [
    {
      address: 'a@b.test',
      attempts: 1,
      nextAttemptAt: 0,
      route: 'By MX',
      last: { at: 0, status: { code: 421, enhanced: '4.3.2', text: 'Busy' } },
    },
  ],
  ...part,
});

describe('where a test message went', () => {
  it('tells the route and the last answer while it waits', () => {
    expect(describeFate({ kind: 'waiting', row: row() })).toEqual({
      headline: 'It waits in Queue.',
      lines: ['a@b.test: By MX. Last answer: 421 Busy'],
    });
  });

  it('tells that an attempt is under way', () => {
    expect(describeFate({ kind: 'waiting', row: row({ isActive: true }) }).headline).toBe(
      'It is being delivered.',
    );
  });

  it('tells for whom it was dropped', () => {
    expect(describeFate({ kind: 'dropped', recipients: ['a@b.test', 'c@b.test'] }).lines).toEqual([
      'For a@b.test, c@b.test.',
    ]);
  });

  it('promises no delivery of what left the server', () => {
    expect(describeFate({ kind: 'gone' }).lines.join(' ')).toContain('or was refused');
  });
});

describe('addresses in one field', () => {
  it('are divided by commas, semicolons and line ends, not by spaces', () => {
    expect(parseAddresses('a@b.test, <c@b.test>; d@b.test\ne@b.test,')).toEqual([
      'a@b.test',
      'c@b.test',
      'd@b.test',
      'e@b.test',
    ]);
    expect(parseAddresses('not an address')).toEqual(['not an address']);
  });
});
