/** Records of the trace that come from between the parts. */
import { basename } from 'node:path';
import type { Deliver } from './core/delivery';
import type { Envelope } from './core/envelope';
import { isQueueId, type QueueId } from './core/ids';
import { createStatus } from './core/smtp-status';
import type { Trace, TraceRecord } from './core/trace';

/** A message came in; before its source hears of it. */
export function acceptedRecord(envelope: Envelope, now: number): TraceRecord {
  const { queueId, sender, recipients, subject, messageId, sizeBytes, source } = envelope;
  return {
    at: now,
    kind: 'accepted',
    queueId,
    sender,
    recipients: recipients.map(({ address }) => address),
    subject,
    messageId,
    sizeBytes,
    source,
  };
}

/** Drop has no connection: its attempts are told here, with nothing said in them. */
export function tracedDrop(trace: Trace, deliver: Deliver, now: () => number): Deliver {
  return async (job, signal) => {
    const startedAt = now();
    try {
      return await deliver(job, signal);
    } finally {
      const { envelope, recipients, route } = job;
      void trace.write({
        at: now(),
        kind: 'attempt',
        queueId: envelope.queueId,
        recipients: recipients.map(({ address }) => address),
        rule: route.rule,
        destination: 'Drop',
        startedAt,
        lines: [],
      });
    }
  };
}

/** A Pickup file that could not be used: it never was a message, so it has the name of its Badmail file. */
export const badPickupRecord = (
  { id, reason, sender }: { readonly id: QueueId; readonly reason: string; readonly sender?: string },
  now: number,
): TraceRecord => ({
  at: now,
  kind: 'outcome',
  queueId: id,
  recipient: '',
  outcome: 'badmail',
  status: createStatus(554, '5.6.0', reason, sender === undefined ? undefined : `Sender ${sender}`),
});

/** Files of the queue that cannot be read: whoever of its recipients was still waiting is in Badmail with them. */
export function damagedRecord(
  files: { readonly contentFile?: string; readonly envelopeFile?: string; readonly reason: string },
  now: number,
): TraceRecord | undefined {
  const queueId = basename(files.contentFile ?? files.envelopeFile ?? '').replace(/\.[a-z]+$/i, '');
  if (!isQueueId(queueId)) return undefined;
  return {
    at: now,
    kind: 'outcome',
    queueId,
    recipient: '',
    outcome: 'badmail',
    status: createStatus(554, '5.3.0', files.reason),
  };
}
