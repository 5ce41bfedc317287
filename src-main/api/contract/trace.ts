/** Procedures of the trace: where is my mail? */
import { z } from 'zod';
import { viewer } from './base';
import {
  dialogueLine,
  page,
  queueId,
  recipientOutcome,
  remoteHost,
  serverId,
  status,
  tlsFacts,
} from './values';

/** All that is given must hold. Texts are parts, without case. */
export const traceQuery = z.object({
  serverId: serverId.optional(),
  /** In the reverse-path, a recipient, or the address or account of the client. */
  person: z.string().max(320).optional(),
  sender: z.string().max(320).optional(),
  recipient: z.string().max(320).optional(),
  subject: z.string().max(300).optional(),
  /** With or without angle brackets; also a queue id. */
  messageId: z.string().max(1000).optional(),
  from: z.number().optional(),
  until: z.number().optional(),
  outcome: z.union([recipientOutcome, z.enum(['waiting', 'refused'])]).optional(),
});
export type TraceQuery = z.infer<typeof traceQuery>;

/** One message, or what was refused in a session. */
export const traceRow = z.object({
  serverId,
  /** Names the row for `show`. */
  id: z.string().max(200),
  queueId: queueId.optional(),
  at: z.number(),
  sender: z.string(),
  /** The first few. */
  recipients: z.array(z.string()),
  recipientCount: z.number(),
  subject: z.string(),
  messageId: z.string(),
  sizeBytes: z.number(),
  /** "SMTP from 192.0.2.7" */
  source: z.string(),
  /** The outcomes of its recipients, each once; 'waiting' where one has none yet. */
  outcomes: z.array(z.union([recipientOutcome, z.enum(['waiting', 'refused'])])),
});
export type TraceRow = z.infer<typeof traceRow>;

/** One step of a recipient's way, oldest first. */
export const traceStep = z.object({
  at: z.number(),
  kind: z.enum([
    'accepted',
    'refused',
    'resolved',
    'readdressed',
    'attempt',
    'deferred',
    'outcome',
    'operator',
    'notification',
  ]),
  /** What happened, in one sentence. */
  text: z.string(),
  /** Addresses of the message's recipients that it is about; empty: the message as a whole. */
  recipients: z.array(z.string()),
  status: status.optional(),
  /** The other side's own words. */
  reply: z.string().optional(),
  outcome: recipientOutcome.optional(),
  remote: remoteHost.optional(),
  tls: tlsFacts.optional(),
  /** Setting that decided the route. */
  rule: z.string().optional(),
  nextAttemptAt: z.number().optional(),
  /** What was said; empty where nothing was, or nothing is kept. */
  lines: z.array(dialogueLine),
  /** Another message that follows from it: the notification. */
  leadsTo: queueId.optional(),
});
export type TraceStep = z.infer<typeof traceStep>;

export const traceStory = z.object({
  row: traceRow,
  /** The whole story; a recipient's own is what names it or nobody. */
  steps: z.array(traceStep),
  recipients: z.array(
    z.object({ address: z.string(), outcome: z.union([recipientOutcome, z.enum(['waiting', 'refused'])]) }),
  ),
  /** Who brought it by SMTP. */
  client: z.object({ peer: z.string(), hello: z.string(), account: z.string().optional() }).optional(),
  /** Of a notification: the message that it is about. */
  about: queueId.optional(),
  /** Older records were removed, or dialogues are not kept. */
  note: z.string().optional(),
});
export type TraceStory = z.infer<typeof traceStory>;

export const trace = {
  /** Newest first. `isComplete` is false while the index of the trace is being made. */
  find: viewer
    .input(traceQuery.extend(page.shape))
    .output(z.object({ rows: z.array(traceRow), total: z.number().int(), isComplete: z.boolean() })),
  show: viewer.input(z.object({ serverId, id: z.string().max(200) })).output(traceStory),
  /** The story as text for a help desk. */
  text: viewer
    .input(z.object({ serverId, id: z.string().max(200), hasDialogues: z.boolean().default(true) }))
    .output(z.object({ fileName: z.string(), text: z.string() })),
};
