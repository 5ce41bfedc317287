/** Procedures about hosts that are asked for our mail. The list itself is a setting of the virtual server. */
import { z } from 'zod';
import { operator, viewer } from './base';
import { serverId } from './values';

const collectionResult = z.object({
  isOk: z.boolean(),
  /** For people, with the host's own words. */
  text: z.string(),
});

export const collectionState = z.object({
  name: z.string(),
  isAsking: z.boolean(),
  askedAt: z.number().optional(),
  result: collectionResult.optional(),
  /** Absent: by hand only. */
  nextAskAt: z.number().optional(),
});
export type CollectionState = z.infer<typeof collectionState>;

export const collections = {
  /** In the order of the settings; empty while the virtual server is stopped. */
  list: viewer.input(z.object({ serverId })).output(z.array(collectionState)),
  /** Asks now and answers when the host has; over a connection that it turns around, when all mail has come. */
  ask: operator.input(z.object({ serverId, name: z.string().max(100) })).output(collectionResult),
};
