/** Procedures about messages in the folders of a mailroot: reading, deleting with undo, sending again, retention. */
import { z } from 'zod';
import { operator, viewer } from './base';
import {
  badmailCause,
  chosenWay,
  messageFolder,
  messageId,
  messageRow,
  page,
  queueId,
  recipientOutcome,
  serverId,
} from './values';

const ofServer = z.object({ serverId });
/** Folders that only hold files: nothing else is under way with them. */
const restingFolder = z.enum(['drop', 'badmail', 'pickup']);

/** Where one message lies. */
export const messageAddress = z.object({ serverId, folder: messageFolder, id: messageId });
export type MessageAddress = z.infer<typeof messageAddress>;
const restingAddress = messageAddress.extend({ folder: restingFolder });

/** A piece of a message; the console puts them together and parses the whole, in its sandbox. */
const longestPieceBytes = 4 * 1024 * 1024;
/** Of a larger message the console reads the beginning. */
export const mostReadBytes = 256 * 1024 * 1024;

const messagePiece = z.object({
  row: messageRow,
  /** Of the content, without x-sender and x-receiver lines. */
  contentBytes: z.number(),
  /** Base64 of the raw bytes from `offset` on; '' behind the end. */
  pieceBase64: z.string(),
});

/** Whom the message was really for, and how it came. Whatever is not known is absent. */
export const messageEnvelope = z.object({
  /** '' is the null reverse-path. */
  sender: z.string(),
  recipients: z.array(
    z.object({
      address: z.string(),
      notify: z.array(z.enum(['success', 'failure', 'delay'])).optional(),
      orcpt: z.string().optional(),
      outcome: recipientOutcome.optional(),
    }),
  ),
  /** Name of the message in Queue and in the trace. */
  queueId: queueId.optional(),
  arrivedAt: z.number().optional(),
  /** "SMTP from 192.0.2.7" */
  source: z.string().optional(),
  peer: z.string().optional(),
  hello: z.string().optional(),
  account: z.string().optional(),
  body: z.enum(['7bit', '8bitmime', 'binarymime']).optional(),
  isUtf8: z.boolean().optional(),
  ret: z.enum(['full', 'hdrs']).optional(),
  envid: z.string().optional(),
});
export type MessageEnvelope = z.infer<typeof messageEnvelope>;

export const retentionLimits = z.object({
  keepDays: z.number().int().min(1).max(36_500).nullable(),
  keepMessages: z.number().int().min(1).nullable(),
  keepMb: z.number().int().min(1).nullable(),
});
export type RetentionLimits = z.infer<typeof retentionLimits>;

export const causeGroup = z.object({
  /** Absent: laid there by somebody else, with no cause that could be read. */
  cause: badmailCause.optional(),
  /** What this cause means, in one sentence, and what to do about it. */
  text: z.string(),
  advice: z.string(),
  count: z.number(),
  sizeBytes: z.number(),
  oldestAt: z.number(),
  newestAt: z.number(),
});
export type CauseGroup = z.infer<typeof causeGroup>;

export const messages = {
  /** Newest first. Badmail: of one cause only, when one is named ('unknown' is "no cause could be read"). */
  list: viewer
    .input(
      ofServer.extend({
        folder: restingFolder,
        ...page.shape,
        cause: z.union([badmailCause, z.literal('unknown')]).optional(),
      }),
    )
    .output(z.object({ rows: z.array(messageRow).readonly(), total: z.number().int() })),
  /** Reads `limit` bytes from `offset` on. */
  content: viewer
    .input(
      messageAddress.extend({
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(0).max(longestPieceBytes).default(longestPieceBytes),
      }),
    )
    .output(messagePiece),
  envelope: viewer.input(messageAddress).output(messageEnvelope),
  /** Puts messages away: `restore` brings them back for an hour, then they are gone for good. */
  delete: operator
    .input(ofServer.extend({ folder: restingFolder, ids: z.array(messageId).min(1).max(10_000) }))
    .output(z.object({ count: z.number() })),
  restore: operator
    .input(ofServer.extend({ folder: restingFolder, ids: z.array(messageId).min(1).max(10_000) }))
    .output(z.object({ count: z.number() })),
  /**
   * Sends messages again through the one door, each with its own envelope (Bcc recipients and the null reverse-path
   * too) where `sender` and `recipients` do not say otherwise. They wait in Queue for `delayMs` first, in which they
   * can be deleted again.
   */
  resend: operator
    .input(
      z.object({
        messages: z.array(restingAddress).min(1).max(10_000),
        /** Virtual server that sends; absent: the one in whose folder a message lies. */
        serverId: serverId.optional(),
        sender: z.string().max(320).optional(),
        recipients: z.array(z.string().max(320)).min(1).max(1000).optional(),
        /** In the envelopes' recipients: this address instead of that one. */
        replaced: z
          .array(z.object({ from: z.string().max(320), to: z.string().max(320) }))
          .max(1000)
          .optional(),
        way: chosenWay.optional(),
        delayMs: z.number().int().min(0).max(60_000).default(0),
        /** Puts a message away once it was accepted. */
        isRemovedAfter: z.boolean().default(false),
      }),
    )
    .output(
      z.object({
        accepted: z.array(z.object({ address: restingAddress, serverId, queueId })),
        refused: z.array(z.object({ address: restingAddress, reason: z.string() })),
      }),
    ),
  /** Sends a message that was opened from a file. */
  resendContent: operator
    .input(
      ofServer.extend({
        contentBase64: z.string().max(48 * 1024 * 1024),
        sender: z.string().max(320),
        recipients: z.array(z.string().max(320)).min(1).max(1000),
        way: chosenWay.optional(),
        delayMs: z.number().int().min(0).max(60_000).default(0),
      }),
    )
    .output(z.object({ queueId })),
  /** Badmail by cause, the largest first; counted in the background where there is much. */
  causes: viewer
    .input(ofServer)
    .output(z.object({ groups: z.array(causeGroup), total: z.number(), counted: z.number() })),
  /** What limits would remove now; removes nothing. */
  previewRetention: viewer
    .input(ofServer.extend({ folder: z.enum(['drop', 'badmail']), limits: retentionLimits }))
    .output(
      z.object({
        total: z.number(),
        totalBytes: z.number(),
        removed: z.number(),
        removedBytes: z.number(),
        /** Arrival of the oldest message that would stay. */
        oldestKeptAt: z.number().optional(),
      }),
    ),
};
