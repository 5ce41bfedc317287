/** The record of changes: who changed what, when, from what to what. */
import { z } from 'zod';
import { callerVias, operator } from './base';
import { page } from './values';

/** 'file': a settings file that was edited by hand. 'start': Mailroot itself, while it starts. */
export const changeVias = [...callerVias, 'file', 'start'] as const;
export type ChangeVia = (typeof changeVias)[number];

/** One value that became another one. Absent: it was not there. A secret is "set", "not set" or "changed". */
export const valueChange = z.object({
  /**
   * Where: "servers.2.smartHost", "servers.2.domains.example.com.port", "accounts.scanner.isEnabled". A virtual server
   * goes by its number, everything else by its name.
   */
  field: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
});
export type ValueChange = z.infer<typeof valueChange>;

export const changeRow = z.object({
  at: z.number(),
  who: z.string(),
  via: z.enum(changeVias),
  /** The procedure: "servers.set", "queue.delete"; 'settings.file' for the settings file. */
  action: z.string(),
  /** To what, in words: the name of a virtual server, a domain, an account; how many messages. */
  subject: z.string(),
  changes: z.array(valueChange).optional(),
});
export type ChangeRow = z.infer<typeof changeRow>;

export const changes = {
  /** Newest first. `filter` is a part of any text of it, without case. */
  list: operator
    .input(z.object({ ...page.shape, filter: z.string().max(200).optional() }))
    .output(z.object({ rows: z.array(changeRow), total: z.number().int() })),
};
