/**
 * A message in the runner's memory. Kept small: a hundred thousand may wait. What belongs together in one
 * attempt is a group; a recipient is in one group at most.
 */
import type { Route } from '../core/delivery';
import type { Envelope, Recipient } from '../core/envelope';
import type { DueEntry } from './due-heap';
import type { Settlement } from './settlement';

/** Recipients of one message that go to one destination together. */
export interface Group {
  readonly entry: Entry;
  readonly route: Route;
  /** Positions in the envelope's recipients. */
  readonly indices: readonly number[];
  /** 'ready' waits for a lane; 'active' is being tried or settled. */
  state: 'ready' | 'active';
  /** Breaks the attempt off. */
  controller?: AbortController;
}

/** An operator's wish that a message be gone. */
export interface Deletion {
  /** True when it is gone, false when the runner stopped before. */
  readonly ended: Promise<boolean>;
  end(isGone: boolean): void;
}

const noGroups: readonly Group[] = [];

export class Entry implements DueEntry {
  envelope: Envelope;
  groups: readonly Group[] = noGroups;
  /** The last of the message's settlements; they are carried out one after another. */
  settling: Promise<unknown> | undefined;
  deletion: Deletion | undefined;
  dueAt = 0;
  position = -1;
  /** Destination that deferred a recipient, to notice when its route has changed since. */
  #deferredBy: Map<number, string> | undefined;
  readonly #wake: (entry: Entry) => void;

  constructor(envelope: Envelope, wake: (entry: Entry) => void) {
    this.envelope = envelope;
    this.#wake = wake;
  }

  wake(): void {
    this.#wake(this);
  }

  get isActive(): boolean {
    return this.groups.some((group) => group.state === 'active');
  }

  recipient(index: number): Recipient {
    return this.envelope.recipients[index] as Recipient;
  }

  groupOf(index: number): Group | undefined {
    return this.groups.find((group) => group.indices.includes(index));
  }

  /** Arrays are made anew: one that grew by `push` keeps room for sixteen more, in every message. */
  addGroup(group: Group): void {
    if (!this.groups.includes(group)) this.groups = [...this.groups, group];
  }

  removeGroup(group: Group): void {
    const rest = this.groups.filter((other) => other !== group);
    this.groups = rest.length === 0 ? noGroups : rest;
  }

  /** Positions of waiting recipients with which nothing is being done now. */
  idleIndices(): number[] {
    return this.envelope.recipients.flatMap((recipient, index) =>
      recipient.outcome === undefined && this.groupOf(index)?.state !== 'active' ? [index] : [],
    );
  }

  /** Lets recipients be tried from `now` on. In memory only: after a restart they wait as their file says. */
  makeDue(indices: readonly number[], now: number): void {
    if (indices.length === 0) return;
    const recipients = [...this.envelope.recipients];
    for (const index of indices) recipients[index] = { ...this.recipient(index), nextAttemptAt: now };
    this.envelope = { ...this.envelope, recipients };
  }

  /** Remembers which destination deferred whom. */
  noteDeferral(group: Group, settlement: Settlement): void {
    for (const { index, outcome, notified } of settlement.verdicts) {
      if (outcome !== undefined) this.#deferredBy?.delete(index);
      else if (notified === undefined) {
        this.#deferredBy ??= new Map();
        this.#deferredBy.set(index, group.route.destination);
      }
    }
  }

  /** The destination for which a recipient waits now, as far as it is known. */
  destinationOf(index: number): string | undefined {
    return this.groupOf(index)?.route.destination ?? this.#deferredBy?.get(index);
  }
}

export function createDeletion(): Deletion {
  let end: (isGone: boolean) => void = () => undefined;
  const ended = new Promise<boolean>((resolve) => {
    end = resolve;
  });
  return { ended, end };
}
