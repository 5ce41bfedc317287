/**
 * Carries out a settlement. The order is the promise: whoever has to be told is told first (the
 * notification is accepted, the Badmail files are on disk), then the envelope says so, then the world hears
 * of it. A crash in between repeats a step; it never skips one.
 *
 * Fails: never. What cannot be written now (disk full, folder gone) is kept in memory and tried again until
 *   it is done or the runner stops; the files still say what was true before, so nothing is forgotten.
 */
import type { Clock } from '../core/clock';
import type { ContentSource } from '../core/content';
import { type Envelope, waitingRecipients } from '../core/envelope';
import type { Emit } from '../core/event';
import type { BadmailRequest, NotificationAction, NotificationRequest } from '../core/notification';
import { reasonOf } from '../core/problem';
import { applyVerdicts, reasonForBadmail, type Settlement, type Verdict } from './settlement';
import type { QueueStore } from './store';

export interface FinisherOptions {
  readonly serverId: number;
  readonly store: QueueStore;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly notify: (request: NotificationRequest) => Promise<void>;
  readonly moveToBadmail: (request: BadmailRequest) => Promise<void>;
}

export interface Finisher {
  /**
   * Resolves with the envelope as it stands now, or undefined when it was left as it was: the runner stopped,
   * or `isGivenUp` said so while a step did not work.
   */
  finish(
    envelope: Envelope,
    settlement: Settlement,
    isGivenUp?: () => boolean,
  ): Promise<Envelope | undefined>;
  /** Tries at once what waits for better times. */
  hurry(): void;
  /** Ends the waiting for better times. */
  stop(): void;
}

/** First wait after a failed write; doubled each time up to the longest. */
const firstWaitMs = 1000;
const longestWaitMs = 60_000;

const actions: readonly NotificationAction[] = ['failed', 'delayed', 'delivered', 'relayed'];

export function createFinisher(options: FinisherOptions): Finisher {
  const { serverId, store, clock, emit } = options;
  const waits = new Set<() => void>();
  let isStopped = false;

  /** Runs `step` until it works. False when stopped or given up. */
  async function insist(what: string, isGivenUp: () => boolean, step: () => Promise<void>): Promise<boolean> {
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
      try {
        await step();
        return true;
      } catch (error) {
        emit({
          type: 'warning',
          serverId,
          code: 'queue-not-written',
          text: `${what}: ${reasonOf(error)} It is tried again; no mail is lost.`,
        });
      }
      if (!isGivenUp()) await pause(waitMs);
      if (isGivenUp()) return false;
    }
  }

  function pause(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        waits.delete(wake);
        resolve();
      };
      const cancel = clock.startTimer(wake, waitMs);
      waits.add(wake);
    });
  }

  async function tellEverybody(
    envelope: Envelope,
    settlement: Settlement,
    isGivenUp: () => boolean,
  ): Promise<boolean> {
    const content = await contentOrNote(store, envelope);
    for (const action of actions) {
      const recipients = settlement.verdicts.flatMap(({ notified }) =>
        notified?.action === action ? [notified] : [],
      );
      if (recipients.length === 0) continue;
      const what = `The notification about message ${envelope.queueId} cannot be queued`;
      const isTold = await insist(what, isGivenUp, () => options.notify({ envelope, content, recipients }));
      if (!isTold) return false;
    }
    const dead = settlement.verdicts.filter((verdict) => verdict.outcome === 'badmail');
    if (dead.length === 0) return true;
    return insist(`Message ${envelope.queueId} cannot be moved to Badmail`, isGivenUp, () =>
      options.moveToBadmail({
        envelope,
        content,
        recipients: dead.map((verdict) => verdict.recipient),
        cause: settlement.badmailCause,
        reason: reasonForBadmail(dead),
      }),
    );
  }

  return {
    async finish(envelope, settlement, isGivenUpByCaller = () => false) {
      const isGivenUp = (): boolean => isStopped || isGivenUpByCaller();
      if (settlement.verdicts.length === 0) return envelope;
      const needsTelling = settlement.verdicts.some(
        (verdict) => verdict.notified || verdict.outcome === 'badmail',
      );
      if (needsTelling && !(await tellEverybody(envelope, settlement, isGivenUp))) return undefined;
      const changed = applyVerdicts(envelope, settlement.verdicts);
      const isOver = waitingRecipients(changed).length === 0;
      // A message that is over is removed, not written once more.
      const what = `The state of message ${envelope.queueId} cannot be saved`;
      const isWritten = await insist(what, isGivenUp, () =>
        isOver ? store.remove(envelope.queueId) : store.rewrite(changed),
      );
      if (!isWritten) return undefined;
      for (const verdict of settlement.verdicts) announce(changed, verdict);
      emit({ type: 'folder-changed', serverId, folder: 'queue' });
      return changed;
    },
    hurry,
    stop() {
      isStopped = true;
      hurry();
    },
  };

  function hurry(): void {
    for (const wake of [...waits]) wake();
  }

  function announce(envelope: Envelope, verdict: Verdict): void {
    const { queueId } = envelope;
    const { recipient, status, outcome, remote, tls } = verdict;
    if (outcome) {
      emit({
        type: 'recipient-outcome',
        serverId,
        queueId,
        recipient: recipient.address,
        outcome,
        status,
        ...(remote && { remote }),
        ...(tls && { tls }),
      });
    } else if (verdict.notified?.action !== 'delayed') {
      const { nextAttemptAt } = recipient;
      emit({
        type: 'recipient-deferred',
        serverId,
        queueId,
        recipient: recipient.address,
        status,
        nextAttemptAt,
        ...(tls && { tls }),
      });
    }
  }
}

/**
 * The content, or a few lines in its place when another program (a virus scanner, say) took it out of the
 * Queue folder: the sender has to be told all the same.
 */
async function contentOrNote(store: QueueStore, envelope: Envelope): Promise<ContentSource> {
  if (await store.hasContent(envelope.queueId)) return store.content(envelope);
  const note = Buffer.from(
    `Message-ID: ${envelope.messageId.replace(/[^\u0021-\u007e]/g, '?')}\r\n\r\n` +
      'The content of this message was removed from the Queue folder by another program.\r\n',
    'latin1',
  );
  return {
    sizeBytes: note.length,
    read: () => Promise.resolve(note),
    async *stream() {
      yield note;
    },
  };
}
