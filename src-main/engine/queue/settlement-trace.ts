/** What a settlement is in the trace. By the queue's time; wall-time brings it outside. */
import type { QueueId } from '../core/ids';
import type { Trace, TraceRecord } from '../core/trace';
import type { Settlement, Verdict } from './settlement';

/** Resolves when all of it was handed to the system. */
export function traceSettlement(
  trace: Trace | undefined,
  queueId: QueueId,
  { verdicts, resolution, acts }: Settlement,
  now: number,
): Promise<void> | undefined {
  if (!trace) return undefined;
  let written: Promise<void> | undefined;
  for (const record of acts ?? []) written = trace.write(record);
  for (const { from, to } of resolution?.changes ?? [])
    written = trace.write({ at: now, kind: 'resolved', queueId, recipient: from, addresses: to });
  for (const verdict of verdicts) {
    const record = verdict.isResolved ? undefined : recordOf(verdict, queueId, now);
    if (record) written = trace.write(record);
  }
  // Written in the order of the calls: the last is there when all are.
  return written;
}

function recordOf(verdict: Verdict, queueId: QueueId, at: number): TraceRecord | undefined {
  const { recipient, status, outcome, remote, tls, notified } = verdict;
  const facts = {
    at,
    queueId,
    recipient: recipient.address,
    status,
    ...(remote && { remote }),
    ...(tls && { tls }),
  };
  if (outcome) return { kind: 'outcome', ...facts, outcome };
  // The notification has a line of its own.
  if (notified?.action === 'delayed') return undefined;
  return { kind: 'deferred', ...facts, nextAttemptAt: recipient.nextAttemptAt };
}
