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
import type { BadmailCause, Emit } from '../core/event';
import type { BadmailRequest, NotificationAction, NotificationRequest } from '../core/notification';
import { Problem, reasonOf, systemCodeOf } from '../core/problem';
import type { Trace } from '../core/trace';
import { divert, NotificationGuard } from './notification-guard';
import { applySettlement, reasonForBadmail, type Settlement, type Verdict } from './settlement';
import { traceSettlement } from './settlement-trace';
import type { QueueStore } from './store';

export interface FinisherOptions {
  readonly serverId: number;
  readonly store: QueueStore;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly trace?: Trace;
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

const actions: readonly NotificationAction[] = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'];

/** A notification that cannot be made, for no reason of the disk's, is tried so often: it holds up its message. */
const mostTries = 5;
const isOfTheDisk = (error: unknown): boolean =>
  error instanceof Problem || systemCodeOf(error) !== undefined;

export function createFinisher(options: FinisherOptions): Finisher {
  const { serverId, store, clock, emit } = options;
  const waits = new Set<() => void>();
  const guard = new NotificationGuard(clock);
  let isStopped = false;

  /**
   * Runs `step` until it works. False when stopped or given up. Rejects with what `step` rejected with when
   * `isHopeless` says so.
   */
  async function insist(
    what: string,
    isGivenUp: () => boolean,
    step: () => Promise<void>,
    isHopeless: (error: unknown, tries: number) => boolean = () => false,
  ): Promise<boolean> {
    let waitMs = firstWaitMs;
    for (let tries = 1; ; tries++, waitMs = Math.min(2 * waitMs, longestWaitMs)) {
      try {
        await step();
        return true;
      } catch (error) {
        if (isHopeless(error, tries)) throw error;
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

  /** Tells senders and Badmail; the settlement as it was carried out, or undefined when it was given up. */
  async function tellEverybody(
    envelope: Envelope,
    wanted: Settlement,
    isGivenUp: () => boolean,
  ): Promise<Settlement | undefined> {
    const content = await contentOrNote(store, envelope);
    const guarded = guard.check(envelope, wanted);
    for (const text of guarded.warnings) warn('notifications-stopped', text);
    let { settlement } = guarded;
    for (const action of actions) {
      const recipients = settlement.verdicts.flatMap(({ notified }) =>
        notified?.action === action ? [notified] : [],
      );
      if (recipients.length === 0) continue;
      const what = `The notification about message ${envelope.queueId} cannot be queued`;
      const notify = (): Promise<void> => options.notify({ envelope, content, recipients });
      const isHopeless = (error: unknown, tries: number): boolean =>
        tries >= mostTries && !isOfTheDisk(error);
      const release = (): void => {
        if (action !== 'failed') return;
        guard.release(
          envelope.sender,
          recipients.map(({ address }) => address),
        );
      };
      try {
        if (!(await insist(what, isGivenUp, notify, isHopeless))) {
          release();
          return undefined;
        }
      } catch (error) {
        release();
        const why = `The notification to ${envelope.sender} could not be made: ${reasonOf(error)}`;
        warn('notification-not-made', `${why} (message ${envelope.queueId})`);
        settlement = withoutNotification(settlement, action, why);
      }
    }
    const dead = settlement.verdicts.filter((verdict) => verdict.outcome === 'badmail');
    for (const [cause, verdicts] of groupByCause(dead, settlement.badmailCause)) {
      const isMoved = await insist(`Message ${envelope.queueId} cannot be moved to Badmail`, isGivenUp, () =>
        options.moveToBadmail({
          envelope,
          content,
          recipients: verdicts.map((verdict) => verdict.recipient),
          cause,
          reason: reasonForBadmail(verdicts),
        }),
      );
      if (!isMoved) return undefined;
    }
    return settlement;
  }

  function warn(code: string, text: string): void {
    emit({ type: 'warning', serverId, code, text });
  }

  return {
    async finish(envelope, settlement, isGivenUpByCaller = () => false) {
      const isGivenUp = (): boolean => isStopped || isGivenUpByCaller();
      if (
        settlement.verdicts.length === 0 &&
        (settlement.resolution?.sender ?? envelope.sender) === envelope.sender
      )
        // What the directory left as it was needs no disk: after a crash it is only asked again.
        return settlement.resolution ? applySettlement(envelope, settlement) : envelope;
      const needsTelling = settlement.verdicts.some(
        (verdict) => verdict.notified || verdict.outcome === 'badmail',
      );
      const done = needsTelling ? await tellEverybody(envelope, settlement, isGivenUp) : settlement;
      if (!done) return undefined;
      const changed = applySettlement(envelope, done);
      const isOver = waitingRecipients(changed).length === 0;
      // Before the files say so, or are gone: a crash in between repeats a record; it never misses one.
      const traced = traceSettlement(options.trace, envelope.queueId, done, clock.now());
      if (traced) await traced;
      // A message that is over is removed, not written once more.
      const what = `The state of message ${envelope.queueId} cannot be saved`;
      const isWritten = await insist(what, isGivenUp, () =>
        isOver ? store.remove(envelope.queueId) : store.rewrite(changed),
      );
      if (!isWritten) return undefined;
      for (const { from, to } of done.resolution?.changes ?? [])
        emit({
          type: 'recipient-resolved',
          serverId,
          queueId: envelope.queueId,
          recipient: from,
          addresses: to,
        });
      for (const verdict of done.verdicts) if (!verdict.isResolved) announce(changed, verdict);
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

/** What it comes to when this notification cannot be made: whose way ended badly is in Badmail instead. */
function withoutNotification(settlement: Settlement, action: NotificationAction, why: string): Settlement {
  const verdicts = settlement.verdicts.map((verdict): Verdict => {
    if (verdict.notified?.action !== action) return verdict;
    if (action === 'failed') return divert(verdict, why);
    const { notified: _nobody, ...untold } = verdict;
    return untold;
  });
  return { ...settlement, verdicts };
}

function groupByCause(verdicts: readonly Verdict[], usual: BadmailCause): Map<BadmailCause, Verdict[]> {
  const groups = new Map<BadmailCause, Verdict[]>();
  for (const verdict of verdicts) {
    const cause = verdict.badmail?.cause ?? usual;
    groups.set(cause, [...(groups.get(cause) ?? []), verdict]);
  }
  return groups;
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
