/**
 * The border between the queue's time and the wall clock: what the queue says to the world outside, and what it writes,
 * is by the wall clock of that moment.
 */
import type { Envelope } from '../core/envelope';
import type { EngineEvent } from '../core/event';
import type { QueueId } from '../core/ids';
import type { NotificationRequest } from '../core/notification';
import type { TraceRecord } from '../core/trace';
import { shiftTimes } from './envelope-times';
import type { QueueTime } from './queue-time';
import type { RunnerOptions } from './runner';

/**
 * The options of a runner for parts that know the queue's time alone.
 *
 * @param onWritten told of each envelope that was written, and by how much its times differ from the queue's
 */
export function inQueueTime(
  options: RunnerOptions,
  time: QueueTime,
  onWritten: (queueId: QueueId, shiftMs: number) => void,
): RunnerOptions {
  const { store, trace } = options;
  const outside = (envelope: Envelope): Envelope => shiftTimes(envelope, time.shiftMs());
  return {
    ...options,
    clock: time.clock,
    store: {
      ...store,
      async rewrite(envelope) {
        const shiftMs = time.shiftMs();
        await store.rewrite(shiftTimes(envelope, shiftMs));
        onWritten(envelope.queueId, shiftMs);
      },
    },
    emit: (event) => options.emit(eventOutside(event, time.shiftMs())),
    ...(trace && { trace: { write: (record) => trace.write(recordOutside(record, time.shiftMs())) } }),
    deliver: (job, signal) => {
      const shiftMs = time.shiftMs();
      if (shiftMs === 0) return options.deliver(job, signal);
      const envelope = shiftTimes(job.envelope, shiftMs);
      const { recipients } = shiftTimes({ ...job.envelope, recipients: job.recipients }, shiftMs);
      return options.deliver({ ...job, envelope, recipients }, signal);
    },
    notify: (request) => options.notify(requestOutside(request, time.shiftMs())),
    moveToBadmail: (request) => options.moveToBadmail({ ...request, envelope: outside(request.envelope) }),
  };
}

function eventOutside(event: EngineEvent, shiftMs: number): EngineEvent {
  if (shiftMs === 0 || event.type !== 'recipient-deferred') return event;
  return { ...event, nextAttemptAt: event.nextAttemptAt + shiftMs };
}

function recordOutside(record: TraceRecord, shiftMs: number): TraceRecord {
  if (shiftMs === 0) return record;
  const at = record.at + shiftMs;
  return record.kind === 'deferred'
    ? { ...record, at, nextAttemptAt: record.nextAttemptAt + shiftMs }
    : { ...record, at };
}

function requestOutside(request: NotificationRequest, shiftMs: number): NotificationRequest {
  if (shiftMs === 0) return request;
  return {
    ...request,
    envelope: shiftTimes(request.envelope, shiftMs),
    recipients: request.recipients.map((recipient) => ({
      ...recipient,
      ...(recipient.lastAttemptAt !== undefined && { lastAttemptAt: recipient.lastAttemptAt + shiftMs }),
      ...(recipient.willRetryUntil !== undefined && { willRetryUntil: recipient.willRetryUntil + shiftMs }),
    })),
  };
}
