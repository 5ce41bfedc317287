/** The index of mail over the page's memory: words in subject and sender, is:unread, is:starred and tag:. */
import type { FoundRow, MessageMarks } from '../../../src-main/api/contract';
import type { Mailbox } from './mailbox';

interface Query {
  query?: string;
  offset?: number;
  limit?: number;
}
interface Marking {
  messages: { serverId: number; folder: 'drop' | 'badmail'; id: string }[];
  isRead?: boolean;
  isStarred?: boolean;
  addTags?: string[];
  removeTags?: string[];
}

const unmarked: MessageMarks = { isRead: true, isStarred: false, tags: [] };

const later = <Value>(value: Value): Promise<Value> =>
  new Promise((resolve) => setTimeout(() => resolve(value), 5));

export function createSearchCalls(mailbox: Mailbox) {
  const marksOf = (id: string): MessageMarks =>
    mailbox.drop.find((entry) => entry.row.id === id)?.row.marks ?? unmarked;
  const matches = ({ query = '' }: Query): FoundRow[] => {
    const terms = query.toLowerCase().split(/\s+/).filter(Boolean);
    const isMatch = (term: string, row: Mailbox['drop'][number]['row']): boolean => {
      const marks = marksOf(row.id);
      if (term === 'is:unread') return !marks.isRead;
      if (term === 'is:starred') return marks.isStarred;
      if (term.startsWith('tag:')) return marks.tags.includes(term.slice(4));
      return `${row.subject} ${row.from}`.toLowerCase().includes(term);
    };
    return mailbox.drop
      .filter(({ row }) => terms.every((term) => isMatch(term, row)))
      .map(({ row }) => ({
        ...row,
        serverId: 1,
        folder: 'drop' as const,
        marks: marksOf(row.id),
        conversation: row.subject,
      }));
  };
  return {
    status: () => later({ state: 'ready' as const, done: mailbox.drop.length, total: mailbox.drop.length }),
    find: (input: Query) => {
      const found = matches(input);
      const offset = input.offset ?? 0;
      const faults = input.query?.includes('before:soon') ? [{ at: 0, text: 'before: wants a day.' }] : [];
      const rows = found.slice(offset, offset + (input.limit ?? 200));
      return later({ rows, total: found.length, isComplete: true, faults });
    },
    days: (input: Query) => {
      const counts = new Map<string, number>();
      for (const { receivedAt } of matches(input)) {
        const day = new Date(receivedAt).toISOString().slice(0, 10);
        counts.set(day, (counts.get(day) ?? 0) + 1);
      }
      return later({ days: [...counts].map(([day, count]) => ({ day, count })) });
    },
    addresses: (input: Query) => {
      const addresses = matches(input).map(({ id }) => ({ serverId: 1, folder: 'drop' as const, id }));
      return later({ addresses, total: addresses.length });
    },
    mark: (input: Marking) => {
      mailbox.calls.push({ name: 'search.mark', input });
      const ids = new Set(input.messages.map(({ id }) => id));
      mailbox.drop = mailbox.drop.map((entry) => {
        if (!ids.has(entry.row.id)) return entry;
        const before = marksOf(entry.row.id);
        const tags = [
          ...before.tags.filter((tag) => !input.removeTags?.includes(tag)),
          ...(input.addTags ?? []),
        ];
        const marks = {
          isRead: input.isRead ?? before.isRead,
          isStarred: input.isStarred ?? before.isStarred,
          tags: [...new Set(tags)],
        };
        return { ...entry, row: { ...entry.row, marks } };
      });
      return later({ count: ids.size });
    },
    tags: () => {
      const names = mailbox.drop.flatMap(({ row }) => row.marks?.tags ?? []);
      const counts = new Map(names.map((name) => [name, names.filter((each) => each === name).length]));
      return later([...counts].map(([name, count]) => ({ name, count })));
    },
    saved: () => later(mailbox.saved ?? []),
    save: (input: { name: string; query: string }) => {
      mailbox.saved = [...(mailbox.saved ?? []), input];
      return later({});
    },
    forget: (input: { name: string }) => {
      mailbox.saved = (mailbox.saved ?? []).filter(({ name }) => name !== input.name);
      return later({});
    },
  };
}
