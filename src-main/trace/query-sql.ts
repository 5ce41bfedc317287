/** A question to the trace as SQL. Pure. */
import type { TraceQuery } from '../api/contract/trace';
import type { Value } from '../mail-index/sqlite';

export type TraceFilter = TraceQuery;

const escapeLike = (text: string): string => `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;

export function whereOf(filter: TraceFilter): { readonly sql: string; readonly values: readonly Value[] } {
  const conditions: string[] = [];
  const values: Value[] = [];
  const add = (sql: string, ...own: Value[]): void => {
    conditions.push(sql);
    values.push(...own);
  };
  const like = (column: string): string => `${column} like ? escape '\\'`;
  const { serverId, from, until, outcome } = filter;
  const text = (value: string | undefined): string | undefined => value?.trim() || undefined;
  const person = text(filter.person);
  const sender = text(filter.sender);
  const recipient = text(filter.recipient);
  const subject = text(filter.subject);
  const messageId = text(filter.messageId);
  if (serverId !== undefined) add('server = ?', serverId);
  if (from !== undefined) add('at >= ?', from);
  if (until !== undefined) add('at <= ?', until);
  if (person !== undefined) {
    const pattern = escapeLike(person);
    add(`(${like('sender')} or ${like('recipient')} or ${like('client')})`, pattern, pattern, pattern);
  }
  if (sender !== undefined) {
    if (sender === '<>') add("sender = '' and about <> ''");
    else add(like('sender'), escapeLike(sender));
  }
  if (recipient !== undefined) add(like('recipient'), escapeLike(recipient));
  if (subject !== undefined) add(like('subject'), escapeLike(subject));
  if (messageId !== undefined) {
    const bare = messageId.replace(/^<|>$/g, '');
    if (/^[0-9a-f]{24}$/i.test(bare))
      add(`(key = ? or ${like('message')})`, bare.toLowerCase(), escapeLike(bare));
    else add(like('message'), escapeLike(bare));
  }
  if (outcome !== undefined) add(`outcomes like ?`, `% ${outcome} %`);
  return { sql: conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`, values };
}
