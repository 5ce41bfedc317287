/** Procedures of the index of mail: search, marks of people, saved searches. */
import { z } from 'zod';
import { operator, viewer } from './base';
import { messageAddress } from './messages';
import { messageFolder, messageMarks, messageRow, page, serverId } from './values';

export const tagName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,49}$/u, 'A tag has letters, digits, and . _ - inside: 50 at most.');

export const foundRow = messageRow.extend({
  serverId,
  folder: messageFolder,
  marks: messageMarks,
  /** A piece of the text around the first match, plain. */
  snippet: z.string().optional(),
  /** The same for all messages of a conversation. */
  conversation: z.string(),
  /** With `group` 'conversation': how many messages stand behind this row, the newest. */
  groupCount: z.number().optional(),
});
export type FoundRow = z.infer<typeof foundRow>;

/**
 * `query`: words, "phrases", and from: to: subject: has:attachment before: after: larger: smaller: server: in: is:unread
 * is:read is:starred tag: conversation:<name of a message> header: ; a leading - excludes. What cannot be understood is told in `faults`, and left out.
 */
const searchQuery = z.object({
  query: z.string().max(1000).default(''),
  serverId: serverId.optional(),
  folders: z.array(messageFolder).optional(),
  sort: z
    .object({
      column: z.enum(['receivedAt', 'from', 'to', 'subject', 'size']),
      isDescending: z.boolean(),
    })
    .optional(),
  group: z.enum(['none', 'conversation']).default('none'),
});

export const searchFault = z.object({ at: z.number(), text: z.string() });

export const search = {
  /** The index is a cache of the files: made in the background, and made anew when it is lost. */
  status: viewer.output(
    z.object({
      state: z.enum(['starting', 'building', 'ready', 'failed']),
      done: z.number(),
      total: z.number(),
      /** Why it failed, and what to do. */
      text: z.string().optional(),
    }),
  ),
  /** Newest first without `sort`. `isComplete` is false while the index is being made. */
  find: viewer.input(searchQuery.extend(page.shape)).output(
    z.object({
      rows: z.array(foundRow),
      total: z.number().int(),
      isComplete: z.boolean(),
      faults: z.array(searchFault),
    }),
  ),
  /** How many matches each day has, newest first; for lists that are parted by days. 10,000 days at most. */
  days: viewer
    .input(searchQuery.extend({ offsetMinutes: z.number().int().min(-900).max(900).default(0) }))
    .output(z.object({ days: z.array(z.object({ day: z.string(), count: z.number().int() })) })),
  /** Where all matches lie, 10,000 at most: for acting on everything that was found. */
  addresses: viewer
    .input(searchQuery)
    .output(z.object({ addresses: z.array(messageAddress), total: z.number().int() })),
  /** Read state, stars and tags: of everybody who uses this Mailroot, and kept for as long as the message is there. */
  mark: operator
    .input(
      z.object({
        messages: z.array(messageAddress).min(1).max(10_000),
        isRead: z.boolean().optional(),
        isStarred: z.boolean().optional(),
        addTags: z.array(tagName).max(20).optional(),
        removeTags: z.array(tagName).max(20).optional(),
      }),
    )
    .output(z.object({ count: z.number() })),
  /** Tags in use, the most used first. */
  tags: viewer.output(z.array(z.object({ name: z.string(), count: z.number() }))),
  saved: viewer.output(z.array(z.object({ name: z.string(), query: z.string() }))),
  save: operator
    .input(z.object({ name: z.string().trim().min(1).max(100), query: z.string().min(1).max(1000) }))
    .output(z.object({})),
  forget: operator.input(z.object({ name: z.string().max(100) })).output(z.object({})),
  /** Makes the index anew from the files. Marks and saved searches stay. */
  rebuild: operator.output(z.object({})),
};
