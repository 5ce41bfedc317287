import { describe, expect, it } from 'vitest';
import { fromLine, mboxEntry } from '../../../../src-renderer/mail-lists/export-mbox';
import {
  needsIndex,
  queryText,
  searchSort,
  wholeList,
  withConversation,
} from '../../../../src-renderer/mail-lists/list-query';
import {
  addressOf,
  createDayTable,
  describeDay,
  keyOf,
} from '../../../../src-renderer/mail-lists/listed-mail';
import { tagState } from '../../../../src-renderer/mail-lists/tag-menu';
import { groupByFolder } from '../../../../src-renderer/mail-lists/use-mail-acts';

describe('names of messages in lists', () => {
  it('come back whole, whatever stands in a file name', () => {
    const address = { serverId: 12, folder: 'pickup' as const, id: 'a/b is no name, but a-b.eml is' };
    expect(addressOf(keyOf(address))).toEqual(address);
  });
  it('are none for a line between days', () => {
    expect(addressOf('day/2026-11-23')).toBeUndefined();
  });
  it('are grouped for one call to each folder; mail in Queue is left alone', () => {
    const of = (folder: 'drop' | 'queue' | 'badmail', id: string) => ({ serverId: 1, folder, id });
    expect(groupByFolder([of('drop', 'a'), of('queue', 'q'), of('badmail', 'b'), of('drop', 'c')])).toEqual([
      { serverId: 1, folder: 'drop', ids: ['a', 'c'] },
      { serverId: 1, folder: 'badmail', ids: ['b'] },
    ]);
  });
});

describe('a conversation', () => {
  it.each([
    ['', '19af', 'conversation:19af'],
    [' budget ', '19af', 'budget conversation:19af'],
    ['', 'a file.eml', 'conversation:"a file.eml"'],
  ])('of %j and %j is %j', (text, id, query) => {
    expect(withConversation(text, id)).toBe(query);
  });
});

describe('days of a list', () => {
  const table = createDayTable([
    { day: '2026-11-23', count: 2 },
    { day: '2026-11-20', count: 1 },
  ]);
  it('stand above their messages', () => {
    expect(table.total).toBe(5);
    expect([0, 1, 2, 3, 4].map((index) => table.at(index))).toEqual([
      { kind: 'day', key: 'day/2026-11-23', day: '2026-11-23', count: 2 },
      { messageIndex: 0 },
      { messageIndex: 1 },
      { kind: 'day', key: 'day/2026-11-20', day: '2026-11-20', count: 1 },
      { messageIndex: 2 },
    ]);
  });
  it('are named as people name them', () => {
    const now = new Date(2026, 10, 23, 10).getTime();
    expect(describeDay('2026-11-23', now)).toBe('Today');
    expect(describeDay('2026-11-22', now)).toBe('Yesterday');
    expect(describeDay('2026-11-20', now, 'en-GB')).toMatch(/^Friday,? 20 November$/);
    expect(describeDay('2025-11-20', now, 'en-GB')).toContain('2025');
  });
});

describe('the query of a list', () => {
  it('asks the index only for what the folder cannot do', () => {
    expect(needsIndex(wholeList, undefined)).toBe(false);
    expect(needsIndex({ ...wholeList, isUnreadOnly: true }, undefined)).toBe(true);
    expect(needsIndex(wholeList, { columnId: 'subject', isDescending: false })).toBe(true);
    expect(needsIndex({ ...wholeList, grouping: 'day' }, undefined)).toBe(true);
  });
  it('joins what was typed and what was clicked', () => {
    const query = { ...wholeList, text: ' report ', isUnreadOnly: true, isStarredOnly: true };
    expect(queryText(query)).toBe('report is:unread is:starred');
  });
  it('leaves an order that the index does not know', () => {
    expect(searchSort({ columnId: 'star', isDescending: true })).toBeUndefined();
    expect(searchSort({ columnId: 'recipients', isDescending: true })).toEqual({
      column: 'to',
      isDescending: true,
    });
  });
});

describe('tags of several messages', () => {
  const mail = (...tags: string[]) =>
    ({ kind: 'mail', marks: { isRead: true, isStarred: false, tags } }) as unknown as Parameters<
      typeof tagState
    >[0][number];
  it('are on all, on some or on none', () => {
    expect(tagState([mail('a'), mail('a', 'b')], 'a')).toBe(true);
    expect(tagState([mail('a'), mail('a', 'b')], 'b')).toBe('mixed');
    expect(tagState([mail('a')], 'c')).toBe(false);
  });
});

describe('an mbox file', () => {
  const entry = (text: string): string =>
    mboxEntry(new TextEncoder().encode(text), 'ann@corp.test', Date.UTC(2026, 10, 3, 4, 5, 6))
      .map((part) => new TextDecoder().decode(part))
      .join('');
  it('begins each message with its sender and time', () => {
    expect(fromLine('ann@corp.test', Date.UTC(2026, 10, 3, 4, 5, 6))).toBe(
      'From ann@corp.test Tue Nov  3 04:05:06 2026\n',
    );
    expect(fromLine('', 0)).toMatch(/^From MAILER-DAEMON Thu Jan {2}1 /);
    expect(fromLine('a b\nc', 0)).toMatch(/^From MAILER-DAEMON /);
  });
  it('quotes lines that look like a beginning, so that they come back as they were', () => {
    expect(entry('Subject: a\r\n\r\nFrom here\r\n>From there\r\nFromage\r\n')).toBe(
      'From ann@corp.test Tue Nov  3 04:05:06 2026\nSubject: a\n\n>From here\n>>From there\nFromage\n\n',
    );
  });
  it('ends a message that has no end of line', () => {
    expect(entry('Subject: a\r\n\r\nb').endsWith('\n\nb\n\n')).toBe(true);
  });
  it('has room for a message of nothing but such lines', () => {
    const text = 'From \n'.repeat(1000);
    expect(entry(text).match(/^>From $/gm)).toHaveLength(1000);
  });
});
