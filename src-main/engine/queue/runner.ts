/**
 * Brings waiting mail to its end: routes each recipient anew, lets delivery try, settles what came of it.
 *
 * Owns: every accepted message from `add` (or `start`) until all its recipients have an outcome.
 * Promises: nothing is forgotten: a message leaves memory only after its files are gone, and its files go
 *   only after every recipient has an outcome and whoever had to be told has been told. Attempts are
 *   bounded by the settings. Settlements of one message never overlap.
 * Trusts: `route`, `deliver`, `notify` and `moveToBadmail`; what `deliver` throws counts as temporary.
 * Fails: never by itself; what cannot be written is kept and tried again (queue/finish).
 */

import type { ServerSettings } from '../../settings/schema';
import type { Clock } from '../core/clock';
import type { Deliver } from '../core/delivery';
import type { Envelope } from '../core/envelope';
import type { Emit } from '../core/event';
import type { QueueId } from '../core/ids';
import type { BadmailRequest, NotificationRequest } from '../core/notification';
import type { Trace } from '../core/trace';
import type { ReleaseAnswer, TurnedConnection } from '../core/trigger';
import type { QueueTotals } from './catalogue-totals';
import type { GroupQuery } from './catalogue-view';
import { Entry } from './entry';
import { shiftTimes } from './envelope-times';
import type { ReadMessage } from './message-reader';
import { Mover } from './mover';
import type { OperatorAct } from './operator-change';
import type { GroupPage, Progress, QueueConsole } from './queue-console';
import { arrivalOf, describeEntry, type QueueEntry } from './queue-entry';
import { createQueueTime, type QueueTime } from './queue-time';
import type { QueueDirectory } from './resolution';
import type { DecideRoute } from './route-table';
import { actOnChosen, type ChosenMail, createRunnerConsole, deleteEntry } from './runner-console';
import type { QueueStore } from './store';
import { inQueueTime } from './wall-time';

export interface RunnerOptions {
  readonly serverId: number;
  readonly store: QueueStore;
  /** Reads the envelope of a message that rested, or was found at the start. */
  readonly read: ReadMessage;
  readonly settings: () => ServerSettings;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Gets what became of each recipient before the files say so, and what operators did; by the wall clock. */
  readonly trace?: Trace;
  /** Today's route of a recipient of mail from `sender` ('' is the null reverse-path). */
  readonly route: DecideRoute;
  /** Asked about a message's addresses before it is routed. Absent: nobody is. */
  readonly directory?: QueueDirectory;
  /** One attempt, to the Drop folder or to a next hop. */
  readonly deliver: Deliver;
  /** Resolves when the notification is accepted (durable). */
  readonly notify: (request: NotificationRequest) => Promise<void>;
  /** Resolves when the files are in Badmail (durable). */
  readonly moveToBadmail: (request: BadmailRequest) => Promise<void>;
  /** Memory for the envelopes of mail that waits; the others rest in their files. Default 8 MiB. */
  readonly restingBytes?: number;
}

export interface QueueStats {
  readonly total: number;
  readonly oldestArrivedAt?: number;
  /** Messages with an attempt under way. */
  readonly active: number;
}

export interface QueueRunner {
  /** Takes over the messages that were found in the folder, and begins. Nothing is tried before. */
  start(found: readonly QueueId[]): void;
  /** Takes over a message that was just accepted. */
  add(envelope: Envelope): void;
  /** Starts nothing more; attempts get `graceMs` to end and are then broken off. Nothing is lost. */
  stop(graceMs: number): Promise<void>;
  /** Oldest first. Messages that cannot be read are left out of `rows`. */
  list(page: { readonly offset: number; readonly limit: number }): Promise<{
    readonly rows: readonly QueueEntry[];
    readonly total: number;
  }>;
  get(queueId: QueueId): Promise<QueueEntry | undefined>;
  /**
   * Makes messages due now (all, when none are named) and ends the waits of their destinations. Answers how many.
   * Held mail is tried once when its message is named; "all" leaves it alone: its host may not be there, and
   * somebody else may have its address.
   */
  retry(queueIds?: readonly QueueId[]): number;
  /** Gives messages the outcome 'deleted'; attempts under way are broken off first. Answers how many there were. */
  delete(queueIds: readonly QueueId[]): Promise<number>;
  /**
   * Does something to chosen recipients; what concerns none of them is not counted. Answers how many groups (messages,
   * where those are named) were changed, when that is on disk.
   */
  act(chosen: ChosenMail, act: OperatorAct): Promise<number>;
  /** Waiting groups; the first call has them counted in the background. */
  groups(query: GroupQuery, page: { readonly offset: number; readonly limit: number }): Promise<GroupPage>;
  totals(): Promise<QueueTotals & Progress>;
  /** Settings have changed: mail that waits for a destination that is no longer its own is tried anew. */
  reroute(): void;
  stats(): QueueStats;
  /** Domains, in lower case, with mail that waits to be asked for. */
  heldDomains(): readonly string[];
  /** ETRN: tries the held mail of these domains once; see core/trigger. */
  releaseHeld(domains: readonly string[], isLimited: boolean): ReleaseAnswer;
  /**
   * ATRN and TURN: sends the held mail of these domains over `connection`, one message after another. Resolves when
   * all was offered, the connection is over, `isWanted` says no, or the runner stops. Never rejects.
   */
  sendHeld(domains: readonly string[], connection: TurnedConnection, isWanted: () => boolean): Promise<void>;
}

export function createRunner(options: RunnerOptions): QueueRunner {
  return new Runner(options);
}

class Runner implements QueueRunner {
  readonly #time: QueueTime;
  /** In order of arrival. */
  readonly #entries = new Map<QueueId, Entry>();
  readonly #mover: Mover;
  /** Files that are being read; a disk that does not answer keeps one here. */
  readonly #reads = new Set<Promise<unknown>>();
  readonly #console: QueueConsole;
  #isStarted = false;

  constructor(options: RunnerOptions) {
    this.#time = createQueueTime(options.clock);
    const onWritten = (queueId: QueueId, shiftMs: number): void => {
      const entry = this.#entries.get(queueId);
      if (entry) entry.shiftMs = shiftMs;
    };
    const read: RunnerOptions['read'] = (queueId, how) => {
      const reading = options.read(queueId, how).finally(() => this.#reads.delete(reading));
      this.#reads.add(reading);
      return reading;
    };
    this.#mover = new Mover(
      inQueueTime({ ...options, read }, this.#time, onWritten),
      this.#entries,
      this.#time,
    );
    this.#console = createRunnerConsole(this.#mover, this.#entries, () => this.#time.shiftMs());
  }

  start(found: readonly QueueId[]): void {
    // Mail that came in while the listener was being opened arrived later than all that was found.
    const early = [...this.#entries];
    this.#entries.clear();
    const entries = found.map((queueId) => new Entry(queueId));
    for (const entry of entries) this.#entries.set(entry.queueId, entry);
    for (const [queueId, entry] of early) this.#entries.set(queueId, entry);
    this.#isStarted = true;
    this.#mover.start(entries.filter((entry) => this.#entries.get(entry.queueId) === entry));
  }

  add(envelope: Envelope): void {
    const { queueId } = envelope;
    const entry = new Entry(queueId);
    const shiftMs = this.#time.shiftMs();
    entry.shiftMs = shiftMs;
    entry.put(shiftTimes(envelope, -shiftMs));
    entry.generation = this.#mover.routes.generation;
    this.#entries.set(queueId, entry);
    this.#mover.catalogue?.note(queueId, entry.envelope);
    if (!this.#isStarted) return;
    this.#mover.review(entry);
    this.#mover.pump();
  }

  async stop(graceMs: number): Promise<void> {
    await this.#mover.stop(graceMs);
    this.#console.close();
    // What is found damaged is set aside: not in a folder that is somebody else's by then.
    await Promise.allSettled(this.#reads);
    for (const entry of this.#entries.values()) {
      entry.deletion?.end(false);
      for (const act of [...(entry.acts ?? [])]) act.end();
    }
  }

  async list({ offset, limit }: { readonly offset: number; readonly limit: number }) {
    const page: Entry[] = [];
    let at = 0;
    for (const entry of this.#entries.values()) {
      if (page.length >= limit) break;
      if (at++ >= offset) page.push(entry);
    }
    const total = this.#entries.size;
    const rows = await Promise.all(page.map((entry) => this.#show(entry)));
    return { rows: rows.flatMap((row) => row ?? []), total };
  }

  async get(queueId: QueueId): Promise<QueueEntry | undefined> {
    const entry = this.#entries.get(queueId);
    return entry && this.#show(entry);
  }

  retry(queueIds?: readonly QueueId[]): number {
    if (!queueIds) return this.#mover.retries.all();
    let count = 0;
    for (const entry of this.#find(queueIds)) if (this.#mover.retries.one(entry, 'all')) count++;
    this.#mover.pump();
    return count;
  }

  async delete(queueIds: readonly QueueId[]): Promise<number> {
    if (this.#mover.isStopped) return 0;
    const endings = this.#find(queueIds).map((entry) => deleteEntry(this.#mover, entry, false));
    return (await Promise.all(endings)).filter((isGone) => isGone).length;
  }

  act(chosen: ChosenMail, act: OperatorAct): Promise<number> {
    return actOnChosen(chosen, act, { mover: this.#mover, entries: this.#entries, console: this.#console });
  }

  groups(query: GroupQuery, page: { readonly offset: number; readonly limit: number }): Promise<GroupPage> {
    return this.#console.groups(query, page);
  }

  totals(): Promise<QueueTotals & Progress> {
    return this.#console.totals();
  }

  reroute(): void {
    if (this.#isStarted) this.#mover.retries.reroute();
  }

  stats(): QueueStats {
    const [oldest] = this.#entries.values();
    return {
      total: this.#entries.size,
      active: this.#mover.activeCount,
      ...(oldest && { oldestArrivedAt: arrivalOf(oldest, this.#time.shiftMs()) }),
    };
  }

  heldDomains(): readonly string[] {
    return this.#mover.held.domains();
  }

  releaseHeld(domains: readonly string[], isLimited: boolean): ReleaseAnswer {
    return this.#mover.rounds.release(domains, isLimited);
  }

  sendHeld(domains: readonly string[], connection: TurnedConnection, isWanted: () => boolean): Promise<void> {
    return this.#mover.rounds.send(domains, connection, isWanted);
  }

  #find(queueIds: readonly QueueId[]): Entry[] {
    return [...new Set(queueIds)].flatMap((queueId) => this.#entries.get(queueId) ?? []);
  }

  /** An entry as lists show it, by the wall clock; what rests is read for that alone. */
  async #show(entry: Entry): Promise<QueueEntry | undefined> {
    const envelope = await this.#mover.shelf.peek(entry);
    return envelope && describeEntry({ entry, envelope, shiftMs: this.#time.shiftMs(), mover: this.#mover });
  }
}
