/** One attempt for one group: whatever happens in it becomes a result for each recipient. */
import type { AttemptResult, Deliver } from '../core/delivery';
import type { Envelope } from '../core/envelope';
import { reasonOf } from '../core/problem';
import { createStatus, isTemporary, type SmtpStatus } from '../core/smtp-status';
import type { Group } from './entry';
import { askDirectory, type QueueDirectory, type Resolved } from './resolution';
import type { QueueStore } from './store';

/** RFC 3463 X.3.0: our side, and no later attempt will find the content again. */
const contentIsGone = createStatus(
  554,
  '5.3.0',
  'The content of the message was removed from the Queue folder by another program',
);

export interface Attempted {
  readonly result: AttemptResult;
  /** Whether the result says anything about the destination. */
  readonly isTelling: boolean;
  /** What the directory said, where it was asked. */
  readonly resolved?: Resolved;
}

export async function attemptGroup(
  { entry, route, indices }: Group,
  signal: AbortSignal,
  options: {
    readonly deliver: Deliver;
    readonly store: QueueStore;
    readonly directory?: QueueDirectory;
  },
): Promise<Attempted> {
  const { deliver, store, directory } = options;
  const envelope = entry.present;
  if (route.kind === 'directory') return attemptResolution({ envelope, indices, directory, signal });
  const recipients = indices.map((index) => entry.recipient(index));
  const everybody = (status: SmtpStatus): Attempted => ({
    result: { results: recipients.map(({ address }) => ({ address, status })), isDestinationDown: false },
    isTelling: false,
  });
  let attempted: Attempted;
  try {
    const result = await deliver({ envelope, recipients, route, content: store.content(envelope) }, signal);
    if (result.results.length > 0 && !result.results.some(({ status }) => isTemporary(status))) {
      return { result, isTelling: true };
    }
    attempted = { result, isTelling: result.results.length > 0 };
  } catch (error) {
    attempted = everybody(createStatus(451, '4.3.0', 'Local error in delivery', reasonOf(error)));
  }
  // Asked only after a failure: a content that another program took away makes every attempt fail.
  return (await store.hasContent(envelope.queueId)) ? attempted : everybody(contentIsGone);
}

/** The directory in the place of a next hop. Broken off, or switched off meanwhile: nothing has happened. */
async function attemptResolution(facts: {
  readonly envelope: Envelope;
  readonly indices: readonly number[];
  readonly directory: QueueDirectory | undefined;
  readonly signal: AbortSignal;
}): Promise<Attempted> {
  const { envelope, indices, directory, signal } = facts;
  const nothing: Attempted = { result: { results: [], isDestinationDown: false }, isTelling: false };
  if (!directory) return nothing;
  try {
    const asked = await askDirectory(directory, { envelope, indices }, signal);
    if (asked.kind === 'failed') return { result: asked.result, isTelling: true };
    return { ...nothing, isTelling: true, resolved: asked.resolved };
  } catch {
    return nothing;
  }
}
