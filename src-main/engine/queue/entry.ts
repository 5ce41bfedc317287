/**
 * A message in the runner's memory. Kept small: hundreds of thousands may wait, so that the envelope is here only
 * while it is needed (queue/envelope-shelf). What belongs together in one attempt is a group; a recipient is in one
 * group at most.
 */
import type { QueueRoute } from '../core/delivery';
import type { Envelope, Recipient } from '../core/envelope';
import type { QueueId } from '../core/ids';
import type { DueEntry } from './due-heap';
import type { Rank } from './ready-queue';
import type { Settlement } from './settlement';

/** Recipients of one message that go to one destination together. */
export interface Group {
  readonly entry: Entry;
  readonly route: QueueRoute;
  /** Of the settings by which the route was decided (queue/route-table). */
  readonly generation: number;
  /** Positions in the envelope's recipients. */
  readonly indices: readonly number[];
  readonly rank: Rank;
  /** 'ready' waits for a lane; 'active' is being tried or settled. */
  state: 'ready' | 'active';
  /** Breaks the attempt off. */
  controller: AbortController | undefined;
}

/** An operator's wish that a message be gone. */
export interface Deletion {
  /** Senders are told. */
  readonly isReturned: boolean;
  /** True when it is gone, false when the runner stopped before. */
  readonly ended: Promise<boolean>;
  end(isGone: boolean): void;
}

/** Something that an operator wants done with recipients of a message. */
export interface PendingAct {
  /** Its change is being written. */
  isUnderWay: boolean;
  end(): void;
}

/** Somebody wants the message to be tried now: all of it, or what is not held. */
export type Hurry = 'all' | 'not-held';

const noGroups: readonly Group[] = [];

export class Entry implements DueEntry {
  readonly queueId: QueueId;
  /** By the queue's time. Undefined: it rests in its file. */
  envelope: Envelope | undefined;
  /** The last of the message's settlements; they are carried out one after another. */
  settling: Promise<unknown> | undefined;
  deletion: Deletion | undefined;
  /** What operators want done with it, in order (queue/operator-acts). */
  acts: PendingAct[] | undefined;
  /** The directory was asked about the addresses; also where nothing of it had to be written. */
  isResolved = false;
  /** Done when the envelope is here. */
  hurry: Hurry | undefined;
  dueAt = 0;
  position = -1;
  /** Recipients without an outcome; undefined: not known before the envelope was read. */
  waitingCount: number | undefined;
  /** Those among them that an operator holds. */
  heldCount = 0;
  /** Of the settings by which it was looked at last. */
  generation = 0;
  /** The file's times are the queue's times and this. Undefined: an earlier run wrote it. */
  shiftMs: number | undefined;
  /** Sessions that the other side ended in the middle of this message. */
  resets = 0;
  /** Most messages have one group at a time. */
  #groups: Group | Set<Group> | undefined;
  /** Destination that deferred a recipient, to notice when its route has changed since; one for all when they agree. */
  #deferredBy: string | Map<number, string> | undefined;

  constructor(queueId: QueueId) {
    this.queueId = queueId;
  }

  /** Takes the envelope in. */
  put(envelope: Envelope): void {
    if (envelope.isResolved) this.isResolved = true;
    // The mark alone is written with the next change: the file may not have it yet.
    this.envelope = this.isResolved && !envelope.isResolved ? { ...envelope, isResolved: true } : envelope;
    let waiting = 0;
    let held = 0;
    for (const { outcome, isHeld } of envelope.recipients) {
      if (outcome !== undefined) continue;
      waiting++;
      if (isHeld) held++;
    }
    this.waitingCount = waiting;
    this.heldCount = held;
  }

  /** The envelope, which has to be here. */
  get present(): Envelope {
    if (!this.envelope) throw new Error(`The envelope of message ${this.queueId} is not in memory.`);
    return this.envelope;
  }

  recipient(index: number): Recipient {
    return this.present.recipients[index] as Recipient;
  }

  get groups(): readonly Group[] {
    if (this.#groups === undefined) return noGroups;
    return this.#groups instanceof Set ? [...this.#groups] : [this.#groups];
  }

  get isActive(): boolean {
    return this.groups.some((group) => group.state === 'active');
  }

  /** The envelope has to stay in memory. */
  get isBusy(): boolean {
    return (
      this.settling !== undefined || this.deletion !== undefined || this.acts !== undefined || this.isActive
    );
  }

  /** For one recipient; whoever needs many asks `groupsByIndex`. */
  groupOf(index: number): Group | undefined {
    return this.groups.find((group) => group.indices.includes(index));
  }

  groupsByIndex(): ReadonlyMap<number, Group> {
    const found = new Map<number, Group>();
    for (const group of this.groups) for (const index of group.indices) found.set(index, group);
    return found;
  }

  addGroup(group: Group): void {
    const before = this.#groups;
    if (before === undefined || before === group) this.#groups = group;
    else if (before instanceof Set) before.add(group);
    else this.#groups = new Set([before, group]);
  }

  removeGroup(group: Group): void {
    if (this.#groups === group) this.#groups = undefined;
    else if (this.#groups instanceof Set) {
      this.#groups.delete(group);
      if (this.#groups.size === 0) this.#groups = undefined;
    }
  }

  /** Positions of waiting recipients with which nothing is being done now. */
  idleIndices(): number[] {
    const groups = this.groupsByIndex();
    const idle: number[] = [];
    this.present.recipients.forEach(({ outcome }, index) => {
      if (outcome === undefined && groups.get(index)?.state !== 'active') idle.push(index);
    });
    return idle;
  }

  /** How many `idleIndices` has, without the envelope; one at least when that was never read. */
  countIdle(): number {
    if (this.waitingCount === undefined) return 1;
    let count = this.waitingCount;
    for (const { state, indices } of this.groups) if (state === 'active') count -= indices.length;
    return Math.max(0, count);
  }

  /** Lets recipients be tried from `now` on. In memory only: after a restart they wait as their file says. */
  makeDue(indices: readonly number[], now: number): void {
    if (indices.length === 0) return;
    const { present } = this;
    const recipients = [...present.recipients];
    for (const index of indices) recipients[index] = { ...this.recipient(index), nextAttemptAt: now };
    this.envelope = { ...present, recipients };
  }

  /** Remembers which destination deferred whom. */
  noteDeferral({ route: { destination } }: Group, settlement: Settlement): void {
    const deferred = settlement.verdicts.filter(
      ({ outcome, notified, isResolved }) => !outcome && !notified && !isResolved,
    );
    // Whom the directory had deferred, it does no more.
    if (settlement.resolution) this.#deferredBy = undefined;
    if (deferred.length === 0) return;
    const before = this.#deferredBy;
    if (before === destination || deferred.length === this.waitingCount) {
      this.#deferredBy = destination;
      return;
    }
    const each = before instanceof Map ? before : new Map<number, string>();
    if (typeof before === 'string')
      this.present.recipients.forEach(({ attempts }, index) => {
        if (attempts > 0) each.set(index, before);
      });
    for (const { index } of deferred) each.set(index, destination);
    this.#deferredBy = each;
  }

  /** The destination that deferred a recipient, as far as it is known. */
  deferrerOf(index: number): string | undefined {
    return this.#deferredBy instanceof Map ? this.#deferredBy.get(index) : this.#deferredBy;
  }
}

/** Positions in their own size, as they stay while the message waits; the usual ones are shared by all messages. */
export function keepIndices(indices: readonly number[]): readonly number[] {
  const { length } = indices;
  if (length > mostShared || indices.some((index, at) => index !== at)) return [...indices];
  shared[length] ??= Object.freeze([...indices]);
  return shared[length];
}
const mostShared = 100;
const shared: (readonly number[])[] = [];

export function createGroup(
  facts: Pick<Group, 'entry' | 'route' | 'generation' | 'indices' | 'state'> & { readonly rank?: Rank },
): Group {
  const { entry, route, generation, indices, rank = 'new', state } = facts;
  return { entry, route, generation, indices: keepIndices(indices), rank, state, controller: undefined };
}

export function createDeletion(isReturned = false): Deletion {
  let end: (isGone: boolean) => void = () => undefined;
  const ended = new Promise<boolean>((resolve) => {
    end = resolve;
  });
  return { isReturned, ended, end };
}
