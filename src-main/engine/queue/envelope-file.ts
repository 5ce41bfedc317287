/**
 * The envelope as it stands in Queue: one JSON object. A file is read as if a stranger had written it:
 * shape, ranges and sizes are checked before anything is believed.
 */
import { z } from 'zod';
import type { Envelope } from '../core/envelope';
import { isQueueId, type QueueId } from '../core/ids';
import { outcomeKinds } from '../core/outcome';
import { reasonOf } from '../core/problem';

/** An envelope file beyond this is not ours: 50,000 recipients fit, each with the longest reply that is kept. */
export const largestEnvelopeBytes = 256 * 1024 * 1024;

/** Latest time that a Date can hold. */
const time = z.number().min(0).max(8_640_000_000_000_000);
/** Nothing that goes back onto an SMTP line may end it. */
const oneLine = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'contains control characters');
const text = z.string().max(100_000);
const queueId = z.custom<QueueId>(isQueueId, 'is not a queue id');

const status = z.object({
  code: z.number().int().min(200).max(599),
  enhanced: z.string().regex(/^[245]\.\d{1,3}\.\d{1,3}$/),
  text,
  cause: text.optional(),
  reply: text.optional(),
});
const remoteHost = z.object({
  name: text,
  address: text.optional(),
  port: z.number().int().min(0).max(65535).optional(),
});
const tlsFacts = z.object({
  version: text,
  cipher: text,
  isVerified: z.boolean(),
  fault: text.optional(),
  policy: z.enum(['route', 'mta-sts']).optional(),
});
const chosenWay = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('smart-host') }),
  z.object({ kind: z.literal('remote-domain'), name: oneLine(255).min(1) }),
  z.object({ kind: z.literal('mx') }),
  z.object({ kind: z.literal('drop') }),
  z.object({
    kind: z.literal('host'),
    host: oneLine(255).min(1),
    port: z.number().int().min(1).max(65535),
  }),
]);
const recipient = z.object({
  address: oneLine(1000).min(1),
  notify: z
    .array(z.enum(['success', 'failure', 'delay']))
    .max(3)
    .optional(),
  orcpt: oneLine(2000).optional(),
  outcome: z.enum(outcomeKinds).optional(),
  attempts: z.number().int().min(0),
  nextAttemptAt: time,
  last: z.object({ at: time, status, remote: remoteHost.optional(), tls: tlsFacts.optional() }).optional(),
  delayNotified: z.boolean().optional(),
  way: chosenWay.optional(),
  isHeld: z.literal(true).optional(),
});
const source = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('smtp'),
    sessionId: text,
    peer: text,
    helo: text,
    account: text.optional(),
  }),
  z.object({ kind: z.literal('pickup'), file: text }),
  z.object({ kind: z.literal('notification'), about: queueId }),
  z.object({ kind: z.literal('resend'), of: oneLine(1000), by: oneLine(1000) }),
  z.object({ kind: z.literal('test') }),
]);
const envelope = z.object({
  version: z.literal(1),
  queueId,
  serverId: z.number().int().min(1),
  sender: oneLine(1000),
  recipients: z.array(recipient).min(1),
  body: z.enum(['7bit', '8bitmime', 'binarymime']),
  isUtf8: z.literal(true).optional(),
  ret: z.enum(['full', 'hdrs']).optional(),
  envid: oneLine(1000).optional(),
  source,
  arrivedAt: time,
  sizeBytes: z.number().int().min(0),
  hopCount: z.number().int().min(0),
  messageId: text,
  subject: text,
  isResolved: z.literal(true).optional(),
});

/** The bytes of the envelope file. */
export function formatEnvelope(value: Envelope): Uint8Array {
  return Buffer.from(`${JSON.stringify(value)}\n`, 'utf8');
}

export type ParsedEnvelope =
  | { readonly isValid: true; readonly envelope: Envelope }
  | { readonly isValid: false; readonly reason: string };

/**
 * Reads an envelope file.
 *
 * @param expectedId the queue id in the file's name; another one inside is damage
 */
export function parseEnvelope(bytes: Uint8Array, expectedId: QueueId): ParsedEnvelope {
  if (bytes.length === 0) return { isValid: false, reason: 'The envelope file is empty.' };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return { isValid: false, reason: `The envelope file is not JSON: ${reasonOf(error)}` };
  }
  const parsed = envelope.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join('.') || 'the whole';
    return { isValid: false, reason: `The envelope file is damaged at ${where}: ${issue?.message ?? ''}` };
  }
  if (parsed.data.queueId !== expectedId) {
    return { isValid: false, reason: `The envelope file belongs to message ${parsed.data.queueId}.` };
  }
  // What came out of JSON has no `undefined` members, which is all the two types differ in.
  return { isValid: true, envelope: parsed.data as Envelope };
}
