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
import { type Deliver, holdOf, type Route } from '../core/delivery';
import type { Envelope } from '../core/envelope';
import type { Emit } from '../core/event';
import type { QueueId } from '../core/ids';
import type { BadmailRequest, NotificationRequest } from '../core/notification';
import type { ReleaseAnswer, TurnedConnection } from '../core/trigger';
import { createDeletion, Entry } from './entry';
import { Mover } from './mover';
import type { QueueStore } from './store';

export interface RunnerOptions {
  readonly serverId: number;
  readonly store: QueueStore;
  readonly settings: () => ServerSettings;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Today's route of a recipient of mail from `sender` ('' is the null reverse-path). */
  readonly route: (recipientAddress: string, sender: string) => Route;
  /** One attempt, to the Drop folder or to a next hop. */
  readonly deliver: Deliver;
  /** Resolves when the notification is accepted (durable). */
  readonly notify: (request: NotificationRequest) => Promise<void>;
  /** Resolves when the files are in Badmail (durable). */
  readonly moveToBadmail: (request: BadmailRequest) => Promise<void>;
}

export interface QueueEntry {
  readonly envelope: Envelope;
  /** An attempt or a settlement is under way. */
  readonly isActive: boolean;
}

export interface QueueStats {
  readonly total: number;
  readonly oldestArrivedAt?: number;
  /** Messages with an attempt under way. */
  readonly active: number;
}

export interface QueueRunner {
  /** Takes over recovered messages and begins. Nothing is tried before. */
  start(entries: readonly Envelope[]): void;
  /** Takes over a message that was just accepted. */
  add(envelope: Envelope): void;
  /** Starts nothing more; attempts get `graceMs` to end and are then broken off. Nothing is lost. */
  stop(graceMs: number): Promise<void>;
  /** Oldest first. */
  list(page: { readonly offset: number; readonly limit: number }): {
    readonly rows: readonly QueueEntry[];
    readonly total: number;
  };
  get(queueId: QueueId): QueueEntry | undefined;
  /**
   * Makes messages due now (all, when none are named) and ends the waits of their destinations. Answers how many.
   * Held mail is tried once when its message is named; "all" leaves it alone: its host may not be there, and
   * somebody else may have its address.
   */
  retry(queueIds?: readonly QueueId[]): number;
  /** Gives messages the outcome 'deleted'; attempts under way are broken off first. Answers how many there were. */
  delete(queueIds: readonly QueueId[]): Promise<number>;
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
  readonly #options: RunnerOptions;
  /** In order of arrival. */
  readonly #entries = new Map<QueueId, Entry>();
  readonly #mover: Mover;
  #isStarted = false;
  readonly #wake = (entry: Entry): void => {
    this.#mover.review(entry);
    this.#mover.pump();
  };

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#mover = new Mover(options, this.#entries);
  }

  start(entries: readonly Envelope[]): void {
    // Mail that came in while the listener was being opened arrived later than all that was recovered.
    const early = [...this.#entries.values()];
    this.#entries.clear();
    for (const envelope of entries) this.#enter(envelope);
    for (const entry of early) this.#entries.set(entry.envelope.queueId, entry);
    this.#isStarted = true;
    this.#mover.start();
  }

  add(envelope: Envelope): void {
    const entry = this.#enter(envelope);
    if (this.#isStarted) this.#wake(entry);
  }

  async stop(graceMs: number): Promise<void> {
    await this.#mover.stop(graceMs);
    for (const entry of this.#entries.values()) entry.deletion?.end(false);
  }

  list(page: { readonly offset: number; readonly limit: number }) {
    const rows: QueueEntry[] = [];
    let at = 0;
    for (const entry of this.#entries.values()) {
      if (rows.length >= page.limit) break;
      if (at++ >= page.offset) rows.push(this.#show(entry));
    }
    return { rows, total: this.#entries.size };
  }

  get(queueId: QueueId): QueueEntry | undefined {
    const entry = this.#entries.get(queueId);
    return entry && this.#show(entry);
  }

  retry(queueIds?: readonly QueueId[]): number {
    const entries = queueIds ? this.#find(queueIds) : [...this.#entries.values()];
    const now = this.#options.clock.now();
    if (!queueIds) this.#mover.hurry();
    let count = 0;
    for (const entry of entries) {
      const indices = entry
        .idleIndices()
        .filter((index) => queueIds !== undefined || !this.#mover.held.isHeld(entry, index));
      if (indices.length === 0) continue;
      count++;
      this.#mover.held.release(entry, indices);
      for (const index of queueIds ? indices : []) {
        this.#mover.hurry(this.#mover.route(entry, index).destination);
      }
      entry.makeDue(indices, now);
      this.#mover.review(entry);
    }
    this.#mover.pump();
    return count;
  }

  async delete(queueIds: readonly QueueId[]): Promise<number> {
    if (this.#mover.isStopped) return 0;
    const endings: Promise<boolean>[] = [];
    for (const entry of this.#find(queueIds)) {
      if (!entry.deletion) {
        entry.deletion = createDeletion();
        for (const group of entry.groups) group.controller?.abort();
        this.#mover.review(entry);
      }
      endings.push(entry.deletion.ended);
    }
    this.#mover.hurryWrites();
    return (await Promise.all(endings)).filter((isGone) => isGone).length;
  }

  reroute(): void {
    if (!this.#isStarted || this.#mover.isStopped) return;
    const now = this.#options.clock.now();
    for (const entry of this.#entries.values()) {
      const moved = entry.idleIndices().filter((index) => {
        const route = this.#mover.route(entry, index);
        const before = entry.destinationOf(index);
        const isLetGo = this.#mover.held.isHeld(entry, index) && !holdOf(route);
        return isLetGo || (before !== undefined && before !== route.destination);
      });
      this.#mover.withdraw(entry);
      entry.makeDue(moved, now);
      this.#mover.review(entry);
    }
    this.#mover.pump();
  }

  stats(): QueueStats {
    const [oldest] = this.#entries.values();
    return {
      total: this.#entries.size,
      active: this.#mover.activeCount,
      ...(oldest && { oldestArrivedAt: oldest.envelope.arrivedAt }),
    };
  }

  heldDomains(): readonly string[] {
    return this.#mover.held.domains();
  }

  releaseHeld(domains: readonly string[], isLimited: boolean): ReleaseAnswer {
    return this.#mover.releaseHeld(domains, isLimited);
  }

  sendHeld(domains: readonly string[], connection: TurnedConnection, isWanted: () => boolean): Promise<void> {
    return this.#mover.sendHeld(domains, connection, isWanted);
  }

  #enter(envelope: Envelope): Entry {
    const entry = new Entry(envelope, this.#wake);
    this.#entries.set(envelope.queueId, entry);
    return entry;
  }

  #find(queueIds: readonly QueueId[]): Entry[] {
    return [...new Set(queueIds)].flatMap((queueId) => this.#entries.get(queueId) ?? []);
  }

  /** An entry as lists show it: mail that shares its destination's wait says so. */
  #show(entry: Entry): QueueEntry {
    const { envelope, isActive } = entry;
    const recipients = envelope.recipients.map((recipient, index) => {
      const nextAttemptAt = this.#mover.heldUntil(entry, index);
      return nextAttemptAt === undefined ? recipient : { ...recipient, nextAttemptAt };
    });
    return { envelope: { ...envelope, recipients }, isActive };
  }
}
