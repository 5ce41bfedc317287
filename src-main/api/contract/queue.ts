/** Procedures about waiting mail. */
import { z } from 'zod';
import { operator, viewer } from './base';
import { chosenWay, page, queueGroupRow, queueId, queueRow, serverId } from './values';

const ofServer = z.object({ serverId });
const count = z.object({ count: z.number() });

export const queueStates = ['due', 'active', 'waiting', 'held', 'frozen', 'for-trigger'] as const;

/** All that is given must hold. Texts are parts, without case. */
export const queueFilter = z.object({
  destination: z.string().max(300).optional(),
  /** `destination` is the whole name of one, as lists show it, and not a part. */
  isWholeDestination: z.boolean().optional(),
  sender: z.string().max(320).optional(),
  recipient: z.string().max(320).optional(),
  /** In the last reply, or what stands in its place. */
  error: z.string().max(300).optional(),
  state: z.enum(queueStates).optional(),
  minAgeMs: z.number().min(0).optional(),
  /** Younger than this. */
  maxAgeMs: z.number().min(0).optional(),
});
export type QueueFilter = z.infer<typeof queueFilter>;

/** Waiting mail that something is done with: named groups or messages, or all that a filter matches. */
const chosen = z.union([
  z.object({
    groups: z
      .array(z.object({ queueId, destination: z.string().max(300) }))
      .min(1)
      .max(10_000),
  }),
  z.object({ queueIds: z.array(queueId).min(1).max(10_000) }),
  z.object({ filter: queueFilter }),
]);
export type ChosenMail = z.infer<typeof chosen>;
const ofChosen = ofServer.extend({ chosen });

/** Upper ends of the bars by age; the last bar is all that is older. */
export const queueAgesMs = [300_000, 3_600_000, 4 * 3_600_000, 86_400_000] as const;

export const queueDestination = z.object({
  destination: z.string(),
  /** For people: "corp.test by MX", "smart host relay.test:25". */
  title: z.string(),
  isFrozen: z.boolean(),
  /** Waiting groups, and the recipients in them. */
  groups: z.number(),
  recipients: z.number(),
  oldestArrivedAt: z.number(),
  nextAttemptAt: z.number().optional(),
  /** Groups by age: one number for each bar of `queueAgesMs` and one for the older. */
  byAge: z.array(z.number()),
  /** What its last failed attempt came to, verbatim. */
  lastError: z.string().optional(),
});
export type QueueDestination = z.infer<typeof queueDestination>;

export const queue = {
  /** Whole messages, oldest first. */
  list: viewer
    .input(ofServer.extend(page.shape))
    .output(z.object({ rows: z.array(queueRow), total: z.number().int() })),
  /**
   * One row for each message and group of its recipients that share a destination; the oldest first without `sort`.
   * `counted` of `messages` were read so far: a filter finds among those.
   */
  groups: viewer
    .input(
      ofServer.extend({
        ...page.shape,
        filter: queueFilter.default({}),
        sort: z
          .object({
            column: z.enum(['arrivedAt', 'sender', 'size', 'destination', 'attempts', 'nextAttemptAt']),
            isDescending: z.boolean(),
          })
          .optional(),
      }),
    )
    .output(
      z.object({
        rows: z.array(queueGroupRow),
        total: z.number().int(),
        messages: z.number().int(),
        counted: z.number().int(),
      }),
    ),
  show: viewer.input(ofServer.extend({ queueId })).output(queueRow),
  /** The destinations with the most groups first, 200 at most; the others are in `others` together. */
  totals: viewer.input(ofServer).output(
    z.object({
      destinations: z.array(queueDestination),
      others: z.number(),
      messages: z.number(),
      counted: z.number(),
      /** Destinations that are frozen, whether mail waits for them or not. */
      frozen: z.array(z.string()),
    }),
  ),
  /** Makes waiting recipients due now; without `chosen` the whole queue. */
  retry: operator.input(ofServer.extend({ chosen: chosen.optional() })).output(count),
  hold: operator.input(ofChosen).output(count),
  release: operator.input(ofChosen).output(count),
  /** `isReturned`: senders get a non-delivery report; otherwise nobody is told. */
  delete: operator.input(ofChosen.extend({ isReturned: z.boolean().default(false) })).output(count),
  /** null: by the settings again. */
  setWay: operator.input(ofChosen.extend({ way: chosenWay.nullable() })).output(count),
  /** Another address in a recipient's place, in all chosen messages that have it. */
  setRecipient: operator
    .input(ofChosen.extend({ from: z.string().max(320), to: z.string().max(320) }))
    .output(count),
  freeze: operator.input(ofServer.extend({ destination: z.string().min(1).max(300) })).output(z.object({})),
  thaw: operator.input(ofServer.extend({ destination: z.string().min(1).max(300) })).output(z.object({})),
  /** As if ETRN had come for this domain: its held mail is tried once. */
  releaseForTrigger: operator.input(ofServer.extend({ domain: z.string().max(255) })).output(count),
};
